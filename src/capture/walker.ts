/**
 * How a format is read: the feeder of read-capture.ts shows a walker a stretch of the file, the walker handles the whole
 * records in it and says where it stopped and how many octets it needs from there. So a walker never sees how the input
 * was cut into chunks, and never keeps octets.
 */

/** Octets of one frame, and of the search for the next record behind a damaged one. */
export const FRAME_LIMIT = 262_144;

export interface Walker {
  /** Octets from the position that `walk` returned on, without which another call would change nothing; at least 1. */
  needed: number;
  /** Another file begins at the position that `walk` returned: files were joined, and that one wants a walker of its own. */
  readonly over: boolean;
  /**
   * Handles the whole records in bytes[start, end) and returns the position of the first octet that it did not use.
   * `offset` is the file offset of bytes[start]. `ended`: nothing follows.
   */
  walk(bytes: Uint8Array, start: number, end: number, offset: number, ended: boolean): number;
  /** The input is over; `rest` octets from `offset` on were not used by the last `walk`. */
  finish(offset: number, rest: number): void;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
