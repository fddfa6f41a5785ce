/**
 * Octets where a head begins or goes on, to messages: whole heads, heads that span segments, and what there is of those whose
 * rest is missing.
 *
 * Hot: `start` runs per message, and most heads leave it by its first way out.
 */
import type { ConnectionTable } from '../model.ts';
import type { Conversation, Direction } from './conversation.ts';
import * as at from './conversation.ts';
import { OpenExchange } from './conversation.ts';
import type { Conversations } from './conversations.ts';
import type { Cut, Exchanges } from './exchanges.ts';
import { HeadCarry } from './head-carry.ts';
import { OpenRequest, OpenResponse } from './messages.ts';
import { HeadReader } from './read-head.ts';
import * as is from './recognise.ts';
import { recognise, recogniseHttp } from './recognise.ts';
import { EMPTY_LINE_BEFORE, OCTETS_BEFORE } from './scan-head.ts';
import { BY_CLIENT, isBlank, skipEmptyLines, TOLD_BY_CLIENT, TOLD_BY_SERVER, takenBy, WHOLE } from './start-lines.ts';
import { TextStore } from './text-store.ts';
import type { Waits } from './waits.ts';

/** Octets of a start line after which nobody doubts any more that it is one. */
const SURE = 64;

export class Heads {
  private readonly table: ConnectionTable;
  private readonly conversations: Conversations;
  private readonly exchanges: Exchanges;
  private readonly waits: Waits;
  private readonly reader: HeadReader;
  private readonly texts = new TextStore();

  constructor(table: ConnectionTable, keepFields: boolean, conversations: Conversations, exchanges: Exchanges, waits: Waits) {
    this.table = table;
    this.conversations = conversations;
    this.exchanges = exchanges;
    this.waits = waits;
    this.reader = new HeadReader(keepFields);
  }

  /** Octets where a message may begin; gives the index behind those that it used. `origin`: the offset of bytes[0]. */
  start(conversation: Conversation, direction: Direction, bytes: Uint8Array, start: number, end: number, origin: number): number {
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
      this.whole(conversation, direction, bytes, origin + regular);
      return regular;
    }
    let kind = kindOf(conversation, bytes, index, end) & takenBy(conversation, direction, end - index);
    if (kind === 0 && isBlank(bytes[index])) {
      direction.before |= OCTETS_BEFORE;
      while (index < end && isBlank(bytes[index])) index++;
      kind = kindOf(conversation, bytes, index, end) & takenBy(conversation, direction, end - index);
    }
    if (kind === 0) return this.strange(conversation, direction, bytes, index, end);
    direction.headFrame = number;
    direction.headTime = time;
    if ((kind & WHOLE) !== 0) {
      const next = kind === is.SIMPLE_REQUEST ? this.reader.readLine(bytes, index, end) : this.reader.read(bytes, index, end);
      if (next >= 0) {
        this.whole(conversation, direction, bytes, origin + next);
        return next;
      }
    }
    direction.state = at.HEAD;
    direction.carry = new HeadCarry();
    if (direction === conversation.requests) this.waits.expect(conversation);
    return this.more(conversation, direction, bytes, index, end, origin);
  }

  /** Collects a head that spans segments. */
  more(conversation: Conversation, direction: Direction, bytes: Uint8Array, start: number, end: number, origin: number): number {
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
        return this.carried(conversation, direction, carry, index, origin);
      }
      if (!firstLine || (carry.lines === 0 && carry.length >= SURE)) continue;
      const kind = recognise(carry.bytes, 0, carry.length) & (direction === conversation.requests ? BY_CLIENT : ~BY_CLIENT);
      if (kind === is.SIMPLE_REQUEST) {
        this.reader.readLine(carry.bytes, 0, carry.length);
        return this.carried(conversation, direction, carry, index, origin);
      }
      if (kind === 0 || (carry.lines > 0 && (kind & WHOLE) === 0)) return this.strange(conversation, direction, bytes, index, end);
    }
    if (!carry.full) return end;
    this.cut(conversation, direction, 'lost');
    return end;
  }

  /**
   * What there is of a head whose rest is missing: in the capture, because its sender stopped, or because it was answered as it was.
   * A start line is enough to know that a message was sent.
   */
  cut(conversation: Conversation, direction: Direction, why: Cut): void {
    const { carry } = direction;
    direction.carry = undefined;
    direction.state = at.LOST;
    if (carry === undefined) return;
    const kind = kindOf(conversation, carry.bytes, 0, carry.length);
    this.reader.readCut(carry.bytes, 0, carry.length);
    const { facts } = this.reader;
    facts.oddities |= direction.before;
    direction.before = 0;
    if (direction === conversation.requests) {
      if ((kind & TOLD_BY_CLIENT) === 0) return;
      const request = new OpenRequest(facts, carry.bytes, this.texts, direction, carry.frame, carry.time);
      this.exchanges.cutRequest(conversation, request, why, this.waits.latest);
    } else if ((kind & TOLD_BY_SERVER) !== 0) {
      const method = conversation.pending.unanswered?.request?.method;
      const response = new OpenResponse(facts, carry.bytes, method, direction, carry.frame, carry.time);
      if (!isInterim(response.status)) this.exchanges.cutResponse(conversation, response, why === 'lost');
    }
  }

  /** The exchange that the beginning of a request head stands for, when it is known to be one. Nothing is done with it here. */
  soFar(conversation: Conversation): OpenExchange | undefined {
    const { requests, ordinal } = conversation;
    const { carry, before } = requests;
    if (carry === undefined || (kindOf(conversation, carry.bytes, 0, carry.length) & TOLD_BY_CLIENT) === 0) return undefined;
    this.reader.readCut(carry.bytes, 0, carry.length);
    const { facts } = this.reader;
    facts.oddities |= before;
    const request = new OpenRequest(facts, carry.bytes, this.texts, requests, carry.frame, carry.time);
    return new OpenExchange(conversation, request, ordinal + 1, false, false);
  }

  private carried(conversation: Conversation, direction: Direction, carry: HeadCarry, next: number, origin: number): number {
    direction.carry = undefined;
    direction.state = at.START;
    this.whole(conversation, direction, carry.bytes, origin + next);
    const { stillSince, stillUntil } = carry;
    if (direction === conversation.requests && stillSince !== undefined && stillUntil !== undefined && conversation.last !== undefined)
      this.waits.headLate(conversation, conversation.last, stillSince, stillUntil, true);
    return next;
  }

  /** A complete head was read. */
  private whole(conversation: Conversation, direction: Direction, bytes: Uint8Array, endOffset: number): void {
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
      this.cut(conversation, requests, lost ? 'lost' : 'answered');
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
      this.conversations.abandon(conversation);
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
}

function kindOf({ known }: Conversation, bytes: Uint8Array, start: number, end: number): number {
  return known ? recogniseHttp(bytes, start, end) : recognise(bytes, start, end);
}

function isInterim(status: number): boolean {
  return status >= 100 && status < 200 && status !== 101;
}
