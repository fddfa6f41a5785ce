/**
 * The circle of figure 4-15 (RULES R01): the client waits for the proxy's response, the proxy for the origin's close, the origin
 * for the proxy's next request. What dumb-proxy-deadlock and proxy-connection-cascade share: the one finds it, the other knows
 * which field drew it.
 */
import type { Attempt, Candidate, Confidence, Connection, Exchange, Message, Moment, Relay, Text, Wait } from '../model.ts';
import { captureCap, least, pairingCap } from './confidence.ts';
import { type Deadlock, type RelayScore, relayScore, scoreText } from './relay-score.ts';
import { COUPLING, ENDED, stillBlind, TIMEOUT_TOLERANCE } from './thresholds.ts';
import * as say from './words.ts';

/** Only timers can end a cycle, so a second is enough (RULES section 5). */
const THRESHOLD = 1e9;

export interface Cycle {
  readonly wait: Wait;
  /** The exchange that went well before, on both hops. */
  readonly before: Relay;
  readonly clientSide: Exchange;
  readonly attempt: Attempt;
  readonly release: Release | undefined;
}

/** The origin's close, where the proxy took up the request that had waited as soon as that came. */
interface Release {
  readonly close: Moment;
  readonly apart: number;
  /** It sent the request on; else it answered by itself. */
  readonly sentOn: boolean;
}

/** The six steps of RULES R01; undefined when one of them is missing. */
export function cycleOf(relay: Relay): Cycle | undefined {
  const { wait, request } = relay.clientSide;
  const before = relay.previous;
  const attempt = before?.attempts.at(-1);
  if (wait === undefined || request === undefined || before === undefined || attempt === undefined) return undefined;
  const release = releaseOf(relay, wait, attempt);
  const begun = relay.clientSide.response !== undefined && !relay.clientSide.damaged;
  if (release === undefined && (relay.attempts.length > 0 || wait.ended === 'answered' || begun)) return undefined;
  const silence = (release?.close ?? wait.end).time - wait.start.time;
  if (silence < THRESHOLD || stillBlind(wait, THRESHOLD) || wait.connection.clientEnd.zeroWindow !== undefined) return undefined;
  const unread = isUnread(wait, attempt.connection);
  if (wait.debt !== 'response-head' && !unread) return undefined;
  if (request.acked === undefined && !relay.clientSide.damaged && !unread) return undefined;
  const clientSide = before.clientSide;
  const kept = isCut(clientSide) || (clientSide.response?.complete === true && clientSide.clientBelief === 'keep');
  const originKeeps = isCut(attempt.exchange)
    ? stayedOpen(attempt.connection, wait)
    : attempt.exchange.response?.complete === true && attempt.exchange.serverBelief === 'keep';
  if (!kept || !originKeeps || attempt.laterExchanges > 0 || proxyLeftFirst(attempt.connection)) return undefined;
  if (release === undefined && isRefuted(wait, attempt.connection)) return undefined;
  const failed = new Set(relay.lookup.filter((check) => !check.passed).map((check) => check.id));
  if (failed.has('server-hop-visible') || failed.has('no-candidate') || failed.has('no-pending-connect')) return undefined;
  const owed: Wait = unread ? { ...wait, debt: 'response-head', debtor: 'server' } : wait;
  const cycle = { wait: owed, before, clientSide, attempt, release };
  return knowsTheEnd(cycle) ? undefined : cycle;
}

/**
 * The body of that request did not come, since the proxy was not there to ask for it, or to take it out of its full buffers; and
 * it closed with the origin.
 */
function isUnread(wait: Wait, serverSide: Connection | undefined): boolean {
  const { debt, connection } = wait;
  const held = debt === 'continue' || (debt === 'request-body' && connection.serverEnd.zeroWindow !== undefined);
  return held && closedWith(wait, serverSide) !== undefined;
}

