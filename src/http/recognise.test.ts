import { expect, test } from 'vitest';
import { octetsOf } from '../octets.ts';
import * as is from './recognise.ts';

const NAMES: readonly (readonly [string, number])[] = [
  ['request', is.REQUEST],
  ['response', is.RESPONSE],
  ['likely request', is.LIKELY_REQUEST],
  ['maybe request', is.MAYBE_REQUEST],
  ['maybe response', is.MAYBE_RESPONSE],
  ['simple request', is.SIMPLE_REQUEST],
  ['loose response', is.LOOSE_RESPONSE],
  ['HTTP/2', is.HTTP2],
];

function kindsOf(text: string): string {
  const bytes = octetsOf(`\x16${text}\r\n\r\n`);
  const kinds = is.recognise(bytes, 1, 1 + text.length);
  return NAMES.flatMap(([name, bit]) => ((kinds & bit) !== 0 ? [name] : [])).join(', ') || 'no';
}

test.each([
  ['', 'no'],
  ['GET / HTTP/1.1\r\n', 'request'],
  ['GET / HTTP/1.1\n', 'request'],
  ['GET / HTTP/1.0 \r\n', 'request'],
  ['get / http/1.1\r\n', 'request'],
  ['VERSION-CONTROL /a HTTP/1.1\r\n', 'request'],
  ['WEIRD * HTTP/1.1\r\n', 'request'],
  ['GET HTTP/1.1\r\n', 'request'],
  ['GET / HTTP/1.\r\n', 'request'],
  ['WEIRD / HTTP/1.\r\n', 'request'],
  ['A+B*C / HTTP/1.1\r\n', 'request'],
  ['GET /a\r\n', 'simple request'],
  ['GET /a b\r\n', 'simple request'],
  ['GET a\r\n', 'no'],
  ['WEIRD /a\r\n', 'no'],
  ['G', 'maybe request'],
  ['GET', 'maybe request'],
  ['GET ', 'maybe request'],
  ['GET /', 'maybe request'],
  ['GET /abc', 'likely request'],
  ['GET http://a/', 'likely request'],
  ['CONNECT a.b:443 HT', 'maybe request'],
  ['WEIRD /abcdef', 'maybe request'],
  ['GET /abc\0', 'no'],
  ['get /abc', 'maybe request'],
  ['ge', 'maybe request'],
  ['gex', 'no'],
  ['weird /abc', 'no'],
  ['http/1.0 200 OK\r\n', 'loose response'],
  ['http/', 'maybe request, maybe response'],
  ['http:', 'no'],
  ['MAIL FROM:<a@b.c>\r\n', 'no'],
  ['OPTIONS rtsp://a/b RTSP/1.0\r\n', 'no'],
  ['INVITE sip:a@b SIP/2.0\r\n', 'no'],
  ['SSH-2.0-OpenSSH_9\r\n', 'no'],
  ['220 mail.example.com ESMTP\r\n', 'no'],
  ['\x16\x03\x01\x02\x00', 'no'],
  ['\x00\x01', 'no'],
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'no'],
  ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'HTTP/2'],
  ['PRI * HTTP/1.1\r\n', 'request'],
  ['HTTP/1.1 200 OK\r\n', 'response'],
  ['HTTP/1.1 200', 'response'],
  ['HTTP/1.1 2xx', 'response'],
  ['HTTP/1.1  200 OK\r\n', 'loose response'],
  ['HTTP/1.1 OK and no status\r\n', 'loose response'],
  ['HTTP/1.1\nA: b\r\n', 'loose response'],
  ['HTTP/1\r\n', 'loose response'],
  ['HTTP/1.1foobar\r\n', 'loose response'],
  ['HTTP/x.y 200 OK\r\n', 'no'],
  ['HTTP/1.1', 'maybe response'],
  ['HTTP', 'maybe response'],
  ['H', 'maybe request, maybe response'],
  ['HEAD / HTTP/1.1\r\n', 'request'],
])('%j: %s', (text, kinds) => {
  expect(kindsOf(text)).toBe(kinds);
});

test.each([
  ['\x16\x03\x01\x02\x00', true],
  ['\x16\x03\x04', true],
  ['\x16\x03\x05', false],
  ['\x17\x03\x03', false],
  ['\x16\x03', false],
])('%j is TLS: %s', (text, tls) => {
  expect(is.isTls(octetsOf(text), 0, text.length)).toBe(tls);
});
