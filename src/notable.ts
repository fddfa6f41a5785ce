/**
 * What is notable about a head, as bits on its message: told when its lines are read, and for each line only once, so that nobody
 * looks through the fields of the many heads that have nothing of it.
 */
import { FACTS, type Fact, type Field } from './model.ts';

/** More than any record has. */
export const ALL_FACTS = -1;

/** The places of facts in a number. */
export function bitsOf(facts: readonly Fact[]): number {
  return facts.reduce((bits, fact) => bits | (1 << FACTS.indexOf(fact)), 0);
}

const bit = (fact: Fact): number => bitsOf([fact]);

/** Facts that the fields tell. */
export const CONNECTION = bit('connection');
export const KEEP_ALIVE = bit('keep-alive');
export const PROXY_CONNECTION = bit('proxy-connection');
const OPTIONS = bit('options');
const CODING = bit('coding');
/** Fields that only the pairing of hops asks for; they stand in places of facts that no field tells. */
export const VIA = bit('wait');
export const FORWARDED_FOR = bit('damaged');
/** Forwarded or X-Real-IP. */
export const FORWARDED = bit('unasked');
export const CONTENT_ENCODING = bit('interim');

const TELLING: ReadonlyMap<string, number> = new Map([
  ['connection', CONNECTION],
  ['keep-alive', KEEP_ALIVE],
  ['proxy-connection', PROXY_CONNECTION],
  ['upgrade', bit('upgrade')],
  ['te', bit('te')],
  ['http2-settings', bit('http2-settings')],
  ['proxy-authorization', bit('proxy-authorization')],
  ['transfer-encoding', CODING],
]);
const NAMED: ReadonlyMap<string, number> = new Map([
  ...TELLING,
  ['via', VIA],
  ['x-forwarded-for', FORWARDED_FOR],
  ['forwarded', FORWARDED],
  ['x-real-ip', FORWARDED],
  ['content-encoding', CONTENT_ENCODING],
]);

/** All facts that a field may tell. */
export const FIELD_FACTS = [...TELLING.values()].reduce((bits, fact) => bits | fact, OPTIONS);

/** Of a field with that name; its value may change that (`notableWith`). */
export function notableName(name: string): number {
  return NAMED.get(name.toLowerCase()) ?? 0;
}

/** Of a field whose name says so much, with that value. */
export function notableWith(named: number, value: string): number {
  if (named === CONNECTION) return isUsual(value) ? CONNECTION : CONNECTION | OPTIONS;
  return named === CODING && value === 'chunked' ? 0 : named;
}

/** Of all fields of a message. */
export function notableIn(fields: readonly Field[]): number {
  let bits = 0;
  for (const { name, value } of fields) bits |= notableWith(notableName(name), value);
  return bits;
}

function isUsual(value: string): boolean {
  return value === 'keep-alive' || value === 'close' || value === 'Keep-Alive' || value === 'Close';
}
