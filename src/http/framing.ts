/**
 * How long a body is: RFC 9112 section 6.3, as a table in the RFC's order. The first row that applies decides.
 *
 * Where a message contradicts itself, the reading of the RFC is taken and the contradiction named; the fields stay on the message,
 * so that a rule can look at the other reading.
 */
import type { Field, Framing } from '../model.ts';
import { tokensOf } from './head.ts';

export interface BodyCase {
  readonly response: boolean;
  /** Method of the request (for a response: of the request that it answers), undefined where that was not seen. */
  readonly method: string | undefined;
  /** 0 for a request. */
  readonly status: number;
  /** What Transfer-Encoding says: absent, nothing, ending in chunked, or something else. */
  readonly coding: 'none' | 'identity' | 'chunked' | 'other';
  readonly length: DeclaredLength;
}

export type DeclaredLength =
  | { readonly kind: 'none' }
  | { readonly kind: 'octets'; readonly octets: number; readonly repeated: boolean }
  | { readonly kind: 'conflicting' }
  | { readonly kind: 'invalid' };

type Row = readonly [rule: string, applies: (body: BodyCase) => boolean, then: Framing];

const ROWS: readonly Row[] = [
  ['1: 101 switches protocols (RFC 9110 section 15.2.2)', (b) => b.response && b.status === 101, 'tunnel'],
  ['1: HEAD, 1xx, 204, 304', (b) => b.response && (b.method === 'HEAD' || isBodiless(b.status)), 'none'],
  ['2: 2xx to CONNECT', (b) => b.response && b.method === 'CONNECT' && b.status >= 200 && b.status < 300, 'tunnel'],
  ['4: chunked is final', (b) => b.coding === 'chunked', 'chunked'],
  ['4: Transfer-Encoding without it, response', (b) => b.response && b.coding === 'other', 'until-close'],
  ['4: Transfer-Encoding without it, request', (b) => b.coding === 'other', 'none'],
  ['5: invalid Content-Length, response', (b) => b.response && isUnusable(b.length), 'until-close'],
  ['5: invalid Content-Length, request', (b) => isUnusable(b.length), 'none'],
  ['6: Content-Length', (b) => b.length.kind === 'octets', 'length'],
  ['7: request without length', (b) => !b.response, 'none'],
  ['8: response without length', () => true, 'until-close'],
];

export function framingOf(body: BodyCase): Framing {
  for (const [, applies, then] of ROWS) if (applies(body)) return then;
  return 'until-close';
}

/** What `framingOf` says, by everything that its rows look at. */
const REMEMBERED = new Array<Framing | undefined>(512).fill(undefined);
const CODINGS: readonly BodyCase['coding'][] = ['none', 'identity', 'chunked', 'other'];
const LENGTHS: readonly DeclaredLength['kind'][] = ['none', 'octets', 'conflicting', 'invalid'];

/** The same as `framingOf`, which is asked once per case and not once per message. */
export function rememberedFraming(
  response: boolean,
  method: string | undefined,
  status: number,
  coding: BodyCase['coding'],
  length: DeclaredLength,
): Framing {
  const ofMethod = method === 'HEAD' ? 1 : method === 'CONNECT' ? 2 : 0;
  const ofStatus = status === 101 ? 1 : isBodiless(status) ? 2 : status >= 200 && status < 300 ? 3 : 0;
  const message = ((response ? 4 : 0) + ofMethod) * 4 + ofStatus;
  const key = (message * 4 + CODINGS.indexOf(coding)) * 4 + LENGTHS.indexOf(length.kind);
  const known = REMEMBERED[key];
  if (known !== undefined) return known;
  const framing = framingOf({ response, method, status, coding, length });
  REMEMBERED[key] = framing;
  return framing;
}

function isBodiless(status: number): boolean {
  return (status >= 100 && status < 200) || status === 204 || status === 304;
}

function isUnusable({ kind }: DeclaredLength): boolean {
  return kind === 'invalid' || kind === 'conflicting';
}

