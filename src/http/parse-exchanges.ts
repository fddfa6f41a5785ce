/**
 * Flow events to messages and exchanges: reads both directions of each connection, and tells who owes the next byte when that
 * takes long.
 *
 * Hot: `data` runs per segment with payload; a body costs a subtraction and three stores. Everything behind a complete head is
 * per message and written for the reader: `Heads` reads what begins, `Exchanges` pairs and ends, `Holes` and `Closings` say what
 * becomes of what is open, `Waits` watches the debts.
 */
import type { Connection, ConnectionIdentity, ConnectionTable, ExchangeSink, FlowSink, Moment, Side } from '../model.ts';
import { Closings } from './closings.ts';
import type { Conversation, Direction } from './conversation.ts';
import * as at from './conversation.ts';
import { Conversations } from './conversations.ts';
import { Exchanges } from './exchanges.ts';
import { HeadCarry } from './head-carry.ts';
import { Heads } from './heads.ts';
import { Holes } from './holes.ts';
import { changeAllOnce } from './layouts.ts';
import { announcedEnds, preambleLength } from './preamble.ts';
import { RESPONSE, recognise } from './recognise.ts';
import { beginsTimeout } from './start-lines.ts';
import { BY_BODY, BY_REQUEST, Waits } from './waits.ts';

/** A pause in a message that is looked at; in nanoseconds, like the two delays of acknowledgements that hosts are known for. */
const PAUSE = 35e6;
const ACK_DELAYS: readonly (readonly [number, number])[] = [
  [PAUSE, 45e6],
  [190e6, 210e6],
];
/** Octets of a body that fit into a first segment. */
const SMALL = 1400;
/** Octets of a preamble that are held. */
const LONGEST_PREAMBLE = 512;

export interface ExchangeStage extends FlowSink {
  /** Capture time at which `advance` has something to do. */
  readonly due: number;
  readonly facts: HttpFacts;
  /** The capture's clock has come to that moment. */
  advance(now: Moment): void;
  /** The input is over; `last` is the moment up to which it was observed, by a clock beside it when `watchedLive`. Connections are closed by the flow stage after this. */
  finish(last: Moment, watchedLive: boolean): void;
  /** True when one of these addresses had opened a TLS connection by that time. */
  encryptedFrom(addresses: ReadonlySet<string>, time: number): boolean;
  /** The connection of an identity as it stands now; undefined when it is over. Cold. */
  snapshot(identity: ConnectionIdentity): Connection | undefined;
}

export interface HttpFacts {
  readonly exchanges: number;
  /** Requests whose responses are not looked for, since too many others wait on the same connection. */
  readonly unpaired: number;
  readonly encrypted: number;
  /** Connections that speak HTTP/2 in plain text, which is not read. */
  readonly http2: number;
}

export interface HttpOptions {
  /** Keep every header field on the messages, not only those of connection management. */
  readonly keepFields: boolean;
  /** Ports of servers that are known to speak HTTP; on all others it is told by what is said. */
  readonly httpPorts?: ReadonlySet<number>;
}

const NO_PORTS: ReadonlySet<number> = new Set();

export function parseExchanges(table: ConnectionTable, options: HttpOptions, sink: ExchangeSink): ExchangeStage {
  return new ExchangeParser(table, options, sink);
}

class ExchangeParser implements ExchangeStage {
  private readonly table: ConnectionTable;
  private readonly conversations: Conversations;
  private readonly waits: Waits;
  private readonly exchanges: Exchanges;
  private readonly heads: Heads;
  private readonly holes: Holes;
  private readonly closings: Closings;

  constructor(table: ConnectionTable, options: HttpOptions, sink: ExchangeSink) {
    changeAllOnce();
    this.table = table;
    this.conversations = new Conversations(table, options.httpPorts ?? NO_PORTS);
    this.waits = new Waits(table, sink, (conversation) => this.heads.soFar(conversation));
    this.exchanges = new Exchanges(table, sink, this.waits);
    this.heads = new Heads(table, options.keepFields, this.conversations, this.exchanges, this.waits);
    this.holes = new Holes(this.heads, this.exchanges);
    this.closings = new Closings(table, sink, this.conversations, this.heads, this.exchanges, this.waits);
  }

  get due(): number {
    return this.waits.due;
  }

  get facts(): HttpFacts {
    const { tls, http2 } = this.conversations.givenUp;
    return { exchanges: this.exchanges.count, unpaired: this.exchanges.unpaired, encrypted: tls, http2 };
  }

