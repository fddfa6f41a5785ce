/**
 * The proxy has the whole response and passes it on, or its end, only when the origin closes (RULES R03): it takes the close
 * for the end of the message, whatever the framing says.
 */
import type { Attempt, Candidate, Confidence, Moment, Relay, ResponseMessage, Rule, Text, Wait } from '../model.ts';
import { hasAllContent } from './blame.ts';
import { captureCap, least, openCap, pairingCap } from './confidence.ts';
import { remediesFor } from './remedies.ts';
import { contentCodingOf } from './single-messages.ts';
import { endEvidence, isStream } from './stalls.ts';
import { COUPLING, ENDED, OPEN, stillBlind, TIMEOUT_TOLERANCE } from './thresholds.ts';
import * as say from './words.ts';

const SECOND = 1e9;

export const responseHeldUntilOriginClose: Rule = {
  id: 'response-held-until-origin-close',
  on: 'relay',
  onlyFor: ['wait'],
  title: 'The proxy holds a complete response until the origin closes',
  basis: ['RFC 9112 section 6.3', 'RFC 9112 section 9.3'],
  remedies: remediesFor('held-response'),

  check(relay, found) {
    const held = heldResponse(relay);
    if (held !== undefined) found(candidateOf(relay, held));
  },
};

interface Held {
  readonly wait: Wait;
  readonly attempt: Attempt;
  readonly response: ResponseMessage;
  /** How long the proxy had all of it while the client waited, in nanoseconds. */
  readonly since: number;
  /** The origin's close that released it; undefined where the client waited for it in vain. */
  readonly close: Moment | undefined;
}

function heldResponse({ clientSide, attempts }: Relay): Held | undefined {
  const { wait } = clientSide;
  const attempt = attempts.at(-1);
  const response = attempt?.exchange.response;
  if (wait === undefined || attempt === undefined || response?.complete !== true || !clientSide.ended) return undefined;
  if (wait.debt !== 'response-head' && wait.debt !== 'response-body') return undefined;
  // Where the close is the end of the body, waiting for it is right.
  if (response.framing === 'until-close' || response.framing === 'tunnel') return undefined;
  // Of a stream of events nobody expects an end, also where it was only asked for by HEAD.
  if (isStream(response)) return undefined;
  if (lineExplains(wait) || attempt.laterExchanges > 0) return undefined;
  const since = wait.end.time - Math.max(wait.start.time, response.lastTime);
  const [origin, proxy] = [say.closingOf(attempt.connection, 'server'), say.closingOf(attempt.connection, 'client')];
  if (wait.ended === 'answered' || wait.ended === 'server-close') {
    const coupled = origin !== undefined && wait.end.time >= origin.time && wait.end.time - origin.time <= COUPLING;
    const originFirst = proxy === undefined || (origin !== undefined && origin.time <= proxy.time);
    return wait.ended === 'answered' && coupled && originFirst && since >= ENDED
      ? { wait, attempt, response, since, close: origin }
      : undefined;
  }
  if (isRecoded(clientSide.response, response)) return undefined; // how much of it the client has, nobody can tell
  if (lacksEndOnly(clientSide.response, response)) return undefined; // chunk-terminator-missing says so
  const open = [origin, proxy].every((close) => close === undefined || close.time >= wait.end.time);
  return open && since >= OPEN && !stillBlind(wait, OPEN) ? { wait, attempt, response, since, close: undefined } : undefined;
}

function isRecoded(given: ResponseMessage | undefined, response: ResponseMessage): boolean {
  return given !== undefined && contentCodingOf(given) !== contentCodingOf(response);
}

/** It has all of the content and not the last chunk: nothing shows that the proxy would have sent that with the close. */
function lacksEndOnly(given: ResponseMessage | undefined, response: ResponseMessage): boolean {
  return given?.framing === 'chunked' && given.chunk !== 'data' && hasAllContent(given, response);
}

/** The client shut its window while it waited, though it may be open again; or octets were lost between it and the proxy. */
function lineExplains({ start, connection: { clientEnd, serverEnd } }: Wait): boolean {
  const late = [clientEnd.lastZeroWindow, serverEnd.lastRetransmission].some((moment) => moment !== undefined && moment.time >= start.time);
  return clientEnd.zeroWindow !== undefined || late;
}

function candidateOf(relay: Relay, held: Held): Candidate {
  const { wait, attempt, since, close, response } = held;
  const client = { exchange: relay.clientSide, hop: 'client-side' } as const;
  const server = { exchange: attempt.exchange, hop: 'server-side' } as const;
  const announced = say.announcedTimeout(response);
  const timed = close !== undefined && announced !== undefined && Math.abs(since / SECOND - announced) <= TIMEOUT_TOLERANCE;
  const byEvidence: Confidence = close === undefined ? 'likely' : timed ? 'proven' : 'strong';
  return {
    severity: 'hang',
    confidence: least(
      byEvidence,
      captureCap(wait.connection),
      captureCap(attempt.connection),
      pairingCap(relay),
      openCap(wait),
      relay.clientSide.damaged ? 'possible' : 'proven',
    ),
    message: messageOf(relay, held),
    hops: [say.hopOf(client), say.hopOf(server)],
    exchange: relay.clientSide,
    wait,
    direction: 'response',
    evidence: say.inOrder([
      ...say.requestEvidence(client),
      ...say.requestEvidence(server),
      ...say.responseEvidence(server),
      say.evidence(server, 'server', say.lastOf(response), ['last octet of the response']),
      ...say.closeEvidence(server, attempt.connection, 'server'),
      ...endEvidence(client, wait),
    ]),
    because: [
      [
        attempt.exchange.serverBelief === 'keep'
          ? 'the response of the origin was complete by its own framing, and left the connection open'
          : 'the response of the origin was complete by its own framing: that the origin closed late need not have held it up',
      ],
      close === undefined
        ? ['until the client gave up neither end closed that connection, and the proxy sent nothing more on it']
        : [
            `the rest reached the client ${say.duration(wait.end.time - close.time)} after the origin hung up: that close is what the proxy waited for`,
          ],
      ...(timed ? [[`the proxy held it for as long as the announced Keep-Alive timeout of ${announced} s`] as const] : []),
      ['the client had room for more, and nothing was sent again'],
    ],
    // Where the origin had to close, its delay is told with this.
    covers: attempt.exchange.serverBelief === 'keep' ? [] : [attempt.exchange],
    wouldChangeOurMind: [
      'a proxy that looks into every response before it passes it on, and is done by chance when the origin closes',
      'the same proxy passing on responses of this origin at once',
    ],
  };
}

function messageOf({ clientSide }: Relay, { wait, attempt, since, close }: Held): Text {
  const request = clientSide.request === undefined ? [] : say.requestText(clientSide.request);
  const part = wait.debt === 'response-body' ? 'the end of the answer' : 'the answer';
  return [
    `the proxy ${clientSide.server.text} had ${part} of ${attempt.exchange.server.text} to `,
    ...request,
    close === undefined
      ? ` in its hands for ${say.duration(since)}, and the client never got it`
      : ` in its hands for ${say.duration(since)}, and passed it on only when the origin hung up`,
  ];
}
