import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashOctets, latin1, octetsOf } from '../octets.ts';
import { hashName, KEPT, nameIndex, USE } from './field-names.ts';
import { fieldsOf, odditiesOf, Texts } from './head.ts';
import { HeadScanner, isVersion, MAX_FIELDS, PER_FIELD } from './scan-head.ts';
import { hashValue } from './value-hash.ts';

interface Head {
  readonly end: number;
  readonly start: readonly string[];
  readonly fields: readonly string[];
  readonly oddities: readonly string[];
}

/** Scans text that lies somewhere in a buffer. */
function scan(text: string): Head {
  const bytes = octetsOf(`\n: x${text}\n\r\n`);
  const scanner = new HeadScanner(true);
  const end = scanner.scan(bytes, 4, 4 + text.length);
  if (end < 0) return { end, start: [], fields: [], oddities: [] };
  const part = (from: number, to: number): string => latin1(bytes, from, to);
  const start = [
    part(scanner.firstStart, scanner.firstEnd),
    part(scanner.secondStart, scanner.secondEnd),
    part(scanner.thirdStart, scanner.thirdEnd),
  ];
  const fields = fieldsOf(scanner, bytes, new Texts()).map(({ name, value }) => `${name}=${value}`);
  return { end: end - 4, start, fields, oddities: odditiesOf(scanner.oddities) };
}

/** The slow, obvious scanner: lines apart, each by regular expression. */
function twin(text: string): Head {
  const end = /^[^\n]*\n(?:[^\n]*\n)*?\r?\n/.exec(text)?.[0].length ?? -1;
  if (end < 0) return { end, start: [], fields: [], oddities: [] };
  const [first = '', ...lines] = text
    .slice(0, end)
    .replace(/\r?\n$/, '')
    .split('\n');
  const folded: string[] = [];
  for (const line of lines.slice(0, -1)) {
    if (folded.length > 0 && /^[ \t]/.test(line)) folded.push(`${folded.pop()}\n${line}`);
    else folded.push(line);
  }
  const fields = folded.map((line) => line.replace(/\r$/, '')).filter((line) => line.includes(':') && !/^[ \t]/.test(line));
  return { end, start: startOf(first.replace(/\r$/, '')), fields: fields.slice(0, MAX_FIELDS).map(fieldOf), oddities: [] };
}

function startOf(line: string): string[] {
  const response = /^(HTTP\/[^ \t]*)[ \t]? *(\d{0,7})/i.exec(line);
  if (response !== null) {
    const [, version = '', status = ''] = response;
    const rest = line
      .slice(version.length)
      .replace(/^[ \t]? */, '')
      .slice(status.length);
    return [version, status, status === '' ? rest : rest.slice(1)];
  }
  const [method = ''] = line.split(/[ \t]/);
  const rest = line.slice(method.length + 1).replace(/^ +| +$/g, '');
  const version = /(?:^| )(HTTP\/[^ ]*)$/i.exec(rest)?.[1];
  if (version === undefined || version === rest) return [method, rest, ''];
  return [method, rest.slice(0, -version.length).replace(/ +$/, ''), version];
}

function fieldOf(line: string): string {
  const [name = ''] = line.split(':');
  const value = line.slice(name.length + 1).replace(/[ \t]*\r?\n[ \t]*/g, ' ');
  return `${name.replace(/[ \t]+$/, '')}=${value.replace(/^[ \t]+|[ \t]+$/g, '')}`;
}

