/**
 * Packed captures: the octets of a file or pipe -> the octets of the capture in it, as a stream. Which packing it is, is told
 * by the first octets; what is not packed goes through as it is, without a copy and without a promise.
 *
 * Nothing is held but the window of the packing, so a small file that unpacks to a huge one costs time and no memory.
 */
import { CaptureError } from '../errors.ts';
import type { Engine, OctetSink } from './unpack-engine.ts';

export type Packing = 'gzip' | 'zstd';

const MAGICS: readonly (readonly [Packing, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
];
/** A zstd file may begin with a frame to be skipped, as pzstd writes it: 0x184d2a50 to 0x184d2a5f. */
const SKIPPABLE = [0x2a, 0x4d, 0x18];
const MAGIC = 4;

/**
 * Octets that are unpacked at a time: zlib hands on nothing of a slice that is damaged, and large slices are fast. So a
 * damage costs a sixteenth of what came before it, and at most 64 KiB.
 */
const SMALLEST_SLICE = 512;
const LARGEST_SLICE = 1 << 16;
const SLICE_SHARE = 16;

function packingOf(start: Uint8Array): Packing | undefined {
  for (const [packing, magic] of MAGICS) if (magic.every((octet, at) => start[at] === octet)) return packing;
  const skippable = ((start[0] ?? 0) & 0xf0) === 0x50 && SKIPPABLE.every((octet, at) => start[at + 1] === octet);
  return skippable ? 'zstd' : undefined;
}

export class Unpacker {
  readonly #sink: OctetSink;
  /** The first octets, until there are enough of them to know the packing. */
  #start: Uint8Array | undefined = new Uint8Array();
  #packing: Packing | undefined;
  #engine: Engine | undefined;
  #sinkFailure: { readonly error: unknown } | undefined;
  /** Packed octets that were used. */
  #offset = 0;

  constructor(sink: OctetSink) {
    this.#sink = sink;
  }

  /** A promise when it takes a while: `bytes` must stay as they are until then. @throws CaptureError, and what the sink throws */
  push(bytes: Uint8Array): Promise<void> | undefined {
    const before = this.#start;
    if (before === undefined) return this.#use(bytes);
    const start = before.length === 0 ? bytes : new Uint8Array([...before, ...bytes]);
    if (start.length >= MAGIC) return this.#begin(start);
    this.#start = start.slice();
    return undefined;
  }

  /** @throws CaptureError when the packed octets are not all there */
  async end(): Promise<void> {
    if (this.#start !== undefined) await this.#begin(this.#start);
    if (this.#packing === undefined) return;
    if ((await this.#attempt(async () => this.#engine?.end())) !== false) return;
    const where = `(at byte ${this.#offset} of the packed file)`;
    throw new CaptureError('packing-cut', `the ${this.#packing} data ends before its end: the file was cut off ${where}`, this.#offset);
  }

  /** Lets go of what is left, without an error. */
  close(): void {
    this.#engine?.close();
  }

  #begin(start: Uint8Array): Promise<void> | undefined {
    this.#start = undefined;
    this.#packing = packingOf(start);
    return this.#use(start);
  }

  #use(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#packing !== undefined) return this.#unpack(bytes, this.#packing);
    if (bytes.length > 0) this.#sink(bytes);
    return undefined;
  }

  async #unpack(bytes: Uint8Array, packing: Packing): Promise<void> {
    this.#engine ??= await this.#makeEngine(packing);
    const engine = this.#engine;
    for (let at = 0; at < bytes.length; ) {
      const size = Math.min(Math.max(SMALLEST_SLICE, Math.floor(this.#offset / SLICE_SHARE)), LARGEST_SLICE);
      const slice = bytes.subarray(at, at + size);
      await this.#attempt(() => engine.push(slice));
      at += slice.length;
      this.#offset += slice.length;
    }
  }

  async #makeEngine(packing: Packing): Promise<Engine> {
    const { makeEngine } = await import('./unpack-engine.ts');
    return makeEngine(packing, (bytes) => {
      try {
        this.#sink(bytes);
      } catch (error) {
        this.#sinkFailure = { error };
        throw error;
      }
    });
  }

  /** What the sink throws goes on as it is; whatever else goes wrong is a damage of the packed octets. */
  async #attempt<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      if (this.#sinkFailure !== undefined) throw this.#sinkFailure.error;
      if (error instanceof CaptureError) throw error;
      const where = `(at byte ${this.#offset} of the packed file)`;
      throw new CaptureError('packing-damaged', `the ${this.#packing} data is damaged, its rest cannot be unpacked ${where}`, this.#offset);
    }
  }
}
