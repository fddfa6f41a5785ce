/**
 * The second look, first half: captures -> which octets of the suspect connections may be shown, and with what the others are
 * overwritten. Heads are shown line by line without their secrets, of bodies only the framing is left.
 *
 * It runs the stages up to http on the suspect connections alone, and hands them the octets line by line: so a head ends with
 * the line during which the http stage says that it does. What is nobody's head or framing is taken for a body.
 */

import { newAddresses } from '../decode/addresses.ts';
import { type DecodeFacts, newDecodeFacts } from '../decode/decode-facts.ts';
import { decodeFrames } from '../decode/decode-frames.ts';
import { assembleFlows } from '../flow/assemble-flows.ts';
import { ChunkReader } from '../http/chunks.ts';
import { parseExchanges } from '../http/parse-exchanges.ts';
import type { ConnectionTable, ExchangeSink, FlowSink, Frame, Message, Segment, Side } from '../model.ts';
import { latin1, octetsOf } from '../octets.ts';
import { isStartLine, redactChunkSize, redactLine } from '../view/redact-lines.ts';
import type { Secrecy } from '../view/safe.ts';

const LF = 0x0a;
/** A line that is longer is not shown. */
const LONGEST_LINE = 65_536;

/** One direction of a connection: the sequence number of offset 0, and the octets that are shown instead, by offset. */
export interface Direction {
  base: number;
  known: boolean;
  readonly shown: Shown[];
}

export interface Shown {
  readonly offset: number;
  readonly octets: Uint8Array;
}

/** A connection as long as its addresses and ports belong to it. */
export interface Suspect {
  readonly ends: readonly [string, string];
  readonly firstFrame: number;
  readonly lastFrame: number;
  readonly directions: readonly [Direction, Direction];
}

/** What is read next in a direction. */
interface Reader {
  readonly direction: Direction;
  /** The line at hand, as far as it came. */
  line: string;
  /** Lines of the head at hand, as they are shown. */
  lines: Shown[];
  /** Offset of the first octet of `line`. */
  lineAt: number;
  /** Octets of a body of known length that are still to come; infinite until a close. */
  body: number;
  chunks: ChunkReader | undefined;
  /** The message whose head ended with the line at hand. */
  head: Message | undefined;
}

/** Of one point of capture. */
export class VisibleOctets {
  readonly suspects: Suspect[] = [];
  private readonly readers: (readonly [Reader, Reader] | undefined)[] = [];
  private readonly secrecy: Secrecy;
  private readonly facts: DecodeFacts = newDecodeFacts();
  private readonly stages: {
    readonly decode: { push(frame: Frame): void; end(): void };
    readonly flow: { end(): void; newCapture(index: number): void };
  };
  private segment: Segment | undefined;
  /** Octets that the http stage was given of the delivery at hand, and of which direction. */
  private given = 0;
  private current: Reader | undefined;

  /** @param isSuspect of the two ends as texts, in either order */
  constructor(point: number, isSuspect: (one: string, other: string) => boolean, secrecy: Secrecy, httpPorts: ReadonlySet<number>) {
    this.secrecy = secrecy;
    const addresses = newAddresses();
    const flow = assembleFlows(point, 'second look', addresses, (table) => this.sink(table, httpPorts));
    const take = (segment: Segment): void => {
      const [source, destination] = endsOf(segment, addresses);
      if (!isSuspect(source, destination)) return;
      this.segment = segment;
      flow.push(segment);
    };
    this.stages = { decode: decodeFrames(addresses, this.facts, take, () => undefined), flow };
  }

  newCapture(index: number): void {
    this.stages.flow.newCapture(index);
  }

  push(frame: Frame): void {
    this.stages.decode.push(frame);
  }

  end(): void {
    this.stages.decode.end();
    this.stages.flow.end();
  }

