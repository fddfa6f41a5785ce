/** The fast reader of heads held against the careful one; the light suite and the heavy one differ in the number of runs. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { OpenRequest, OpenResponse } from '../../src/http/messages.ts';
import { HeadReader } from '../../src/http/read-head.ts';
import { TextStore } from '../../src/http/text-store.ts';
import { octetsOf } from '../../src/octets.ts';

const texts = new TextStore();
const START = { headFrame: 1, headTime: 1 };

/** Everything that is known of a head, by the reader that is told; undefined when it does not read it. */
export function readHead(reader: HeadReader, bytes: Uint8Array, start: number, end: number, regular: boolean): unknown {
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

/** What is read fast is what is read carefully, whatever was read before it. */
export function fastReadingAgrees(numRuns: number): void {
  let fast = 0;
  fc.assert(
    fc.property(fc.array(fc.tuple(head, fc.nat(9)), { minLength: 4, maxLength: 12 }), fc.boolean(), (heads, keepFields) => {
      const [quick, careful] = [new HeadReader(keepFields), new HeadReader(keepFields)];
      const bytes = new Uint8Array(4096);
      for (const [text, at] of heads) {
        const octets = octetsOf(`${text}GET`);
        bytes.set(octets, at);
        const wanted = readHead(careful, bytes, at, at + octets.length, false);
        const got = readHead(quick, bytes, at, at + octets.length, true);
        if (got === undefined) readHead(quick, bytes, at, at + octets.length, false);
        else {
          fast++;
          expect(got).toEqual(wanted);
        }
      }
    }),
    { numRuns },
  );
  expect(fast).toBeGreaterThan(numRuns / 2);
}
