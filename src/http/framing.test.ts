import { expect, test } from 'vitest';
import type { Field } from '../model.ts';
import { type BodyCase, codingOf, type DeclaredLength, framingOddities, framingOf, lengthOf, repeatsChunked } from './framing.ts';

const TEN: DeclaredLength = { kind: 'octets', octets: 10, repeated: false };
const REQUEST: BodyCase = { response: false, method: 'POST', status: 0, coding: 'none', length: { kind: 'none' } };
const RESPONSE: BodyCase = { response: true, method: 'GET', status: 200, coding: 'none', length: { kind: 'none' } };

test.each<[string, BodyCase, string]>([
  ['101', { ...RESPONSE, status: 101, length: TEN }, 'tunnel'],
  ['answer to HEAD with a length', { ...RESPONSE, method: 'HEAD', length: TEN }, 'none'],
  ['answer to HEAD, chunked', { ...RESPONSE, method: 'HEAD', coding: 'chunked' }, 'none'],
  ['100', { ...RESPONSE, status: 100 }, 'none'],
  ['103 with a length', { ...RESPONSE, status: 103, length: TEN }, 'none'],
  ['204 with a length', { ...RESPONSE, status: 204, length: TEN }, 'none'],
  ['304, chunked', { ...RESPONSE, status: 304, coding: 'chunked' }, 'none'],
  ['205 has a body', { ...RESPONSE, status: 205, length: TEN }, 'length'],
  ['status 0 is no interim response', { ...RESPONSE, status: 0, length: TEN }, 'length'],
  ['2xx to CONNECT with a length', { ...RESPONSE, method: 'CONNECT', length: TEN }, 'tunnel'],
  ['407 to CONNECT', { ...RESPONSE, method: 'CONNECT', status: 407, length: TEN }, 'length'],
  ['chunked response', { ...RESPONSE, coding: 'chunked' }, 'chunked'],
  ['chunked beats a length', { ...RESPONSE, coding: 'chunked', length: TEN }, 'chunked'],
  ['chunked request', { ...REQUEST, coding: 'chunked' }, 'chunked'],
  ['other coding, response', { ...RESPONSE, coding: 'other', length: TEN }, 'until-close'],
  ['other coding, request', { ...REQUEST, coding: 'other', length: TEN }, 'none'],
  ['identity counts for nothing', { ...RESPONSE, coding: 'identity', length: TEN }, 'length'],
  ['invalid length, response', { ...RESPONSE, length: { kind: 'invalid' } }, 'until-close'],
  ['conflicting lengths, response', { ...RESPONSE, length: { kind: 'conflicting' } }, 'until-close'],
  ['invalid length, request', { ...REQUEST, length: { kind: 'invalid' } }, 'none'],
  ['conflicting lengths, request', { ...REQUEST, length: { kind: 'conflicting' } }, 'none'],
  ['length, response', { ...RESPONSE, length: TEN }, 'length'],
  ['length, request', { ...REQUEST, length: TEN }, 'length'],
  ['request without length', REQUEST, 'none'],
  ['response without length', RESPONSE, 'until-close'],
  ['response to a request that was not seen', { ...RESPONSE, method: undefined, length: TEN }, 'length'],
])('%s', (_, body, framing) => {
  expect(framingOf(body)).toBe(framing);
});

test.each<[readonly string[], DeclaredLength['kind'], number?]>([
  [[], 'none'],
  [['0'], 'octets', 0],
  [['10'], 'octets', 10],
  [['000000000000000000000000010'], 'octets', 10],
  [[' 10 '], 'octets', 10],
  [['10', '10'], 'octets', 10],
  [['10, 10'], 'octets', 10],
  [['10, 010'], 'octets', 10],
  [['10', '11'], 'conflicting'],
  [['10, 11'], 'conflicting'],
  [[''], 'invalid'],
  [['10,'], 'invalid'],
  [['+10'], 'invalid'],
  [['-1'], 'invalid'],
  [['0x10'], 'invalid'],
  [['1e3'], 'invalid'],
  [['10.0'], 'invalid'],
  [['1 0'], 'invalid'],
  [['9007199254740991'], 'octets', Number.MAX_SAFE_INTEGER],
  [['9007199254740993'], 'invalid'],
  [['9'.repeat(5000)], 'invalid'],
])('Content-Length %j is %s', (values, kind, octets) => {
  const length = lengthOf(fields('Content-Length', values));
  expect(length.kind).toBe(kind);
  if (length.kind === 'octets') expect(length.octets).toBe(octets);
});

test.each<[readonly string[], BodyCase['coding']]>([
  [[], 'none'],
  [['chunked'], 'chunked'],
  [['Chunked'], 'chunked'],
  [['gzip, chunked'], 'chunked'],
  [['gzip', 'chunked'], 'chunked'],
  [['chunked, '], 'chunked'],
  [['chunked, gzip'], 'other'],
  [['gzip'], 'other'],
  [['xchunked'], 'other'],
  [['chunked;q=1'], 'other'],
  [['identity'], 'identity'],
  [[''], 'identity'],
  [['chunked', 'identity'], 'chunked'],
  [[`${'gzip, '.repeat(1000)}chunked`], 'chunked'],
])('Transfer-Encoding %j is %s', (values, coding) => {
  expect(codingOf(fields('Transfer-Encoding', values))).toBe(coding);
});

test.each<[BodyCase['coding'], DeclaredLength, string, readonly string[]]>([
  ['none', { kind: 'none' }, 'HTTP/1.1', []],
  ['none', TEN, 'HTTP/1.1', []],
  ['chunked', { kind: 'none' }, 'HTTP/1.1', []],
  ['none', { ...TEN, repeated: true }, 'HTTP/1.1', ['repeated-length']],
  ['none', { kind: 'invalid' }, 'HTTP/1.1', ['invalid-length']],
  ['none', { kind: 'conflicting' }, 'HTTP/1.1', ['conflicting-length']],
  ['chunked', TEN, 'HTTP/1.1', ['length-and-coding']],
  ['chunked', { kind: 'none' }, 'HTTP/1.0', ['coding-in-http10']],
  ['other', { kind: 'none' }, 'HTTP/1.1', ['unknown-coding']],
  ['identity', { kind: 'none' }, 'HTTP/1.1', ['identity-coding']],
])('%s coding and length %j in %s: %j', (coding, length, version, oddities) => {
  expect(framingOddities(coding, length, version)).toEqual(oddities);
});

test.each([
  [['chunked'], false],
  [['gzip, chunked'], false],
  [['chunked, chunked'], true],
  [['gzip, Chunked', 'chunked'], true],
])('%j applies chunked twice: %s', (values, twice) => {
  expect(repeatsChunked(fields('Transfer-Encoding', values))).toBe(twice);
  expect(framingOddities('chunked', { kind: 'none' }, 'HTTP/1.1', twice)).toEqual(twice ? ['repeated-chunked'] : []);
});

test('a list of a million lengths is read in no time', () => {
  expect(lengthOf(fields('Content-Length', ['7,'.repeat(1e6)])).kind).toBe('octets');
});

function fields(name: string, values: readonly string[]): Field[] {
  return values.map((value) => ({ name, value }));
}
