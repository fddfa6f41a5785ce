/**
 * What is special about a record, as bits: one look at it tells which rules have to look at all (`Rule.onlyFor`). Most have nothing.
 *
 * Hot: runs per exchange and once more per relay; bench/ measures it on the mix of small ones. What the fields
 * tell stands on the message already (src/notable.ts).
 */
import {
  type Attempt,
  type Exchange,
  FACTS,
  type Fact,
  type Message,
  type Relay,
  type RequestMessage,
  type ResponseMessage,
} from '../model.ts';
import { bitsOf } from '../notable.ts';
import { IDLE } from './clearing.ts';

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
/** What pairing asks for is no fact. */
const ALL = bitsOf(FACTS);

export function factsOf(exchange: Exchange): number {
  return exchange.wait === undefined ? ownFacts(exchange) : ownFacts(exchange) | WAIT;
}

export function factsOfRelay({ clientSide, attempts }: Relay): number {
  let facts = factsOf(clientSide);
  if (attempts.length > 1) facts |= REPEATED;
  for (const attempt of attempts) facts |= factsOfAttempt(clientSide, attempt);
  return facts;
}

function factsOfAttempt({ request, response }: Exchange, { exchange, doubtful }: Attempt): number {
  let facts = ownFacts(exchange);
  if (doubtful) facts |= DOUBTFUL;
  if (exchange.response === undefined) facts |= UNANSWERED;
  if (request !== undefined && exchange.request !== undefined) {
    if (isReframed(request, exchange.request)) facts |= REFRAMED;
    if (request.fingerprint.authority !== exchange.request.fingerprint.authority) facts |= ANOTHER_HOST;
  }
  if (response !== undefined && exchange.response !== undefined && isReframed(response, exchange.response)) facts |= REFRAMED;
  return facts;
}

function isReframed(one: Message, other: Message): boolean {
  return one.framing !== other.framing || !Object.is(one.contentLength, other.contentLength);
}

function ownFacts({ request, response, previous, interim, damaged, ordinal }: Exchange): number {
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
  const paused = response !== undefined && next.firstTime - response.lastTime >= IDLE;
  const closing = clientBelief === 'close' || (request !== undefined && request.options.length > 0 && request.options.includes('close'));
  return (paused ? PAUSE : 0) | (closing ? AFTER_CLOSE : 0);
}

function isBodiless({ status, framing }: ResponseMessage): boolean {
  return status < 200 || status === 204 || framing === 'tunnel';
}

function factsOfMessage({ complete, oddities, version, notable, options }: Message): number {
  let facts = (notable & ALL) | (complete ? 0 : UNFINISHED);
  if (oddities.length > 0) facts |= ODDITIES;
  if (version === 'HTTP/1.0') facts |= HTTP10;
  if (options.length > 1) facts |= OPTIONS;
  return facts;
}
