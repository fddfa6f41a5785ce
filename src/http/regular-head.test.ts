import { expect, test } from 'vitest';
import { fastReadingAgrees, readHead } from '../../test/support/regular-heads.ts';
import { octetsOf } from '../octets.ts';
import { HeadReader } from './read-head.ts';

test('what is read fast is what is read carefully, whatever was read before it', () => fastReadingAgrees(500));

test.each([
  'GET / HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n',
  'POST http://a/b HTTP/1.0\r\nContent-Length: 5\r\nConnection: keep-alive, close\r\n\r\n',
  'HTTP/1.1 200 OK\r\nDate: x\r\nTransfer-Encoding: chunked\r\n\r\n',
  'HTTP/1.1 404 Not Found\r\nX: \xff\x80\r\nEmpty:\r\n\r\n',
])('%j is regular, the first time and the tenth', (text) => {
  const reader = new HeadReader(false);
  const bytes = octetsOf(text);
  const wanted = readHead(new HeadReader(false), bytes, 0, bytes.length, false);
  for (let time = 0; time < 10; time++) expect(readHead(reader, bytes, 0, bytes.length, true)).toEqual(wanted);
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
  expect(readHead(new HeadReader(false), bytes, 0, bytes.length, true)).toBe(undefined);
});

test('lines of any number are read right, though few of them are remembered', () => {
  const [quick, careful] = [new HeadReader(false), new HeadReader(false)];
  for (let index = 0; index < 20_000; index++) {
    const bytes = octetsOf(`GET / HTTP/1.1\r\nHost: host-${index % 7000}.example\r\nUser-Agent: ${'u'.repeat(index % 90)}\r\n\r\n`);
    expect(readHead(quick, bytes, 0, bytes.length, true)).toEqual(readHead(careful, bytes, 0, bytes.length, false));
  }
});
