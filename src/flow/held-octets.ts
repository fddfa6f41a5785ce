/**
 * The octets of one direction that arrived ahead of a hole.
 *
 * They lie at their distance from the hole's beginning in one buffer, and `Ranges` says which of them are there. Where segments
 * overlap the octets that came first stay. Buffers come from a pool of a fixed size in all, in powers of two, so that
 * a capture full of holes can neither exhaust memory nor make the garbage collector work.
 */

import { Ranges } from './ranges.ts';

/** Bounds per direction: octets from the hole's beginning to the end of what is held, and pieces. */
export const HELD_LIMIT = 2 ** 20;
export const PIECES_LIMIT = 1024;
/** Segments of one direction whose frames are remembered; what more come counts for the last of them. */
const ARRIVALS_LIMIT = 4096;
const PER_ARRIVAL = 4;
/** Bound of all directions together. */
const POOL_LIMIT = 64 * 2 ** 20;
const SMALLEST = 4096;

/** Octets that became readable together: the offset behind them, and when. */
export interface Piece {
  readonly to: number;
  readonly frame: number;
  readonly time: number;
}

const NOTHING_YET = { frame: 0, time: 0 };

export class HeldOctets {
  readonly ranges = new Ranges();
  /** Segments that were put in. */
  segments = 0;
  bytes: Uint8Array;
  /** Offset of bytes[0] in the direction. */
  base: number;
  /** The segments that brought it, PER_ARRIVAL numbers each, by offset: offset, frame, time, and what it waits for. */
  private readonly arrivals: number[] = [];
  /** The latest frame of the pieces that were taken of the first range: what follows them was not readable before. */
  private readable: Omit<Piece, 'to'> = NOTHING_YET;

  constructor(base: number, bytes: Uint8Array) {
    this.base = base;
    this.bytes = bytes;
  }

  /** When the first octets of it came; NaN when there are none. */
  get since(): number {
    return this.arrivals[2] ?? Number.NaN;
  }

  /** The frame that brought the first octets of it; NaN when there are none. */
  get frame(): number {
    return this.arrivals[1] ?? Number.NaN;
  }

  /** The offset of the peer that the first octets of it acknowledge: they come after what is before that. */
  get needs(): number {
    return this.arrivals[3] ?? Number.NEGATIVE_INFINITY;
  }

  /** The octets from `offset` on came in that frame, and acknowledge those of the peer before `needs`. */
  arrived(offset: number, frame: number, time: number, needs: number): void {
    const { arrivals } = this;
    if (arrivals.length >= PER_ARRIVAL * ARRIVALS_LIMIT) return;
    let index = arrivals.length;
    while (index > 0 && (arrivals[index - PER_ARRIVAL] ?? 0) > offset) index -= PER_ARRIVAL;
    arrivals.splice(index, 0, offset, frame, time, needs);
  }

  /**
   * Takes the octets of the first range that became readable in one frame, once the hole before them is no more. None of them but
   * the first may need more of the peer than what is before `said`.
   */
  takePiece(said: number): Piece {
    const { arrivals, ranges } = this;
    let taken = 0;
    for (let first = true; (arrivals[taken] ?? ranges.to) < ranges.to; first = false, taken += PER_ARRIVAL) {
      const [frame = 0, time = 0, needs = 0] = arrivals.slice(taken + 1, taken + PER_ARRIVAL);
      if (!first && (frame > this.readable.frame || needs > said)) break;
      if (frame > this.readable.frame) this.readable = { frame, time };
    }
    arrivals.splice(0, taken);
    const piece = { to: Math.min(arrivals[0] ?? ranges.to, ranges.to), ...this.readable };
    if (piece.to < ranges.to) ranges.trim(piece.to);
    else this.dropRange();
    return piece;
  }

  private dropRange(): void {
    this.ranges.shift();
    this.readable = NOTHING_YET;
  }

  /** Moves what is held to another buffer, or forward in its own, so that bytes[0] is the octet at `base`. */
  move(base: number, bytes: Uint8Array): void {
    bytes.set(this.bytes.subarray(base - this.base, this.ranges.end - this.base));
    this.bytes = bytes;
    this.base = base;
  }

  /** Puts in bytes[start, end) at `offset`; there must be room. Returns false if octets that are there already differ. */
  put(offset: number, bytes: Uint8Array, start: number, end: number): boolean {
    this.segments++;
    const shift = start - offset;
    const to = offset + end - start;
    const missing = [...this.ranges.missing(offset, to), to, to];
    let same = true;
    let at = offset;
    for (let index = 0; index < missing.length; index += 2) {
      const from = missing[index] ?? to;
      for (; same && at < from; at++) same = this.bytes[at - this.base] === bytes[at + shift];
      at = missing[index + 1] ?? to;
      this.bytes.set(bytes.subarray(from + shift, at + shift), from - this.base);
    }
    this.ranges.add(offset, to);
    return same;
  }
}

export class BufferPool {
  /** Octets lent. */
  lent = 0;
  private readonly limit: number;
  /** Free buffers by the logarithm of their size. */
  private readonly free: Uint8Array[][] = [];
  /** Octets of the buffers that exist. */
  private made = 0;

  constructor(limit = POOL_LIMIT) {
    this.limit = limit;
  }

  /** A buffer of at least that size, or undefined when all together would be larger than the bound. */
  take(size: number): Uint8Array | undefined {
    const power = Math.max(Math.ceil(Math.log2(size)), Math.log2(SMALLEST));
    const wanted = 2 ** power;
    if (this.lent + wanted > this.limit) return undefined;
    const buffer = this.free[power]?.pop() ?? this.make(wanted);
    this.lent += wanted;
    return buffer;
  }

  give(buffer: Uint8Array): void {
    this.lent -= buffer.length;
    const power = Math.log2(buffer.length);
    const same = this.free[power] ?? [];
    same.push(buffer);
    this.free[power] = same;
  }

  private make(size: number): Uint8Array {
    if (this.made + size > this.limit) {
      this.free.length = 0;
      this.made = this.lent;
    }
    this.made += size;
    return new Uint8Array(size);
  }
}
