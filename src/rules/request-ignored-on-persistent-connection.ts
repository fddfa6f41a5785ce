/**
 * A later request on a kept connection is acknowledged by TCP and never answered (RULES R02): what a dumb proxy looks like
 * from its client's side alone.
 */
import type { Candidate, Confidence, Exchange, Rule, ServerProfile, Spread, Text, Wait } from '../model.ts';
import { captureCap, least } from './confidence.ts';
import { spreadText } from './lifetimes.ts';
import { remediesFor } from './remedies.ts';
import { isAnsweredSoon, isWithin, lateAnswers } from './stalls.ts';
import { stillBlind } from './thresholds.ts';
import * as say from './words.ts';

/** A silence that ended by FIN, RST or abort; one that is still open must last longer (RULES section 5). */
const ENDED = 1e9;
const OPEN = 5e9;
const REQUEST_TIMEOUT = 408;
/** Chance at which first and later requests are said to fare differently. */
const SIGNIFICANT = 0.01;

export const requestIgnoredOnPersistentConnection: Rule = {
  id: 'request-ignored-on-persistent-connection',
  on: 'exchange',
  onlyFor: ['wait'],
  title: 'A later request on a kept connection is never answered',
  basis: ['RFC 9112 section 9.3', 'RFC 9112 section 9.6'],
  remedies: remediesFor('ignored-request'),

  check(exchange, { server, forwarded, relay }, found) {
    const { wait, request, previous } = exchange;
    if (wait === undefined || request === undefined || forwarded || wait.debt !== 'response-head') return;
    if ((wait.ended === 'answered' || isBegun(exchange)) && !isTimedOut(exchange)) return;
    if (!isLater(exchange) || saidClose(previous) || isBehindAnother(exchange)) return;
    const threshold = wait.ended === 'capture-end' ? OPEN : ENDED;
    if (wait.end.time - wait.start.time < threshold || stillBlind(wait, threshold)) return;
    if (wait.connection.clientEnd.zeroWindow !== undefined || !arrived(exchange, wait)) return;
    const late = lateAnswers(exchange, server);
    if (late !== undefined && wait.ended !== 'server-close' && isWithin(wait, late)) return; // not overdue: long-poll-or-stream says so
    found(candidateOf(exchange, wait, server, late, (relay?.candidates.length ?? 0) > 0));
  },
};

/** Its answer stopped in the head. */
function isBegun({ response, damaged }: Exchange): boolean {
  return response !== undefined && !damaged;
}

/** The server says that it has waited for a request, though it had one: it has not read it (RFC 9110 section 15.5.9). */
function isTimedOut({ request, response }: Exchange): boolean {
  return request?.complete === true && response?.status === REQUEST_TIMEOUT;
}

/** A connection whose start was not captured counts as used before (RULES section 6.0, 9). */
function isLater(exchange: Exchange): boolean {
  return exchange.ordinal >= 2 || !exchange.connection.synSeen;
}

/** The exchange before it ended persistence; what a head that was cut off said is not known. */
function saidClose(previous: Exchange | undefined): boolean {
  return previous?.response !== undefined && !previous.damaged && previous.clientBelief === 'close';
}

/** Pipelined behind a request that is not answered itself: until that is, nobody owes an answer to this one (RFC 9112 section 9.3.2). */
function isBehindAnother({ pipelined, previous }: Exchange): boolean {
  if (!pipelined || previous === undefined) return false;
  // The request that the capture lost may have been HEAD: what was read as the body of its answer is then the answer to this one.
  if (previous.damaged) return previous.request === undefined;
  return previous.response?.complete !== true;
}

/** The server's TCP acknowledged all of it. A head cut by the capture may end later than is known. */
function arrived({ request, damaged }: Exchange, wait: Wait): boolean {
  return request?.acked !== undefined || (damaged && wait.connection.serverEnd.last !== undefined);
}

