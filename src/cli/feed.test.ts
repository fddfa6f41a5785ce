import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fakeTarget, pcapOf } from './fakes.ts';
import { Feed, type Opener } from './feed.ts';
import { RedactionKey } from './secrets.ts';

const capture = pcapOf(Array.from({ length: 30 }, (_, index) => 1_700_000_000 + index));

function feedInPieces(bytes: Uint8Array, cuts: readonly number[]): { key: RedactionKey; frames: number; bytes: number } {
  const key = new RedactionKey();
  const target = fakeTarget();
  const feed = new Feed(target, { name: 'a', key, reader: undefined, point: undefined });
  const places = [0, ...cuts.map((cut) => cut % bytes.length), bytes.length].sort((a, b) => a - b);
  const reused = new Uint8Array(bytes.length);
  for (const [index, from] of places.slice(0, -1).entries()) {
    const piece = bytes.subarray(from, places[index + 1]);
    if (piece.length === 0) continue;
    reused.set(piece);
    feed.push(reused.subarray(0, piece.length));
  }
  feed.end();
  return { key, frames: feed.facts?.frames ?? 0, bytes: feed.facts?.bytes ?? 0 };
}

describe('feed', () => {
  test('however the input is cut, the frames and the redaction key are the same', () => {
    const whole = feedInPieces(capture, []);
    expect(whole.frames).toBe(30);
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 6 }), (cuts) => {
        const cut = feedInPieces(capture, cuts);
        expect([cut.frames, cut.bytes, cut.key.hash('secret')]).toEqual([30, capture.length, whole.key.hash('secret')]);
      }),
    );
  });

  test('a capture shorter than the key is read at its end', () => {
    expect(feedInPieces(pcapOf([1]), [3, 24]).frames).toBe(1);
  });

  test('nothing is refused before the analyzer hears of it', () => {
    const opener: Opener = {
      open() {
        throw new Error('opened');
      },
    };
    const feed = new Feed(opener, { name: 'a', key: new RedactionKey(), reader: undefined, point: undefined });
    expect(() => feed.end()).toThrow('is empty');
  });
});

describe('redaction key', () => {
  const keyOf = (bytes: Uint8Array): RedactionKey => {
    const key = new RedactionKey();
    key.offer(bytes);
    return key;
  };

  test('four hex digits: equal for equal values, other for another input', () => {
    const values = Array.from({ length: 40 }, (_, index) => `value ${index}`);
    const hashes = values.map(keyOf(pcapOf([1])).hash);
    expect(hashes.every((hash) => /^[0-9a-f]{4}$/.test(hash))).toBe(true);
    expect(new Set(hashes).size).toBeGreaterThan(35);
    expect(values.map(keyOf(pcapOf([1])).hash)).toEqual(hashes);
    expect(values.map(keyOf(pcapOf([2])).hash)).not.toEqual(hashes);
  });

  test('the first input counts', () => {
    const key = keyOf(pcapOf([1]));
    const before = key.hash('x');
    key.offer(pcapOf([2]));
    expect(key.hash('x')).toBe(before);
  });
});
