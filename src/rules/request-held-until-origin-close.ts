/**
 * A proxy that does one thing at a time waits for the close of a connection that belongs to another client (RULES R01 and R03), and
 * takes up this request when it comes: a deadlock of one, and a hang of all who ask the same proxy.
 *
 * What tells it from a slow proxy is the coupling in time, and that nothing went out to any server meanwhile.
 */
import type { Attempt, Candidate, Confidence, Exchange, Moment, Relay, Rule, Text, Turn, Wait } from '../model.ts';
import { captureCap, least, pairingCap } from './confidence.ts';
import { remediesFor } from './remedies.ts';
import { endEvidence, isStream } from './stalls.ts';
import { COUPLING, ENDED, lasted } from './thresholds.ts';
import * as say from './words.ts';

export const requestHeldUntilOriginClose: Rule = {
  id: 'request-held-until-origin-close',
  on: 'relay',
  onlyFor: ['wait'],
  title: "The proxy leaves a request unread until the origin closes another client's connection",
  basis: ['RFC 9112 section 6.3', 'RFC 9112 section 9.3', 'HTTP: The Definitive Guide, figure 4-15'],
  remedies: remediesFor('held-response'),

  check(relay, found) {
    const held = heldRequest(relay);
    if (held !== undefined) found(candidateOf(relay, held));
  },
};

interface Held {
  readonly wait: Wait;
  readonly turn: Turn;
  /** What the proxy had done for the other client. */
  readonly attempt: Attempt;
  readonly close: Moment;
  /** From that close to what the proxy did next for this client, in nanoseconds. */
  readonly apart: number;
  /** How long this request lay there while nothing but that close was outstanding, in nanoseconds. */
  readonly since: number;
}

function heldRequest(relay: Relay): Held | undefined {
  const { clientSide, turn } = relay;
  const { wait } = clientSide;
  const attempt = turn?.relay.attempts.at(-1);
  if (wait === undefined || turn === undefined || attempt === undefined || !hadArrived(clientSide, wait)) return undefined;
  const finished = attempt.exchange.response;
  if (finished === undefined || !isKept(attempt) || knowsTheEnd(turn, attempt) || isPassedOnUnseen(relay)) return undefined;
  const [close, left] = [say.closingOf(attempt.connection, 'server'), say.closingOf(attempt.connection, 'client')];
  const went = wentOn(relay, wait);
  if (close === undefined || went === undefined || (left !== undefined && left.time < close.time)) return undefined;
  const apart = went - close.time;
  const since = close.time - Math.max(wait.start.time, finished.lastTime);
  if (apart < 0 || apart > COUPLING || since < ENDED || !lasted(wait, ENDED)) return undefined;
  return { wait, turn, attempt, close, apart, since };
}

/** All of the request was at the proxy, and its client could take an answer. */
function hadArrived({ request, damaged }: Exchange, { debt, connection }: Wait): boolean {
  return debt === 'response-head' && connection.clientEnd.zeroWindow === undefined && (request?.acked !== undefined || damaged);
}

/** The other exchange was over by its framing, and left a connection that nobody had to close. */
function isKept({ exchange: { response, serverBelief }, laterExchanges }: Attempt): boolean {
  if (response?.complete !== true || response.framing === 'until-close' || response.framing === 'tunnel') return false;
  return serverBelief === 'keep' && laterExchanges === 0 && !isStream(response);
}

/** It uses its connections to that server again: it needs no close to see the end of a response. */
function knowsTheEnd({ relay: { route } }: Turn, { exchange: { ordinal } }: Attempt): boolean {
  return ordinal > 1 || (route?.reused ?? 0) > 0;
}

/** It may have gone on where the capture does not show it. */
function isPassedOnUnseen({ attempts, lookup, link }: Relay): boolean {
  if (attempts.length > 0) return link.confidence === 'ambiguous' || link.confidence === 'none';
  return lookup.some(({ id, passed }) => !passed && DECIDING.has(id));
}

