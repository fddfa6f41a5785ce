import fc from 'fast-check';
import { expect, test } from 'vitest';
import { latin1, octetsOf } from '../octets.ts';
import { HeadCarry, MAX_HEAD } from './head-carry.ts';

/** Feeds pieces as they come; gives what was taken of them, and whether the head is complete. */
function carry(pieces: readonly string[]): string {
  const head = new HeadCarry();
  for (const piece of pieces) {
    const bytes = octetsOf(`..${piece}..`);
    let at = 2;
    while (at < 2 + piece.length && !head.complete) at = head.take(bytes, at, 2 + piece.length);
  }
  return `${head.complete ? 'complete' : 'open'}: ${latin1(head.bytes, 0, head.length)}`;
}

test.each([
  [['GET / HTTP/1.1\r\n', 'Host: a\r\n\r\n'], 'complete: GET / HTTP/1.1\r\nHost: a\r\n\r\n'],
  [['GET / HTTP/1.1\r\n\r\nrest'], 'complete: GET / HTTP/1.1\r\n\r\n'],
  [['GET / HTTP/1.1\n\nrest'], 'complete: GET / HTTP/1.1\n\n'],
  [['GET / HTTP/1.1\r\n\r', '\n', 'rest'], 'complete: GET / HTTP/1.1\r\n\r\n'],
  [['GET / HTTP/1.1\r\n \r\nA: b'], 'open: GET / HTTP/1.1\r\n \r\nA: b'],
  [['GET / HTTP/1.1\r\n\r\r\nA: b'], 'open: GET / HTTP/1.1\r\n\r\r\nA: b'],
])('%j: %j', (pieces, said) => {
  expect(carry(pieces)).toBe(said);
});

test('any cut gives the same head', () => {
  const text = fc.array(fc.constantFrom('\r', '\n', '\r\n', 'a', ' ', 'HTTP'), { maxLength: 30 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, fc.array(fc.nat(40), { maxLength: 5 }), (head, cuts) => {
      const ends = [...new Set([...cuts.filter((cut) => cut < head.length), head.length])].sort((one, other) => one - other);
      const pieces = ends.map((end, index) => head.slice(ends[index - 1] ?? 0, end));
      expect(carry(pieces)).toBe(carry([head]));
      expect(carry([...head])).toBe(carry([head]));
    }),
    { numRuns: 10_000 },
  );
}, 120_000);

test('an endless head of single octets is taken up to the limit, in linear time', () => {
  const head = new HeadCarry();
  const octet = octetsOf('a');
  let taken = 0;
  while (!head.full) taken += head.take(octet, 0, 1);
  expect(taken).toBe(MAX_HEAD);
  expect(head.take(octet, 0, 1)).toBe(0);
});