test.each<[string, string, Partial<Head>]>([
  ['a request', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', { end: 27, start: ['GET', '/', 'HTTP/1.1'], fields: ['Host=a'], oddities: [] }],
  ['a response', 'HTTP/1.1 200 OK\r\nA: b\r\n\r\n', { start: ['HTTP/1.1', '200', 'OK'], fields: ['A=b'], oddities: [] }],
  ['octets behind it', 'GET / HTTP/1.1\r\n\r\nGET', { end: 18, fields: [] }],
  ['no reason', 'HTTP/1.1 200\r\n\r\n', { start: ['HTTP/1.1', '200', ''] }],
  ['empty reason', 'HTTP/1.1 200 \r\n\r\n', { start: ['HTTP/1.1', '200', ''] }],
  ['no blank line', 'GET / HTTP/1.1\r\nHost: a\r\n', { end: -1 }],
  ['a blank line that lacks its LF', 'GET / HTTP/1.1\r\nHost: a\r\n\r', { end: -1 }],
  ['bare LF', 'GET / HTTP/1.1\nHost: a\n\n', { fields: ['Host=a'], oddities: ['bare-lf'] }],
  ['bare CR in a value', 'GET / HTTP/1.1\r\nA: b\rC: d\r\n\r\n', { fields: ['A=b\rC: d'], oddities: ['bare-cr'] }],
  ['NUL', 'GET / HTTP/1.1\r\nA: \0\r\n\r\n', { fields: ['A=\0'], oddities: ['nul'] }],
  ['folded', 'GET / HTTP/1.1\r\nA: b\r\n  c\r\n\td\r\nE: f\r\n\r\n', { fields: ['A=b c d', 'E=f'], oddities: ['obs-fold'] }],
  ['folded before its value', 'GET / HTTP/1.1\r\nA:\r\n b\r\n\r\n', { fields: ['A=b'], oddities: ['obs-fold'] }],
  ['space before the colon', 'GET / HTTP/1.1\r\nA \t: b\r\n\r\n', { fields: ['A=b'], oddities: ['space-before-colon'] }],
  ['no colon', 'GET / HTTP/1.1\r\nA b\r\nC: d\r\n\r\n', { fields: ['C=d'], oddities: ['no-colon'] }],
  ['white space behind the start line', 'GET / HTTP/1.1\r\n A: b\r\nC: d\r\n\r\n', { fields: ['C=d'], oddities: ['leading-space'] }],
  ['empty value and empty name', 'GET / HTTP/1.1\r\nA:\r\n: b\r\n\r\n', { fields: ['A=', '=b'], oddities: ['bad-field-name'] }],
  ['a name that is no token', 'GET / HTTP/1.1\r\nA B: c\r\n\r\n', { fields: ['A B=c'], oddities: ['bad-field-name'] }],
  ['a bare CR and NUL in the start line', 'GET /\r\0 HTTP/1.1\r\n\r\n', { oddities: ['bare-cr', 'nul'] }],
  ['a tab before the status', 'HTTP/1.1\t200 OK\r\n\r\n', { start: ['HTTP/1.1', '200', 'OK'], oddities: ['extra-space'] }],
  ['a version in small letters', 'http/1.1 200 OK\r\n\r\n', { start: ['http/1.1', '200', 'OK'], oddities: ['bad-version'] }],
  ['colons in a value', 'GET / HTTP/1.1\r\nA: b:c: d\r\n\r\n', { fields: ['A=b:c: d'] }],
  ['spaces in the target', 'GET /a b HTTP/1.1\r\n\r\n', { start: ['GET', '/a b', 'HTTP/1.1'], oddities: [] }],
  ['more spaces than needed', 'GET  /  HTTP/1.1 \r\n\r\n', { start: ['GET', '/', 'HTTP/1.1'], oddities: ['extra-space'] }],
  ['two spaces before the status', 'HTTP/1.1  200 OK\r\n\r\n', { start: ['HTTP/1.1', '200', 'OK'], oddities: ['extra-space'] }],
  ['no target', 'GET HTTP/1.1\r\n\r\n', { start: ['GET', 'HTTP/1.1', ''], oddities: ['no-version'] }],
  ['no version', 'GET /a\r\n\r\n', { start: ['GET', '/a', ''], oddities: ['no-version'] }],
  ['half a version', 'GET / HTTP/1.\r\n\r\n', { start: ['GET', '/', 'HTTP/1.'], oddities: ['bad-version'] }],
  ['no status', 'HTTP/1.1 OK\r\n\r\n', { start: ['HTTP/1.1', '', 'OK'], oddities: ['bad-status'] }],
  ['an absurd status', 'HTTP/1.1 99999999999 OK\r\n\r\n', { oddities: ['bad-status'] }],
  ['two hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n', { fields: ['Host=a', 'Host=a'], oddities: ['repeated-host'] }],
  [
    'octets beyond ASCII',
    'GET /\xff HTTP/1.1\r\nA: \x80\x9f\r\n\r\n',
    { start: ['GET', '/\xff', 'HTTP/1.1'], fields: ['A=\x80\x9f'], oddities: [] },
  ],
])('%s', (_, text, wanted) => {
  expect(scan(text)).toMatchObject(wanted);
});

const line = fc.oneof(
  fc.constantFrom(
    'Host: a',
    'Connection: keep-alive',
    ' folded',
    '\tfolded: too',
    'no colon',
    'A:',
    ':',
    'B : c',
    'D: e ',
    'F: \rg',
    '\rH: i',
  ),
  fc.string({ maxLength: 12 }).map((text) => text.replace(/[^\0-\xff]/g, '?')),
);
const startLine = fc.oneof(
  fc.constantFrom(
    'GET / HTTP/1.1',
    'POST http://a/b?c HTTP/1.0',
    'HTTP/1.1 200 OK',
    'http/1.0 404',
    'GET /',
    'GET  a b  HTTP/1.1 ',
    'HTTP/1.1  2x',
    'HTTP/ ',
  ),
  fc.string({ maxLength: 20 }).map((text) => text.replace(/[^\0-\xff]|[\r\n]/g, '?')),
);
const lineEnd = fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', '\r\r\n');
const head = fc
  .tuple(startLine, lineEnd, fc.array(fc.tuple(line, lineEnd), { maxLength: 8 }), fc.constantFrom('\r\n', '\n', ''))
  .map(([first, end, lines, blank]) => first + end + lines.map((pair) => pair.join('')).join('') + blank);

test('agrees with regular expressions, whatever the head', () => {
  fc.assert(
    fc.property(head, (text) => {
      const { oddities, ...fast } = scan(text);
      const { oddities: _, ...slow } = twin(text);
      expect(fast).toEqual(slow);
    }),
    { numRuns: 10_000 },
  );
}, 120_000);

test('a thousand fields are looked at, the rest is counted', () => {
  const scanner = new HeadScanner(true);
  const bytes = octetsOf(`GET / HTTP/1.1\r\n${'A: b\r\n'.repeat(5000)}\r\n`);
  expect(scanner.scan(bytes, 0, bytes.length)).toBe(bytes.length);
  expect([scanner.keptCount, scanner.fieldCount, odditiesOf(scanner.oddities)]).toEqual([MAX_FIELDS, 5000, ['too-many-fields']]);
});

test('keeps the fields of connection management alone, when it is told so', () => {
  const scanner = new HeadScanner(false);
  const bytes = octetsOf('GET / HTTP/1.1\r\nX-A: b\r\nConnection: close\r\nCookie: c\r\nKeep-Alive: 5\r\n\r\n');
  scanner.scan(bytes, 0, bytes.length);
  const names = Array.from({ length: scanner.keptCount }, (_, index) => scanner.kept[index * PER_FIELD + 1] ?? 0);
  expect(names.map((start) => latin1(bytes, start, start + 4))).toEqual(['Conn', 'Keep']);
});

test.each<[string, readonly string[], readonly string[]]>([
  ['GET / HTT', ['GET', '/ HTT', ''], []],
  ['GET /a HTTP/1.1\r\nHost: a\r\nCook', ['GET', '/a', 'HTTP/1.1'], ['Host=a']],
  ['GET /a HTTP/1.1\r\nHost: a\r\n', ['GET', '/a', 'HTTP/1.1'], []],
  ['HTTP/1.1 200 O', ['HTTP/1.1', '200', 'O'], []],
])('of a head cut to %j the whole lines count', (text, start, fields) => {
  const bytes = octetsOf(text);
  const scanner = new HeadScanner(true);
  scanner.scanCut(bytes, 0, bytes.length);
  expect([
    latin1(bytes, scanner.firstStart, scanner.firstEnd),
    latin1(bytes, scanner.secondStart, scanner.secondEnd),
    latin1(bytes, scanner.thirdStart, scanner.thirdEnd),
  ]).toEqual(start);
  expect(fieldsOf(scanner, bytes, new Texts()).map(({ name, value }) => `${name}=${value}`)).toEqual(fields);
  expect(odditiesOf(scanner.oddities)).toContain('head-cut');
});

test.each([
  ['HTTP/1.1', true],
  ['http/0.9', true],
  ['HTTP/1.10', false],
  ['HTTP/11', false],
  ['HTTP/1,1', false],
  ['HTTQ/1.1', false],
  ['', false],
])('%j is a version: %s', (text, is) => {
  expect(isVersion(octetsOf(text), 0, text.length)).toBe(is);
});

function sumOf(text: string): number {
  const scanner = new HeadScanner(false);
  scanner.scan(octetsOf(text), 0, text.length);
  return scanner.sum;
}

test('the sum over the end-to-end fields ignores order, case of names, and fields of one hop', () => {
  const one = 'GET / HTTP/1.1\r\nAccept: a\r\nX-B: c\r\nConnection: close\r\n\r\n';
  const other = 'GET / HTTP/1.0\r\nx-b:  c\r\nVia: 1.1 x\r\nACCEPT: a \r\n\r\n';
  expect(sumOf(one)).toBe(sumOf(other));
  expect(sumOf(one)).not.toBe(sumOf(one.replace('c', 'd')));
  expect(sumOf(one)).not.toBe(sumOf(one.replace('X-B', 'X-C')));
});

test.each([
  ['connection', true],
  ['CONNECTION', true],
  ['Keep-Alive', true],
  ['keep\ralive', false],
  ['connectio', false],
  ['connections', false],
  ['\x43onnection', true],
  ['\x03onnection', false],
])('%j is a name of connection management: %s', (name, known) => {
  const bytes = octetsOf(name);
  const index = nameIndex(hashName(bytes, 0, bytes.length), bytes, 0, bytes.length);
  expect(index >= 0 && ((USE[index] ?? 0) & KEPT) !== 0).toBe(known);
});

test('equal octets have equal hashes, and none has 0', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(5), (octets, shift) => {
      const moved = new Uint8Array(octets.length + 8);
      moved.set(octets, shift);
      for (const hashOf of [hashOctets, hashValue]) {
        const hash = hashOf(octets, 0, octets.length);
        expect(hashOf(moved, shift, shift + octets.length)).toBe(hash);
        expect(hash).not.toBe(0);
      }
      expect(octetsOf(latin1(octets, 0, octets.length))).toEqual(octets);
    }),
  );
});
