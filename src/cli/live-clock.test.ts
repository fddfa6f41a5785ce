import { describe, expect, test } from 'vitest';
import { LiveClock } from './live-clock.ts';

describe('live clock', () => {
  test.each([
    ['a frame of this moment', 1000, 1000.01, 100, 1004.99],
    ['delayed by the kernel buffer', 1000, 1001, 100, 1004],
    ['the clock of the capture is ahead', 1001, 1000, 100, 1005],
    ['an old capture', 10, 1000, 100, undefined],
    ['no frame yet', Number.NaN, 1000, 24, undefined],
    ['a writer that fills blocks', 1000, 1000.01, 8192, undefined],
  ])('%s', (_name, frameTime, arrivedAt, octets, silentUntil) => {
    const clock = new LiveClock();
    clock.arrived(frameTime, arrivedAt, octets);
    if (silentUntil === undefined) expect(clock.silentUntil(1005)).toBeUndefined();
    else expect(clock.silentUntil(1005)).toBeCloseTo(silentUntil, 3);
  });

  test('a large lag is remembered for a while', () => {
    const clock = new LiveClock();
    clock.arrived(1000, 1001, 100);
    clock.arrived(1001, 1001, 200);
    expect(clock.silentUntil(1002)).toBeCloseTo(1001.1, 3);
  });

  test('before anything came it proves nothing', () => {
    expect(new LiveClock().silentUntil(5)).toBeUndefined();
  });
});
