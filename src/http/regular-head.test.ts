import fc from 'fast-check';
import { expect, test } from 'vitest';
import { octetsOf } from '../octets.ts';
import { OpenRequest, OpenResponse } from './messages.ts';
import { HeadReader } from './read-head.ts';
import { TextStore } from './text-store.ts';

const texts = new TextStore();
const START = { headFrame: 1, headTime: 1 };

/** Everything that is known of a head, by the reader that is told; undefined when it does not read it. */
function read(reader: HeadReader, bytes: Uint8Array, start: number, end: number, regular: boolean): unknown {
  const request = bytes[start] !== 0x48;
  const next = regular ? reader.readRegular(bytes, start, end, request) : reader.read(bytes, start, end);
  if (next < 0) return undefined;
  const { facts } = reader;
  const message = request ? new OpenRequest(facts, bytes, texts, START, 1, 1) : new OpenResponse(facts, bytes, 'GET', START, 1, 1);
  const { target, ...rest } = { target: '', ...message, ...('target' in message ? { target: message.target } : {}) };
  return { next: next - start, target, ...rest, stored: undefined };
}

const name = fc.constantFrom(
  'Host',
  'host',
  'Accept',
  'X',
  'Cookie',
  'ETag',
  'X-Request-Id',
  'traceparent',
  'Via',
  'Connection',
  'Content-Length',
);
const value = fc.oneof(
  fc.constantFrom(
    '',
    'a',
    'close',
    'keep-alive',
    'keep-alive, x',
    '5',
    '17',
    'abcdefghijklmnopqrstuvwxyz',
    '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01',
  ),
  fc.string({ maxLength: 10 }).map((text) => text.replace(/[^\0-\xff]/g, '?')),
  fc.string({ unit: fc.constantFrom('\x7f', '\xff', '\xf0', '\0', '\t', ' ', 'a'), maxLength: 18 }),
);
const field = fc
  .tuple(
    name,
    fc.constantFrom(':', ': ', ': ', ': ', ': ', ':  ', ' :'),
    value,
    fc.constantFrom(...Array<string>(15).fill('\r\n'), '\n', '\r\n '),
  )
  .map((all) => all.join(''));
const startLine = fc.constantFrom(
  'GET / HTTP/1.1\r\n',
  'GET /a/b?c HTTP/1.0\r\n',
  'POST http://a/b?c HTTP/1.1\r\n',
  'OPTIONS * HTTP/1.1\r\n',
  'GET  / HTTP/1.1\r\n',
  'GET / HTTP/1.1\n',
  'HTTP/1.1 200 OK\r\n',
  'HTTP/1.1 200 Fine\r\n',
  'HTTP/1.0 404 Not Found\r\n',
  'HTTP/1.1 204 \r\n',
  'HTTP/1.1 200\r\n',
);
const head = fc
  .tuple(startLine, fc.array(field, { maxLength: 6 }), fc.constantFrom('\r\n', '\r\n', '\n', ''))
  .map(([first, fields, blank]) => first + fields.join('') + blank);

test('what is read fast is what is read carefully, whatever was read before it', () => {
  let fast = 0;
  fc.assert(
    fc.property(fc.array(fc.tuple(head, fc.nat(9)), { minLength: 4, maxLength: 12 }), fc.boolean(), (heads, keepFields) => {
      const [quick, careful] = [new HeadReader(keepFields), new HeadReader(keepFields)];
      const bytes = new Uint8Array(4096);
      for (const [text, at] of heads) {
        const octets = octetsOf(`${text}GET`);
        bytes.set(octets, at);
        const wanted = read(careful, bytes, at, at + octets.length, false);
        const got = read(quick, bytes, at, at + octets.length, true);
        if (got === undefined) read(quick, bytes, at, at + octets.length, false);
        else {
          fast++;
          expect(got).toEqual(wanted);
        }
      }
    }),
    { numRuns: 500 },
  );
  expect(fast).toBeGreaterThan(300);
});

test.each([
  'GET / HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n',
  'POST http://a/b HTTP/1.0\r\nContent-Length: 5\r\nConnection: keep-alive, close\r\n\r\n',
  'HTTP/1.1 200 OK\r\nDate: x\r\nTransfer-Encoding: chunked\r\n\r\n',
  'HTTP/1.1 404 Not Found\r\nX: \xff\x80\r\nEmpty:\r\n\r\n',
])('%j is regular, the first time and the tenth', (text) => {
  const reader = new HeadReader(false);
  const bytes = octetsOf(text);
  const wanted = read(new HeadReader(false), bytes, 0, bytes.length, false);
  for (let time = 0; time < 10; time++) expect(read(reader, bytes, 0, bytes.length, true)).toEqual(wanted);
});

test.each([
  ['half of it', 'GET / HTTP/1.1\r\nHost: a\r\n'],
  ['a fold', 'GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n'],
  ['bare LF', 'GET / HTTP/1.1\r\nHost: a\n\r\n'],
  ['two lengths', 'GET / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n'],
  ['two hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n'],
  ['a name that Connection names', 'GET / HTTP/1.1\r\nConnection: x-a\r\n\r\n'],
  ['space at the end of a value', 'GET / HTTP/1.1\r\nHost: a \r\n\r\n'],
  ['another version', 'GET / HTTP/2.0\r\nHost: a\r\n\r\n'],
])('%s is left to the careful reader', (_, text) => {
  const bytes = octetsOf(text);
  expect(read(new HeadReader(false), bytes, 0, bytes.length, true)).toBe(undefined);
});

test('lines of any number are read right, though few of them are remembered', () => {
  const [quick, careful] = [new HeadReader(false), new HeadReader(false)];
  for (let index = 0; index < 20_000; index++) {
    const bytes = octetsOf(`GET / HTTP/1.1\r\nHost: host-${index % 7000}.example\r\nUser-Agent: ${'u'.repeat(index % 90)}\r\n\r\n`);
    expect(read(quick, bytes, 0, bytes.length, true)).toEqual(read(careful, bytes, 0, bytes.length, false));
  }
});
