/**
 * Who owes the next byte on a connection, and since when: RULES section 1 as tables. `STATES` says in which state a connection
 * is: the first row that applies decides. `TRANSITIONS` says which state may follow which, and upon what; docs/states.md is the
 * picture of it, and test/states.test.ts holds both against real conversations.
 *
 * A request whose head or framing the capture lost counts as sent: nobody can say that its client owes the rest.
 */
import type { ConnectionState, DebtKind, Exchange, Message, Moment, RequestMessage } from '../model.ts';

export interface Debt {
  readonly debt: DebtKind;
  readonly debtor: 'client' | 'server';
  readonly start: Moment;
}

/** What a connection's state is told by. */
export interface Standing {
  /** It carries something else than HTTP by now. */
  readonly tunnel: boolean;
  /** Framing is lost in one direction: what follows may be anything. */
  readonly lost: boolean;
  /** A request or a response has been on it. */
  readonly used: boolean;
  readonly clientClosed: boolean;
  readonly serverClosed: boolean;
  /** The last octets of a request head that is not complete. */
  readonly head: Moment | undefined;
  /** The oldest exchange that is not over. */
  readonly exchange: Exchange | undefined;
}

type Row = readonly [
  state: ConnectionState,
  owes: readonly [debtor: Debt['debtor'], debt: DebtKind] | undefined,
  applies: (standing: Standing) => boolean,
  start: (standing: Standing) => Moment | undefined,
];

export const STATES: readonly Row[] = [
  ['closed', undefined, (s) => s.clientClosed && s.serverClosed, never],
  ['tunnel', undefined, (s) => s.tunnel, never],
  ['await-close', ['server', 'close'], awaitsClose, (s) => lastOf(s.exchange?.response)],
  [
    'await-response-body',
    ['server', 'response-body'],
    (s) => s.exchange?.response?.complete === false,
    (s) => lastOf(s.exchange?.response),
  ],
  ['await-100', ['server', 'continue'], (s) => isAsked(s) && awaitsContinue(s.exchange), (s) => headOf(s.exchange?.request)],
  ['await-request-body', ['client', 'request-body'], (s) => isAsked(s) && !isSent(s.exchange?.request), (s) => bodyDue(s.exchange)],
  ['await-response', ['server', 'response-head'], isAsked, (s) => lastOf(s.exchange?.request)],
  ['await-request-head', ['client', 'request-head'], (s) => s.head !== undefined, (s) => s.head],
  ['await-client-close', undefined, (s) => s.serverClosed, never],
  ['desynchronised', undefined, (s) => s.lost, never],
  ['idle-fresh', undefined, (s) => !s.used, never],
  ['idle-persistent', undefined, () => true, never],
];

/** From a state, upon an event, to a state. */
export const TRANSITIONS: readonly (readonly [from: ConnectionState, event: string, to: ConnectionState])[] = [
  ['idle-fresh', 'first octets of a request', 'await-request-head'],
  ['idle-fresh', 'request', 'await-response'],
  ['idle-fresh', 'request head', 'await-request-body'],
  ['idle-fresh', 'request head with Expect', 'await-100'],
  ['idle-fresh', 'response that nobody asked for', 'idle-persistent'],
  ['await-request-head', 'rest of the request', 'await-response'],
  ['await-request-head', 'rest of the head', 'await-request-body'],
  ['await-request-head', 'response all the same', 'desynchronised'],
  ['await-100', '100', 'await-request-body'],
  ['await-100', 'body all the same', 'await-response'],
  ['await-100', 'final response', 'idle-persistent'],
  ['await-request-body', 'rest of the body', 'await-response'],
  ['await-request-body', 'early response', 'idle-persistent'],
  ['await-response', 'response', 'idle-persistent'],
  ['await-response', 'response head', 'await-response-body'],
  ['await-response', 'response that announces close', 'await-close'],
  ['await-response', 'response without length', 'await-close'],
  ['await-response', '101, or 2xx to CONNECT', 'tunnel'],
  ['await-response', 'FIN of the server', 'await-client-close'],
  ['await-response-body', 'rest of the body', 'idle-persistent'],
  ['await-response-body', 'rest of the body, close announced', 'await-close'],
  ['await-response-body', 'rest of the body, next request sent', 'await-response'],
  ['await-response-body', 'broken chunk', 'desynchronised'],
  ['await-response-body', 'FIN of the server', 'await-client-close'],
  ['await-close', 'FIN of the server', 'await-client-close'],
  ['await-close', 'request all the same', 'await-response'],
  ['idle-persistent', 'first octets of a request', 'await-request-head'],
  ['idle-persistent', 'request', 'await-response'],
  ['idle-persistent', 'octets in excess', 'desynchronised'],
  ['idle-persistent', 'FIN of the server', 'await-client-close'],
  ['await-client-close', 'FIN of the client', 'closed'],
  ['desynchronised', 'request', 'await-response'],
  ['tunnel', 'FIN of both', 'closed'],
];

