/**
 * The proxy reads the first request of a connection and lets the others pass as they are (RULES R48): tunnel mode, or a pipe.
 *
 * Told at the second request of a connection, where the first one carries what the proxy adds and the second one does not.
 */
import type { Exchange, Relay, RequestMessage, Rule, Text } from '../model.ts';
import { isSameHead } from '../same-head.ts';
import { type Crossing, crossingCandidate, crossingsOf } from './crossings.ts';
import { remediesFor } from './remedies.ts';
import * as say from './words.ts';

/** Fields that proxies add to every request that they forward. */
const ADDED: readonly string[] = ['via', 'x-forwarded-for', 'forwarded', 'x-real-ip', 'x-forwarded-proto', 'x-varnish'];

export const tunnelAfterFirstRequest: Rule = {
  id: 'tunnel-after-first-request',
  on: 'relay',
  onlyFor: ['second'],
  title: 'The proxy looked at the first request of a connection only',
  basis: ['RFC 9110 section 7.6.3', 'RFC 9110 section 7.6.1'],
  remedies: remediesFor('tunnel'),

  check(relay, found) {
    const first = firstPairOf(relay);
    if (first === undefined) return;
    const [crossing] = crossingsOf(relay, ({ kind }) => kind === 'request');
    if (crossing?.received.kind !== 'request' || crossing.sent.kind !== 'request') return;
    const added = ADDED.filter((name) => has(first.sent, name) && !has(first.received, name));
    if (added.length > 0 && isSameHead(crossing.received, crossing.sent)) found(candidateOf(crossing, first, added));
  },
};

interface Pair {
  readonly received: RequestMessage;
  readonly sent: RequestMessage;
}

/** The first requests of both connections, where this is the second one of both: in tunnel mode the hops are one to one. */
function firstPairOf({ clientSide, attempts: [attempt, retry] }: Relay): Pair | undefined {
  const serverSide = attempt?.exchange;
  if (serverSide === undefined || retry !== undefined || clientSide.ordinal !== 2 || serverSide.ordinal !== 2) return undefined;
  const [received, sent] = [openerOf(clientSide), openerOf(serverSide)];
  if (received === undefined || sent === undefined) return undefined;
  return received.method === sent.method && received.fingerprint.tail === sent.fingerprint.tail ? { received, sent } : undefined;
}

/** An upgrade or CONNECT makes a tunnel by right. */
function openerOf({ previous }: Exchange): RequestMessage | undefined {
  return previous?.response?.framing === 'tunnel' || previous?.damaged === true ? undefined : previous?.request;
}

function has(message: RequestMessage, name: string): boolean {
  return say.fieldOf(message, name) !== undefined;
}

function candidateOf(crossing: Crossing, { sent }: Pair, added: readonly string[]): ReturnType<typeof crossingCandidate> {
  const { relay, serverSide } = crossing;
  const fields = added.map((name) => say.fieldOf(sent, name)).filter((field) => field !== undefined);
  const [first] = fields;
  const request: Text = crossing.received.kind === 'request' ? say.requestText(crossing.received) : [];
  return crossingCandidate(crossing, {
    severity: 'hygiene',
    confidence: 'strong',
    message: [
      `the proxy ${relay.clientSide.server.text} added "`,
      ...(first === undefined ? [] : say.fieldText(first)),
      `" to the first request of the connection to ${serverSide.server.text} and let the second one (`,
      ...request,
      ') pass as it came',
    ],
    fields: fields.map(({ name }) => name),
    because: [
      ['the first request carries fields that its client had not sent, and the second one is the same on both hops, field for field'],
      ['what the proxy checks, adds or takes out it does for the first request of a connection alone'],
    ],
    wouldChangeOurMind: ['a later request of the same connection with the fields of the proxy'],
  });
}
