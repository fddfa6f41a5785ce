/**
 * Flow events to messages and exchanges: reads both directions of each connection, and tells who owes the next byte when that
 * takes long.
 *
 * Hot: `data` runs per segment with payload; a body costs a subtraction and three stores. Everything behind a complete head is
 * per message and written for the reader: `Exchanges` pairs and ends, `Waits` watches the debts.
 */
import type { Connection, ConnectionIdentity, ConnectionTable, ExchangeSink, FlowSink, Moment, Side } from '../model.ts';
import * as at from './conversation.ts';
import { Conversation, type Direction } from './conversation.ts';
import { type Cut, Exchanges } from './exchanges.ts';
import { GivenUp } from './given-up.ts';
import { HeadCarry } from './head-carry.ts';
import { OpenRequest, OpenResponse } from './messages.ts';
import { announcedEnds, preambleLength } from './preamble.ts';
import { HeadReader } from './read-head.ts';
import * as is from './recognise.ts';
import { recognise } from './recognise.ts';
import { EMPTY_LINE_BEFORE, OCTETS_BEFORE } from './scan-head.ts';
import { TextStore } from './text-store.ts';
import { BY_BODY, BY_REQUEST, Waits } from './waits.ts';

/** A pause in a message that is looked at; in nanoseconds, like the two delays of acknowledgements that hosts are known for. */
const PAUSE = 35e6;
const ACK_DELAYS: readonly (readonly [number, number])[] = [
  [PAUSE, 45e6],
  [190e6, 210e6],
];
/** Octets of a body that fit into a first segment. */
const SMALL = 1400;

const CR = 0x0d;
const LF = 0x0a;
/** Octets of a start line after which nobody doubts any more that it is one. */
const SURE = 64;
/** Octets of which nobody can tell that they begin a request. */
const TOO_FEW = 8;
/** Octets of a preamble that are held. */
const LONGEST_PREAMBLE = 512;

/** Start lines that make a conversation anywhere, and at the first octet of a direction. */
const ANYWHERE = is.REQUEST | is.RESPONSE | is.LIKELY_REQUEST;
const AT_FIRST = ANYWHERE | is.MAYBE_REQUEST | is.MAYBE_RESPONSE | is.SIMPLE_REQUEST;
/** Start lines that are complete. */
const WHOLE = is.REQUEST | is.RESPONSE | is.SIMPLE_REQUEST | is.LOOSE_RESPONSE;
const BY_CLIENT = is.REQUEST | is.LIKELY_REQUEST | is.MAYBE_REQUEST | is.SIMPLE_REQUEST;

export interface ExchangeStage extends FlowSink {
  /** Capture time at which `advance` has something to do. */
  readonly due: number;
  readonly facts: HttpFacts;
  /** The capture's clock has come to that moment. */
  advance(now: Moment): void;
  /** The input is over; `last` is the moment up to which it was observed, by a clock beside it when `watchedLive`. Connections are closed by the flow stage after this. */
  finish(last: Moment, watchedLive: boolean): void;
  /** True when one of these addresses has opened a TLS connection. */
  encryptedFrom(addresses: ReadonlySet<string>): boolean;
  /** The connection of an identity as it stands now; undefined when it is over. Cold. */
  snapshot(identity: ConnectionIdentity): Connection | undefined;
}

export interface HttpFacts {
  readonly exchanges: number;
  readonly encrypted: number;
  /** Connections that speak HTTP/2 in plain text, which is not read. */
  readonly http2: number;
}

export interface HttpOptions {
  /** Keep every header field on the messages, not only those of connection management. */
  readonly keepFields: boolean;
}

export function parseExchanges(table: ConnectionTable, options: HttpOptions, sink: ExchangeSink): ExchangeStage {
  return new ExchangeParser(table, options, sink);
}

class ExchangeParser implements ExchangeStage {
  private readonly table: ConnectionTable;
  private readonly sink: ExchangeSink;
  private readonly reader: HeadReader;
  private readonly texts = new TextStore();
  private readonly conversations: (Conversation | undefined)[] = [];
  private readonly givenUp = new GivenUp();
  private readonly waits: Waits;
  private readonly exchanges: Exchanges;
  private last: Moment | undefined;

