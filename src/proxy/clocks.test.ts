import { describe, expect, test } from 'vitest';
import { exchange, identity, request, response } from '../../test/support/records.ts';
import type { Exchange } from '../model.ts';
import { clockOfRelayed } from './clocks.ts';

const MS = 1e6;
const SECOND = 1e9;

/** Asked at `asked`, answered at `answered`, in seconds of its own clock. */
function seen(path: number, server: string, asked: number, answered: number | undefined): Exchange {
  const fingerprint = { target: path, tail: path, leaf: path, query: 0, authority: 0, fields: 0, unique: [], traits: [] };
  const time = asked * SECOND;
  return exchange(identity('10.0.0.1:1000', server), {
    request: request('/', { fingerprint, firstTime: time, headTime: time }),
    response: answered === undefined ? undefined : response(200, { firstTime: answered * SECOND, headTime: answered * SECOND }),
  });
}

const PROXY = '10.0.0.2:8080';
const ORIGIN = '10.0.1.3:80';

/** A hundred exchanges a second apart: 1 ms to the proxy's next hop and back; the second clock is `off` s ahead and gains `ppm`. */
function two(off: number, ppm: number): readonly [Exchange[], Exchange[]] {
  const [near, far]: [Exchange[], Exchange[]] = [[], []];
  for (let index = 0; index < 100; index++) {
    const other = (time: number): number => time * (1 + ppm / 1e6) + off;
    near.push(seen(index, PROXY, index, index + 0.012));
    far.push(seen(index, ORIGIN, other(index + 0.001), other(index + 0.011)));
  }
  return [near, far];
}

describe('the offset of a clock', () => {
  test.each([0, 1.7, -4.9, 3600])('that is off by %d s is found to a millisecond', (off) => {
    const [near, far] = two(off, 0);
    const clock = clockOfRelayed(near, far);
    expect(Math.abs((clock?.offset ?? 0) + off * SECOND)).toBeLessThan(1 * MS);
    expect(clock?.uncertainty).toBeLessThan(2 * MS);
  });

  test('follows a drift of 100 ppm', () => {
    const [near, far] = two(3, 100);
    const clock = clockOfRelayed(near, far);
    const first = clock?.offsetAt(far[5]?.request?.firstTime ?? 0);
    const last = clock?.offsetAt(far[95]?.request?.firstTime ?? 0);
    expect((first ?? 0) - (last ?? 0)).toBeGreaterThan(5 * MS);
  });

  test('is not taken from requests that one point saw more often', () => {
    const near = [seen(1, PROXY, 0, 0.01), seen(1, PROXY, 5, 5.01)];
    expect(clockOfRelayed(near, [seen(1, ORIGIN, 5.002, 5.008)])).toBeUndefined();
  });

  test('is not led astray by ten times as many requests that only look alike', () => {
    const [near, far] = two(-4.9, 50);
    const strays = Array.from({ length: 1000 }, (_, index) => {
      const [asked, sent] = [(index * 37) % 101, (index * 53) % 97];
      return [seen(1000 + index, PROXY, asked, asked + 8), seen(1000 + index, ORIGIN, sent, sent + 1)] as const;
    });
    const clock = clockOfRelayed([...near, ...strays.map(([one]) => one)], [...far, ...strays.map(([, other]) => other)]);
    expect(Math.abs((clock?.offsetAt(-4.9 * SECOND) ?? 0) - 4.9 * SECOND)).toBeLessThan(1 * MS);
    expect(clock?.drift).toBeCloseTo(50e-6, 6);
  });

  test('bends where the clock was slewed', () => {
    const [near, far] = two(0, 0);
    const slewed = far.map((exchange, index) => (index < 50 ? exchange : seen(index, ORIGIN, index + 0.004, index + 0.014)));
    const clock = clockOfRelayed(near, slewed);
    expect(Math.abs(clock?.offsetAt(10 * SECOND) ?? SECOND)).toBeLessThan(1.5 * MS);
    expect(Math.abs((clock?.offsetAt(90 * SECOND) ?? 0) + 3 * MS)).toBeLessThan(1.5 * MS);
    expect(clock?.uncertainty).toBeGreaterThan(0.5 * MS);
  });

  test('is not taken from a request that was never answered', () => {
    const near = [seen(1, PROXY, 0, undefined), seen(1, PROXY, 5, 5.01)];
    const clock = clockOfRelayed(near, [seen(1, ORIGIN, 5.002, 5.008)]);
    expect(Math.abs(clock?.offset ?? SECOND)).toBeLessThan(1 * MS);
  });
});

test('the exchanges of the clients enclose those of the servers, and not the other way round', () => {
  const [near, far] = two(1.5, 0);
  expect(clockOfRelayed(near, far)?.agreement).toBe(100);
  expect(clockOfRelayed(far, near)).toBeUndefined();
});
