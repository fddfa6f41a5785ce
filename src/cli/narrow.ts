/**
 * --host, --from, --to, --max-bytes and --until: a reader that hands on only what was asked for, and stops when that is over.
 *
 * Times are looked at before a frame is decoded, addresses before its segment reaches a connection: what is left out costs
 * no more than reading. Where it stops is decided frame by frame, so a file and a pipe stop at the same one. What was left
 * out is said as issues of the capture and in the verdict.
 */
import { addIssue } from '../capture/facts.ts';
import { type CaptureReader, type CaptureReaderFactory, readCapture } from '../capture/read-capture.ts';
import type { CaptureFacts, Frame, Sink, TimeBase } from '../model.ts';
import { HostFilter } from './host-filter.ts';
import { Refusal } from './io.ts';
import type { Host, TimeMark } from './narrow-options.ts';

export interface NarrowingOptions {
  readonly host?: readonly Host[];
  readonly from?: TimeMark;
  readonly to?: TimeMark;
  readonly maxBytes?: number;
  readonly until?: 'hang';
}

/** Why nothing more is read: of this input, or (all but --to) of any. */
export type Enough = '--to' | '--max-bytes' | '--until hang';

/** Frames are out of order by the races of capture queues, and a damaged one may claim any time: so many in a row are behind --to. */
const LATE_NANOSECONDS = 1e9;
const LATE_FRAMES = 16;

export class Narrowing {
  /** Set when the present input is read no further. */
  enough: Enough | undefined;
  /** Nanoseconds since the time base; set when the first frame is seen. */
  from = Number.NEGATIVE_INFINITY;
  to = Number.POSITIVE_INFINITY;
  /** Octets that may still be read. */
  octetsLeft: number;
  /** Undefined when all hosts are wanted. */
  readonly hosts: HostFilter | undefined;
  /** Points of capture, and those of them that go on behind --to. */
  readonly points = new Set<string>();
  readonly pointsBeyond = new Set<string>();
  readonly #options: NarrowingOptions;
  #started = false;

  constructor(options: NarrowingOptions) {
    this.#options = options;
    this.octetsLeft = options.maxBytes ?? Number.POSITIVE_INFINITY;
    const { from, to, host } = options;
    this.hosts = host === undefined ? undefined : new HostFilter(host);
    if (from === undefined || to === undefined || from.relative !== to.relative) return;
    if (from.seconds > to.seconds || (from.seconds === to.seconds && from.nanoseconds > to.nanoseconds)) {
      throw new Refusal(`--from ${from.text} is later than --to ${to.text}`);
    }
  }

  /** The options as they were given; undefined when nothing is narrowed. */
  get text(): string | undefined {
    const { host = [], from, to, maxBytes, until } = this.#options;
    const words = host.map((each) => `--host ${each.text}`);
    if (from !== undefined) words.push(`--from ${from.text}`);
    if (to !== undefined) words.push(`--to ${to.text}`);
    if (maxBytes !== undefined) words.push(`--max-bytes ${maxBytes}`);
    if (until !== undefined && this.enough === '--until hang') words.push(`--until ${until}`);
    return words.length === 0 ? undefined : words.join(' ');
  }

