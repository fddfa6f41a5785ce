/**
 * Packed captures: what they are packed with, told by their first octets, and their octets unpacked, as a stream. Nothing is
 * held but the window of the packing, so a small file that unpacks to a huge one costs time and no memory.
 */
import { createReadStream } from 'node:fs';
import * as zlib from 'node:zlib';
import { CaptureError } from '../errors.ts';

export type Packing = 'gzip' | 'zstd';

const MAGICS: readonly (readonly [Packing, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
];

export function packingOf(start: Uint8Array): Packing | undefined {
  for (const [packing, magic] of MAGICS) if (magic.every((octet, at) => start[at] === octet)) return packing;
  return undefined;
}

/** Hands on the unpacked octets of a file; throws CaptureError when the packing itself is damaged, after what came before it. */
export async function unpackFile(
  path: string,
  packing: Packing,
  chunk: (bytes: Uint8Array) => void,
  stopped: () => boolean,
): Promise<void> {
  const packed = createReadStream(path, { highWaterMark: 1 << 18 });
  let offset = 0;
  packed.on('data', (bytes) => {
    offset += bytes.length;
  });
  try {
    for await (const bytes of packing === 'gzip' ? packed.pipe(zlib.createGunzip()) : unpackZstd(packed)) {
      chunk(bytes);
      if (stopped()) break;
    }
  } catch (error) {
    if (error instanceof CaptureError || !isUnpackingError(error)) throw error;
    throw new CaptureError('packing-damaged', `the ${packing} data is cut off or damaged`, offset);
  } finally {
    packed.destroy();
  }
}

/** Node has zstd from 22.15 on; before that a library in JavaScript does it. */
function unpackZstd(packed: AsyncIterable<Uint8Array> & { pipe: ReturnType<typeof createReadStream>['pipe'] }): AsyncIterable<Uint8Array> {
  const native: unknown = Reflect.get(zlib, 'createZstdDecompress');
  return isTransformMaker(native) ? packed.pipe(native()) : unpackZstdInJavaScript(packed);
}

async function* unpackZstdInJavaScript(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { Decompress } = await import('fzstd');
  let ready: Uint8Array[] = [];
  const stream = new Decompress((bytes) => ready.push(bytes));
  for await (const bytes of packed) {
    stream.push(bytes);
    yield* ready;
    ready = [];
  }
  stream.push(new Uint8Array(), true);
  yield* ready;
}

function isTransformMaker(value: unknown): value is () => ReturnType<typeof zlib.createGunzip> {
  return typeof value === 'function';
}

/** Errors of zlib have a code, those of fzstd a number; errors of the file system name their call. */
function isUnpackingError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && !('syscall' in error);
}
