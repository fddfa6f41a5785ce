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
const MOST_INTERFACES = 1 << 14;
/** So many frames of a row are taken before it is moved up. */
const SHIFTED = 4096;
/** A clock that goes back by more was set. */
const SET_BACK = 1e9;

interface Block {
  readonly bytes: Uint8Array;
  used: number;
  /** Frames that wait in it. */
  waiting: number;
}

/** Valid during the call: it is used again. */
export interface Waiting {
  readonly frame: Frame;
  /** What was known of it when it came in the file. */
  stream: number;
  /** Its time, or that of a frame before it on its interface. */
  key: number;
  block: Block;
}

/** The frames of one interface that wait, in their order: taken from `first` on. */
class Row {
  /** Its latest key. */
  latest = Number.NEGATIVE_INFINITY;
  private waiting: Waiting[] = [];
  private first = 0;

  get head(): Waiting | undefined {
    return this.waiting[this.first];
  }

  add(one: Waiting): void {
    this.waiting.push(one);
  }

  take(): void {
    this.first++;
    if (this.first < SHIFTED && this.first < this.waiting.length) return;
    this.waiting = this.waiting.slice(this.first);
    this.first = 0;
  }
}

export class TimeOrder {
  private readonly sink: (waiting: Waiting, sortedTo: number) => void;
  private readonly room: number;
  /** Those with frames that wait, as a heap: each comes before the two at twice its place. */
  private readonly heap: Row[] = [];
  private readonly rows = new Map<number, Row>();
  private taken = 0;
  private block = newBlock(BLOCK);
  /** Blocks in use, that at hand among them. */
  private blocks = 1;
  private readonly free: Block[] = [];
  private readonly spare: Waiting[] = [];
  /** The latest key that was handed on since a clock was set back. */
  private sortedTo = Number.NEGATIVE_INFINITY;

  /** @param sink is told the latest key before it, too: a later one means that it came too late to be sorted */
  constructor(sink: (waiting: Waiting, sortedTo: number) => void, room = ROOM) {
    this.sink = sink;
    this.room = room;
  }

  /** Copies the frame: its octets are valid during the call only. */
  push(frame: Frame, stream: number): void {
    const row = this.rowOf(frame);
    const key = Math.max(frame.time, row.latest);
    row.latest = key;
    const length = frame.end - frame.start;
    const block = this.blockFor(length);
    const start = block.used;
    block.bytes.set(frame.bytes.subarray(frame.start, frame.end), start);
    block.used += length;
    block.waiting++;
    const begins = row.head === undefined;
    const one = this.spare.pop() ?? { frame: { ...frame }, stream, key, block };
    one.stream = stream;
    one.key = key;
    one.block = block;
    copy(frame, one.frame);
    one.frame.bytes = block.bytes;
    one.frame.start = start;
    one.frame.end = start + length;
    row.add(one);
    if (begins) this.add(row);
    this.taken += length + FRAME_COST;
    while (this.taken > this.room) this.next();
  }

  /** Nothing earlier will come. */
  upTo(time: number): void {
    while ((this.heap[0]?.head?.key ?? Number.POSITIVE_INFINITY) <= time) this.next();
  }

  /** The file is over, or is to be sorted anew from here on. */
  end(): void {
    while (this.heap.length > 0) this.next();
    this.rows.clear();
  }

  /** Octets of the blocks in use. */
  get memory(): number {
    return this.blocks * BLOCK;
  }

  /** How many are remembered. */
  get interfaces(): number {
    return this.rows.size;
  }

  private rowOf({ interfaceId, time }: Frame): Row {
    const row = this.rows.get(interfaceId);
    const setBack = row !== undefined && row.latest - time > SET_BACK;
    if (row !== undefined && !setBack && this.blocks <= MOST_BLOCKS) return row;
    if (setBack || this.blocks > MOST_BLOCKS || this.rows.size >= MOST_INTERFACES) this.end();
    if (setBack) this.sortedTo = Number.NEGATIVE_INFINITY;
    const begun = new Row();
    this.rows.set(interfaceId, begun);
    return begun;
  }

  private next(): void {
    const [row] = this.heap;
    const first = row?.head;
    if (row === undefined || first === undefined) return;
    row.take();
    this.settle(row);
    const { frame, block, key } = first;
    const { sortedTo } = this;
    this.taken -= frame.end - frame.start + FRAME_COST;
    this.sortedTo = Math.max(sortedTo, key);
    this.sink(first, sortedTo);
    block.waiting--;
    this.spare.push(first);
    if (block.waiting === 0 && block !== this.block) this.leave(block);
  }

  /** The first row has another head, or none any more. */
  private settle(row: Row): void {
    const last = row.head === undefined ? this.heap.pop() : row;
    if (last !== undefined && this.heap.length > 0) this.lower(last);
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

  private add(row: Row): void {
    const { heap } = this;
    let at = heap.length;
    while (at > 0) {
      const above = heap[(at - 1) >> 1];
      if (above === undefined || !isBefore(row, above)) break;
      heap[at] = above;
      at = (at - 1) >> 1;
    }
    heap[at] = row;
  }

  /** Puts it in the place of the first one, and down to where it belongs. */
  private lower(row: Row): void {
    const { heap } = this;
    let at = 0;
    for (;;) {
      let place = 2 * at + 1;
      let below = heap[place];
      const right = heap[place + 1];
      if (below === undefined) break;
      if (right !== undefined && isBefore(right, below)) {
        below = right;
        place++;
      }
      if (!isBefore(below, row)) break;
      heap[at] = below;
      at = place;
    }
    heap[at] = row;
  }
}

function newBlock(length: number): Block {
  return { bytes: new Uint8Array(length), used: 0, waiting: 0 };
}

/** Of two rows with frames, the one whose first is earlier; of two at once, the one whose first comes first in the file. */
function isBefore({ head: one }: Row, { head: other }: Row): boolean {
  if (one === undefined || other === undefined) return one !== undefined;
  return one.key < other.key || (one.key === other.key && one.frame.number < other.frame.number);
}

/** Field by field: memory of its own for each frame kept the garbage collector busy. */
function copy(from: Frame, to: Frame): void {
  to.wireLength = from.wireLength;
  to.time = from.time;
  to.number = from.number;
  to.offset = from.offset;
  to.recordLength = from.recordLength;
  to.capture = from.capture;
  to.linkType = from.linkType;
  to.interfaceId = from.interfaceId;
}