/** A proxy that loops reads the next request when the origin has hung up: it sends it on then, or has only an error left to say. */
function releaseOf({ attempts: [next], clientSide }: Relay, wait: Wait, { connection }: Attempt): Release | undefined {
  const close = say.closingOf(connection, 'server');
  const wentOn = next === undefined ? clientSide.response?.firstTime : next.exchange.request?.firstTime;
  if (close === undefined || wentOn === undefined || close.time < wait.start.time) return undefined;
  const apart = wentOn - close.time;
  return apart >= 0 && apart <= COUPLING ? { close, apart, sentOn: next !== undefined } : undefined;
}

/** The close came, the proxy knew, and it went on saying nothing: that was not what it waited for. */
function isRefuted(wait: Wait, connection: Connection | undefined): boolean {
  const { fin, finAcked } = connection?.serverEnd ?? {};
  return fin !== undefined && finAcked !== undefined && fin.time > wait.start.time && wait.end.time - finAcked.time > ENDED;
}

/** The capture cut the head of its response: what the ends did next shows what it said. */
function isCut({ damaged, response }: Exchange): boolean {
  return damaged && response?.complete === false;
}

/** The origin had not closed when the next request came to the proxy. */
function stayedOpen(connection: Connection | undefined, wait: Wait): boolean {
  const close = say.closingOf(connection, 'server');
  return connection !== undefined && (close === undefined || close.time > wait.start.time);
}

/**
 * The proxy uses its connections to this server again: it reads the end of a response from its framing, and needs no close. It may
 * be blind for some responses all the same: then it hangs up together with the origin, or has passed on what is for one hop only.
 */
function knowsTheEnd(cycle: Cycle): boolean {
  const { before, clientSide, attempt } = cycle;
  const reuses = attempt.exchange.ordinal > 1 || (before.route?.reused ?? 0) > 0;
  if (!reuses || couplingOf(cycle) !== undefined) return false;
  return !scoresOf(before, clientSide, attempt.exchange, undefined).some(({ answer }) => answer === 'relayed');
}

/** The proxy closed the server-side connection itself: then it was not waiting for the origin to do so. */
function proxyLeftFirst(connection: Connection | undefined): boolean {
  const [proxy, origin] = [say.closingOf(connection, 'client'), say.closingOf(connection, 'server')];
  return proxy !== undefined && (origin === undefined || proxy.time < origin.time);
}

export function cycleCandidate(relay: Relay, cycle: Cycle): Candidate {
  const { wait, before, clientSide, attempt } = cycle;
  const scores = scoresOf(before, clientSide, attempt.exchange, undefined);
  const coupled = couplingOf(cycle);
  const announced = say.announcedTimeout(clientSide.response);
  const relayed = scores.some((score) => score.answer === 'relayed');
  const ended = wait.ended === 'server-close' || cycle.release !== undefined;
  const timed = announced !== undefined && ended && Math.abs(silenceOf(cycle) / 1e9 - announced) <= TIMEOUT_TOLERANCE;
  const elsewhere = isElsewhere(relay, before);
  // What another host takes to be found may end by chance when this one hangs up.
  const chance = cycle.release !== undefined && elsewhere;
  const byCircle: Confidence = elsewhere || (before.route?.reused ?? 0) > 0 ? 'possible' : 'likely';
  const byEvidence: Confidence =
    coupled !== undefined && relayed ? 'proven' : coupled !== undefined || relayed || timed ? 'strong' : byCircle;
  const tls = relay.lookup.some((check) => check.id === 'no-tls' && !check.passed);
  const hops = [
    { exchange: relay.clientSide, hop: 'client-side' as const },
    { exchange: attempt.exchange, hop: 'server-side' as const },
  ] as const;
  return {
    severity: 'hang',
    confidence: least(
      byEvidence,
      captureCap(wait.connection),
      captureCap(attempt.connection),
      pairingCap(before),
      tls || chance ? 'likely' : 'proven',
      [relay.clientSide, clientSide, attempt.exchange].some(({ damaged }) => damaged) ? 'possible' : 'proven',
    ),
    message: messageOf(relay, cycle, coupled),
    hops: hops.map(say.hopOf),
    exchange: relay.clientSide,
    wait,
    fields: fieldsOf(before, clientSide, attempt.exchange, scores),
    direction: 'both',
    evidence: evidenceOf(relay, cycle),
    because: becauseOf(relay, cycle, coupled, timed ? announced : undefined),
    wouldChangeOurMind: [
      'the second request leaving the proxy on a connection that this capture does not show',
      'the proxy answering it later than the capture lasts',
      'a close of the server-side connection by the proxy that was not captured',
    ],
  };
}

