import { describe, expect, test } from 'vitest';
import { octetsOf } from '../octets.ts';
import { OpenRequest } from './messages.ts';
import { HeadReader } from './read-head.ts';
import { TextStore } from './text-store.ts';

function read(reader: HeadReader, head: string): OpenRequest {
  const octets = octetsOf(head);
  const regular = reader.readRegular(octets, 0, octets.length, true);
  expect(regular < 0 ? reader.read(octets, 0, octets.length) : regular).toBe(octets.length);
  return new OpenRequest(reader.facts, octets, new TextStore(), { headFrame: 1, headTime: 1 }, 1, 1);
}

/** The names of the fields that are kept of each head, one reader for all of them. */
function kept(...heads: readonly string[]): string[][] {
  const reader = new HeadReader(false);
  return heads.map((text) => read(reader, `GET / HTTP/1.1\r\n${text}\r\n`).fields.map(({ name }) => name));
}

test.each([
  ['/http://a/', false],
  ['*', false],
  ['http:', false],
  ['http:/a/b/c', false],
  ['http://a/b', true],
  ['https://a/b', true],
])('the target %s is in absolute-form: %s', (target, absolute) => {
  expect(read(new HeadReader(false), `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`).absoluteForm).toBe(absolute);
});

describe('a field that Connection names', () => {
  test('is kept, wherever it stands in the head', () => {
    expect(kept('X-Trace: a\r\nConnection: X-Trace, close\r\nX-Hop: b\r\n')).toEqual([['X-Trace', 'Connection']]);
  });

  test('is kept in the heads that follow, since only there it shows who passed it on', () => {
    expect(kept('Connection: x-trace\r\nX-Trace: a\r\n', 'X-TRACE: a\r\nX-Other: b\r\n')).toEqual([['Connection', 'X-Trace'], ['X-TRACE']]);
  });

  test('is not kept before anybody names it', () => {
    expect(kept('X-Trace: a\r\n', 'Connection: x-trace\r\n')).toEqual([[], ['Connection']]);
  });

  test('is one of the first 64 such names; a flood of names does not grow anything', () => {
    const names = Array.from({ length: 100 }, (_, index) => `X-${index}`);
    const [, after] = kept(`Connection: ${names.join(', ')}\r\n`, `${names.map((name) => `${name}: 1\r\n`).join('')}`);
    expect(after).toEqual(names.slice(0, 64));
  });
});
