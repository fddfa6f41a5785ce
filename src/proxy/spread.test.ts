import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Durations, Histogram } from './spread.ts';

const durations = fc.array(fc.double({ min: 1e5, max: 1e12, noNaN: true }), { minLength: 1, maxLength: 60 });

function filled<T extends Durations | Histogram>(into: T, values: readonly number[]): T {
  for (const value of values) into.add(value);
  return into;
}

test('agrees with the formulas of the school book', () => {
  fc.assert(
    fc.property(durations, (values) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
      const spread = filled(new Durations(), values);
      expect(spread.mean).toBeCloseTo(mean, -4);
      expect(spread.deviation).toBeCloseTo(deviation, -4);
      expect([spread.least, spread.most]).toEqual([Math.min(...values), Math.max(...values)]);
    }),
  );
});

test('merging parts equals counting the whole', () => {
  fc.assert(
    fc.property(durations, durations, (one, other) => {
      const spread = filled(new Durations(), one);
      spread.merge(filled(new Durations(), other));
      const whole = filled(new Durations(), [...one, ...other]);
      expect([spread.count, spread.least, spread.most]).toEqual([whole.count, whole.least, whole.most]);
      expect(spread.mean).toBeCloseTo(whole.mean, -4);
      expect(spread.deviation).toBeCloseTo(whole.deviation, -4);
      const histogram = filled(new Histogram(), one);
      histogram.merge(filled(new Histogram(), other));
      const all = filled(new Histogram(), [...one, ...other]);
      expect([histogram.count, histogram.median, histogram.p95]).toEqual([all.count, all.median, all.p95]);
    }),
  );
});

test('a quantile is right to 9 %', () => {
  fc.assert(
    fc.property(durations, (values) => {
      const sorted = values.toSorted((a, b) => a - b);
      const exact = sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;
      expect(filled(new Histogram(), values).p95 / exact).toBeGreaterThan(0.91);
      expect(filled(new Histogram(), values).p95 / exact).toBeLessThan(1.1);
    }),
  );
});

test('nothing has no quantiles', () => {
  expect(new Histogram().median).toBeNaN();
  expect(new Durations().deviation).toBeNaN();
});
