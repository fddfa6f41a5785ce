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

const HOUR = 3600e9;

/** Of three interfaces. */
const tangled = (from: number): readonly Given[] => [1, 3, 2, 6, 5, 4].map((time) => ({ interfaceId: time % 3, time: from + time }));

test.each([
  ['a clock that was set back', tangled(HOUR)],
  ['one stamp in the future', [{ interfaceId: 1, time: HOUR }]],
])('%s does not hold back what an interface has to say', (_what, before) => {
  const numbers = ordered([...before, ...tangled(0)], { room: 16 << 20 }).map(({ number }) => number - before.length);
  expect(numbers.slice(before.length)).toEqual(merged(tangled(0)));
});

test('a clock that goes on is told the latest time before each frame, and one that was set back begins anew', () => {
  const late: number[] = [];
  const order = new TimeOrder(({ key, frame }, sortedTo) => key < sortedTo && late.push(frame.number), 0);
  for (const [index, time] of [HOUR, HOUR - 2, HOUR + 1, 1, 2].entries())
    order.push({ ...newFrame(0), time, interfaceId: time === HOUR - 2 ? 1 : 0, number: index }, 0);
  expect(late).toEqual([1]);
});

test('frames of an interface that is ahead for good do not each keep a block of memory', () => {
  const bytes = new Uint8Array(1 << 16);
  let [pushed, waiting, most] = [0, 0, 0];
  const order = new TimeOrder(() => waiting--);
  const push = (interfaceId: number, time: number, end: number): void => {
    waiting++;
    order.push({ ...newFrame(0), interfaceId, time, bytes, start: 0, end, number: ++pushed }, 0);
    most = Math.max(most, order.memory);
  };
  for (let round = 0; round < 100; round++) {
    push(1, HOUR, 60);
    for (let index = 0; index < 20; index++) push(0, round, bytes.length);
  }
  order.end();
  expect(waiting).toBe(0);
  expect(most).toBeLessThan(40 << 20);
});

test('interfaces of sections without number are forgotten', () => {
  const given = Array.from({ length: 70_000 }, (_, index) => ({ interfaceId: index, time: index }));
  const order = new TimeOrder(() => undefined);
  for (const [index, one] of given.entries()) order.push({ ...newFrame(0), ...one, number: index }, 0);
  expect(order.interfaces).toBeLessThanOrEqual(1 << 14);
});

const TWO: readonly Given[] = [5, 6, 1, 2, 7].map((time) => ({ interfaceId: time < 5 ? 1 : 0, time }));

test('what does not fit any longer goes on, the earliest first', () => {
  expect(ordered(TWO, { room: 2 * 260, upTo: 0 }).map(({ time }) => time)).toEqual([1, 2, 5]);
});

test('a clock lets go on what is so early', () => {
  expect(ordered(TWO, { upTo: 5 }).map(({ time }) => time)).toEqual([1, 2, 5]);
});
