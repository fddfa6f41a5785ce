/**
 * How well the answer on the next hop explains the one to the client: a proxy can only pass on what it has been answered
 * itself, and does so soon (RULES section 7.4, nesting).
 */
import type { Exchange, ResponseMessage } from '../model.ts';
import { CONTENT_ENCODING } from '../notable.ts';
import * as manner from './manners.ts';
import type { Context } from './score.ts';
import { learnTrait } from './score.ts';
import { compareTrait, DIFFERENT, EQUAL, FIRST_ONLY, NEITHER, slotOf } from './traits.ts';

/** Bits below which an answer is taken for another one. */
export const UNLIKELY = -6;

const DATE = slotOf('date');
const ETAG = slotOf('etag');
const LAST_MODIFIED = slotOf('last-modified');
const LOCATION = slotOf('location');
const SET_COOKIE = slotOf('set-cookie');
const IF_NONE_MATCH = slotOf('if-none-match');
const IF_MODIFIED_SINCE = slotOf('if-modified-since');

/** In bits; minus infinity when the client was answered before the proxy was. */
export function explains(serverSide: Exchange, clientSide: Exchange, context: Context): number {
  const [answer, response] = [serverSide.response, clientSide.response];
  if (answer === undefined || response === undefined) return Number.NEGATIVE_INFINITY;
  const early = answer.firstTime - response.firstTime;
  if (early > 0 && early > context.doubt(serverSide.connection.point, clientSide.connection.point)) return Number.NEGATIVE_INFINITY;
  const manners = context.manners?.of(clientSide) ?? manner.STRANGER;
  if (isRevalidation(serverSide, clientSide)) return latency(answer, response) + date(answer, response, manners) + 2;
  if (answer.status !== response.status) return -12;
  const [a, b] = [answer.fingerprint.traits, response.fingerprint.traits];
  const same = answer.fingerprint.fields === response.fingerprint.fields;
  return (
    1 +
    latency(answer, response) +
    (same ? 6 : manners.against(manner.ANSWER_FIELDS)) +
    date(answer, response, manners) +
    weigh(compareTrait(ETAG, a, b), 4, manners.against(manner.VALIDATOR)) +
    weigh(compareTrait(LAST_MODIFIED, a, b), 2, manners.against(manner.VALIDATOR)) +
    weigh(compareTrait(SET_COOKIE, a, b), 8, manners.against(manner.SET_COOKIE)) +
    weigh(compareTrait(LOCATION, a, b), 8, manners.against(manner.LOCATION)) +
    lengths(answer, response, manners)
  );
}

/** The cache of the proxy asked whether its copy is still good, and answered with it. */
function isRevalidation(serverSide: Exchange, clientSide: Exchange): boolean {
  if (serverSide.response?.status !== 304 || clientSide.response?.status !== 200) return false;
  const [sent, received] = [serverSide.request?.fingerprint.traits ?? [], clientSide.request?.fingerprint.traits ?? []];
  return asks(IF_NONE_MATCH, sent, received) || asks(IF_MODIFIED_SINCE, sent, received);
}

function asks(slot: number, sent: readonly number[], received: readonly number[]): boolean {
  const compared = compareTrait(slot, sent, received);
  return compared === FIRST_ONLY || compared === DIFFERENT;
}

function date(answer: ResponseMessage, response: ResponseMessage, manners: manner.Manners): number {
  return weigh(compareTrait(DATE, answer.fingerprint.traits, response.fingerprint.traits), 2, manners.against(manner.DATE));
}

function weigh(compared: number, equal: number, against: number): number {
  if (compared === NEITHER) return 0;
  return compared === EQUAL ? equal : against;
}

function lengths(answer: ResponseMessage, response: ResponseMessage, manners: manner.Manners): number {
  const [a, b] = [lengthOf(answer), lengthOf(response)];
  if (!(a > 0) || !(b > 0)) return 0;
  if (a === b) return 4;
  return codingOf(answer) === codingOf(response) ? manners.against(manner.LENGTH) : 0;
}

/** Content-Encoding: a proxy that compresses changes the length. */
function codingOf({ fields, notable }: ResponseMessage): string {
  if ((notable & CONTENT_ENCODING) === 0) return '';
  for (const { name, value } of fields) if (name.length === 16 && name.toLowerCase() === 'content-encoding') return value;
  return '';
}

/** Octets of content, where all of them are known. */
function lengthOf(message: ResponseMessage): number {
  if (message.framing === 'none') return 0;
  return message.complete && message.missingOctets === 0 ? message.bodyOctets : message.contentLength;
}

function latency(answer: ResponseMessage, response: ResponseMessage): number {
  const start = answer.complete && answer.lastTime <= response.firstTime ? answer.lastTime : answer.firstTime;
  const nanoseconds = response.firstTime - start;
  if (nanoseconds < 5e6) return 4;
  if (nanoseconds < 50e6) return 3;
  return nanoseconds < 1e9 ? 1 : -2;
}

/** Bits for a client that is still waiting though the proxy has had this answer for so long. */
export function stillWaiting(serverSide: Exchange, now: number): number {
  const { response } = serverSide;
  if (response === undefined) return 0;
  const nanoseconds = now - response.firstTime;
  if (nanoseconds < 5e6) return 0;
  if (nanoseconds < 50e6) return -1;
  return nanoseconds < 1e9 ? -3 : -6;
}

/** Teaches the manners of a proxy by a pair that is beyond doubt. */
export function learnAnswers(serverSide: Exchange, clientSide: Exchange, manners: manner.Manners): void {
  const [answer, response] = [serverSide.response, clientSide.response];
  if (answer === undefined || response === undefined || answer.status !== response.status) return;
  const [a, b] = [answer.fingerprint.traits, response.fingerprint.traits];
  manners.learn(manner.ANSWER_FIELDS, answer.fingerprint.fields === response.fingerprint.fields);
  learnTrait(manners, manner.DATE, compareTrait(DATE, a, b));
  learnTrait(manners, manner.VALIDATOR, compareTrait(ETAG, a, b));
  learnTrait(manners, manner.VALIDATOR, compareTrait(LAST_MODIFIED, a, b));
  learnTrait(manners, manner.SET_COOKIE, compareTrait(SET_COOKIE, a, b));
  learnTrait(manners, manner.LOCATION, compareTrait(LOCATION, a, b));
  const [here, there] = [lengthOf(answer), lengthOf(response)];
  if (here > 0 && there > 0 && codingOf(answer) === codingOf(response)) manners.learn(manner.LENGTH, here === there);
}