  private sink(table: ConnectionTable, httpPorts: ReadonlySet<number>): FlowSink {
    const http = parseExchanges(new ShiftedTable(table, () => this.given), { keepFields: false, httpPorts }, this.told());
    return {
      data: (connection, side, bytes, start, end) => {
        const reader = this.readerOf(connection, side);
        this.place(reader.direction, table.position(connection, side), bytes, start);
        for (let at = start; at < end; ) {
          const lineEnd = bytes.indexOf(LF, at);
          const upTo = lineEnd < 0 || lineEnd >= end ? end : lineEnd + 1;
          this.given = at - start;
          this.current = reader;
          http.data(connection, side, bytes, at, upTo);
          this.current = undefined;
          this.read(reader, table.position(connection, side) + at - start, bytes, at, upTo);
          at = upTo;
        }
        this.given = 0;
      },
      gap: (connection, side, length) => {
        http.gap(connection, side, length);
        const reader = this.readerOf(connection, side);
        const left = reader.chunks === undefined ? reader.body - length : Number.POSITIVE_INFINITY;
        startAfter(reader);
        reader.body = Math.max(0, left);
      },
      acked: (connection, side) => http.acked(connection, side),
      fin: (connection, side) => http.fin(connection, side),
      reset: (connection, side) => http.reset(connection, side),
      closed: (connection) => {
        const { first, last, ends } = table.snapshot(connection, 0);
        const readers = this.readers[connection];
        const [one, other] = readers?.map(({ direction, lines }) => ({ ...direction, shown: [...direction.shown, ...lines] })) ?? [];
        this.suspects.push({
          ends: [ends[0].text, ends[1].text],
          firstFrame: first.frame,
          lastFrame: last.frame,
          directions: [one ?? newDirection(), other ?? newDirection()],
        });
        this.readers[connection] = undefined;
        http.closed(connection);
      },
    };
  }

  /** Heads that end while a direction is being read. */
  private told(): ExchangeSink {
    const note = (message: Message | undefined): void => {
      if (this.current !== undefined && message !== undefined) this.current.head = message;
    };
    return {
      message: (message) => {
        if (message.kind === 'response' && message.status < 200) note(message);
      },
      request: (exchange) => note(exchange.request),
      response: (exchange) => note(exchange.response),
      waiting: () => undefined,
      ended: () => undefined,
      connection: () => undefined,
    };
  }

  private readerOf(connection: number, side: Side): Reader {
    let readers = this.readers[connection];
    if (readers === undefined) {
      readers = [newReader(), newReader()];
      this.readers[connection] = readers;
    }
    return readers[side];
  }

  /** Octets come out of a segment as they lie in it, or later from a queue: the first of the former tells where offset 0 is. */
  private place(direction: Direction, position: number, bytes: Uint8Array, start: number): void {
    const { segment } = this;
    if (direction.known || segment === undefined || bytes !== segment.bytes || start < segment.start || start > segment.end) return;
    direction.base = (segment.seq + (start - segment.start) - position) | 0;
    direction.known = true;
  }

  /** bytes[start, end) is a line, or a part of one; the http stage has seen it. */
  private read(reader: Reader, offset: number, bytes: Uint8Array, start: number, end: number): void {
    const skipped = Math.min(reader.body, end - start);
    reader.body -= skipped;
    const [at, from] = [start + skipped, offset + skipped];
    if (at < end && reader.chunks !== undefined) this.readChunked(reader, reader.chunks, from, bytes, at, end);
    else if (at < end) this.gather(reader, from, bytes, at, end, (line) => this.headLine(reader, line));
    const { head } = reader;
    if (head === undefined) return;
    reader.head = undefined;
    reader.direction.shown.push(...reader.lines);
    startAfter(reader);
    if (head.framing === 'length') reader.body = head.contentLength;
    else if (head.framing === 'until-close' || head.framing === 'tunnel') reader.body = Number.POSITIVE_INFINITY;
    else if (head.framing === 'chunked') reader.chunks = new ChunkReader();
  }

