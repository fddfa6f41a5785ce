import { expect, test } from 'vitest';
import { LossTimes } from './loss-times.ts';

test.each<[string, number, boolean]>([
  ['at that moment', 100, true],
  ['a little before', 96, true],
  ['a little after', 104, true],
  ['long before', 80, false],
  ['long after', 120, false],
  ['a round of the ring later', 100 + 5 * 16_384, false],
])('a loss at 100 s is known %s', (_name, seconds, lost) => {
  const times = new LossTimes();
  expect(times.around(seconds * 1e9)).toBe(false);
  times.mark(100e9);
  expect(times.around(seconds * 1e9)).toBe(lost);
});

test('what is a round of the ring older makes room', () => {
  const times = new LossTimes();
  times.mark(100e9);
  times.mark((100 + 5 * 16_384) * 1e9);
  expect(times.around(100e9)).toBe(false);
});