const DECIDING: ReadonlySet<string> = new Set(['server-hop-visible', 'no-candidate', 'no-pending-connect']);

/** When it sent the request on, or answered by itself, or hung up. */
function wentOn({ attempts: [next], clientSide: { response } }: Relay, wait: Wait): number | undefined {
  if (next !== undefined) return next.exchange.request?.firstTime;
  return response?.firstTime ?? (wait.ended === 'server-close' ? wait.end.time : undefined);
}

function candidateOf(relay: Relay, held: Held): Candidate {
  const { wait, turn, attempt, close, apart } = held;
  const client = { exchange: relay.clientSide, hop: 'client-side' } as const;
  const server = { exchange: attempt.exchange, hop: 'server-side' } as const;
  const late = relay.attempts.slice(0, 1);
  const together = wentOnWith(turn, close);
  return {
    severity: 'hang',
    confidence: least(
      byEvidence(relay, turn, together),
      captureCap(wait.connection),
      captureCap(attempt.connection),
      pairingCap(turn.relay),
      late.length > 0 ? pairingCap(relay) : 'proven',
      [relay.clientSide, turn.relay.clientSide, attempt.exchange].some(({ damaged }) => damaged) ? 'possible' : 'proven',
    ),
    message: messageOf(relay, held),
    hops: [say.hopOf(client), say.hopOf(server)],
    exchange: relay.clientSide,
    wait,
    direction: 'request',
    heldUpBy: attempt.exchange.connection,
    covers: late.map(({ exchange }) => exchange),
    evidence: say.inOrder([
      ...say.requestEvidence(server),
      ...say.responseEvidence(server),
      ...say.requestEvidence(client),
      ...say.closeEvidence(server, attempt.connection, 'server'),
      ...late.flatMap(({ exchange }) => say.requestEvidence({ exchange, hop: 'server-side' })),
      ...endEvidence(client, wait),
    ]),
    because: [
      ['the kernel of the proxy acknowledged the request, and the proxy sent nothing to any server until that close'],
      [`it went on with this request ${say.duration(apart)} after the close: that close is what it was waiting for`],
      ['the response before that close was complete by its own framing, and left the connection open'],
      ...(together ? [['the same close ended what the other client had been waiting for'] as const] : []),
    ],
    wouldChangeOurMind: [
      'another request that this proxy sent on meanwhile, on a connection that this capture does not show',
      'the proxy looking up a name, or asking somebody else, for just that long',
    ],
  };
}

/** Another host may have had to be looked up first: that it took until this close may be chance. */
function byEvidence({ clientSide: { request } }: Relay, { relay }: Turn, together: boolean): Confidence {
  const elsewhere = request?.fingerprint.authority !== relay.clientSide.request?.fingerprint.authority;
  if (elsewhere) return together ? 'likely' : 'possible';
  return together ? 'strong' : 'likely';
}

/** With the close the other client got its answer, or lost its connection, too. */
function wentOnWith({ relay: { clientSide }, connection }: Turn, close: Moment): boolean {
  const moments = [clientSide.response?.lastTime, say.closingOf(connection, 'server')?.time];
  return moments.some((time) => time !== undefined && time >= close.time && time - close.time <= COUPLING);
}

function messageOf({ clientSide, attempts }: Relay, { attempt, turn, wait, apart, since }: Held): Text {
  const did = attempts.length > 0 ? 'it sent the request on' : wait.ended === 'server-close' ? 'it hung up' : 'it answered by itself';
  return [
    `the proxy ${clientSide.server.text} left `,
    ...(clientSide.request === undefined ? [] : say.requestText(clientSide.request)),
    ` of ${clientSide.client.text} unread for ${say.duration(since)}, while it waited for a close that the origin ${attempt.exchange.server.text} did not owe it`,
    ` after an answer for ${turn.relay.clientSide.client.text}; ${say.duration(apart)} after the origin hung up, ${did}`,
  ];
}
