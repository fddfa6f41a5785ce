import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutEnd, shorten, widthOf, wrap } from './wrap.ts';

test.each([
  ['plain', 5],
  ['日本', 4],
  ['e\u0301', 1],
  ['한국', 4],
  ['ｆｕｌｌ', 8],
  ['🚀', 2],
  ['│ … ►', 5],
  ['café', 4],
])('%s takes %d columns', (text, columns) => {
  expect(widthOf(text)).toBe(columns);
});

test.each([
  ['words are wrapped here', 10, ['words are', 'wrapped', 'here']],
  ['silent for 7.96 s now', 15, ['silent for', '7.96 s now']],
  ['http://www.example.com/a/long/path/logo.gif x', 24, ['http://www.example.com/', 'a/long/path/logo.gif x']],
  ['http://www.example.com/a/long/path/logo.gif x', 16, ['http://', 'www.example.com/', 'a/long/path/', 'logo.gif x']],
  ['http://www.example.com/a/long/path/logo.gif x', 14, ['http://ww….gif', 'x']],
  ['request-ignored-on-persistent-connection', 20, ['request-ignored-on-', 'persistent-', 'connection']],
  ['日本語 日本語', 8, ['日本語', '日本語']],
  ['', 10, ['']],
])('%j at %d columns', (text, width, lines) => {
  expect(wrap(text, width)).toEqual(lines);
});

test('first line and rest have indents of their own', () => {
  expect(wrap('one two three', 9, '- ', '  ')).toEqual(['- one two', '  three']);
});

test('a short text is not touched, a long one keeps both ends', () => {
  expect(shorten('short', 5)).toBe('short');
  expect(shorten('abcdefghijklmnop', 10)).toBe('abcdef…nop');
  expect(cutEnd('abcdef', 4)).toBe('abc…');
});

test('no line is wider than it may be, and no word is lost without a sign', () => {
  const word = fc.string({ unit: 'grapheme', maxLength: 30 });
  fc.assert(
    fc.property(fc.array(word), fc.integer({ min: 8, max: 60 }), fc.constantFrom('', '  - '), (all, width, indent) => {
      const lines = wrap(all.join(' '), width, indent, ' '.repeat(indent.length));
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
      const kept = lines.join('').replaceAll(' ', '').length;
      expect(kept >= all.join('').replaceAll(' ', '').length || lines.some((line) => line.includes('…'))).toBe(true);
    }),
  );
});
