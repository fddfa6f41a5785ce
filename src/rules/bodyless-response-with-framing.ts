/**
 * A response that has no body and fields that announce one (RULES R28): wrong by itself for 1xx, 204 and the answer to CONNECT;
 * legal for HEAD and 304, where a proxy that waits for that body all the same never answers its client.
 */
import type { Attempt, Candidate, Confidence, Exchange, Field, PeerProfile, Relay, ResponseMessage, Rule, Wait } from '../model.ts';
import { captureCap, least, openCap, pairingCap } from './confidence.ts';
import { hopOfPeer, isConstant, seenOn, spreadText } from './lifetimes.ts';
import { remediesFor } from './remedies.ts';
import { requestOf } from './single-messages.ts';
import { arrived, endEvidence, isStream, networkExplains, silenceText } from './stalls.ts';
import { COUPLING, ENDED, lasted, OPEN } from './thresholds.ts';
import * as say from './words.ts';

const CONTINUE = 100;
const OK = 200;
const NO_CONTENT = 204;
/** A proxy's own words for having waited in vain. */
const GATEWAY_ERROR = 500;
/** How near to each other the times are at which one timer ends things, as a share. */
const LIKENESS = 0.05;

export const bodylessResponseWithFraming: Rule = {
  id: 'bodyless-response-with-framing',
  on: 'exchange',
  onlyFor: ['wait', 'interim', 'bodiless'],
  title: 'A response without a body that announces one',
  basis: ['RFC 9112 section 6.3', 'RFC 9112 section 6.1', 'RFC 9110 section 8.6'],
  remedies: remediesFor('bodyless'),

  check(exchange, { relay }, found) {
    const waited = relay && bodyAwaited(exchange, relay);
    if (waited !== undefined) found(hangOf(exchange, waited));
    else if (exchange.ended) {
      const { interim, response } = exchange;
      const wrong = interim.find((one) => isWrong(exchange, one)) ?? response;
      if (wrong !== undefined && isWrong(exchange, wrong)) found(violationOf(exchange, wrong));
    }
  },

  checkPeer(profile, found) {
    if (waitsForBodies(profile)) found(habitOf(profile));
  },
};

/**
 * Behind such responses this client never uses a connection again, and leaves it after the same time, which is not the one after
 * which it leaves idle connections: a timer for answers.
 */
function waitsForBodies({ bodiless: { closes, reused }, ownCloses, serverCloses, reuses }: PeerProfile): boolean {
  if (reused > 0 || !isConstant(closes) || reuses.count < closes.count) return false;
  if (ownCloses.count > 0) return Math.abs(ownCloses.mean - closes.mean) > LIKENESS * closes.mean && !isWithin(closes.mean, ownCloses);
  return Math.max(serverCloses.most, reuses.most) > (1 + LIKENESS) * closes.mean;
}

function isWithin(duration: number, { least: from, most: to }: PeerProfile['ownCloses']): boolean {
  return duration >= (1 - LIKENESS) * from && duration <= (1 + LIKENESS) * to;
}

function habitOf(profile: PeerProfile): Candidate {
  const { client, server, bodiless, ownCloses, serverCloses, reuses } = profile;
  const idle =
    ownCloses.count > 0
      ? `idle connections it closes itself at another time: ${spreadText(ownCloses)}`
      : `elsewhere it keeps idle connections for longer: up to ${say.duration(Math.max(serverCloses.most, reuses.most))}`;
  return {
    severity: 'hang',
    confidence: 'likely',
    message: [
      `${client} waits for a body behind responses of ${server.text} that have none (to HEAD, or 204 or 304) and say how long it would be: it left the connection ${spreadText(bodiless.closes)}`,
    ],
    hops: hopOfPeer(profile, bodiless.examples[0]),
    exchange: undefined,
    fields: ['Content-Length', 'Transfer-Encoding'],
    direction: 'response',
    evidence: say.inOrder(
      bodiless.examples.map(({ connection, moment, duration }) =>
        seenOn(connection, 'client', moment, [
          `the client leaves, ${say.duration(duration)} after a response that was complete with its head`,
        ]),
      ),
    ),
    because: [
      ['such a response ends with its head, whatever its fields say (RFC 9112 section 6.3, rule 1)'],
      [`behind other responses the client used its connections again ${reuses.count} times, behind these it never did`],
      [idle],
    ],
    wouldChangeOurMind: ['a second request of this client on a connection behind such a response', 'two programs behind this address'],
  };
}

/** The field that announces a body: Transfer-Encoding, or a Content-Length of more than nothing. */
function announcementIn(response: ResponseMessage): Field | undefined {
  return say.fieldOf(response, 'transfer-encoding') ?? (response.contentLength > 0 ? say.fieldOf(response, 'content-length') : undefined);
}

function isWrong({ request }: Exchange, response: ResponseMessage): boolean {
  const { status, framing } = response;
  const never = (status >= CONTINUE && status < OK) || status === NO_CONTENT || (framing === 'tunnel' && request?.method === 'CONNECT');
  return never && announcementIn(response) !== undefined;
}