/** For another host no proxy would have used the connection of the exchange before: that it did not, says nothing. */
function isElsewhere({ clientSide: { request } }: Relay, { clientSide: { request: asked } }: Relay): boolean {
  return request?.fingerprint.authority !== asked?.fingerprint.authority;
}

/** How long nothing happened. */
export function silenceOf({ wait, release }: Cycle): number {
  return (release?.close ?? wait.end).time - wait.start.time;
}

/** With the deadlock as evidence of what came before it, or without: it cannot make itself surer. */
function scoresOf(before: Relay, clientSide: Exchange, serverSide: Exchange, deadlock: Deadlock | undefined): readonly RelayScore[] {
  const scores = [];
  const evidence = (received: Message): Deadlock | undefined => (say.fieldOf(received, 'connection') === undefined ? undefined : deadlock);
  const [asked, sent] = [clientSide.request, serverSide.request];
  if (asked && sent) scores.push(relayScore(before, asked, sent, evidence(asked)));
  const [received, given] = [serverSide.response, clientSide.response];
  if (received && given) scores.push(relayScore(before, received, given, evidence(received)));
  return scores;
}

/** What it shows about the Connection field that both hops of the exchange before carried. */
export function deadlockOf(cycle: Cycle): Deadlock {
  return couplingOf(cycle) === undefined ? 'open' : 'coupled';
}

/** Time from the origin's close to what the proxy did next, when the one follows the other at once: it closed, or went on. */
function couplingOf({ wait, attempt, release }: Cycle): number | undefined {
  return release === undefined ? closedWith(wait, attempt.connection) : release.apart;
}

function closedWith(wait: Wait, serverSide: Connection | undefined): number | undefined {
  const origin = say.closingOf(serverSide, 'server');
  if (wait.ended !== 'server-close' || origin === undefined) return undefined;
  const apart = wait.end.time - origin.time;
  return Math.abs(apart) <= COUPLING ? apart : undefined;
}

function messageOf({ clientSide }: Relay, cycle: Cycle, coupled: number | undefined): Text {
  const { request } = clientSide;
  if (request === undefined) return [];
  const { wait, attempt, release } = cycle;
  const open = wait.ended === 'capture-end' && release === undefined;
  return [
    `the proxy ${clientSide.server.text} ${release === undefined ? 'never read' : 'did not read'} request ${clientSide.ordinal} (`,
    ...say.requestText(request),
    `): ${say.duration(silenceOf(cycle))} of silence${open ? ' so far' : ''}, while it waited for a close that the origin ${attempt.exchange.server.text} had no reason to send`,
    ...(coupled === undefined ? [] : [`; ${endingText(release, coupled)}`]),
  ];
}

function endingText(release: Release | undefined, coupled: number): string {
  const apart = `${say.duration(Math.abs(coupled))} ${coupled >= 0 ? 'after' : 'before'} the origin hung up`;
  if (release === undefined) return `${apart}, so did the proxy`;
  return release.sentOn ? `${apart}, it sent the request on` : `${apart}, it answered by itself`;
}

