/**
 * Frames that came through pipes, in bounded memory: what the second look reads where a first one cannot be repeated.
 *
 * Blocks of memory are filled one after the other; when there is no room for another one, the oldest is used again, and
 * its frames are held no more. A frame is nine numbers and its octets.
 */
import { type CaptureReaderFactory, readCapture } from '../capture/read-capture.ts';
import type { CaptureFacts, Frame, Sink, TimeBase } from '../model.ts';

const MIB = 1 << 20;
export const HELD_MIB = 64;
const NUMBER = 8;
/** Number, time, capture, link type, octets on the wire, offset and length of the record, interface, captured octets. */
const HEADER = 9 * NUMBER;

interface Block {
  readonly octets: Uint8Array;
  readonly numbers: Float64Array;
  used: number;
}

/** What is known of one input. */
interface Held {
  readonly facts: CaptureFacts;
  readonly base: TimeBase;
}

export class FrameRing {
  private readonly blocks: Block[] = [];
  private readonly inputs = new Map<string, Held>();
  private readonly most: number;
  private readonly size: number;

  /** @param size octets of a block; of a frame that is longer nothing is held */
  constructor(room = HELD_MIB * MIB, size = MIB) {
    this.most = Math.max(1, Math.floor(room / size));
    this.size = size;
  }

  /** A reader of that input whose frames are held. */
  holding(path: string, inner: CaptureReaderFactory = readCapture): CaptureReaderFactory {
    return (facts, base, sink) => {
      this.inputs.set(path, { facts, base });
      return inner(facts, base, (frame) => {
        this.hold(frame);
        sink(frame);
      });
    };
  }

  /** Undefined for what was not read, or can be read again. */
  input(path: string): Held | undefined {
    return this.inputs.get(path);
  }

  /** That capture is one of those whose frames are held. */
  isOf(capture: number): boolean {
    return [...this.inputs.values()].some(({ facts }) => facts.index === capture);
  }

  /** The frames of a capture that are still held, in their order: one reused view. */
  replay(capture: number, sink: Sink<Frame>): void {
    const frame: Frame = {
      bytes: new Uint8Array(),
      start: 0,
      end: 0,
      wireLength: 0,
      time: 0,
      number: 0,
      offset: 0,
      recordLength: 0,
      interfaceId: 0,
      capture,
      linkType: 0,
    };
    for (const { octets, numbers, used } of this.blocks) {
      for (let at = 0; at < used; at = after(frame)) {
        const place = at / NUMBER;
        const field = (index: number): number => numbers[place + index] ?? 0;
        [frame.number, frame.time, frame.capture, frame.linkType] = [field(0), field(1), field(2), field(3)];
        [frame.wireLength, frame.offset, frame.recordLength, frame.interfaceId] = [field(4), field(5), field(6), field(7)];
        frame.bytes = octets;
        frame.start = at + HEADER;
        frame.end = frame.start + field(8);
        if (frame.capture === capture) sink(frame);
      }
    }
  }

  /** The number of the first frame of a capture that is held; infinite where there is none. */
  firstHeld(capture: number): number {
    let first = Number.POSITIVE_INFINITY;
    this.replay(capture, ({ number }) => {
      first = Math.min(first, number);
    });
    return first;
  }

  private hold(frame: Frame): void {
    const { start, end } = frame;
    const length = aligned(HEADER + end - start);
    if (length > this.size) return;
    const block = this.blockFor(length);
    const { octets, numbers, used } = block;
    const place = used / NUMBER;
    numbers[place] = frame.number;
    numbers[place + 1] = frame.time;
    numbers[place + 2] = frame.capture;
    numbers[place + 3] = frame.linkType;
    numbers[place + 4] = frame.wireLength;
    numbers[place + 5] = frame.offset;
    numbers[place + 6] = frame.recordLength;
    numbers[place + 7] = frame.interfaceId;
    numbers[place + 8] = end - start;
    octets.set(frame.bytes.subarray(start, end), used + HEADER);
    block.used += length;
  }

  private blockFor(length: number): Block {
    const last = this.blocks.at(-1);
    if (last !== undefined && last.used + length <= this.size) return last;
    const oldest = this.blocks.length < this.most ? undefined : this.blocks.shift();
    const block = oldest ?? newBlock(this.size);
    block.used = 0;
    this.blocks.push(block);
    return block;
  }
}

function newBlock(size: number): Block {
  const memory = new ArrayBuffer(size);
  return { octets: new Uint8Array(memory), numbers: new Float64Array(memory), used: 0 };
}

function after({ end }: Frame): number {
  return aligned(end);
}

function aligned(octets: number): number {
  return Math.ceil(octets / NUMBER) * NUMBER;
}
