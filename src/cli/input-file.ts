/**
 * A regular file -> its octets, by a readSync loop into one buffer that is used again.
 *
 * The destination is kept off the start of a page: there the kernel's copy runs at a quarter of the speed on some CPUs. Timers and signals wait while the loop runs, so it rests every few dozen milliseconds.
 */
import { readSync, statSync } from 'node:fs';

const CHUNK = 1 << 20;
/**
 * The first read is small, and each one larger than the one before: what happens where one ends and the next one begins has happened
 * some times before the code is hot, and is compiled with it instead of making it compile again.
 */
const FIRST_CHUNK = 16 << 10;
const GROWTH = 4;
const OFF_THE_PAGE = 176;
const REST_EVERY_MS = 50;

/** One buffer for all inputs that are read one after the other. */
let buffer: Uint8Array | undefined;

export function readBuffer(): Uint8Array {
  buffer ??= newReadBuffer();
  return buffer;
}

/** A buffer for an input that is read side by side with others. */
export function newReadBuffer(): Uint8Array {
  return new Uint8Array(OFF_THE_PAGE + CHUNK).subarray(OFF_THE_PAGE);
}

/** True for a pipe: what was read from it is gone. */
export function isReadOnce(path: string): boolean {
  try {
    return path === '-' || !statSync(path).isFile();
  } catch {
    return false; // nor can it be read at all
  }
}

export interface FileReading {
  /** Takes the octets of one read; they are valid during the call, or until the promise that it gives is kept. */
  readonly chunk: (bytes: Uint8Array) => Promise<void> | undefined;
  /** Asked after each read; true ends the reading early. */
  readonly stopped: () => boolean;
  /** Where the octets of one read go; by default the buffer that all inputs share. */
  readonly target?: Uint8Array;
}

/** Reads from the present position to the end. Throws what the file system and `chunk` throw. */
export async function readFile(fd: number, { chunk, stopped, target = readBuffer() }: FileReading): Promise<void> {
  let rested = Date.now();
  for (let size = FIRST_CHUNK; ; size = Math.min(size * GROWTH, target.length)) {
    const count = readSync(fd, target, 0, size, null);
    if (count === 0) return;
    const working = chunk(target.subarray(0, count));
    if (working !== undefined) await working;
    if (stopped()) return;
    if (Date.now() - rested < REST_EVERY_MS) continue;
    await new Promise((resolve) => setImmediate(resolve));
    rested = Date.now();
  }
}
