import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Frame } from '../model.ts';
import { newFrame } from './facts.ts';
import { TimeOrder } from './time-order.ts';

interface Given {
  readonly interfaceId: number;
  readonly time: number;
}

/** In one memory, as a reader hands them on. */
function ordered(given: readonly Given[], { room = 1 << 20, upTo }: { room?: number; upTo?: number } = {}): readonly Frame[] {
  const frames: Frame[] = [];
  const order = new TimeOrder(({ frame, stream }) => frames.push({ ...frame, wireLength: stream }), room);
  const bytes = new Uint8Array(8);
  for (const [index, one] of given.entries()) {
    bytes.fill(index & 0xff);
    order.push({ ...newFrame(0), ...one, bytes, start: 1, end: 5, number: index + 1 }, 100 + index);
  }
  if (upTo === undefined) order.end();
  else order.upTo(upTo);
  return frames;
}

/** The slow twin: again and again the earliest of those that are the next of their interface; of several, the first in the file. */
function merged(given: readonly Given[]): readonly number[] {
  const rows = new Map<number, { readonly number: number; readonly key: number }[]>();
  for (const [index, { interfaceId, time }] of given.entries()) {
    const row = rows.get(interfaceId) ?? [];
    row.push({ number: index + 1, key: Math.max(time, row.at(-1)?.key ?? time) });
    rows.set(interfaceId, row);
  }
  const numbers: number[] = [];
  while (numbers.length < given.length) {
    const heads = [...rows.values()].filter((row) => row.length > 0);
    const [next] = heads.sort(([a], [b]) => (a?.key ?? 0) - (b?.key ?? 0) || (a?.number ?? 0) - (b?.number ?? 0));
    numbers.push(next?.shift()?.number ?? 0);
  }
  return numbers;
}

const given = fc.array(fc.record({ interfaceId: fc.nat(2), time: fc.nat(20) }), { maxLength: 60 });

test('agrees with a merge of the rows of the interfaces, and each frame keeps its octets', () => {
  fc.assert(
    fc.property(given, (frames) => {
      const result = ordered(frames);
      expect(result.map(({ number }) => number)).toEqual(merged(frames));
      for (const { number, bytes, start, end, wireLength } of result) {
        expect([...bytes.subarray(start, end)]).toEqual(Array(4).fill(number - 1));
        expect(wireLength).toBe(99 + number);
      }
    }),
    { numRuns: 2000 },
  );
});

test('the frames of one interface keep their order, whatever the clock did', () => {
  fc.assert(
    fc.property(given, (frames) => {
      for (const id of [0, 1, 2]) {
        const numbers = ordered(frames)
          .filter(({ interfaceId }) => interfaceId === id)
          .map(({ number }) => number);
        expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
      }
    }),
  );
});

const TWO: readonly Given[] = [5, 6, 1, 2, 7].map((time) => ({ interfaceId: time < 5 ? 1 : 0, time }));

test('what does not fit any longer goes on, the earliest first', () => {
  expect(ordered(TWO, { room: 2 * 260, upTo: 0 }).map(({ time }) => time)).toEqual([1, 2, 5]);
});

test('a clock lets go on what is so early', () => {
  expect(ordered(TWO, { upTo: 5 }).map(({ time }) => time)).toEqual([1, 2, 5]);
});