  /** The reader to use: `inner` itself where nothing is narrowed. */
  reader(inner: CaptureReaderFactory | undefined): CaptureReaderFactory | undefined {
    if (this.readsAll && this.#options.host === undefined) return inner;
    return (facts, base, sink) => new NarrowedReader(this, facts, base, sink, inner ?? readCapture);
  }

  /** Whole inputs are read, whatever is looked at in them. */
  get readsAll(): boolean {
    const { from, to, maxBytes, until } = this.#options;
    return [from, to, maxBytes, until].every((option) => option === undefined);
  }

  /** Called with the first frame of the analysis. */
  start(base: TimeBase, time: number): void {
    if (this.#started) return;
    this.#started = true;
    const place = ({ relative, seconds, nanoseconds }: TimeMark): number =>
      (relative ? time + seconds * 1e9 : (seconds - base.seconds) * 1e9) + nanoseconds;
    if (this.#options.from !== undefined) this.from = place(this.#options.from);
    if (this.#options.to !== undefined) this.to = place(this.#options.to);
  }

  /** A hang was found: with --until hang the reading ends behind the present frame. */
  foundHang(): void {
    if (this.#options.until === 'hang') this.enough = '--until hang';
  }

  /** Why no other input is read. */
  get over(): Enough | undefined {
    return this.octetsLeft === 0 ? '--max-bytes' : this.enough === '--to' ? undefined : this.enough;
  }

  /** Up to when, in nanoseconds since the time base, it is known that no other frame was kept; undefined where nothing is known. */
  get provenUntil(): number | undefined {
    return this.pointsBeyond.size > 0 && this.pointsBeyond.size === this.points.size ? this.to : undefined;
  }
}

/** Thrown through a reader by the sink that it feeds, because nothing else ends it in the middle of a chunk. */
class EndOfReading extends Error {}

class NarrowedReader implements CaptureReader {
  readonly #narrowing: Narrowing;
  readonly #facts: CaptureFacts;
  readonly #base: TimeBase;
  readonly #sink: Sink<Frame>;
  readonly #inner: CaptureReader;
  #framesLeftOut = 0;
  #lateInARow = 0;
  /** As it was when the reading was ended, which is no damage. */
  #complete = true;

  constructor(narrowing: Narrowing, facts: CaptureFacts, base: TimeBase, sink: Sink<Frame>, inner: CaptureReaderFactory) {
    this.#narrowing = narrowing;
    this.#facts = facts;
    this.#base = base;
    this.#sink = sink;
    this.#inner = inner(facts, base, (frame) => this.#frame(frame));
    narrowing.enough = undefined;
    narrowing.points.add(facts.point);
  }

  push(bytes: Uint8Array): void {
    const narrowing = this.#narrowing;
    if (narrowing.enough !== undefined) return;
    try {
      this.#inner.push(bytes.subarray(0, Math.min(bytes.length, narrowing.octetsLeft)));
    } catch (error) {
      if (!(error instanceof EndOfReading)) throw error;
      this.#facts.complete = this.#complete;
      return;
    }
    if (bytes.length > narrowing.octetsLeft) narrowing.enough = '--max-bytes';
    narrowing.octetsLeft -= Math.min(bytes.length, narrowing.octetsLeft);
  }

  end(): void {
    const { enough, hosts } = this.#narrowing;
    const facts = this.#facts;
    if (enough === undefined) this.#inner.end();
    else this.stop();
    const add = (code: string, message: string, count: number): void => {
      if (count > 0) addIssue(facts, code, message, { count });
    };
    add('narrowed-time', 'frames outside of --from and --to are left out', this.#framesLeftOut);
    const segments = hosts?.leftOut[facts.index] ?? 0;
    add('narrowed-host', 'segments of other hosts than --host are left out, and stream numbers do not count them', segments);
    add('narrowed-end', `${enough}: nothing behind frame ${facts.frames} is read`, enough === undefined ? 0 : 1);
  }

  stop(): void {
    this.#inner.stop();
  }

  #frame(frame: Frame): void {
    const narrowing = this.#narrowing;
    const { time } = frame;
    narrowing.start(this.#base, time);
    if (time >= narrowing.from && time <= narrowing.to) {
      this.#lateInARow = 0;
      this.#sink(frame);
    } else this.#leaveOut(time);
    if (narrowing.enough === undefined) return;
    this.#complete = this.#facts.complete;
    throw new EndOfReading();
  }

  #leaveOut(time: number): void {
    const narrowing = this.#narrowing;
    this.#framesLeftOut++;
    if (time <= narrowing.to) return;
    narrowing.pointsBeyond.add(this.#facts.point);
    this.#lateInARow = time > narrowing.to + LATE_NANOSECONDS ? this.#lateInARow + 1 : 0;
    if (this.#lateInARow === LATE_FRAMES) narrowing.enough = '--to';
  }
}
