import { expect, test } from 'vitest';
import { octetsOf } from '../octets.ts';
import { announcedEnds, preambleLength } from './preamble.ts';

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

const block = (kind: string, addresses: string): string => `${SIGNATURE}${kind}\0${String.fromCharCode(addresses.length)}${addresses}`;
const ONE = `\x20\x01\x0d\xb8${'\0'.repeat(11)}\x01`;
const OTHER = `\xfe\x80${'\0'.repeat(6)}\0\x01\0\x02\0\x03\0\x04`;

test.each([
  ['version 1', V1, '192.0.2.1:40000 192.0.2.2:80'],
  ['version 1, IPv6', 'PROXY TCP6 2001:DB8::1 ::1 1 2\r\n', '[2001:db8::1]:1 [::1]:2'],
  ['version 1, unknown', 'PROXY UNKNOWN\r\n', 'nobody'],
  ['version 2', block('\x21\x11', '\xc0\0\x02\x01\xc0\0\x02\x02\x9c\x40\0\x50'), '192.0.2.1:40000 192.0.2.2:80'],
  ['version 2, IPv6', block('\x21\x21', `${ONE}${OTHER}\0\x01\0\x02`), '[2001:db8::1]:1 [fe80::1:2:3:4]:2'],
  ['version 2, with more behind the addresses', block('\x21\x11', `${'\x01'.repeat(12)}\x03\0\x04abcd`), '1.1.1.1:257 1.1.1.1:257'],
  ['version 2, a health check of the proxy itself', block('\x20\x11', '\x01'.repeat(12)), 'nobody'],
  ['version 2, a UNIX socket', block('\x21\x31', '\x01'.repeat(216)), 'nobody'],
  ['version 2, too short', block('\x21\x11', '\x01'.repeat(11)), 'nobody'],
])('%s names the ends of the connection before', (_, text, ends) => {
  const announced = announcedEnds(octetsOf(text), 0, text.length);
  expect(announced === undefined ? 'nobody' : `${announced.client.text} ${announced.server.text}`).toBe(ends);
});
