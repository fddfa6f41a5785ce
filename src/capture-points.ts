/**
 * The points of capture: each has a chain of its own from the capture to the http stage, and a clock of its own. A point is
 * fed with files, the parts of a ring, one after the other; several points are fed one after the other or side by side.
 */
import { noteUnsorted } from './capture/facts.ts';
import { type CaptureReader, type CaptureReaderFactory, newCaptureFacts, readCapture } from './capture/read-capture.ts';
import { TimeOrder, type Waiting } from './capture/time-order.ts';
import { type Counts, CountsByFile } from './counts.ts';
import { newAddresses } from './decode/addresses.ts';
import { type DecodeFacts, newDecodeFacts } from './decode/decode-facts.ts';
import { decodeFrames } from './decode/decode-frames.ts';
import { tunnelsOf } from './decode/seen.ts';
import { streamsOfFile } from './file-order.ts';
import { assembleFlows, type FlowStage } from './flow/assemble-flows.ts';
import { FramePlaces } from './frame-places.ts';
import { type ExchangeStage, parseExchanges } from './http/parse-exchanges.ts';
import { linkTypeName } from './link-types.ts';
import type {
  AddressBook,
  CaptureFacts,
  Exchange,
  ExchangeSink,
  Frame,
  Issue,
  Message,
  Moment,
  Segment,
  Stage,
  TimeBase,
} from './model.ts';

export interface CaptureSource {
  readonly name: string;
  /** The point of capture; files of one point are parts of one ring, in order. By default a point of its own. */
  readonly point?: string;
  /** Why it belongs to that point, when nobody said so: the report tells it. */
  readonly assumed?: string;
  readonly reader?: CaptureReaderFactory;
}

export interface CaptureInput {
  /** Octets of the file, cut anywhere; the memory may be reused afterwards. Throws CaptureError when it cannot be read on. */
  push(bytes: Uint8Array): void;
  end(): void;
  readonly facts: CaptureFacts;
}

/** What can be asked of the stages of a point. */
export interface PointOptions {
  /** Keep every header field on the messages, not only those of connection management. */
  readonly keepFields?: boolean;
  /** Ports of servers that are known to speak HTTP, which is told by what is said where its beginning was captured: a hint. */
  readonly httpPorts?: ReadonlySet<number>;
  /** Looks at the segments whose answer is true, and leaves out the others: narrowing, as --host does it. */
  readonly keep?: (segment: Segment, addresses: AddressBook) => boolean;
  /** Every message when it ends. */
  readonly onMessage?: (message: Message, exchange: Exchange) => void;
}

/** Points, captures and time base as an earlier reading of the same files found them: a report names them in that order. */
export interface KnownPoints {
  readonly base: TimeBase;
  readonly names: readonly string[];
  readonly captures: readonly { readonly name: string; readonly point: string }[];
}

/** All points, in the order in which they were first named. */
export class Points {
  readonly base: TimeBase = { seconds: Number.NaN };
  /** In the order in which they were opened, or are known to come. */
  readonly captures: CaptureFacts[] = [];
  readonly all: Point[] = [];
  /** Places in `captures` that wait for their file. */
  private readonly expected: number[] = [];
  private readonly sinkOf: (point: number, readTo: () => number) => ExchangeSink;
  private readonly options: PointOptions;
  private readonly known: boolean;

  /** @param readTo gives the time up to which the point was read: everything that it tells from now on came later */
  constructor(sinkOf: (point: number, readTo: () => number) => ExchangeSink, options: PointOptions, known?: KnownPoints) {
    this.sinkOf = sinkOf;
    this.options = options;
    this.known = known !== undefined;
    if (known === undefined) return;
    this.base.seconds = known.base.seconds;
    for (const name of known.names) this.named(name);
    for (const [index, { name, point }] of known.captures.entries()) {
      this.captures.push(newCaptureFacts(index, name, point, 0));
      this.expected.push(index);
    }
  }

  /** @param pushed called after every push */
  open({ name, point: pointName, assumed, reader = readCapture }: CaptureSource, pushed: () => void): CaptureInput {
    const point = this.named(pointName ?? `p${this.all.length + 1}`);
    const index = this.placeOf(name, point.name);
    const facts = newCaptureFacts(index, name, point.name, point.frames);
    this.captures[index] = facts;
    if (assumed !== undefined) facts.issues.push({ code: 'point-assumed', message: assumed, count: 1 });
    let input: CaptureReader | undefined = reader(facts, this.base, point.frame);
    point.begin(facts);
    return {
      facts,
      push(bytes) {
        input?.push(bytes);
        pushed();
      },
      end: () => {
        const open = input;
        input = undefined;
        try {
          open?.end();
        } finally {
          point.sort();
        }
        if (this.isLast(point)) point.finish();
      },
    };
  }

