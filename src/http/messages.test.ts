import { describe, expect, test } from 'vitest';
import { octetsOf } from '../octets.ts';
import { OpenRequest } from './messages.ts';
import { HeadReader } from './read-head.ts';
import { TextStore } from './text-store.ts';

/** The names of the fields that are kept of each head, one reader for all of them. */
function kept(...heads: readonly string[]): string[][] {
  const reader = new HeadReader(false);
  const texts = new TextStore();
  return heads.map((text) => {
    const octets = octetsOf(`GET / HTTP/1.1\r\n${text}\r\n`);
    const regular = reader.readRegular(octets, 0, octets.length, true);
    expect(regular < 0 ? reader.read(octets, 0, octets.length) : regular).toBe(octets.length);
    const request = new OpenRequest(reader.facts, octets, texts, { headFrame: 1, headTime: 1 }, 1, 1);
    return request.fields.map(({ name }) => name);
  });
}

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