/** The fields that made both ends believe in persistence; none where HTTP/1.1 does so by itself. */
function fieldsOf(before: Relay, clientSide: Exchange, serverSide: Exchange, scores: readonly RelayScore[]): readonly string[] {
  const crossed = (name: string): boolean => {
    const pairs = [
      [clientSide.request, serverSide.request],
      [serverSide.response, clientSide.response],
    ] as const;
    return pairs.some(
      ([from, to]) => say.fieldOf(from, name) !== undefined && say.fieldOf(from, name)?.value === say.fieldOf(to, name)?.value,
    );
  };
  const names = ['Connection', 'Keep-Alive', 'Proxy-Connection'].filter((name) => crossed(name.toLowerCase()));
  return before.attempts.length > 0 && scores.length > 0 ? names : [];
}

function evidenceOf(relay: Relay, { wait, clientSide, attempt, release }: Cycle): Candidate['evidence'] {
  const client = { exchange: clientSide, hop: 'client-side' } as const;
  const server = { exchange: attempt.exchange, hop: 'server-side' } as const;
  const ignored = { exchange: relay.clientSide, hop: 'client-side' } as const;
  const acked = relay.clientSide.request?.acked;
  const ending = wait.ended === 'client-abort' ? 'client' : 'server';
  const late = release === undefined ? [] : relay.attempts.slice(0, 1);
  return say.inOrder([
    ...say.requestEvidence(client),
    ...say.requestEvidence(server),
    ...say.responseEvidence(server),
    ...say.responseEvidence(client),
    ...say.requestEvidence(ignored),
    ...(acked === undefined ? [] : [say.evidence(ignored, 'server', acked, ['ACK of the whole request, nothing else'])]),
    ...say.closeEvidence(server, attempt.connection, 'server'),
    ...late.flatMap(({ exchange }) => say.requestEvidence({ exchange, hop: 'server-side' })),
    ...(wait.ended === 'capture-end'
      ? []
      : [say.evidence(ignored, ending, wait.end, [wait.by === 'DATA' ? 'the answer' : (wait.by ?? 'close')])]),
  ]);
}

function becauseOf(relay: Relay, cycle: Cycle, coupled: number | undefined, announced: number | undefined): readonly Text[] {
  const { clientSide, attempt, before } = cycle;
  const because: Text[] = [
    [
      isCut(clientSide) || isCut(attempt.exchange)
        ? `response ${clientSide.ordinal} was cut by the capture; both connections stayed open behind it, and the client went on with its next request`
        : `response ${clientSide.ordinal} was complete on both hops and left both connections open: the client had to expect an answer on its one, the origin a request on its own`,
    ],
    [`after it the proxy neither sent a request on the server-side connection nor closed it`],
    ...relay.lookup.filter((check) => check.passed).map((check): Text => [check.text]),
  ];
  if (relay.clientSide.request?.acked !== undefined)
    because.push(['the kernel of the proxy acknowledged the request: it arrived, and nobody read it']);
  if (coupled !== undefined) {
    const { release } = cycle;
    const did = release === undefined ? "closed the client's connection" : release.sentOn ? 'sent the request on' : 'answered';
    because.push([
      `the proxy ${did} within ${say.duration(Math.abs(coupled))} of the origin's close: that close is what it was waiting for`,
    ]);
  }
  if (announced !== undefined) because.push([`the silence lasted as long as the announced Keep-Alive timeout of ${announced} s`]);
  for (const score of scoresOf(before, clientSide, attempt.exchange, deadlockOf(cycle)))
    because.push([
      score.present || isCut(clientSide) || isCut(attempt.exchange)
        ? `was Connection of the ${score.direction} relayed or written anew? ${scoreText(score)}`
        : `the ${score.direction} had no Connection field on either hop, so that none was relayed`,
    ]);
  because.push([
    `the hops belong together: ${before.link.parts.join(', ')}; ${Math.round(before.link.margin)} bits ahead of any other, server side ${attempt.exchange.connection.ends[0].text}`,
  ]);
  return because;
}