/** What the fields that frame the body get wrong, by code. */
export function framingOddities(
  coding: BodyCase['coding'],
  length: DeclaredLength,
  version: string,
  twiceChunked = false,
): readonly string[] {
  if (coding === 'none' && (length.kind === 'none' || (length.kind === 'octets' && !length.repeated))) return FINE;
  const oddities: string[] = [];
  if (length.kind === 'invalid') oddities.push('invalid-length');
  if (length.kind === 'conflicting') oddities.push('conflicting-length');
  if (length.kind === 'octets' && length.repeated) oddities.push('repeated-length');
  if (coding !== 'none' && length.kind !== 'none') oddities.push('length-and-coding');
  if (coding === 'other') oddities.push('unknown-coding');
  if (coding === 'identity') oddities.push('identity-coding');
  if (coding !== 'none' && version === 'HTTP/1.0') oddities.push('coding-in-http10');
  if (twiceChunked) oddities.push('repeated-chunked');
  return oddities;
}

const FINE: readonly string[] = [];

/**
 * The transfer coding that decides: the last one of all Transfer-Encoding fields (RFC 9112 section 6.1). "identity" frames nothing:
 * it is gone from the standard, and receivers go on to read it as RFC 2616 section 4.4 said.
 */
export function codingOf(fields: readonly Field[]): BodyCase['coding'] {
  let coding: BodyCase['coding'] = 'none';
  for (const field of fields) {
    if (field.name.length !== 17 || field.name.toLowerCase() !== 'transfer-encoding') continue;
    const last = field.value === 'chunked' ? field.value : lastToken(field.value);
    if (last === 'chunked') coding = 'chunked';
    else if (last !== 'identity' && last !== '') coding = 'other';
    else if (coding === 'none') coding = 'identity';
  }
  return coding;
}

/** Is the chunked coding applied twice (RFC 9112 section 6.1: it must not be)? It is removed once. */
export function repeatsChunked(fields: readonly Field[]): boolean {
  let count = 0;
  for (const field of fields) {
    if (field.name.length !== 17 || field.name.toLowerCase() !== 'transfer-encoding') continue;
    count += field.value === 'chunked' ? 1 : tokensOf(field.value).filter((token) => token === 'chunked').length;
  }
  return count > 1;
}

/** The last element of a list that is not empty (RFC 9110 section 5.6.1). */
function lastToken(value: string): string {
  let end = value.length;
  for (;;) {
    const comma = value.lastIndexOf(',', end - 1);
    const token = value.slice(comma + 1, end).trim();
    if (token !== '' || comma <= 0) return token.toLowerCase();
    end = comma;
  }
}

export const ABSENT: DeclaredLength = { kind: 'none' };
const INVALID: DeclaredLength = { kind: 'invalid' };
const CONFLICTING: DeclaredLength = { kind: 'conflicting' };
/** Elements of one Content-Length that are looked at. */
const MAX_ELEMENTS = 100;

/**
 * All Content-Length fields as one: equal repetitions count once, anything else is invalid (RFC 9112 section 6.3, rule 5). A number
 * that a double cannot hold is invalid, too: no such body can end.
 */
export function lengthOf(fields: readonly Field[]): DeclaredLength {
  let length = ABSENT;
  for (const field of fields) {
    if (field.name.length !== 14 || field.name.toLowerCase() !== 'content-length') continue;
    const parts = field.value.includes(',') ? field.value.split(',', MAX_ELEMENTS) : [field.value];
    for (const part of parts) {
      const octets = octetsOf(part.trim());
      if (Number.isNaN(octets)) return INVALID;
      if (length.kind === 'octets' && length.octets !== octets) return CONFLICTING;
      length = { kind: 'octets', octets, repeated: length.kind === 'octets' };
    }
  }
  return length;
}

function octetsOf(digits: string): number {
  let octets = digits === '' ? Number.NaN : 0;
  for (let at = 0; at < digits.length; at++) {
    const digit = digits.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    octets = octets * 10 + digit;
  }
  return Number.isSafeInteger(octets) ? octets : Number.NaN;
}
