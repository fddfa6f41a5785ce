import fc from 'fast-check';
import { expect, test } from 'vitest';
import { octetsOf } from '../octets.ts';
import { ChunkReader } from './chunks.ts';

interface Reading {
  readonly content: number;
  /** Octets that belong to the body. */
  readonly used: number;
  readonly position: string;
  readonly oddities: readonly string[];
}

function read(text: string, cuts: readonly number[] = []): Reading {
  const reader = new ChunkReader();
  const bytes = octetsOf(text);
  let used = 0;
  for (const end of [...cuts, bytes.length]) {
    used = Math.max(used, reader.read(bytes, used, Math.max(used, end)));
    if (reader.done || reader.broken) break;
  }
  return { content: reader.content, used, position: reader.broken ? 'broken' : reader.position, oddities: reader.oddities };
}

/** The slow, obvious reader: a regular expression for each piece of a body that is there as a whole. */
function twin(text: string): Pick<Reading, 'content' | 'used'> | 'incomplete' | 'broken' {
  let at = 0;
  let content = 0;
  for (;;) {
    const size = /^([0-9a-f]+)(\r?|[ \t;][^\n]*|\r[^\n]+)\n/i.exec(text.slice(at));
    if (size === null) return /^$|^[0-9a-f]+([ \t;\r][^\n]*)?$/i.test(text.slice(at)) ? 'incomplete' : 'broken';
    at += size[0].length;
    const octets = Number.parseInt(size[1] ?? '', 16);
    if (octets === 0) break;
    if (at + octets > text.length) return 'incomplete';
    content += octets;
    at += octets;
    const end = /^\r*\n/.exec(text.slice(at));
    if (end === null) return /^\r*$/.test(text.slice(at)) ? 'incomplete' : 'broken';
    at += end[0].length;
  }
  const trailer = /^(?:\r*[^\r\n][^\n]*\n)*\r*\n/.exec(text.slice(at));
  return trailer === null ? 'incomplete' : { content, used: at + trailer[0].length };
}

test.each<[string, string, Partial<Reading>]>([
  ['empty body', '0\r\n\r\n', { content: 0, used: 5, position: 'done' }],
  ['one chunk', '5\r\nhello\r\n0\r\n\r\n', { content: 5, used: 15, position: 'done' }],
  ['octets behind it', '5\r\nhello\r\n0\r\n\r\nHTTP/1.1', { content: 5, used: 15, position: 'done' }],
  ['letters in both cases', 'a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n', { content: 20, position: 'done' }],
  ['leading zeros', '0005\r\nhello\r\n000\r\n\r\n', { content: 5, position: 'done', oddities: [] }],
  ['extension', '5;a=b\r\nhello\r\n0;c\r\n\r\n', { content: 5, position: 'done', oddities: ['chunk-extension'] }],
  ['space behind the size', '5 \r\nhello\r\n0\r\n\r\n', { content: 5, position: 'done', oddities: ['chunk-extension'] }],
  ['trailer', '0\r\nX: y\r\nZ: w\r\n\r\n', { content: 0, used: 17, position: 'done', oddities: ['trailer-fields'] }],
  ['bare LF', '5\nhello\n0\n\n', { content: 5, position: 'done', oddities: ['chunk-bare-lf'] }],
  ['a bare CR does not end the size', '5\r1\r\nhello\r\n0\r\n\r\n', { content: 5, position: 'done', oddities: ['chunk-extension'] }],
  ['waiting for a size', '5\r\nhello\r\n', { content: 5, position: 'size' }],
  ['waiting for data', '5\r\nhel', { content: 3, position: 'data' }],
  ['waiting for the end of the data (jetty 154)', '5\r\nhello', { content: 5, position: 'data-end' }],
  ['waiting for the last CRLF (h2o 2097)', '5\r\nhello\r\n0\r\n', { content: 5, position: 'trailer' }],
  ['no size', '\r\nhello', { position: 'broken', oddities: ['bad-chunk'] }],
  ['negative size', '-5\r\n', { position: 'broken' }],
  ['no hexadecimal', 'xyz\r\n', { position: 'broken' }],
  ['0x, which is 0 to some and 5 to others', '0x5\r\nhello\r\n', { content: 0, position: 'broken', oddities: ['bad-chunk'] }],
  ['a chunk longer than it says', '5\r\nhello!\r\n', { content: 5, position: 'broken' }],
  ['a size that no double can hold', 'fffffffffffffffff\r\n', { position: 'broken' }],
])('%s', (_, text, wanted) => {
  expect(read(text)).toMatchObject(wanted);
});

const piece = fc.oneof(
  { weight: 6, arbitrary: fc.string({ maxLength: 20 }).map((text) => `${text.length.toString(16)}\r\n${text}\r\n`) },
  { weight: 1, arbitrary: fc.constantFrom('0\r\n\r\n', '3;x=y\nabc\n', 'X: y\r\n', '\r\n', '\n', '5\r\nab', '0\r\n', 'A', ' ', '\r') },
);
const body = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('').replace(/[^\0-\xff]/g, '?'));

test('agrees with regular expressions, whatever comes', () => {
  fc.assert(
    fc.property(body, (text) => {
      const slow = twin(text);
      const fast = read(text);
      if (slow === 'broken') expect(fast.position).toBe('broken');
      else if (slow === 'incomplete') expect(['size', 'data', 'data-end', 'trailer']).toContain(fast.position);
      else expect({ content: fast.content, used: fast.used, position: fast.position }).toEqual({ ...slow, position: 'done' });
    }),
    { numRuns: 10_000 },
  );
}, 120_000);

test('any cut gives the same reading', () => {
  fc.assert(
    fc.property(body, fc.array(fc.nat(120), { maxLength: 6 }), (text, cuts) => {
      const inside = cuts.map((cut) => Math.min(cut, text.length)).sort((one, other) => one - other);
      expect(read(text, inside)).toEqual(read(text));
      const everywhere = Array.from(text, (_, index) => index + 1);
      expect(read(text, everywhere)).toEqual(read(text));
    }),
    { numRuns: 10_000 },
  );
}, 120_000);

test.each<[string, string, number, string]>([
  ['inside data', '5\r\nhe', 2, 'data'],
  ['up to the end of data', '5\r\nhe', 3, 'data-end'],
  ['beyond it', '5\r\nhe', 4, 'broken'],
  ['in a size', '5', 1, 'broken'],
  ['in a trailer', '0\r\nX', 1, 'broken'],
])('a hole %s', (_, text, length, position) => {
  const reader = new ChunkReader();
  reader.read(octetsOf(text), 0, text.length);
  reader.skip(length);
  expect(reader.broken ? 'broken' : reader.position).toBe(position);
});
