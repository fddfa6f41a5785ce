/**
 * After an idle time the octets of one end are not even acknowledged any more (RULES R45): a box between the two has forgotten the
 * connection. What is acknowledged and ignored is the application's; what is never acknowledged is the network's. So is a reset
 * in the name of the other end.
 */
import type { Candidate, Connection, Endpoint, Exchange, Moment, RequestMessage, Rule, Text, Wait } from '../model.ts';
import { captureCap, least, openCap } from './confidence.ts';
import { forgottenOctetsCandidate, forgottenRequest, forgottenRequestCandidate, idleText } from './forgotten-by-box.ts';
import { hopOf, seenOn } from './lifetimes.ts';
import { remediesFor } from './remedies.ts';
import { endEvidence, silenceText } from './stalls.ts';
import { ENDED, lasted, OPEN } from './thresholds.ts';
import * as say from './words.ts';

const IDLE = 30e9;
const AGAIN = 3;

export const idleConnectionBlackholed: Rule = {
  id: 'idle-connection-blackholed',
  on: 'exchange',
  onlyFor: ['wait', 'unanswered'],
  title: 'After an idle time the network swallows or rejects what is sent on a connection',
  basis: ['RFC 9112 section 9.5', 'RFC 9293 section 3.8.3'],
  remedies: remediesFor('idle-path'),

  check(exchange, { server, relay }, found) {
    const forgotten = forgottenRequest(exchange, relay);
    if (forgotten !== undefined) found(forgottenRequestCandidate(forgotten, server));
    const { wait, request, response } = exchange;
    if (wait === undefined || request === undefined || response !== undefined || wait.ended === 'answered') return;
    if (wait.ended === 'server-close' || !lasted(wait, wait.ended === 'capture-end' ? OPEN : ENDED)) return;
    const hole = holeOf(wait.connection, request);
    if (hole === undefined) return;
    found(requestCandidate(exchange, request, wait, hole, server.lastAnsweredStart > request.firstTime));
  },

  checkStuck(connection, found) {
    const { clientEnd, serverEnd } = connection;
    for (const from of ['client', 'server'] as const) {
      const forgotten = forgottenOctetsCandidate(connection, from);
      if (forgotten !== undefined) found(forgotten);
      const [own, peer] = from === 'client' ? [clientEnd, serverEnd] : [serverEnd, clientEnd];
      if (own.unacked === undefined || peer.last === undefined || peer.octets + own.octets === 0) continue;
      const { retransmissions, since } = own.unacked;
      const idle = since.time - peer.last.time;
      if (retransmissions >= AGAIN && idle >= IDLE)
        found(octetsCandidate(connection, from, { retransmissions, last: peer.last, idle, since }));
    }
  },
};

interface Hole {
  /** Of what was sent into it. */
  readonly retransmissions: number;
  /** The last sign of life of the other end, and how long before. */
  readonly last: Moment;
  readonly idle: number;
  readonly since: Moment;
}

function requestCandidate(exchange: Exchange, request: RequestMessage, wait: Wait, hole: Hole, alive: boolean): Candidate {
  const seen = { exchange, hop: 'only' } as const;
  const again = wait.connection.clientEnd.lastRetransmission;
  return {
    severity: 'hang',
    confidence: least(alive ? 'strong' : 'likely', captureCap(wait.connection), openCap(wait), exchange.damaged ? 'possible' : 'proven'),
    message: [
      ...say.requestText(request),
      ` of ${exchange.client.text} was sent ${hole.retransmissions + 1} times on a connection that had been idle for ${say.duration(hole.idle)}, and ${exchange.server.text} never acknowledged it: ${silenceText(wait, exchange)}`,
    ],
    hops: [say.hopOf(seen)],
    exchange,
    wait,
    evidence: say.inOrder([
      say.evidence(seen, 'server', hole.last, [LAST_SIGN]),
      ...say.requestEvidence(seen),
      ...(again === undefined ? [] : [say.evidence(seen, 'client', again, [ONCE_MORE])]),
      ...endEvidence(seen, wait),
    ]),
    because: becauseOf(hole, alive),
    wouldChangeOurMind: doubts(alive),
  };
}

function octetsCandidate(connection: Connection, from: 'client' | 'server', hole: Hole): Candidate {
  const { client, server, clientEnd, serverEnd, protocol } = connection;
  const [sender, peer]: readonly [Endpoint, Endpoint] = from === 'client' ? [client, server] : [server, client];
  const again = (from === 'client' ? clientEnd : serverEnd).lastRetransmission;
  const what = protocol === 'unknown' ? '' : ` (${protocol.toUpperCase()})`;
  return {
    severity: 'hang',
    confidence: least('likely', captureCap(connection)),
    message: [
      `${sender.text} sent octets ${hole.retransmissions + 1} times on a connection${what} that had been idle for ${say.duration(hole.idle)}, and ${peer.text} never acknowledged them`,
    ],
    hops: [hopOf(connection)],
    exchange: undefined,
    evidence: say.inOrder([
      seenOn(connection, from === 'client' ? 'server' : 'client', hole.last, [LAST_SIGN]),
      seenOn(connection, from, hole.since, ['octets']),
      ...(again === undefined ? [] : [seenOn(connection, from, again, [ONCE_MORE])]),
    ]),
    because: becauseOf(hole, false),
    wouldChangeOurMind: doubts(false),
  };
}

const LAST_SIGN = 'last segment of this end';
const ONCE_MORE = 'the same once more';

function becauseOf({ idle }: Hole, alive: boolean): readonly Text[] {
  return [
    ['TCP itself acknowledged nothing: it did not arrive, or no answer could come back'],
    idleText(idle),
    ...(alive ? [['the server answered a request that was sent later, on another connection']] : []),
  ];
}

function doubts(alive: boolean): readonly string[] {
  const other = 'a capture at the other end in which it arrives';
  return alive ? [other] : [other, 'the host at the other end being down from then on: nothing more was seen of it'];
}

/** Nothing at all came from the server since a request that was sent again and again. */
function holeOf({ clientEnd, serverEnd }: Connection, { firstFrame, firstTime }: RequestMessage): Hole | undefined {
  const { unacked } = clientEnd;
  const { last } = serverEnd;
  if (unacked === undefined || unacked.retransmissions < AGAIN || last === undefined || last.time >= firstTime) return undefined;
  const idle = firstTime - last.time;
  if (idle < IDLE) return undefined;
  return { retransmissions: unacked.retransmissions, last, idle, since: { frame: firstFrame, time: firstTime } };
}
