import { expect, test } from 'vitest';
import type { Fingerprint } from '../model.ts';
import { octetsOf } from '../octets.ts';
import { fingerprintOf } from './fingerprint.ts';
import { fieldsOf, Texts, tokensOf } from './head.ts';
import { HeadReader } from './read-head.ts';
import { HeadScanner } from './scan-head.ts';
import { hashValue } from './value-hash.ts';

function fingerprint(text: string): Fingerprint {
  const bytes = octetsOf(text);
  const reader = new HeadReader(false);
  reader.read(bytes, 0, bytes.length);
  return fingerprintOf(reader.facts, bytes);
}

const DIRECT = fingerprint('GET /a/b/c?x=1 HTTP/1.1\r\nHost: www.example.com\r\nCookie: k\r\n\r\n');

test.each<[string, string, readonly (keyof Fingerprint)[]]>([
  [
    'absolute-form',
    'GET http://www.example.com/a/b/c?x=1 HTTP/1.0\r\nCookie: k\r\n\r\n',
    ['target', 'tail', 'query', 'authority', 'fields', 'traits'],
  ],
  [
    'default port, other case',
    'GET /a/b/c?x=1 HTTP/1.1\r\nHOST: WWW.example.com:80\r\ncookie: k\r\n\r\n',
    ['target', 'tail', 'query', 'authority', 'fields', 'traits'],
  ],
  [
    'absolute-form beats Host',
    'GET http://www.example.com/a/b/c?x=1 HTTP/1.1\r\nHost: other\r\nCookie: k\r\n\r\n',
    ['target', 'tail', 'query', 'authority', 'fields', 'traits'],
  ],
  [
    'another prefix',
    'GET /zz/b/c?x=1 HTTP/1.1\r\nHost: www.example.com\r\nCookie: k\r\n\r\n',
    ['tail', 'query', 'authority', 'fields', 'traits'],
  ],
  ['another query', 'GET /a/b/c?x=2 HTTP/1.1\r\nHost: www.example.com\r\nCookie: k\r\n\r\n', ['authority', 'fields', 'traits']],
  [
    'another host',
    'GET /a/b/c?x=1 HTTP/1.1\r\nHost: www.example.org\r\nCookie: k\r\n\r\n',
    ['target', 'tail', 'query', 'fields', 'traits'],
  ],
  ['another cookie', 'GET /a/b/c?x=1 HTTP/1.1\r\nHost: www.example.com\r\nCookie: l\r\n\r\n', ['target', 'tail', 'query', 'authority']],
  [
    'fields of a proxy',
    'GET /a/b/c?x=1 HTTP/1.1\r\nHost: www.example.com\r\nVia: 1.1 p\r\nX-Forwarded-For: 1.2.3.4\r\nCookie: k\r\n\r\n',
    ['target', 'tail', 'query', 'authority', 'fields', 'traits'],
  ],
])('%s', (_, text, equal) => {
  const other = fingerprint(text);
  const parts = ['target', 'tail', 'query', 'authority', 'fields', 'traits'] as const;
  expect(parts.filter((part) => `${other[part]}` === `${DIRECT[part]}`)).toEqual(equal);
});

test('an empty path is a slash', () => {
  expect(fingerprint('GET http://a HTTP/1.1\r\n\r\n').target).toBe(fingerprint('GET / HTTP/1.1\r\n\r\n').target);
});

test('a trace is the same at every hop, a response has no target', () => {
  const trace = (parent: string): string => `GET / HTTP/1.1\r\ntraceparent: 00-${'ab'.repeat(16)}-${parent}-01\r\n\r\n`;
  expect(fingerprint(trace('1'.repeat(16))).unique).toEqual(fingerprint(trace('2'.repeat(16))).unique);
  expect(fingerprint('GET / HTTP/1.1\r\nIdempotency-Key: q\r\n\r\n').unique).toEqual([hashValue(octetsOf('q'), 0, 1)]);
  expect(fingerprint('HTTP/1.1 200 OK\r\nETag: x\r\n\r\n')).toMatchObject({ target: 0, tail: 0, query: 0, authority: 0 });
});

test.each<[string, readonly string[]]>([
  ['', []],
  ['close', ['close']],
  [' Close ,, KEEP-ALIVE,\tx ', ['close', 'keep-alive', 'x']],
  [',', []],
])('tokens of %j: %j', (value, tokens) => {
  expect(tokensOf(value)).toEqual(tokens);
});

test('options of several fields are one list; a million tokens are cut', () => {
  const texts = new Texts();
  const fields = [
    { name: 'Connection', value: 'close' },
    { name: 'Via', value: '1.1 x' },
    { name: 'connection', value: 'X-A' },
  ];
  expect(texts.options(fields)).toEqual(['close', 'x-a']);
  expect(texts.options([{ name: 'Connection', value: 'a,'.repeat(1e6) }])).toHaveLength(100);
});

test('texts and fields come out as they went in, from the cache and beside it', () => {
  const texts = new Texts();
  const values = Array.from({ length: 10_000 }, (_, index) => `${index}`).concat(['x'.repeat(500)]);
  for (const value of [...values, ...values]) {
    const bytes = octetsOf(`GET /${value} HTTP/1.1\r\nVia: ${value}\r\n\r\n`);
    const scanner = new HeadScanner(false);
    scanner.scan(bytes, 0, bytes.length);
    expect(texts.text(bytes, scanner.secondStart, scanner.secondEnd)).toBe(`/${value}`);
    expect(fieldsOf(scanner, bytes, texts)).toEqual([{ name: 'Via', value }]);
  }
});
