import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newCaptureFacts } from '../capture/read-capture.ts';
import type { Frame } from '../model.ts';
import { FrameRing } from './frame-ring.ts';

const BLOCK = 1024;

type Kept = Pick<Frame, 'number' | 'time' | 'wireLength' | 'capture' | 'linkType' | 'offset' | 'recordLength'> & {
  readonly octets: string;
};

const kept = ({ bytes, start, end, ...frame }: Frame): Kept => ({
  ...frame,
  octets: Buffer.from(bytes.subarray(start, end)).toString('latin1'),
});

/** A ring that has held these frames of two captures, and what it was given. */
function filled(room: number, lengths: readonly (readonly [capture: number, octets: number])[]): { ring: FrameRing; given: Kept[] } {
  const ring = new FrameRing(room, BLOCK);
  const given: Kept[] = [];
  const readers = [0, 1].map((index) => {
    let push: (frame: Frame) => void = () => undefined;
    const open = ring.holding(`pipe ${index}`, (_facts, _base, sink) => {
      push = sink;
      return { push: () => undefined, end: () => undefined, stop: () => undefined };
    });
    open(newCaptureFacts(index, 'stdin', 'p1', 0), { seconds: 0 }, (frame) => given.push(kept(frame)));
    return (frame: Frame): void => push(frame);
  });
  const reused = new Uint8Array(2 * BLOCK);
  for (const [index, [capture, length]] of lengths.entries()) {
    reused.fill(index & 0xff);
    const more = {
      number: index + 1,
      time: index * 1e9 + 0.5,
      wireLength: length + 7,
      offset: 2 ** 40 + index,
      recordLength: length + 16,
      interfaceId: index % 3,
    };
    readers[capture]?.({ bytes: reused, start: 3, end: 3 + length, capture, linkType: 113, ...more });
  }
  return { ring, given };
}

test('what is held is the end of what was given, within its room, frame by frame as it was', () => {
  const frames = fc.array(fc.tuple(fc.nat(1), fc.nat(400)), { maxLength: 60 });
  fc.assert(
    fc.property(frames, fc.integer({ min: 1, max: 5 }), (lengths, blocks) => {
      const { ring, given } = filled(blocks * BLOCK, lengths);
      const held: Kept[] = [];
      for (const capture of [0, 1]) {
        const own: Kept[] = [];
        ring.replay(capture, (frame) => own.push(kept(frame)));
        const all = given.filter((frame) => frame.capture === capture);
        expect(own).toEqual(all.slice(all.length - own.length));
        expect(ring.firstHeld(capture)).toBe(own[0]?.number ?? Number.POSITIVE_INFINITY);
        held.push(...own);
      }
      held.sort((one, other) => one.number - other.number);
      expect(held).toEqual(given.slice(given.length - held.length));
      const octets = (some: readonly Kept[]): number => some.reduce((sum, frame) => sum + frame.octets.length + 64 + 7, 0);
      if (octets(given) <= (blocks - 1) * BLOCK) expect(held).toHaveLength(given.length);
      if (held.length < given.length) expect(octets(held)).toBeGreaterThan((blocks - 1) * (BLOCK - 471) - 471);
    }),
  );
});

test('of a frame that is longer than a block nothing is held, and the others stay', () => {
  const { ring, given } = filled(4 * BLOCK, [
    [0, 10],
    [0, BLOCK],
    [0, 20],
  ]);
  expect(given).toHaveLength(3);
  const numbers: number[] = [];
  ring.replay(0, ({ number }) => numbers.push(number));
  expect(numbers).toEqual([1, 3]);
});

test('an input is known from when it is opened', () => {
  const { ring } = filled(BLOCK, []);
  expect(ring.input('pipe 1')?.facts).toMatchObject({ index: 1, name: 'stdin' });
  expect(ring.input('another')).toBeUndefined();
});