  constructor(table: ConnectionTable, options: HttpOptions, sink: ExchangeSink) {
    this.table = table;
    this.sink = sink;
    this.reader = new HeadReader(options.keepFields);
    this.waits = new Waits(table, sink);
    this.exchanges = new Exchanges(table, sink, this.waits);
  }

  get due(): number {
    return this.waits.due;
  }

  get facts(): HttpFacts {
    return { exchanges: this.exchanges.count, encrypted: this.givenUp.tls, http2: this.givenUp.http2 };
  }

  // -------------------------------------------------------------------------------------------- octets

  data(connection: number, side: Side, bytes: Uint8Array, start: number, end: number): void {
    const conversation = this.conversations[connection] ?? this.begin(connection, side, bytes, start, end);
    if (conversation === undefined) return;
    const direction = side === conversation.clientSide ? conversation.requests : conversation.responses;
    const frame = this.table.carrier;
    const origin = direction.offset - start;
    let index = start;
    while (index < end) {
      const { message, state } = direction;
      if (message === undefined) {
        if (state === at.OPAQUE) {
          direction.tunnelled ??= this.now();
          break;
        }
        if (state === at.HEAD) index = this.moreHead(conversation, direction, bytes, index, end, origin);
        else if (state === at.PREAMBLE) index = this.preamble(conversation, direction, bytes, index, end);
        else index = this.startHead(conversation, direction, bytes, index, end, origin);
        continue;
      }
      if (frame.time - message.lastTime >= PAUSE) this.resumed(conversation, direction, side);
      message.lastFrame = frame.number;
      message.lastTime = frame.time;
      if (state === at.LENGTH) {
        const step = Math.min(direction.remaining, end - index);
        direction.remaining -= step;
        message.bodyOctets += step;
        index += step;
        if (direction.remaining === 0) this.exchanges.complete(conversation, direction, origin + index);
      } else if (state === at.CHUNKED) index = this.chunked(conversation, direction, bytes, index, end, origin);
      else {
        direction.tail?.add(bytes, index, end);
        message.bodyOctets += end - index;
        index = end;
      }
    }
    direction.offset += end - start;
  }

  /** The first octets that look like HTTP make a conversation. */
  private begin(connection: number, side: Side, bytes: Uint8Array, start: number, end: number): Conversation | undefined {
    const first = this.table.position(connection, side) === 0;
    const givenUp = this.givenUp.has(connection);
    if (givenUp && !first) return undefined;
    const index = first ? skipEmptyLines(bytes, start, end) : start;
    const kind = recognise(bytes, index, end);
    if (givenUp) {
      if (kind !== is.RESPONSE) return undefined;
      this.givenUp.takeBack(connection);
    }
    if (first && preambleLength(bytes, start, end) !== 0) return this.converse(connection, side, at.PREAMBLE, side);
    if (index === end) return this.converse(connection, side, at.START, 0);
    if ((kind & (first ? AT_FIRST : ANYWHERE)) === 0) {
      if (kind === is.HTTP2) this.givenUp.asHttp2(connection);
      else if (kind === is.NO && is.isTls(bytes, start, end))
        this.givenUp.asTls(connection, this.table.identity(connection).ends[0].address);
      return undefined;
    }
    const other: Side = side === 0 ? 1 : 0;
    const ambiguous = (kind & is.MAYBE_REQUEST) !== 0 && (kind & is.MAYBE_RESPONSE) !== 0;
    const fromClient = ambiguous ? side === 0 : (kind & BY_CLIENT) !== 0;
    return this.converse(connection, side, at.START, fromClient ? side : other);
  }

  private converse(connection: number, side: Side, state: number, clientSide: Side): Conversation {
    const conversation = new Conversation(connection, this.table.identity(connection), clientSide);
    const [own, peer] = [conversation.direction(side), conversation.direction(side === 0 ? 1 : 0)];
    own.offset = this.table.position(connection, side);
    own.state = state;
    peer.offset = this.table.position(connection, side === 0 ? 1 : 0);
    if (peer.offset > 0) peer.state = at.LOST;
    this.conversations[connection] = conversation;
    return conversation;
  }