/** `unclear`: a request on the next hop may be this one, or another client's. */
function candidateOf(exchange: Exchange, wait: Wait, server: ServerProfile, late: Spread | undefined, unclear: boolean): Candidate {
  const seen = { exchange, hop: 'only' } as const;
  const { request, previous } = exchange;
  const alive = server.lastAnsweredStart > wait.start.time;
  const contrast = contrastOf(server);
  const soon = isAnsweredSoon(exchange, server);
  const byServer = wait.ended === 'server-close';
  // A client that leaves, or the end of the capture, may also have met an answer that takes its time.
  const overdue = byServer || soon;
  const unread = byServer && wait.by === 'RST';
  const likely = isTimedOut(exchange) || (alive && overdue);
  const strong = (contrast < SIGNIFICANT && overdue) || (alive && unread);
  const byEvidence: Confidence = strong ? 'strong' : likely ? 'likely' : 'possible';
  const acked = request?.acked;
  const ending = wait.ended === 'client-abort' ? 'client' : 'server';
  return {
    severity: 'hang',
    confidence: least(byEvidence, captureCap(wait.connection), exchange.damaged || late !== undefined || unclear ? 'possible' : 'proven'),
    message: messageOf(exchange, wait),
    hops: [say.hopOf(seen)],
    exchange,
    wait,
    evidence: say.inOrder([
      ...(previous === undefined
        ? []
        : [...say.requestEvidence({ exchange: previous, hop: 'only' }), ...say.responseEvidence({ exchange: previous, hop: 'only' })]),
      ...say.requestEvidence(seen),
      ...(acked === undefined ? [] : [say.evidence(seen, 'server', acked, ['ACK of the whole request, nothing else'])]),
      ...(wait.ended === 'capture-end' ? [] : [say.evidence(seen, ending, wait.end, [wait.by === 'DATA' ? '408' : (wait.by ?? 'close')])]),
    ]),
    because: [
      ...becauseOf(exchange, server, alive, contrast),
      ...(soon ? [['the same target was answered at once elsewhere'] as const] : []),
      ...(isTimedOut(exchange) ? [['408 says that the server waited for a request: it has not read this one'] as const] : []),
      ...(late === undefined ? [] : [[`but all answers to this path come late: ${spreadText(late)}`] as const]),
      ...(unclear ? [['but a request on the next hop may be this one: then it was forwarded'] as const] : []),
    ],
    wouldChangeOurMind: [
      'the same target taking as long when it is the first request of a connection: then the server is slow, not deaf',
      'a capture of the next hop that shows the request being forwarded',
    ],
  };
}

function messageOf({ request, ordinal, connection, client, server }: Exchange, wait: Wait): Text {
  if (request === undefined) return [];
  const silence = say.duration(wait.end.time - wait.start.time);
  const endings = {
    'server-close': `then ${server.text} hung up`,
    'client-abort': 'then the client gave up',
    'capture-end': 'and the capture ends there',
    answered: `then ${server.text} said 408, as if nothing had been asked`,
  };
  return [
    connection.synSeen ? `request ${ordinal} (` : 'a later request (',
    ...say.requestText(request),
    `) of ${client.text} reached ${server.text} on a connection that was to be kept, and got no answer: ${silence} of silence, ${endings[wait.ended]}`,
  ];
}

function becauseOf(exchange: Exchange, server: ServerProfile, alive: boolean, contrast: number): readonly Text[] {
  const because: Text[] = [];
  if (exchange.previous?.response !== undefined) because.push(['the response before it was complete and kept the connection']);
  if (!exchange.connection.synSeen) because.push(['the connection was in use before the capture began']);
  if (exchange.request?.acked !== undefined) because.push(['TCP acknowledged the whole request']);
  if (alive) because.push(['meanwhile the server answered a request that was sent later, on another connection']);
  if (server.first + server.later > 1)
    because.push([
      `first requests of a connection to this server: ${server.firstAnswered} of ${server.first} answered; later ones: ${server.laterAnswered} of ${server.later}` +
        (contrast < SIGNIFICANT ? ', too different for chance' : ''),
    ]);
  return because;
}

/**
 * Fisher's exact test, one-sided: how likely it is by chance that so few of the later requests were answered, given how many
 * were answered in all.
 */
function contrastOf({ first, firstAnswered, later, laterAnswered }: ServerProfile): number {
  const [total, answered] = [first + later, firstAnswered + laterAnswered];
  if (first === 0 || later === 0) return 1;
  let chance = 0;
  for (let count = Math.max(0, answered - first); count <= laterAnswered; count++) {
    chance += Math.exp(logChoose(later, count) + logChoose(first, answered - count) - logChoose(total, answered));
  }
  return chance;
}

function logChoose(n: number, k: number): number {
  let log = 0;
  for (let step = 1; step <= Math.min(k, n - k); step++) log += Math.log((n - Math.min(k, n - k) + step) / step);
  return log;
}
