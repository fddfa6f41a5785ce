/**
 * Chunks -> frames: recognises the format and feeds its walker, so that the walker sees whole records wherever the input
 * was cut. A chunk is read in place; only a record that its end cuts is copied.
 */
import type { CaptureFacts, Frame, Sink, TimeBase } from '../model.ts';
import { Carry } from './carry.ts';
import { countCutFrames } from './facts.ts';
import { MAGIC, recogniseFormat, refuseShortInput } from './magic.ts';
import { PcapWalker } from './pcap.ts';
import { PcapngWalker } from './pcapng.ts';
import { viewOf, type Walker } from './walker.ts';

export { newCaptureFacts } from './facts.ts';

export interface CaptureReader {
  /**
   * The next octets of the file, cut anywhere. They are not kept: the caller may use the memory again.
   * @throws CaptureError when it is no capture; frames and facts so far stay valid
   */
  push(bytes: Uint8Array): void;
  /**
   * The input is over.
   * @throws CaptureError when there was not even a header
   */
  end(): void;
  /** Instead of `end`: the input goes on, but no more of it is wanted. What is not whole yet is no damage. */
  stop(): void;
}

/** Frames go to `sink`, one reused view; `facts` is kept up to date; the first frame of the analysis sets `base`. */
export type CaptureReaderFactory = (facts: CaptureFacts, base: TimeBase, sink: Sink<Frame>) => CaptureReader;

/** Reads pcap and pcapng, whichever it is. */
export const readCapture: CaptureReaderFactory = (facts, base, sink) => new Feeder(facts, base, sink);

class Feeder implements CaptureReader {
  readonly #facts: CaptureFacts;
  readonly #base: TimeBase;
  readonly #sink: Sink<Frame>;
  readonly #carry = new Carry();
  #walker: Walker | undefined;
  #failed = false;
  /** Octets that are needed from the first unused one on. */
  #needed = MAGIC;
  /** File offset of the first unused octet. */
  #offset = 0;

  constructor(facts: CaptureFacts, base: TimeBase, sink: Sink<Frame>) {
    this.#facts = facts;
    this.#base = base;
    this.#sink = sink;
  }

  push(bytes: Uint8Array): void {
    this.#facts.bytes += bytes.length;
    if (this.#failed) return;
    let position = 0;
    const carry = this.#carry;
    while (carry.length > 0) {
      const upTo = Math.min(bytes.length, position + Math.max(0, this.#needed - carry.length));
      carry.append(bytes, position, upTo);
      position = upTo;
      if (carry.length < this.#needed) return;
      carry.drop(this.#step(carry.bytes, carry.start, carry.end, false));
    }
    position += this.#step(bytes, position, bytes.length, false);
    carry.append(bytes, position, bytes.length);
  }

  end(): void {
    if (this.#failed) return;
    const carry = this.#carry;
    const walker = this.#walker;
    if (walker === undefined) {
      this.#fail();
      refuseShortInput(this.#facts.bytes);
    }
    carry.drop(this.#step(carry.bytes, carry.start, carry.end, true));
    try {
      walker.finish(this.#offset, carry.length);
    } catch (error) {
      this.#fail();
      throw error;
    }
    countCutFrames(this.#facts);
  }

  stop(): void {
    this.#failed = true;
    countCutFrames(this.#facts);
  }

  /** Returns how many octets were used. */
  #step(bytes: Uint8Array, start: number, end: number, ended: boolean): number {
    if (end - start < this.#needed && !ended) return 0;
    try {
      let position = start;
      let walker = this.#walker;
      do {
        walker = walker === undefined || walker.over ? this.#choose(bytes, position) : walker;
        const stopped = walker.walk(bytes, position, end, this.#offset, ended);
        this.#offset += stopped - position;
        position = stopped;
      } while (walker.over);
      this.#walker = walker;
      this.#needed = walker.needed;
      return position - start;
    } catch (error) {
      this.#fail();
      throw error;
    }
  }

  #choose(bytes: Uint8Array, start: number): Walker {
    const Format = recogniseFormat(viewOf(bytes), start) === 'pcap' ? PcapWalker : PcapngWalker;
    return new Format(this.#facts, this.#base, this.#sink);
  }

  #fail(): void {
    this.stop();
    this.#facts.complete = false;
  }
}
