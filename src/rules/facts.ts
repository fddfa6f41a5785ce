/**
 * What is special about a record, as bits: one look at it tells which rules have to look at all (`Rule.onlyFor`). Most have nothing.
 *
 * Hot: runs per exchange and once more per relay; bench/ measures it on the mix of small ones. Names of fields are told by their
 * length and first letter alone, which may only ever say too much.
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
import { IDLE } from './clearing.ts';

export function bitsOf(facts: readonly Fact[]): number {
  return facts.reduce((bits, fact) => bits | (1 << FACTS.indexOf(fact)), 0);
}

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
const CONNECTION = bit('connection');
const KEEP_ALIVE = bit('keep-alive');
const PROXY_CONNECTION = bit('proxy-connection');
const UPGRADE = bit('upgrade');
const TE = bit('te');
const HTTP2_SETTINGS = bit('http2-settings');
const PROXY_AUTHORIZATION = bit('proxy-authorization');
const OPTIONS = bit('options');
const CODING = bit('coding');
const REFRAMED = bit('reframed');
const ANOTHER_HOST = bit('another-host');
const DOUBTFUL = bit('doubtful');
const REPEATED = bit('repeated');
const UNANSWERED = bit('unanswered');

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

function factsOfMessage({ complete, oddities, version, fields, options }: Message): number {
  let facts = complete ? 0 : UNFINISHED;
  if (oddities.length > 0) facts |= ODDITIES;
  if (version === 'HTTP/1.0') facts |= HTTP10;
  if (options.length > 1) facts |= OPTIONS;
  for (const { name, value } of fields) facts |= factsOfField(name, value);
  return facts;
}

const LETTER_CASE = 0x20;

/** What a name of this length and first letter may be. */
function factsOfField(name: string, value: string): number {
  switch (name.length) {
    case 2:
      return TE;
    case 7:
      return startsWith(name, 'u') ? UPGRADE : 0;
    case 10:
      if (startsWith(name, 'k')) return KEEP_ALIVE;
      if (!startsWith(name, 'c')) return 0;
      return isUsual(value) ? CONNECTION : CONNECTION | OPTIONS;
    case 14:
      return startsWith(name, 'h') ? HTTP2_SETTINGS : 0;
    case 16:
      return startsWith(name, 'p') ? PROXY_CONNECTION : 0;
    case 17:
      return startsWith(name, 't') && value !== 'chunked' ? CODING : 0;
    case 19:
      return startsWith(name, 'p') ? PROXY_AUTHORIZATION : 0;
    default:
      return 0;
  }
}

function startsWith(name: string, letter: string): boolean {
  return (name.charCodeAt(0) | LETTER_CASE) === letter.charCodeAt(0);
}

function isUsual(value: string): boolean {
  return value === 'keep-alive' || value === 'close' || value === 'Keep-Alive' || value === 'Close';
}