  /** It was no HTTP after all, and nothing was told of it. */
  private abandon(conversation: Conversation): void {
    conversation.over = true;
    this.conversations[conversation.id] = undefined;
  }

  private resumed(conversation: Conversation, { exchange, message }: Direction, side: Side): void {
    if (exchange === undefined || message === undefined) return;
    const { number, time } = this.table.carrier;
    const duration = time - message.lastTime;
    if (isAckDelay(duration) && message.bodyOctets < SMALL && this.table.releasedByAck(conversation.id, side, message.lastTime)) {
      const by = message.kind === 'request' ? 'client' : 'server';
      exchange.ackStall = { by, moment: { frame: number, time }, duration };
    }
    this.waits.paid(conversation, exchange, message.kind === 'request' ? BY_REQUEST : BY_BODY, number, time);
  }

  private chunked(conversation: Conversation, direction: Direction, bytes: Uint8Array, from: number, end: number, origin: number): number {
    const { chunks, message } = direction;
    if (chunks === undefined || message === undefined) return end;
    const index = chunks.read(bytes, from, end);
    message.bodyOctets = chunks.content;
    if (chunks.done) this.exchanges.complete(conversation, direction, origin + index);
    else if (chunks.broken) {
      this.exchanges.cut(conversation, direction, origin + index);
      return end;
    }
    return index;
  }

  private preamble(conversation: Conversation, direction: Direction, bytes: Uint8Array, start: number, end: number): number {
    direction.carry ??= new HeadCarry();
    const { carry, offset } = direction;
    const before = carry.length;
    const taken = Math.min(end - start, LONGEST_PREAMBLE - before);
    carry.copy(bytes, start, start + taken);
    const length = preambleLength(carry.bytes, 0, carry.length);
    if (carry.length < LONGEST_PREAMBLE && !(length <= carry.length)) return end;
    direction.carry = undefined;
    direction.state = at.START;
    if (length > 0 && length <= carry.length) {
      conversation.announced = announcedEnds(carry.bytes, 0, length);
      return start + length - before;
    }
    // It only began like one: what was held is read as if it came now.
    direction.offset = offset - before;
    const { id, clientSide } = conversation;
    this.data(id, direction === conversation.requests ? clientSide : peerOf(conversation), carry.bytes, 0, carry.length);
    direction.offset = offset;
    return conversation.over ? end : start + taken;
  }

  // -------------------------------------------------------------------------------------------- heads

  private startHead(
    conversation: Conversation,
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    origin: number,
  ): number {
    let index = skipEmptyLines(bytes, start, end);
    if (index > start) {
      if (direction.state === at.START) direction.before |= EMPTY_LINE_BEFORE;
      else if (direction === conversation.responses && conversation.answered?.excess !== undefined)
        this.exchanges.exceed(conversation, bytes, start, index);
    }
    if (index === end) return end;
    const { number, time } = this.table.carrier;
    const regular = this.reader.readRegular(bytes, index, end, direction === conversation.requests);
    if (regular >= 0) {
      direction.headFrame = number;
      direction.headTime = time;
      this.head(conversation, direction, bytes, origin + regular);
      return regular;
    }
    let kind = recognise(bytes, index, end) & takenBy(conversation, direction, end - index);
    if (kind === 0 && isBlank(bytes[index])) {
      direction.before |= OCTETS_BEFORE;
      while (index < end && isBlank(bytes[index])) index++;
      kind = recognise(bytes, index, end) & takenBy(conversation, direction, end - index);
    }
    if (kind === 0) return this.strange(conversation, direction, bytes, index, end);
    direction.headFrame = number;
    direction.headTime = time;
    if ((kind & WHOLE) !== 0) {
      const next = kind === is.SIMPLE_REQUEST ? this.reader.readLine(bytes, index, end) : this.reader.read(bytes, index, end);
      if (next >= 0) {
        this.head(conversation, direction, bytes, origin + next);
        return next;
      }
    }
    direction.state = at.HEAD;
    direction.carry = new HeadCarry();
    return this.moreHead(conversation, direction, bytes, index, end, origin);
  }