  find(name: string): Point | undefined {
    return this.all.find((point) => point.name === name);
  }

  tick(epochSeconds: number): void {
    if (Number.isNaN(this.base.seconds)) return;
    for (const point of this.all) point.tick((epochSeconds - this.base.seconds) * 1e9);
  }

  finish(): void {
    for (const point of this.all) point.finish();
  }

  /** Nothing else will come of that point, as far as that is known. */
  private isLast(point: Point): boolean {
    return this.known && this.expected.every((place) => this.captures[place]?.point !== point.name);
  }

  private named(name: string): Point {
    const known = this.find(name);
    if (known !== undefined) return known;
    let point: Point | undefined;
    const sink = this.sinkOf(this.all.length, () => point?.readTo ?? Number.NEGATIVE_INFINITY);
    point = new Point(this.all.length, name, sink, this.options);
    this.all.push(point);
    return point;
  }

  private placeOf(name: string, point: string): number {
    const expected = this.expected.findIndex((place) => {
      const capture = this.captures[place];
      return capture?.name === name && capture.point === point;
    });
    return this.expected.splice(expected, expected === -1 ? 0 : 1)[0] ?? this.captures.length;
  }
}

/** Nanoseconds that a live capture may be behind with the frames of one of its interfaces. */
const LAG = 2e9;

/** Frames of several interfaces race each other: files that overlap by less may be parts of one ring. */
const RACE = 1e9;

/** One place of capture: its chain and its clock. */
export class Point {
  readonly index: number;
  readonly name: string;
  readonly files: CaptureFacts[] = [];
  readonly flow: FlowStage;
  readonly http: ExchangeStage;
  /** Fed with every frame, file after file. */
  readonly frame: (frame: Frame) => void;
  /** Where the records of its latest frames lie. */
  readonly places = new FramePlaces();
  /** Fed with every frame, in the order of time as far as it is known. */
  private readonly handle: (frame: Frame) => void;
  private readonly decode: Stage<Frame>;
  private readonly decoded: DecodeFacts = newDecodeFacts();
  private readonly byFile = new CountsByFile();
  /** The file at hand, and whether it had a frame. */
  private file: CaptureFacts | undefined;
  private begun = false;
  /** Of the file at hand, where it has several interfaces. */
  private order: TimeOrder | undefined;
  private streams: (frame: Frame) => number = () => -1;
  private readonly newStreams: () => (frame: Frame) => number;
  /** The latest time of a file whose frames come too late to be sorted. */
  private unsortedTo = Number.NEGATIVE_INFINITY;
  private lastFrame = 0;
  private finished = false;
  /** The latest word on the time came from the clock and not from a frame. */
  private ticked = false;
  private lastTime = Number.NEGATIVE_INFINITY;

  constructor(index: number, name: string, sink: ExchangeSink, { keepFields = false, httpPorts, onMessage, keep }: PointOptions) {
    this.index = index;
    this.name = name;
    const addresses = newAddresses();
    const messages: ExchangeSink = onMessage === undefined ? sink : withMessages(sink, onMessage);
    let http: ExchangeStage | undefined;
    this.flow = assembleFlows(index, name, addresses, (table) => {
      http = parseExchanges(table, { keepFields, ...(httpPorts && { httpPorts }) }, messages);
      return http;
    });
    if (http === undefined) throw new Error('the flow stage did not make its sink');
    const stage: ExchangeStage = http;
    this.http = stage;
    const take = (segment: Segment): void => this.flow.push(segment);
    const takeKept = (segment: Segment): void => {
      if (keep?.(segment, addresses) === false) this.flow.tick(segment.frame.time);
      else take(segment);
    };
    const number = (segment: Segment, quoted: boolean): void => {
      if (keep?.(segment, addresses) !== false) this.flow.number(segment, quoted);
    };
    this.decode = decodeFrames(addresses, this.decoded, keep === undefined ? take : takeKept, number);
    this.newStreams = () => streamsOfFile(addresses, (segment) => keep?.(segment, addresses) !== false);
    this.frame = (frame) => {
      this.places.note(frame);
      if ((this.file?.interfaces.length ?? 0) > 1) this.sorted(frame);
      else this.handle(frame);
      this.begun = true;
    };
    this.handle = (frame) => {
      if (frame.time > this.lastTime) this.lastTime = frame.time;
      const segments = this.decoded.segments;
      this.decode.push(frame);
      if (this.decoded.segments === segments) this.flow.tick(frame.time); // no segment, but its time counts all the same
      this.lastFrame = frame.number;
      this.ticked = false;
      if (frame.time >= stage.due) stage.advance({ frame: frame.number, time: frame.time });
    };
  }

