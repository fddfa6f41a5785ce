import { expect, test } from 'vitest';
import { newFrame } from './capture/facts.ts';
import { FramePlaces } from './frame-places.ts';

const at = (number: number, offset: number, capture = 0) => ({ ...newFrame(capture), number, offset, recordLength: number % 1000 });

function noted(frames: number): FramePlaces {
  const places = new FramePlaces();
  for (let number = 1; number <= frames; number++) places.note(at(number, 24 + number * 1600));
  return places;
}

test('records are found again, whatever page they are on and however far into the file', () => {
  const places = noted(100_000);
  for (const frame of [1, 16_384, 16_385, 16_386, 99_999]) {
    expect(places.of(frame)).toEqual({ offset: 24 + frame * 1600, length: frame % 1000 });
  }
});

test('frames that were never handed on are not known', () => {
  const places = noted(20);
  places.note(at(30, 90_000));
  expect([0, 21, 29, 31, 20_000].map((frame) => places.of(frame))).toEqual([undefined, undefined, undefined, undefined, undefined]);
  expect(places.of(30)).toEqual({ offset: 90_000, length: 30 });
});

test('two million frames are kept, and what was before them is said to be unknown', () => {
  const places = noted(2_200_001);
  expect(places.of(1)).toBeUndefined();
  expect(places.of(2_200_001 - 2_000_000)).toEqual({ offset: 24 + 200_001 * 1600, length: 1 });
});

test('the next file of a ring begins at its own offset', () => {
  const places = noted(20);
  places.note(at(21, 24, 1));
  expect([places.of(20)?.offset, places.of(21)?.offset]).toEqual([32_024, 24]);
});

test('a frame four gigabytes behind the start of its page is not told a wrong place', () => {
  const places = noted(3);
  places.note(at(4, 2 ** 33));
  expect(places.of(4)).toBeUndefined();
});