  /** Collects a head that spans segments. */
  private moreHead(
    conversation: Conversation,
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    origin: number,
  ): number {
    const { carry } = direction;
    if (carry === undefined) return end;
    const { number, time } = this.table.carrier;
    carry.touch(number, time);
    let index = start;
    while (index < end && !carry.full) {
      const firstLine = carry.lines === 0;
      index = carry.take(bytes, index, end);
      if (carry.complete) {
        if (this.reader.read(carry.bytes, 0, carry.length) < 0) return this.strange(conversation, direction, bytes, index, end);
        return this.carriedHead(conversation, direction, carry, index, origin);
      }
      if (!firstLine || (carry.lines === 0 && carry.length >= SURE)) continue;
      const kind = recognise(carry.bytes, 0, carry.length) & (direction === conversation.requests ? BY_CLIENT : ~BY_CLIENT);
      if (kind === is.SIMPLE_REQUEST) {
        this.reader.readLine(carry.bytes, 0, carry.length);
        return this.carriedHead(conversation, direction, carry, index, origin);
      }
      if (kind === 0 || (carry.lines > 0 && (kind & WHOLE) === 0)) return this.strange(conversation, direction, bytes, index, end);
    }
    if (!carry.full) return end;
    this.cutHead(conversation, direction, 'lost');
    return end;
  }

  private carriedHead(conversation: Conversation, direction: Direction, carry: HeadCarry, next: number, origin: number): number {
    direction.carry = undefined;
    direction.state = at.START;
    this.head(conversation, direction, carry.bytes, origin + next);
    const { stillSince, stillUntil } = carry;
    if (direction === conversation.requests && stillSince !== undefined && stillUntil !== undefined && conversation.last !== undefined)
      this.waits.headLate(conversation, conversation.last, stillSince, stillUntil, true);
    return next;
  }

  /** A complete head was read. */
  private head(conversation: Conversation, direction: Direction, bytes: Uint8Array, endOffset: number): void {
    const { facts } = this.reader;
    const { number, time } = this.table.carrier;
    facts.oddities |= direction.before;
    direction.before = 0;
    if (direction === conversation.requests) {
      this.exchanges.request(conversation, new OpenRequest(facts, bytes, this.texts, direction, number, time), endOffset);
      return;
    }
    const { status, start, oddities } = facts;
    if (conversation.requests.state === at.HEAD && conversation.pending.unanswered === undefined) {
      // The answer to a head that is not complete: the rest of it is late, or lost, or was not waited for.
      const { id, clientSide, requests } = conversation;
      conversation.watched = undefined;
      const lost = this.table.watch(id, clientSide, requests.offset + 1);
      this.cutHead(conversation, requests, lost ? 'lost' : 'answered');
      this.reader.read(bytes, start, bytes.length);
      facts.oddities |= oddities;
    }
    const method = conversation.pending.unanswered?.request?.method;
    const response = new OpenResponse(facts, bytes, method, direction, number, time);
    if (isInterim(status)) this.exchanges.interim(conversation, response, endOffset);
    else this.exchanges.response(conversation, response, endOffset);
  }

  /** Octets that begin no message: more than the message before them announced, HTTP/0.9, or no HTTP at all. */
  private strange(conversation: Conversation, direction: Direction, bytes: Uint8Array, start: number, end: number): number {
    const { carry } = direction;
    direction.carry = undefined;
    if (conversation.last === undefined) {
      this.abandon(conversation);
      return end;
    }
    const exchange = conversation.pending.unanswered;
    if (direction === conversation.responses && exchange?.request?.version === '') this.exchanges.answered(conversation, exchange);
    if (direction === conversation.responses) {
      if (carry !== undefined) this.exchanges.exceed(conversation, carry.bytes, 0, carry.length);
      this.exchanges.exceed(conversation, bytes, start, end);
    }
    direction.state = at.LOST;
    direction.before |= OCTETS_BEFORE;
    return end;
  }

