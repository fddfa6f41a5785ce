/**
 * A request was sent on a reused connection that the server was just closing, or had closed long before (RULES R43). Nobody reads
 * it: the client gets a reset or nothing, and behind a proxy a 502.
 */
import type { Candidate, Confidence, Connection, Exchange, Moment, RequestMessage, Rule, Spread, Text, Wait } from '../model.ts';
import { captureCap, least } from './confidence.ts';
import { spreadText } from './lifetimes.ts';
import { remediesFor } from './remedies.ts';
import * as say from './words.ts';

/** A connection that was used again sooner was not idle: its server closes after each response. */
const IDLE = 500e6;
/** After such an idle time a reset without FIN may be, and after the longer one probably is, the end of the connection's life. */
const LONG_IDLE = 5e9;
const VERY_LONG_IDLE = 30e9;
/** The client knew of the close for so long. */
const KNOWN = 10e6;
/** A round trip, where the handshake was not captured; and what a host may take on top of it. */
const USUAL_ROUND_TRIP = 50e6;
const SLACK = 5e6;

/** How the request met the close. */
type Meeting = 'race' | 'stale-reuse' | 'reset';

export const idleCloseRace: Rule = {
  id: 'idle-close-race',
  on: 'exchange',
  onlyFor: ['wait'],
  title: 'A request was sent on an idle connection that the server was closing',
  basis: ['RFC 9112 section 9.5', 'RFC 9112 section 9.3.1'],
  remedies: remediesFor('lifetime'),

  check(exchange, { server }, found) {
    const { wait, request, response, previous, pipelined } = exchange;
    if (wait === undefined || request === undefined || response !== undefined || pipelined || wait.ended === 'answered') return;
    const before = previous?.response;
    if (before?.complete !== true || previous?.request === undefined || previous.clientBelief !== 'keep') return;
    const idle = request.firstTime - before.lastTime;
    const met = meetingOf(wait.connection, request, idle);
    if (met === undefined) return;
    found(
      candidateOf(exchange, wait, request, {
        ...met,
        idle,
        usual: server.idleCloses,
        before: { frame: before.lastFrame, time: before.lastTime },
      }),
    );
  },
};

interface Met {
  readonly how: Meeting;
  readonly close: Moment;
}

function meetingOf(connection: Connection, request: RequestMessage, idle: number): Met | undefined {
  const { handshake, serverEnd, clientEnd } = connection;
  const { fin, finAcked, reset } = serverEnd;
  const reach = (Number.isNaN(handshake) ? USUAL_ROUND_TRIP : handshake) + SLACK;
  if (fin === undefined) {
    const left = clientEnd.fin ?? clientEnd.reset;
    const own = left !== undefined && reset !== undefined && left.frame < reset.frame;
    if (reset === undefined || own || idle < LONG_IDLE || reset.time - request.lastTime > reach) return undefined;
    return { how: 'reset', close: reset };
  }
  if (finAcked !== undefined && fin.frame < request.firstFrame && finAcked.time <= request.firstTime - KNOWN)
    return { how: 'stale-reuse', close: fin };
  const crossed = fin.time >= request.firstTime - reach && fin.time <= request.lastTime + reach;
  return idle >= IDLE && crossed ? { how: 'race', close: fin } : undefined;
}

interface Race extends Met {
  readonly idle: number;
  /** Idle closes of this server. */
  readonly usual: Spread;
  /** The last octet before the idle time. */
  readonly before: Moment;
}

function candidateOf(exchange: Exchange, wait: Wait, request: RequestMessage, race: Race): Candidate {
  const seen = { exchange, hop: 'only' } as const;
  const { connection } = wait;
  const byEvidence: Confidence = race.how !== 'reset' ? 'proven' : race.idle >= VERY_LONG_IDLE ? 'likely' : 'possible';
  const { finAcked, reset } = connection.serverEnd;
  return {
    severity: 'loss',
    confidence: least(byEvidence, captureCap(connection), exchange.damaged ? 'possible' : 'proven'),
    message: messageOf(exchange, request, race),
    hops: [say.hopOf(seen)],
    exchange,
    wait,
    evidence: say.inOrder([
      say.evidence(seen, 'server', race.before, ['last octet of the response before it']),
      ...(race.how === 'reset' ? [] : [say.evidence(seen, 'server', race.close, ['FIN'])]),
      ...(race.how === 'stale-reuse' && finAcked !== undefined ? [say.evidence(seen, 'client', finAcked, ['ACK of the FIN'])] : []),
      ...say.requestEvidence(seen),
      ...(reset === undefined ? [] : [say.evidence(seen, 'server', reset, ['RST'])]),
    ]),
    because: becauseOf(connection, request, race),
    wouldChangeOurMind: [
      'many connections that the server closed at the same instant: then it was stopped or reloaded',
      'a limit on requests per connection, which would show as closes at the same ordinal',
    ],
  };
}

function messageOf({ ordinal, client, server, connection }: Exchange, request: RequestMessage, { how, close, idle }: Race): Text {
  const which = connection.synSeen ? `request ${ordinal} (` : 'a later request (';
  const lost: Text = [which, ...say.requestText(request), `) of ${client.text} was lost: after ${say.duration(idle)} without traffic `];
  const apart = request.firstTime - close.time;
  switch (how) {
    case 'race':
      return [
        ...lost,
        `${server.text} closed the connection ${say.duration(Math.abs(apart))} ${apart < 0 ? 'after' : 'before'} it was sent`,
      ];
    case 'stale-reuse':
      return [
        ...lost,
        `it was sent on a connection that ${server.text} had closed ${say.duration(apart)} before, as the client's own TCP had acknowledged`,
      ];
    default:
      return [...lost, `${server.text} answered it with a reset`];
  }
}

function becauseOf(connection: Connection, request: RequestMessage, { how, usual, close }: Race): readonly Text[] {
  const because: Text[] = [['the response before it was complete and left the connection open to be used again']];
  if (how === 'race')
    because.push([
      `the close and the request crossed: they are ${say.duration(Math.abs(request.firstTime - close.time))} apart, and a round trip ${Number.isNaN(connection.handshake) ? 'is not known' : `takes ${say.duration(connection.handshake)}`}`,
    ]);
  if (how === 'stale-reuse')
    because.push([
      'the client could have known: it was no race, it took a connection out of its pool without looking whether it was still open',
    ]);
  if (how === 'reset') because.push(['the reset came within a round trip: nobody had read the request']);
  if (usual.count > 0) because.push([`idle connections that this server closed: ${spreadText(usual)}`]);
  if (connection.serverEnd.reset === undefined) because.push(['no reset followed: the client can only wait for its own timer']);
  return because;
}