export function stateOf(standing: Standing): ConnectionState {
  for (const [state, , applies] of STATES) if (applies(standing)) return state;
  return 'idle-persistent';
}

/** What is owed on an exchange, wherever its connection stands otherwise. */
export function debtOf(exchange: Exchange): Debt | undefined {
  const standing = { ...ALONE, exchange };
  for (const [, owes, applies, start] of STATES) {
    if (owes === undefined || !applies(standing)) continue;
    const moment = start(standing);
    return moment === undefined ? undefined : { debtor: owes[0], debt: owes[1], start: moment };
  }
  return undefined;
}

const ALONE: Standing = {
  tunnel: false,
  lost: false,
  used: true,
  clientClosed: false,
  serverClosed: false,
  head: undefined,
  exchange: undefined,
};

function never(): undefined {
  return undefined;
}

/** The body ends with the connection, or the server has announced that it will close behind it (RFC 9112 section 9.6). */
function awaitsClose({ exchange }: Standing): boolean {
  const response = exchange?.response;
  if (response === undefined || exchange === undefined) return false;
  return response.complete ? announcesClose(exchange) : response.framing === 'until-close';
}

/** A complete response behind which its server owes the close. */
export function announcesClose({ request, response, serverBelief }: Exchange): boolean {
  return request !== undefined && response?.complete === true && serverBelief === 'close' && response.framing !== 'until-close';
}

function isAsked({ exchange }: Standing): boolean {
  return exchange?.request !== undefined && exchange.response === undefined;
}

/** Nothing more of the request is to come, as far as the capture tells. */
function isSent(request: RequestMessage | undefined): boolean {
  return request === undefined || request.complete || request.oddities.includes('head-cut') || request.oddities.includes('framing-lost');
}

/** Expect: 100-continue with the body held back (RFC 9110 section 10.1.1); a server must ignore it in HTTP/1.0. */
export function awaitsContinue(exchange: Exchange | undefined): boolean {
  const request = exchange?.request;
  if (request === undefined || isSent(request) || request.bodyOctets > 0 || request.version === 'HTTP/1.0') return false;
  if (exchange !== undefined && exchange.interim.length > 0) return false;
  return request.fields.some((field) => field.name.toLowerCase() === 'expect' && field.value.toLowerCase() === '100-continue');
}

/** Since when the client owes the rest of its body: its last octet, or the interim response that it waited for. */
function bodyDue(exchange: Exchange | undefined): Moment | undefined {
  if (exchange === undefined) return undefined;
  const { request, interim } = exchange;
  const asked = interim.at(-1);
  return asked !== undefined && request !== undefined && asked.lastTime > request.lastTime ? lastOf(asked) : lastOf(request);
}

function lastOf(message: Message | undefined): Moment | undefined {
  return message && { frame: message.lastFrame, time: message.lastTime };
}

function headOf(message: Message | undefined): Moment | undefined {
  return message && { frame: message.headFrame, time: message.headTime };
}