  /**
   * What there is of a head whose rest is missing: in the capture, because its sender stopped, or because it was answered as it was.
   * A start line is enough to know that a message was sent.
   */
  private cutHead(conversation: Conversation, direction: Direction, why: Cut): void {
    const { carry } = direction;
    direction.carry = undefined;
    direction.state = at.LOST;
    if (carry === undefined) return;
    const kind = recognise(carry.bytes, 0, carry.length);
    this.reader.readCut(carry.bytes, 0, carry.length);
    const { facts } = this.reader;
    facts.oddities |= direction.before;
    direction.before = 0;
    if (direction === conversation.requests) {
      if ((kind & (is.REQUEST | is.LIKELY_REQUEST)) === 0) return;
      const request = new OpenRequest(facts, carry.bytes, this.texts, direction, carry.frame, carry.time);
      this.exchanges.cutRequest(conversation, request, why, this.last ?? this.now());
    } else if ((kind & (is.RESPONSE | is.LOOSE_RESPONSE)) !== 0) {
      const method = conversation.pending.unanswered?.request?.method;
      const response = new OpenResponse(facts, carry.bytes, method, direction, carry.frame, carry.time);
      if (!isInterim(response.status)) this.exchanges.cutResponse(conversation, response, why === 'lost');
    }
  }

  // -------------------------------------------------------------------------------------------- holes

  gap(connection: number, side: Side, length: number): void {
    const conversation = this.conversations[connection];
    if (conversation === undefined) return;
    const direction = conversation.direction(side);
    const { message, exchange, state } = direction;
    direction.offset += length;
    if (direction === conversation.responses) conversation.answered = undefined;
    if (state === at.OPAQUE) return;
    if (message === undefined || exchange === undefined) {
      if (state === at.HEAD) this.cutHead(conversation, direction, 'lost');
      else if (direction === conversation.requests) conversation.ahead = 0;
      else if (state === at.START) this.exchanges.answeredInHole(conversation);
      direction.carry = undefined;
      direction.state = at.LOST;
      return;
    }
    exchange.damaged = true;
    if (state === at.UNTIL_CLOSE) {
      message.missingOctets += length;
      message.bodyOctets += length;
    } else if (state === at.LENGTH) this.gapInLength(conversation, direction, length);
    else if (direction.chunks !== undefined) {
      message.missingOctets += length;
      direction.chunks.skip(length);
      message.bodyOctets = direction.chunks.content;
      if (direction.chunks.broken) this.exchanges.lose(conversation, direction, direction.offset);
    }
  }

  /** Octets that are announced are counted over; what is missing behind them is another message's. */
  private gapInLength(conversation: Conversation, direction: Direction, length: number): void {
    const { message } = direction;
    if (message === undefined) return;
    const step = Math.min(length, direction.remaining);
    direction.remaining -= step;
    message.bodyOctets += step;
    message.missingOctets += step;
    if (direction.remaining > 0) return;
    direction.offset -= length - step;
    this.exchanges.complete(conversation, direction, direction.offset);
    if (length > step)
      this.gap(conversation.id, direction === conversation.requests ? conversation.clientSide : peerOf(conversation), length - step);
  }

  // -------------------------------------------------------------------------------------------- acknowledgements and ends

  acked(connection: number, side: Side): void {
    const conversation = this.conversations[connection];
    if (conversation !== undefined && side === conversation.clientSide) this.exchanges.acked(conversation, this.now());
  }

  fin(connection: number, side: Side): void {
    const conversation = this.conversations[connection];
    if (conversation === undefined) return;
    const { requests, clientSide, closings } = conversation;
    conversation.closes('FIN', side, this.now());
    if (side !== clientSide) this.serverDone(conversation);
    else {
      if (requests.state === at.HEAD) this.cutHead(conversation, requests, 'stopped');
      this.exchanges.cut(conversation, requests, requests.offset);
      this.exchanges.closed(conversation, this.now());
    }
    if (closings.length > 0) this.over(conversation);
  }

  private serverDone(conversation: Conversation): void {
    const { responses } = conversation;
    const now = this.now();
    if (responses.state === at.HEAD) this.cutHead(conversation, responses, 'stopped');
    if (responses.state === at.UNTIL_CLOSE && responses.exchange !== undefined) {
      this.waits.paidByClose(conversation, responses.exchange, now);
      this.exchanges.complete(conversation, responses, responses.offset);
    }
    this.exchanges.endAll(conversation, this.last ?? now, true);
  }

