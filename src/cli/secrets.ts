/**
 * The keyed hash behind redaction: equal values show as equal, on two hops too, and the value itself stays out of the report.
 *
 * The key comes from the first octets of the first input, so that the same input gives the same report. One KiB holds the
 * first packets with their times, addresses and initial sequence numbers, which a reader of the report does not know. It is
 * no more than that because a pipe must have delivered all of it before the first finding may be printed. --salt-file gives
 * another key, so that reports of several captures show equal values as equal.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { Refusal } from './io.ts';
import { whyNotRead } from './system-error.ts';

export const KEY_OCTETS = 1024;

/** Fewer can be guessed. */
const LEAST_SALT = 16;

/** Throws Refusal when the file cannot be read, or is too short to be a key. */
export function readSalt(path: string): Uint8Array {
  const octets = new Uint8Array(KEY_OCTETS);
  let length: number;
  try {
    const fd = openSync(path, 'r');
    length = readSync(fd, octets);
    closeSync(fd);
  } catch (error) {
    throw new Refusal(`${path}: ${whyNotRead(error) ?? 'cannot be read'}, so there is no salt`);
  }
  if (length < LEAST_SALT) throw new Refusal(`${path}: a salt has ${LEAST_SALT} octets or more, as head -c 32 /dev/urandom gives them`);
  return octets.subarray(0, length);
}

export class RedactionKey {
  #octets: Uint8Array | undefined;
  #key: Uint8Array | undefined;

  /** The first octets of an input, valid during the call only; the first input counts. */
  offer(bytes: Uint8Array): void {
    this.#octets ??= bytes.slice(0, KEY_OCTETS);
  }

  /** Four hex digits for a latin-1 text. */
  readonly hash = (octets: string): string => {
    // loaded here because it takes 4 ms of the start-up, and many reports redact nothing
    const { createHash, createHmac } = process.getBuiltinModule('node:crypto');
    this.#key ??= createHash('sha256')
      .update(this.#octets ?? new Uint8Array())
      .digest();
    return createHmac('sha256', this.#key).update(octets, 'latin1').digest('hex').slice(0, 4);
  };
}
