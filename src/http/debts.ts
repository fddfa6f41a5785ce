/**
 * Who owes the next byte of an exchange, and since when: RULES section 1, as a table. The first row that applies decides; no
 * row means that nobody owes anything, which is the state of an idle connection.
 *
 * A request whose head or framing the capture lost counts as sent: nobody can say that its client owes the rest.
 */
import type { DebtKind, Exchange, Message, Moment, RequestMessage } from '../model.ts';

export interface Debt {
  readonly debt: DebtKind;
  readonly debtor: 'client' | 'server';
  readonly start: Moment;
}

type Row = readonly [
  debt: DebtKind,
  debtor: Debt['debtor'],
  applies: (exchange: Exchange) => boolean,
  start: (exchange: Exchange) => Moment | undefined,
];

const ROWS: readonly Row[] = [
  ['close', 'server', (x) => x.response?.complete === false && x.response.framing === 'until-close', (x) => lastOf(x.response)],
  ['response-body', 'server', (x) => x.response?.complete === false, (x) => lastOf(x.response)],
  ['continue', 'server', (x) => x.response === undefined && awaitsContinue(x), (x) => headOf(x.request)],
  ['request-body', 'client', (x) => x.response === undefined && x.request !== undefined && !isSent(x.request), bodyDue],
  ['response-head', 'server', (x) => x.response === undefined, (x) => lastOf(x.request)],
];

export function debtOf(exchange: Exchange): Debt | undefined {
  for (const [debt, debtor, applies, start] of ROWS) {
    if (!applies(exchange)) continue;
    const moment = start(exchange);
    return moment === undefined ? undefined : { debt, debtor, start: moment };
  }
  return undefined;
}

/** Nothing more of the request is to come, as far as the capture tells. */
function isSent({ complete, oddities }: RequestMessage): boolean {
  return complete || oddities.includes('head-cut') || oddities.includes('framing-lost');
}

/** Expect: 100-continue with the body held back (RFC 9110 section 10.1.1); a server must ignore it in HTTP/1.0. */
function awaitsContinue({ request, interim }: Exchange): boolean {
  if (request === undefined || isSent(request) || request.bodyOctets > 0 || interim.length > 0 || request.version === 'HTTP/1.0')
    return false;
  return request.fields.some((field) => field.name.toLowerCase() === 'expect' && field.value.toLowerCase() === '100-continue');
}

/** Since when the client owes the rest of its body: its last octet, or the interim response that it waited for. */
function bodyDue({ request, interim }: Exchange): Moment | undefined {
  const asked = interim.at(-1);
  return asked !== undefined && request !== undefined && asked.lastTime > request.lastTime ? lastOf(asked) : lastOf(request);
}

function lastOf(message: Message | undefined): Moment | undefined {
  return message && { frame: message.lastFrame, time: message.lastTime };
}

function headOf(message: Message | undefined): Moment | undefined {
  return message && { frame: message.headFrame, time: message.headTime };
}