  reset(connection: number, side: Side): void {
    const conversation = this.conversations[connection];
    if (conversation === undefined) return;
    conversation.closes('RST', side, this.now());
    this.over(conversation);
  }

  closed(connection: number): void {
    const conversation = this.conversations[connection];
    if (conversation !== undefined) this.over(conversation);
    else if (this.table.isStuck(connection)) this.unanswered(connection);
    this.givenUp.forget(connection);
  }

  /** A connection without HTTP on which one end waited for the other in vain. */
  private unanswered(id: number): void {
    const connection = this.table.snapshot(id, 0);
    const protocol = this.givenUp.protocolOf(id);
    const { clientEnd, serverEnd } = connection;
    const closed = clientEnd.reset ?? serverEnd.reset ?? (clientEnd.fin && serverEnd.fin);
    // One that was closed and is nothing else was HTTP, and has been told.
    if (protocol !== 'unknown' || closed === undefined || clientEnd.octets + serverEnd.octets === 0)
      this.sink.connection({ ...connection, protocol });
  }

  /**
   * Both ends have closed, or one has reset: what is remembered goes at once. The flow stage keeps the id for stragglers a
   * while longer, and thousands of such connections would else hold their last exchange each.
   */
  private over(conversation: Conversation): void {
    this.endBoth(conversation);
    this.abandon(conversation);
    if (conversation.last === undefined) return;
    conversation.last = undefined;
    const snapshot = this.table.snapshot(conversation.id, conversation.clientSide);
    this.sink.connection(conversation.record({ ...snapshot, until: Math.max(snapshot.until, this.last?.time ?? snapshot.until) }));
  }

  private endBoth(conversation: Conversation): void {
    for (const direction of [conversation.responses, conversation.requests]) {
      if (direction.state === at.HEAD) this.cutHead(conversation, direction, 'stopped');
    }
    this.exchanges.endAll(conversation, this.last ?? this.now(), false);
  }

  // -------------------------------------------------------------------------------------------- time

  advance(now: Moment): void {
    this.waits.advance(now);
  }

  finish(last: Moment, watchedLive: boolean): void {
    this.last = last;
    this.waits.watchedLive = watchedLive;
  }

  snapshot(identity: ConnectionIdentity): Connection | undefined {
    const conversation = this.conversations[identity.id];
    if (conversation?.identity !== identity) return undefined;
    return conversation.record(this.table.snapshot(conversation.id, conversation.clientSide));
  }

  encryptedFrom(addresses: ReadonlySet<string>): boolean {
    return this.givenUp.encryptedFrom(addresses);
  }

  private now(): Moment {
    const { number, time } = this.table.frame;
    return { frame: number, time };
  }
}

/** Start lines that this direction takes where it stands, of which `length` octets are there. */
function takenBy(conversation: Conversation, direction: Direction, length: number): number {
  const lost = direction.state === at.LOST;
  if (direction === conversation.requests) {
    // Text that nobody reads looks like the beginning of a request too often; only too few octets to tell wait for more.
    return lost ? is.REQUEST | is.LIKELY_REQUEST | (length < TOO_FEW ? is.MAYBE_REQUEST : 0) : BY_CLIENT;
  }
  if (lost) return is.RESPONSE | is.MAYBE_RESPONSE;
  const loose = conversation.pending.unanswered === undefined ? 0 : is.LOOSE_RESPONSE;
  return is.RESPONSE | is.MAYBE_RESPONSE | loose;
}

function skipEmptyLines(bytes: Uint8Array, start: number, end: number): number {
  let index = start;
  while (index < end && (bytes[index] === CR || bytes[index] === LF)) index++;
  return index;
}

function isBlank(octet: number | undefined): boolean {
  return octet === 0x20 || octet === 0x09;
}

function isInterim(status: number): boolean {
  return status >= 100 && status < 200 && status !== 101;
}

function peerOf({ clientSide }: Conversation): Side {
  return clientSide === 0 ? 1 : 0;
}

function isAckDelay(duration: number): boolean {
  return ACK_DELAYS.some(([least, most]) => duration >= least && duration <= most);
}