  /** Frames of all files so far. */
  get frames(): number {
    return this.files.reduce((frames, file) => Math.max(frames, file.firstFrame + file.frames), 0);
  }

  /** Time of the latest frame: -Infinity before the first, Infinity when nothing else will come. */
  get readTo(): number {
    return this.finished ? Number.POSITIVE_INFINITY : this.lastTime;
  }

  /** Until when it is known that nothing else came; NaN before the first frame. */
  get observedUntil(): number {
    return this.lastTime === Number.NEGATIVE_INFINITY ? Number.NaN : this.lastTime;
  }

  begin(facts: CaptureFacts): void {
    this.sort();
    this.byFile.begin(this.counts());
    this.files.push(facts);
    this.file = facts;
    this.begun = false;
    this.flow.newCapture(facts.index);
  }

  /** A frame of a file with several interfaces, which are described before its first one; else it is too late to sort them. */
  private sorted(frame: Frame): void {
    if (!this.begun) {
      this.order = new TimeOrder((waiting, sortedTo) => this.release(waiting, sortedTo));
      this.streams = this.newStreams();
    }
    if (this.order !== undefined) this.order.push(frame, this.streams(frame));
    else {
      this.release({ frame, stream: -1, key: frame.time }, this.unsortedTo);
      this.unsortedTo = Math.max(this.unsortedTo, frame.time);
    }
  }

  private release({ frame, stream, key }: Pick<Waiting, 'frame' | 'stream' | 'key'>, before: number): void {
    if (key < before && this.file !== undefined) noteUnsorted(this.file, before, key, frame);
    this.flow.given = stream;
    this.handle(frame);
  }

  /** The file at hand is over: what waits for earlier frames goes on. */
  sort(): void {
    this.order?.end();
    this.order = undefined;
    this.unsortedTo = Number.NEGATIVE_INFINITY;
    this.flow.given = -1;
  }

  tick(time: number): void {
    const known = this.order === undefined ? time : time - LAG;
    this.order?.upTo(known);
    if (!(known > this.lastTime)) return;
    this.lastTime = known;
    this.ticked = true;
    this.flow.tick(known);
    if (known >= this.http.due) this.http.advance({ frame: this.lastFrame, time: known });
  }

  finish(): void {
    if (this.finished) return;
    this.sort();
    const last: Moment = { frame: this.lastFrame, time: this.lastTime };
    this.decode.end();
    this.http.finish(last, this.ticked);
    this.flow.end();
    this.finished = true;
  }

  /** A file of which the end was not known beforehand may begin before it: then it was taken elsewhere. */
  orderIssues(facts: CaptureFacts): readonly Issue[] {
    const before = this.files[this.files.indexOf(facts) - 1];
    if (before === undefined || !(before.lastTime - facts.firstTime > RACE)) return [];
    const by = ((before.lastTime - facts.firstTime) / 1e9).toFixed(3);
    const message = `begins ${by} s before the end of ${before.name}, which is read as the part before it: if they are two places, say so with --point`;
    return [{ code: 'times-overlap', message, count: 1 }];
  }

  /** What the stages counted while that file was read. */
  countsOf(facts: CaptureFacts): Counts {
    return this.byFile.of(this.files.indexOf(facts), this.counts());
  }

  private counts(): Counts {
    const { skipped, urgent, fragmentConflicts, unknownLinkTypes, seen } = this.decoded;
    const { encrypted, http2, unpaired } = this.http.facts;
    return {
      ...skipped,
      fragmentConflicts,
      urgent,
      ...Object.fromEntries([...unknownLinkTypes].map(([linkType, frames]) => [`${LINK_TYPE}${linkTypeName(linkType)}`, frames])),
      ...Object.fromEntries(tunnelsOf(seen).map(([name, headers]) => [`${TUNNEL}${name}`, headers])),
      quic: seen.quic,
      ...this.flow.facts,
      encrypted,
      http2,
      unpaired,
    };
  }
}

/** Beginnings of names of counts. */
export const LINK_TYPE = 'link type ';
export const TUNNEL = 'tunnel ';

function withMessages(sink: ExchangeSink, onMessage: (message: Message, exchange: Exchange) => void): ExchangeSink {
  return {
    message: onMessage,
    request: (exchange) => sink.request(exchange),
    response: (exchange) => sink.response(exchange),
    waiting: (exchange, state) => sink.waiting(exchange, state),
    ended: (exchange) => sink.ended(exchange),
    connection: (connection) => sink.connection(connection),
    ...(sink.closed && { closed: (key, began) => sink.closed?.(key, began) }),
  };
}
