/**
 * A regular file -> its octets, by a readSync loop into one buffer that is used again.
 *
 * The destination is kept off the start of a page: there the kernel's copy runs at a quarter of the speed on some CPUs. Timers and signals wait while the loop runs, so it rests every few dozen milliseconds.
 */
import { readSync } from 'node:fs';

const CHUNK = 1 << 20;
const OFF_THE_PAGE = 176;
const REST_EVERY_MS = 50;

/** One buffer for all inputs of a run: they are read one after the other. */
let buffer: Uint8Array | undefined;

export function readBuffer(): Uint8Array {
  buffer ??= new Uint8Array(OFF_THE_PAGE + CHUNK);
  return buffer.subarray(OFF_THE_PAGE);
}

export interface FileReading {
  /** Takes the octets of one read; they are valid during the call, or until the promise that it gives is kept. */
  readonly chunk: (bytes: Uint8Array) => Promise<void> | undefined;
  /** Asked after each read; true ends the reading early. */
  readonly stopped: () => boolean;
}

/** Reads from the present position to the end. Throws what the file system and `chunk` throw. */
export async function readFile(fd: number, { chunk, stopped }: FileReading): Promise<void> {
  const target = readBuffer();
  let rested = Date.now();
  for (;;) {
    const count = readSync(fd, target, 0, CHUNK, null);
    if (count === 0) return;
    const working = chunk(target.subarray(0, count));
    if (working !== undefined) await working;
    if (stopped()) return;
    if (Date.now() - rested < REST_EVERY_MS) continue;
    await new Promise((resolve) => setImmediate(resolve));
    rested = Date.now();
  }
}
