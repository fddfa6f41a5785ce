/**
 * The proxy had the request for most of the silence before it sent it on (RULES section 1, a chain that ends at the proxy): the
 * origin did not have it yet, and is not to blame. pool-queueing says so where a connection that became free shows what it waited for.
 */
import type { Attempt, Candidate, Relay, Rule, Text, Wait } from '../model.ts';
import { asked, clearedWait, isNoticed } from './clearing.ts';
import { least, pairingCap } from './confidence.ts';
import { lengthOf } from './thresholds.ts';
import * as say from './words.ts';

export const slowProxy: Rule = {
  id: 'slow-proxy',
  on: 'relay',
  onlyFor: ['wait'],
  exonerates: true,
  title: 'The proxy had the request for long before it sent it on',
  basis: ['RFC 9110 section 7.7'],
  remedies: [],

  check(relay, found) {
    const { clientSide, attempts, link } = relay;
    const { wait } = clientSide;
    const [attempt] = attempts;
    if (wait === undefined || attempt === undefined || wait.debt !== 'response-head' || !isNoticed(wait)) return;
    if (link.confidence === 'ambiguous' || link.confidence === 'none') return;
    if (heldIn(wait, attempt) >= 0.5 * lengthOf(wait)) found(candidateOf(relay, wait, attempt));
  },
};

/** For so long of the wait no octet of it was on the next hop. */
function heldIn({ start, end }: Wait, { exchange: { request } }: Pick<Attempt, 'exchange'>): number {
  return Math.min(end.time, request?.firstTime ?? start.time) - start.time;
}

function candidateOf(relay: Relay, wait: Wait, attempt: Attempt): Candidate {
  const { clientSide } = relay;
  const held = say.duration(heldIn(wait, attempt));
  return clearedWait(clientSide, wait, {
    confidence: least('strong', pairingCap(relay)),
    message: [
      `the proxy ${clientSide.server.text} had `,
      ...asked(clientSide),
      ` for ${held} before it sent it on to ${attempt.exchange.server.text}: that time passed in the proxy`,
    ],
    because: [
      ['all of the request had come to the proxy, and nothing of it was on the next hop'],
      ...opened(wait, attempt),
      ...rest(attempt),
    ],
    wouldChangeOurMind: [
      'the same request on its way to another server, or to a scanner or login service, that this capture does not show',
    ],
    serverSide: attempt.exchange,
    covers: [attempt.exchange],
  });
}

/** Where it had to open a connection first, and that took its time. */
function opened(wait: Wait, { connection, exchange }: Attempt): readonly Text[] {
  if (connection === undefined || exchange.ordinal > 1 || !connection.synSeen || connection.handshake < 0.5 * heldIn(wait, { exchange }))
    return [];
  return [[`${say.duration(connection.handshake)} of it the connection took to open: its SYN went out, and the answer was late or lost`]];
}

/** What the origin took. */
function rest({ exchange: { request, response, server } }: Pick<Attempt, 'exchange'>): readonly Text[] {
  if (request === undefined || response === undefined) return [];
  return [[`${server.text} began to answer ${say.duration(Math.max(0, response.firstTime - request.lastTime))} after it had got it`]];
}
