/**
 * What is special about a record, as bits: one look at it tells which rules have to look at all (`Rule.onlyFor`). Most have nothing,
 * and then nobody makes the record of a relay.
 *
 * Hot: runs per exchange and once more per relay; bench/ measures it on the mix of small ones. What the fields
 * tell stands on the message already (src/notable.ts).
 */
import type { Exchange, Fact, Message, Relay, RequestMessage, ResponseMessage, RouteProfile } from './model.ts';
import { bitsOf, CONNECTION, FIELD_FACTS } from './notable.ts';

const bit = (fact: Fact): number => bitsOf([fact]);

const WAIT = bit('wait');
const DAMAGED = bit('damaged');
const UNFINISHED = bit('unfinished');
const ODDITIES = bit('oddities');
const HTTP10 = bit('http10');
const UNASKED = bit('unasked');
const INTERIM = bit('interim');
const BODILESS = bit('bodiless');
const EXCESS = bit('excess');
const AFTER_CLOSE = bit('after-close');
const PAUSE = bit('pause');
const SECOND = bit('second');
const OPTIONS = bit('options');
const REFRAMED = bit('reframed');
const ANOTHER_HOST = bit('another-host');
const DOUBTFUL = bit('doubtful');
const REPEATED = bit('repeated');
const UNANSWERED = bit('unanswered');
const CONNECTION_TWICE = bit('connection-twice');
const FIRST_OF_ROUTE = bit('first-of-route');
const VERSIONS_VARY = bit('versions-vary');
const COPIED = bit('copied');

/** Idle for so long, in nanoseconds, a connection may surprise whoever uses it again. */
export const LONG_PAUSE = 10e9;

export function factsOf(exchange: Exchange): number {
  return withWait(ownFacts(exchange), exchange);
}

export function withWait(facts: number, { wait }: Exchange): number {
  return wait === undefined ? facts : facts | WAIT;
}

export function factsOfRelay({ clientSide, attempts, route }: Relay): number {
  let facts = factsOf(clientSide);
  for (const { exchange, doubtful, copied } of attempts) facts |= factsOfAttempt(clientSide, exchange, doubtful, copied);
  return route === undefined ? facts : facts | factsOfRoute(route, attempts.length);
}

/** What one attempt adds to the facts of the exchange that it continues. */
function factsOfAttempt(clientSide: Exchange, sent: Exchange, doubtful: boolean, copied: boolean): number {
  return ownFacts(sent) | factsOfCrossing(clientSide, sent, doubtful, copied);
}

/** What two exchanges tell together. */
export function factsOfCrossing({ request, response }: Exchange, sent: Exchange, doubtful: boolean, copied: boolean): number {
  let facts = 0;
  if (doubtful) facts |= DOUBTFUL;
  if (copied) facts |= COPIED;
  if (request !== undefined && sent.request !== undefined) {
    facts |= factsOfMessagePair(request, sent.request);
    if (request.fingerprint.authority !== sent.request.fingerprint.authority) facts |= ANOTHER_HOST;
  }
  if (sent.response === undefined) facts |= UNANSWERED;
  else if (response !== undefined) facts |= factsOfMessagePair(sent.response, response);
  return facts;
}

/** What the route adds, that so many attempts of this relay took. */
export function factsOfRoute({ pairs, versions }: RouteProfile, attempts: number): number {
  let facts = attempts > 1 ? REPEATED : 0;
  if (pairs <= attempts) facts |= FIRST_OF_ROUTE;
  if (versions.request.receivedValues > 1 || versions.response.receivedValues > 1) facts |= VERSIONS_VARY;
  return facts;
}

function factsOfMessagePair(received: Message, sent: Message): number {
  const facts = isReframed(received, sent) ? REFRAMED : 0;
  return (received.notable & sent.notable & CONNECTION) !== 0 && maySayTheSame(received, sent) ? facts | CONNECTION_TWICE : facts;
}

/** Equal values have equal options. */
function maySayTheSame({ options: received }: Message, { options: sent }: Message): boolean {
  return received.length !== 1 || sent.length !== 1 || received[0] === sent[0];
}

function isReframed(one: Message, other: Message): boolean {
  return one.framing !== other.framing || !Object.is(one.contentLength, other.contentLength);
}

/** Of an exchange but for what somebody waited. */
export function ownFacts({ request, response, previous, interim, damaged, ordinal }: Exchange): number {
  let facts = damaged ? DAMAGED : 0;
  if (ordinal === 2) facts |= SECOND;
  if (interim.length > 0) facts |= INTERIM;
  if (request !== undefined) facts |= factsOfMessage(request);
  if (response !== undefined) facts |= factsOfMessage(response) | (isBodiless(response) ? BODILESS : 0);
  if (request === undefined) facts |= UNASKED;
  else if (previous !== undefined) facts |= factsBehind(previous, request);
  if (previous?.excess !== undefined) facts |= EXCESS;
  return facts;
}

function factsBehind({ request, response, clientBelief }: Exchange, next: RequestMessage): number {
  const paused = response !== undefined && next.firstTime - response.lastTime >= LONG_PAUSE;
  const closing = clientBelief === 'close' || (request !== undefined && request.options.length > 0 && request.options.includes('close'));
  return (paused ? PAUSE : 0) | (closing ? AFTER_CLOSE : 0);
}

function isBodiless({ status, framing }: ResponseMessage): boolean {
  return status < 200 || status === 204 || framing === 'tunnel';
}

function factsOfMessage({ complete, oddities, version, notable, options }: Message): number {
  let facts = (notable & FIELD_FACTS) | (complete ? 0 : UNFINISHED);
  if (oddities.length > 0) facts |= ODDITIES;
  if (version === 'HTTP/1.0') facts |= HTTP10;
  if (options.length > 1) facts |= OPTIONS;
  return facts;
}
