import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Ranges } from './ranges.ts';

/** The slow, obvious twin. */
class Bitmap {
  private readonly bits = new Uint8Array(64);

  add(from: number, to: number): void {
    this.bits.fill(1, from, to);
  }

  missing(from: number, to: number): readonly number[] {
    return this.runs(from, to, 0).flat();
  }

  toString(): string {
    return this.runs(0, 64, 1)
      .map(([from, to]) => `${from}-${to}`)
      .join(' ');
  }

  private runs(from: number, to: number, value: number): readonly (readonly [number, number])[] {
    const runs: [number, number][] = [];
    for (let at = from; at < to; at++) {
      const last = runs.at(-1);
      if (this.bits[at] !== value) continue;
      if (last !== undefined && last[1] === at) last[1]++;
      else runs.push([at, at + 1]);
    }
    return runs;
  }
}

const range = fc.tuple(fc.nat(63), fc.nat(63));

test('agrees with a bitmap, whatever arrives in whatever order', () => {
  fc.assert(
    fc.property(fc.array(range), range, (added, [from, to]) => {
      const [ranges, bitmap] = [new Ranges(), new Bitmap()];
      for (const [start, end] of added) {
        ranges.add(start, end);
        bitmap.add(start, end);
        expect(`${ranges}`).toBe(`${bitmap}`);
      }
      expect(ranges.missing(from, to)).toEqual(bitmap.missing(from, to));
    }),
    { numRuns: 10_000 },
  );
}, 120_000);

test('forgets the first range, and knows where the next one and the last one are', () => {
  const ranges = new Ranges();
  for (const [from, to] of [
    [20, 30],
    [5, 7],
    [40, 41],
  ] as const)
    ranges.add(from, to);
  expect([ranges.from, ranges.to, ranges.end, ranges.count]).toEqual([5, 7, 41, 3]);
  ranges.shift();
  expect([ranges.from, ranges.to, ranges.end, ranges.count]).toEqual([20, 30, 41, 2]);
});
