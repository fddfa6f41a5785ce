/**
 * The packings that are unpacked: gzip by node:zlib; zstd by node:zlib, too, where it can (from Node 22.15 on), else by fzstd.
 */
import zlib, { type Gunzip, type ZlibOptions } from 'node:zlib';
import type { Packing } from './unpack.ts';
import { ZstdFrames } from './zstd-frames.ts';

/** Takes octets that are valid during the call only. */
export type OctetSink = (bytes: Uint8Array) => void;

/** One unpacking in progress. It rejects with what the sink throws, or with the reason why the octets cannot be unpacked. */
export interface Engine {
  /** Resolves when the octets are used. */
  push(bytes: Uint8Array): Promise<void>;
  /** False when something is missing at the end. */
  end(): Promise<boolean>;
  close(): void;
}

const OUTPUT = 1 << 16;

type EngineMaker = (sink: OctetSink) => Engine;

export async function makeEngine(packing: Packing, sink: OctetSink): Promise<Engine> {
  if (packing === 'gzip') return new ZlibEngine(zlib.createGunzip({ chunkSize: OUTPUT }), sink);
  const native: unknown = Reflect.get(zlib, 'createZstdDecompress');
  return new ZstdEngine(
    isStreamMaker(native) ? (to) => new ZlibEngine(native({ chunkSize: OUTPUT }), to) : await frameEngineInJavaScript(),
    sink,
  );
}

function isStreamMaker(value: unknown): value is (options: ZlibOptions) => Gunzip {
  return typeof value === 'function';
}

/** A transform stream of node:zlib. Gunzip goes on with the next member by itself. */
class ZlibEngine implements Engine {
  readonly #stream: Gunzip;
  #failure: Error | undefined;
  /** At the end of the packed data; zeros behind it are padding and not looked at. */
  #ended = false;
  #settle: { resolve(): void; reject(error: Error): void } | undefined;

  constructor(stream: Gunzip, sink: OctetSink) {
    this.#stream = stream;
    stream.on('data', (bytes: Uint8Array) => {
      try {
        sink(bytes);
      } catch (error) {
        stream.destroy(error instanceof Error ? error : new Error(String(error)));
      }
    });
    stream.on('error', (error) => {
      this.#failure = error;
      this.#settle?.reject(error);
    });
    stream.on('end', () => {
      this.#ended = true;
      this.#settle?.resolve();
    });
  }

  push(bytes: Uint8Array): Promise<void> {
    return this.#wait((resolve) => this.#stream.write(bytes, (error) => (error ? undefined : resolve())));
  }

  async end(): Promise<boolean> {
    try {
      await this.#wait(() => this.#stream.end());
      return true;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'Z_BUF_ERROR') return false;
      throw error;
    }
  }

  close(): void {
    this.#settle?.resolve();
    this.#stream.destroy();
  }

  async #wait(action: (resolve: () => void) => void): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#ended) return;
    await new Promise<void>((resolve, reject) => {
      this.#settle = { resolve, reject };
      action(resolve);
    });
  }
}

/** Each frame is unpacked by an engine of its own: those of node:zlib end with the frame. */
class ZstdEngine implements Engine {
  readonly #frames = new ZstdFrames();
  readonly #make: EngineMaker;
  readonly #sink: OctetSink;
  #frame: Engine | undefined;

  constructor(make: EngineMaker, sink: OctetSink) {
    this.#make = make;
    this.#sink = sink;
  }

  async push(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const used = this.#frames.push(bytes.subarray(at));
      this.#frame ??= this.#make(this.#sink);
      await this.#frame.push(bytes.subarray(at, at + used));
      at += used;
      if (!this.#frames.whole) continue;
      await this.#frame.end();
      this.#frame = undefined;
    }
  }

  async end(): Promise<boolean> {
    return this.#frames.whole;
  }

  close(): void {
    this.#frame?.close();
  }
}

async function frameEngineInJavaScript(): Promise<EngineMaker> {
  const { Decompress } = await import('fzstd');
  return (sink) => {
    const stream = new Decompress((bytes) => {
      if (bytes.length > 0) sink(bytes);
    });
    return {
      async push(bytes) {
        stream.push(bytes.slice()); // it keeps what is not a whole block
      },
      async end() {
        stream.push(new Uint8Array(), true);
        return true;
      },
      close() {
        // there is nothing to let go of
      },
    };
  };
}
