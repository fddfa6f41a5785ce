/**
 * Frames of several interfaces, in the order of time. A program that captures on both sides of a proxy writes what each interface
 * has gathered in one go, so that a request leaves the proxy in the file before it came; whoever joins two files does it, too.
 *
 * The frames of one interface keep their order, whatever their times say: it is that in which they passed. So the row of each is
 * merged by time. Where a clock was set back, or one stamp lies in the future, all that waits goes on and the merge begins anew:
 * otherwise the frames of that interface would wait for that time, behind all that others have to say.
 *
 * What waits is bounded: as long as it is not more than that nothing is handed on, since nobody can tell how far behind the next
 * frame will be. A live capture says so by its clock: `upTo`.
 */
import type { Frame } from '../model.ts';

/** Octets of the frames that wait, with what their bookkeeping takes. */
const ROOM = 16 << 20;
const FRAME_COST = 256;
/** Octets of frames share blocks, which are used again: memory of its own for each frame took twice the time. */
const BLOCK = 1 << 20;
/** Blocks in use: frames of an interface that is ahead of the others for good keep one each. More begin the merge anew. */
const MOST_BLOCKS = 32;
/** Interfaces whose times are remembered: each section of a file has its own. */
const MOST_INTERFACES = 1 << 16;
/** A clock that goes back by more was set. */
const SET_BACK = 1e9;

interface Block {
  readonly bytes: Uint8Array;
  used: number;
  /** Frames that wait in it. */
  waiting: number;
}

export interface Waiting {
  readonly frame: Frame;
  /** What was known of it when it came in the file. */
  readonly stream: number;
  /** Its time, or that of a frame before it on its interface. */
  readonly key: number;
  readonly block: Block;
}

export class TimeOrder {
  private readonly sink: (waiting: Waiting, sortedTo: number) => void;
  private readonly room: number;
  /** A heap: each comes before the two at twice its place. */
  private readonly waiting: Waiting[] = [];
  private readonly latest = new Map<number, number>();
  private taken = 0;
  private block = newBlock(BLOCK);
  /** Blocks in use, that at hand among them. */
  private blocks = 1;
  private readonly free: Block[] = [];
  /** The latest key that was handed on since a clock was set back. */
  private sortedTo = Number.NEGATIVE_INFINITY;

  /** @param sink is told the latest key before it, too: a later one means that it came too late to be sorted */
  constructor(sink: (waiting: Waiting, sortedTo: number) => void, room = ROOM) {
    this.sink = sink;
    this.room = room;
  }

  /** Copies the frame: its octets are valid during the call only. */
  push(frame: Frame, stream: number): void {
    const key = Math.max(frame.time, this.latestOn(frame));
    this.latest.set(frame.interfaceId, key);
    const length = frame.end - frame.start;
    const block = this.blockFor(length);
    const start = block.used;
    block.bytes.set(frame.bytes.subarray(frame.start, frame.end), start);
    block.used += length;
    block.waiting++;
    this.add({ frame: { ...frame, bytes: block.bytes, start, end: start + length }, stream, key, block });
    this.taken += length + FRAME_COST;
    while (this.taken > this.room) this.next();
  }

  /** Nothing earlier will come. */
  upTo(time: number): void {
    while ((this.waiting[0]?.key ?? Number.POSITIVE_INFINITY) <= time) this.next();
  }

  /** The file is over, or is to be sorted anew from here on. */
  end(): void {
    while (this.waiting.length > 0) this.next();
    this.latest.clear();
  }

  /** Octets of the blocks in use. */
  get memory(): number {
    return this.blocks * BLOCK;
  }

  /** How many are remembered. */
  get interfaces(): number {
    return this.latest.size;
  }

  private latestOn({ interfaceId, time }: Frame): number {
    const latest = this.latest.get(interfaceId) ?? Number.NEGATIVE_INFINITY;
    const setBack = latest - time > SET_BACK;
    if (!setBack && this.blocks <= MOST_BLOCKS && this.latest.size < MOST_INTERFACES) return latest;
    this.end();
    if (setBack) this.sortedTo = Number.NEGATIVE_INFINITY;
    return Number.NEGATIVE_INFINITY;
  }

  private next(): void {
    const first = this.waiting[0];
    const last = this.waiting.pop();
    if (first === undefined || last === undefined) return;
    if (this.waiting.length > 0) this.lower(last);
    const { frame, block, key } = first;
    const { sortedTo } = this;
    this.taken -= frame.end - frame.start + FRAME_COST;
    this.sortedTo = Math.max(sortedTo, key);
    this.sink(first, sortedTo);
    block.waiting--;
    if (block.waiting === 0 && block !== this.block) this.leave(block);
  }

  private leave(block: Block): void {
    this.blocks--;
    if (block.bytes.length === BLOCK) this.free.push(block);
  }

  private blockFor(length: number): Block {
    if (this.block.used + length <= this.block.bytes.length) return this.block;
    if (this.block.waiting === 0) this.leave(this.block);
    this.blocks++;
    this.block = (length <= BLOCK ? this.free.pop() : undefined) ?? newBlock(Math.max(BLOCK, length));
    this.block.used = 0;
    return this.block;
  }

  private add(one: Waiting): void {
    const { waiting } = this;
    let at = waiting.length;
    while (at > 0) {
      const above = waiting[(at - 1) >> 1];
      if (above === undefined || !isBefore(one, above)) break;
      waiting[at] = above;
      at = (at - 1) >> 1;
    }
    waiting[at] = one;
  }

  /** Puts it in the place of the first one, and down to where it belongs. */
  private lower(one: Waiting): void {
    const { waiting } = this;
    let at = 0;
    for (;;) {
      const [left, right] = [waiting[2 * at + 1], waiting[2 * at + 2]];
      if (left === undefined) break;
      const [below, place] = right !== undefined && isBefore(right, left) ? [right, 2 * at + 2] : [left, 2 * at + 1];
      if (!isBefore(below, one)) break;
      waiting[at] = below;
      at = place;
    }
    waiting[at] = one;
  }
}

function newBlock(length: number): Block {
  return { bytes: new Uint8Array(length), used: 0, waiting: 0 };
}

function isBefore(one: Waiting, other: Waiting): boolean {
  return one.key < other.key || (one.key === other.key && one.frame.number < other.frame.number);
}
