import fc from 'fast-check';
import { expect, test } from 'vitest';
import { calendar, duration, epochSeconds, offset, secondsBetween } from './time.ts';

const base = { seconds: 1_795_378_037 };

test.each([
  [0, '1795378037.000000000'],
  [660_112_000, '1795378037.660112000'],
  [1, '1795378037.000000001'],
  [6_473_000_001, '1795378043.473000001'],
  [-1, '1795378036.999999999'],
  [8_640_000_000_000_001, '1804018037.000000001'],
])('%d ns behind the base is %s', (nanoseconds, text) => {
  expect(epochSeconds(base, nanoseconds)).toBe(text);
});

test('times before the epoch and absent times', () => {
  expect(epochSeconds({ seconds: 0 }, -1_500_000_000)).toBe('-1.500000000');
  expect(epochSeconds(base, Number.NaN)).toBeNull();
  expect(epochSeconds({ seconds: Number.NaN }, 0)).toBeNull();
});

test('no nanosecond is lost between the inside and the outside', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_294_967_295 }), fc.maxSafeNat(), (seconds, nanoseconds) => {
      const text = epochSeconds({ seconds }, nanoseconds) ?? '';
      expect(BigInt(text.replace('.', '')) - BigInt(seconds) * 1_000_000_000n).toBe(BigInt(nanoseconds));
    }),
  );
});

test.each([
  [60_000, '60 us'],
  [42_500_000, '43 ms'],
  [7_960_201_000, '7.96 s'],
  [9_994_000_000, '9.99 s'],
  [9_995_000_000, '10.0 s'],
  [119_990_000_000, '120.0 s'],
  [605_000_000_000, '10 min 5 s'],
  [-1_700_000_000, '-1.70 s'],
])('%d ns is %s', (nanoseconds, text) => {
  expect(duration(nanoseconds)).toBe(text);
});

test('seconds to the microsecond', () => {
  expect(secondsBetween(208_082_000, 6_472_986_000)).toBe(6.264904);
  expect(offset(3_181_451_000, 11_200_349_000)).toBe('8.018898');
});

test('the calendar ends, epoch seconds do not', () => {
  expect(calendar({ seconds: 1_795_382_403 }, 158_885_999)).toBe('2026-11-22 21:20:03.158885 UTC');
  expect(calendar({ seconds: 9e15 }, 0)).toBe('9000000000000000.000000000 s of the epoch');
  expect(calendar({ seconds: Number.NaN }, 0)).toBe('no time');
});
