import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CaptureError } from '../errors.ts';
import { Unpacker } from './unpack.ts';

const capture = new Uint8Array(readFileSync(fileURLToPath(new URL('../../fixtures/figure-4-15/capture.pcap', import.meta.url))));

/** zstd -3 of "abcdefgh" sixteen times, with a checksum. */
const LETTERS = 'abcdefgh'.repeat(16);
const ZSTD = Buffer.from('KLUv/QRYfQAAQGFiY2RlZmdoAQB1aeECL842HQ==', 'base64');

interface Unpacked {
  readonly bytes: Uint8Array;
  readonly error: unknown;
}

/** Unpacks what is pushed in pieces of these sizes, in memory that is used again. */
async function unpack(packed: Uint8Array, sizes: readonly number[] = [packed.length]): Promise<Unpacked> {
  const pieces: Uint8Array[] = [];
  const unpacker = new Unpacker((bytes) => pieces.push(bytes.slice()));
  const memory = new Uint8Array(packed.length);
  const run = async (): Promise<void> => {
    for (let at = 0, turn = 0; at < packed.length; turn++) {
      const piece = packed.subarray(at, at + (sizes[turn % sizes.length] ?? 1));
      memory.set(piece);
      await unpacker.push(memory.subarray(0, piece.length));
      at += piece.length;
    }
    await unpacker.end();
  };
  const error = await run().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  unpacker.close();
  return { bytes: Buffer.concat(pieces), error };
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}

const members = concat(zlib.gzipSync(capture.subarray(0, 5000)), zlib.gzipSync(capture.subarray(5000)));
const skippable = concat(
  Uint8Array.of(0x5f, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3),
  ZSTD,
  Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0),
  ZSTD,
);

describe('what is packed', () => {
  const cases: readonly (readonly [name: string, packed: Uint8Array, content: Uint8Array])[] = [
    ['nothing', new Uint8Array(), new Uint8Array()],
    ['two octets', Uint8Array.of(1, 2), Uint8Array.of(1, 2)],
    ['a capture that is not packed', capture, capture],
    ['gzip', zlib.gzipSync(capture), capture],
    ['gzip of two members', members, capture],
    ['gzip and zeros behind it', concat(zlib.gzipSync(capture), new Uint8Array(5000)), capture],
    ['zstd', ZSTD, Buffer.from(LETTERS)],
    ['zstd of two frames and some to skip', skippable, Buffer.from(LETTERS + LETTERS)],
  ];

  test.each(cases)('%s: the content, however it is cut', async (_name, packed, content) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 5 }), async (sizes) => {
        const { bytes, error } = await unpack(packed, sizes);
        expect(error).toBeUndefined();
        expect(Buffer.compare(bytes, content)).toBe(0);
      }),
      { numRuns: 20 },
    );
  });

  test('what is not packed needs no promise', () => {
    const seen: Uint8Array[] = [];
    expect(new Unpacker((bytes) => seen.push(bytes)).push(capture)).toBeUndefined();
    expect(seen).toEqual([capture]);
  });
});

describe('damage: what came before it is handed on, and the place is named', () => {
  const gzip = zlib.gzipSync(capture);
  const changed = (packed: Uint8Array, at: number): Uint8Array => packed.map((octet, index) => (index === at ? octet ^ 0xff : octet));
  const cases: readonly (readonly [name: string, packed: Uint8Array, code: string, at: number, least: number])[] = [
    ['gzip that is cut', gzip.subarray(0, 3000), 'packing-cut', 3000, 3000],
    ['gzip that is cut in its header', gzip.subarray(0, 6), 'packing-cut', 6, 0],
    ['gzip that is cut in its second member', members.subarray(0, members.length - 500), 'packing-cut', members.length - 500, 5000],
    ['gzip with a changed octet', changed(gzip, gzip.length - 2), 'packing-damaged', 0, 10_000],
    ['gzip with text behind it', concat(gzip, Buffer.from('text')), 'packing-damaged', 0, 10_000],
    ['zstd that is cut', concat(ZSTD, ZSTD.subarray(0, 20)), 'packing-cut', ZSTD.length + 20, LETTERS.length],
    ['zstd with text behind it', concat(ZSTD, Buffer.from('text')), 'packing-damaged', ZSTD.length, LETTERS.length],
    ['zstd with a reserved block', concat(ZSTD.subarray(0, 6), Uint8Array.of(6, 0, 0)), 'packing-damaged', 0, 0],
    ['zstd with a window of 2 GiB', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 21 << 3), 'packing-limit', 0, 0],
    ['zstd with a dictionary', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 1, 0, 7), 'packing-unknown', 0, 0],
  ];

  test.each(cases)('%s', async (_name, packed, code, at, least) => {
    const { bytes, error } = await unpack(packed);
    expect(error).toBeInstanceOf(CaptureError);
    expect(error).toMatchObject({ code, message: expect.stringContaining(' of the packed file)') });
    if (at > 0) expect(error).toMatchObject({ offset: at });
    expect(bytes.length).toBeGreaterThanOrEqual(least);
    const content = packed[0] === 0x1f ? capture : Buffer.from(LETTERS + LETTERS);
    expect(Buffer.compare(bytes, content.subarray(0, bytes.length))).toBe(0);
  });

  test.each([
    ['gzip', zlib.gzipSync(capture)],
    ['zstd', ZSTD],
    ['neither', capture],
  ])('what the sink throws comes out as it is: %s', async (_name, packed) => {
    const thrown = new CaptureError('format-unknown', 'no capture', 0);
    const unpacker = new Unpacker(() => {
      throw thrown;
    });
    await expect(
      (async () => {
        await unpacker.push(packed);
        await unpacker.end();
      })(),
    ).rejects.toBe(thrown);
  });
});

test('a bomb is handed on in pieces', async () => {
  const bomb = zlib.gzipSync(new Uint8Array(1 << 25));
  let [total, largest] = [0, 0];
  const unpacker = new Unpacker((bytes) => {
    total += bytes.length;
    largest = Math.max(largest, bytes.length);
  });
  await unpacker.push(bomb);
  await unpacker.end();
  expect([total, largest]).toEqual([1 << 25, 1 << 16]);
});