  // -------------------------------------------------------------------------------------------- octets

  data(connection: number, side: Side, bytes: Uint8Array, start: number, end: number): void {
    const conversation = this.conversations.of(connection) ?? this.begin(connection, side, bytes, start, end);
    if (conversation === undefined) return;
    const direction = side === conversation.clientSide ? conversation.requests : conversation.responses;
    const frame = this.table.carrier;
    const origin = direction.offset - start;
    let index = start;
    while (index < end) {
      const { message, state } = direction;
      if (message === undefined) {
        if (state === at.OPAQUE) {
          direction.tunnelled ??= this.waits.now;
          break;
        }
        if (state === at.HEAD) index = this.heads.more(conversation, direction, bytes, index, end, origin);
        else if (state === at.PREAMBLE) index = this.preamble(conversation, side, bytes, index, end);
        else index = this.heads.start(conversation, direction, bytes, index, end, origin);
        continue;
      }
      if (message.bodyOctets === 0 && isBodilessAfterAll(direction, bytes, index, end)) {
        this.exchanges.complete(conversation, direction, origin + index);
        continue;
      }
      if (frame.time - message.lastTime >= PAUSE) {
        if (side !== conversation.clientSide && beginsTimeout(bytes, index, end)) this.exchanges.timedOut(message);
        this.resumed(conversation, direction, side);
      }
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

  private begin(connection: number, side: Side, bytes: Uint8Array, start: number, end: number): Conversation | undefined {
    const conversation = this.conversations.begin(connection, side, bytes, start, end);
    const before = conversation?.requests.offset ?? 0;
    if (conversation !== undefined && before > 0) this.exchanges.askedInHole(conversation, before);
    return conversation;
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

  private preamble(conversation: Conversation, side: Side, bytes: Uint8Array, start: number, end: number): number {
    const direction = conversation.direction(side);
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
    this.data(conversation.id, side, carry.bytes, 0, carry.length);
    direction.offset = offset;
    return conversation.over ? end : start + taken;
  }

  // -------------------------------------------------------------------------------------------- other events

  gap(connection: number, side: Side, length: number): void {
    const conversation = this.conversations.of(connection);
    if (conversation !== undefined) this.holes.pass(conversation, conversation.direction(side), length);
  }

  acked(connection: number, side: Side): void {
    const conversation = this.conversations.of(connection);
    if (conversation !== undefined && side === conversation.clientSide) this.exchanges.acked(conversation, this.waits.now);
  }

  fin(connection: number, side: Side): void {
    const conversation = this.conversations.of(connection);
    if (conversation !== undefined) this.closings.fin(conversation, side);
  }

  reset(connection: number, side: Side): void {
    const conversation = this.conversations.of(connection);
    if (conversation !== undefined) this.closings.reset(conversation, side);
  }

  closed(connection: number): void {
    const conversation = this.conversations.of(connection);
    if (conversation !== undefined) this.closings.over(conversation);
    else if (this.table.isStuck(connection)) this.closings.unanswered(connection);
    this.conversations.givenUp.forget(connection);
    this.closings.closed(connection);
  }

  advance(now: Moment): void {
    this.waits.advance(now);
  }

  finish(last: Moment, watchedLive: boolean): void {
    this.waits.finish(last, watchedLive);
  }

  // -------------------------------------------------------------------------------------------- questions

  snapshot(identity: ConnectionIdentity): Connection | undefined {
    const conversation = this.conversations.of(identity.id);
    if (conversation?.identity.key !== identity.key) return undefined;
    return conversation.record(this.table.snapshot(conversation.id, conversation.clientSide));
  }

  encryptedFrom(addresses: ReadonlySet<string>, time: number): boolean {
    return this.conversations.givenUp.encryptedFrom(addresses, time);
  }
}

/** The request is in a hole, and where the body would begin the next response does: it was HEAD. */
function isBodilessAfterAll({ exchange, message }: Direction, bytes: Uint8Array, start: number, end: number): boolean {
  if (exchange === undefined || exchange.request !== undefined || !exchange.damaged || message?.kind !== 'response') return false;
  return recognise(bytes, start, end) === RESPONSE;
}

function isAckDelay(duration: number): boolean {
  return ACK_DELAYS.some(([least, most]) => duration >= least && duration <= most);
}
