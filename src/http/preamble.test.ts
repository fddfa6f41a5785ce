import { expect, test } from 'vitest';
import { octetsOf } from '../octets.ts';
import { preambleLength } from './preamble.ts';

const V1 = 'PROXY TCP4 192.0.2.1 192.0.2.2 40000 80\r\n';
const SIGNATURE = '\r\n\r\n\0\r\nQUIT\n';
const V2 = `${SIGNATURE}\x21\x11\0\x0c${'a'.repeat(12)}`;

test.each([
  ['version 1', `${V1}GET`, V1.length],
  ['version 1, unknown', 'PROXY UNKNOWN\r\nGET', 15],
  ['version 1, begun', 'PROXY TCP4', Number.NaN],
  ['a letter of it', 'P', Number.NaN],
  ['a line that never ends', `PROXY ${'a'.repeat(200)}`, 0],
  ['version 2', `${V2}GET`, V2.length],
  ['version 2, begun', V2.slice(0, 14), Number.NaN],
  ['version 2 without its addresses', V2.slice(0, 16), V2.length],
  ['empty lines', '\r\n\r\nGET', 0],
  ['a request', 'POST / HTTP/1.1', 0],
  ['nothing', '', 0],
])('%s', (_, text, length) => {
  expect(preambleLength(octetsOf(text), 0, text.length)).toBe(length);
});