  /** Lines count from a start line on, until the head is complete. */
  private headLine(reader: Reader, line: string): string | undefined {
    if (isStartLine(line)) reader.lines = [];
    else if (reader.lines.length === 0) return undefined;
    return redactLine(line, this.secrecy);
  }

  private readChunked(reader: Reader, chunks: ChunkReader, offset: number, bytes: Uint8Array, start: number, end: number): void {
    const { position } = chunks;
    chunks.read(bytes, start, end);
    if (position === 'size') this.gather(reader, offset, bytes, start, end, redactChunkSize);
    else if (position === 'trailer') this.gather(reader, offset, bytes, start, end, (line) => redactLine(line, this.secrecy));
    reader.direction.shown.push(...reader.lines);
    reader.lines = [];
    if (chunks.done || chunks.broken) startAfter(reader);
  }

  /** Keeps what is shown of a line when it is whole; undefined: nothing. */
  private gather(
    reader: Reader,
    offset: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    shown: (line: string) => string | undefined,
  ): void {
    if (reader.line === '') reader.lineAt = offset;
    if (reader.line.length < LONGEST_LINE) reader.line += latin1(bytes, start, end);
    if (bytes[end - 1] !== LF) return;
    const whole = reader.lineAt + reader.line.length === offset + end - start;
    const text = whole ? shown(reader.line) : undefined;
    if (text !== undefined) reader.lines.push({ offset: reader.lineAt, octets: octetsOf(text) });
    reader.line = '';
  }
}

/** The next octet is the first of a head. */
function startAfter(reader: Reader): void {
  reader.line = '';
  reader.lines = [];
  reader.chunks = undefined;
  reader.body = 0;
}

/** The ends of a segment as texts, its sender first. */
export function endsOf(segment: Segment, addresses: { text(family: number, address: number): string }): readonly [string, string] {
  const { family, source, destination, sourcePort, destinationPort } = segment;
  const end = (address: number, port: number): string => {
    const text = addresses.text(family, address);
    return family === 6 ? `[${text}]:${port}` : `${text}:${port}`;
  };
  return [end(source, sourcePort), end(destination, destinationPort)];
}

function newDirection(): Direction {
  return { base: 0, known: false, shown: [] };
}

function newReader(): Reader {
  return { direction: newDirection(), line: '', lines: [], lineAt: 0, body: 0, chunks: undefined, head: undefined };
}

/** The table as it looks while a delivery is handed on in parts. */
class ShiftedTable implements ConnectionTable {
  private readonly table: ConnectionTable;
  private readonly given: () => number;

  constructor(table: ConnectionTable, given: () => number) {
    this.table = table;
    this.given = given;
  }

  get frame(): Frame {
    return this.table.frame;
  }

  get carrier(): Frame {
    return this.table.carrier;
  }

  position(connection: number, side: Side): number {
    return this.table.position(connection, side) + this.given();
  }

  ackedWith(connection: number, side: Side): number {
    return this.table.ackedWith(connection, side);
  }

  watch(connection: number, side: Side, offset: number): boolean {
    return this.table.watch(connection, side, offset);
  }

  identity(connection: number): ReturnType<ConnectionTable['identity']> {
    return this.table.identity(connection);
  }

  snapshot(connection: number, clientSide: Side): ReturnType<ConnectionTable['snapshot']> {
    return this.table.snapshot(connection, clientSide);
  }

  connecting(addresses: ReadonlySet<string>, time: number): boolean {
    return this.table.connecting(addresses, time);
  }

  lostAround(time: number): boolean {
    return this.table.lostAround(time);
  }

  unanswered(addresses: ReadonlySet<string>): ReturnType<ConnectionTable['unanswered']> {
    return this.table.unanswered(addresses);
  }

  isStuck(connection: number): boolean {
    return this.table.isStuck(connection);
  }

  releasedByAck(connection: number, side: Side, since: number): boolean {
    return this.table.releasedByAck(connection, side, since);
  }
}