function violationOf(exchange: Exchange, response: ResponseMessage): Candidate {
  const seen = { exchange, hop: 'only' } as const;
  const field = announcementIn(response);
  return {
    severity: 'violation',
    confidence: least(exchange.request === undefined ? 'likely' : 'proven', exchange.damaged ? 'likely' : 'proven'),
    message: [
      `${exchange.server.text} answered `,
      ...requestOf(exchange),
      ' with ',
      ...say.statusText(response),
      ', which has no body, and ',
      ...(field === undefined ? [] : say.fieldText(field)),
    ],
    hops: [say.hopOf(seen)],
    exchange,
    ...(field === undefined ? {} : { fields: [field.name.toLowerCase() === 'content-length' ? 'Content-Length' : 'Transfer-Encoding'] }),
    direction: 'response',
    evidence: say.inOrder([...say.requestEvidence(seen), ...say.responseEvidence({ exchange: { ...exchange, response }, hop: 'only' })]),
    because: [
      ['the response ends with its head (RFC 9112 section 6.3, rules 1 and 2), and must not say how long its body is'],
      ['a receiver that believes the field waits for a body that cannot come, or takes the next response for it'],
    ],
    wouldChangeOurMind: [],
  };
}

/** The proxy has a response that ends with its head, and its client has none. */
interface Awaited {
  readonly relay: Relay;
  readonly attempt: Attempt;
  readonly response: ResponseMessage;
  readonly field: Field;
  readonly wait: Wait;
}

function bodyAwaited({ wait, response: given }: Exchange, relay: Relay): Awaited | undefined {
  const attempt = relay.attempts.at(-1);
  const response = attempt?.exchange.response;
  if (wait?.debt !== 'response-head' || attempt === undefined || response?.framing !== 'none' || !response.complete) return undefined;
  const field = announcementIn(response);
  if (isStream(response)) return undefined; // to HEAD, too, some servers keep the stream going: slow, not stuck
  if (field === undefined || attempt.exchange.damaged || attempt.laterExchanges > 0) return undefined;
  const since = response.lastTime > wait.start.time ? { ...wait, start: say.lastOf(response) } : wait;
  if (lineExplains(since) || !arrived(since) || !lasted(since, since.ended === 'capture-end' ? OPEN : ENDED)) return undefined;
  if (since.ended === 'answered' && !gaveUp(given, response) && !isReleased(attempt, since)) return undefined;
  return { relay, attempt, response, field, wait: since };
}

/** An answer that is on its way when it is looked at cannot have been acknowledged. */
function lineExplains(wait: Wait): boolean {
  return wait.ended === 'answered' ? wait.connection.clientEnd.zeroWindow !== undefined : networkExplains(wait);
}

/** The proxy answered in the end, with an error of its own. */
function gaveUp(given: ResponseMessage | undefined, response: ResponseMessage): boolean {
  return given !== undefined && given.status >= GATEWAY_ERROR && given.status !== response.status;
}

/** The proxy answered in the end, because the server hung up. */
function isReleased({ connection }: Attempt, { end }: Wait): boolean {
  const [server, proxy] = [say.closingOf(connection, 'server'), say.closingOf(connection, 'client')];
  return server !== undefined && (proxy === undefined || server.time <= proxy.time) && Math.abs(end.time - server.time) <= COUPLING;
}

function hangOf(exchange: Exchange, { relay, attempt, response, field, wait }: Awaited): Candidate {
  const client = { exchange, hop: 'client-side' } as const;
  const server = { exchange: attempt.exchange, hop: 'server-side' } as const;
  const byEvidence: Confidence = 'strong';
  return {
    severity: 'hang',
    confidence: least(
      byEvidence,
      pairingCap(relay),
      captureCap(wait.connection),
      openCap(wait),
      ...(attempt.connection === undefined ? [] : [captureCap(attempt.connection)]),
      exchange.damaged ? 'possible' : 'proven',
    ),
    message: [
      `the proxy ${exchange.server.text} got ${response.status} from ${attempt.exchange.server.text} in answer to `,
      ...requestOf(exchange),
      ', which has no body, and waits for the one that ',
      ...say.fieldText(field),
      ` announces: ${wait.ended === 'answered' ? `${say.duration(wait.end.time - wait.start.time)} of silence` : silenceText(wait, exchange)}`,
    ],
    hops: [say.hopOf(client), say.hopOf(server)],
    exchange,
    wait,
    fields: [field.name.toLowerCase() === 'content-length' ? 'Content-Length' : 'Transfer-Encoding'],
    direction: 'response',
    evidence: say.inOrder([
      ...say.requestEvidence(client),
      ...say.requestEvidence(server),
      ...say.responseEvidence(server),
      ...say.closeEvidence(server, attempt.connection, 'server'),
      ...endEvidence(client, wait),
    ]),
    because: [
      ['a response to HEAD, 1xx, 204 and 304 ends with its head, whatever its fields say (RFC 9112 section 6.3, rule 1)'],
      ['the proxy had that head, and its client has not got one'],
      ...(wait.ended === 'answered' && isReleased(attempt, wait)
        ? [['the answer came when the server hung up: that close is what the proxy took for the end of the body'] as const]
        : []),
    ],
    wouldChangeOurMind: ['the same proxy holding back answers with a body as long: then it waits for something else'],
  };
}
