import fc from 'fast-check';
import { expect, test } from 'vitest';
import { octetsOf } from '../octets.ts';
import { Tail } from './tail.ts';

test('agrees with the end of a string, whatever the pieces', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary-ascii', maxLength: 100 }), { maxLength: 6 }), (pieces) => {
      const tail = new Tail();
      for (const piece of pieces) tail.add(octetsOf(`#${piece}#`), 1, 1 + piece.length);
      expect(tail.text).toBe(pieces.join('').slice(-64));
    }),
    { numRuns: 10_000 },
  );
}, 120_000);

test.each([
  ['<html>hello</html>\r\n', true],
  ['<p>hello</p>', false],
  ['{"a": 1}', true],
  ['[1, 2]\n', true],
  ['{"a": ', false],
  ['{"a": "}"', false],
  ['{"a": "\\"}"}', true],
  ['[{"id": 1}', false],
  ['{"items": [{"id": 1}', false],
  ['{"id": 1}{"id": 2}', false],
  ['{"id": 1}\n{"id": 2}', false],
  ['.a { color: red }', false],
  ['function a() { return []; }', false],
  ['}', false],
  [`[${'1, '.repeat(30_000)}1]`, false], // too long to tell
  ['\0\0\0\0IEND\xae\x42\x60\x82', true],
  ['', false],
  ['hello', false],
])('%j seems complete: %s', (text, complete) => {
  const tail = new Tail();
  tail.add(octetsOf('{} something else before it, that is forgotten'), 0, 46);
  tail.clear();
  tail.add(octetsOf(text), 0, text.length);
  expect(tail.seemsComplete).toBe(complete);
});
