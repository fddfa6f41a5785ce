/**
 * Messages to exchanges: pairs responses with requests in their order (RFC 9112 section 9.3.2), and ends both.
 *
 * An exchange is live until `ended` was told: its messages grow with each segment. It ends when both messages are complete, when
 * the server can send nothing more, or when the capture lost what would have told more.
 */
import type { ConnectionTable, ExchangeSink, Moment } from '../model.ts';
import { latin1 } from '../octets.ts';
import { ChunkReader } from './chunks.ts';
import type { Conversation, Direction } from './conversation.ts';
import * as at from './conversation.ts';
import { OpenExchange } from './conversation.ts';
import { announcesClose, awaitsContinue } from './debts.ts';
import type { OpenMessage, OpenRequest, OpenResponse } from './messages.ts';
import { clientBelief, serverBelief } from './persistence.ts';
import { Tail } from './tail.ts';
import { BY_BODY, BY_HEAD, BY_INTERIM, type Waits } from './waits.ts';

/** Pending exchanges of one connection (DESIGN section 5). */
const MAX_PENDING = 10_000;
/** Octets too many that are kept. */
const LONGEST_BEGINNING = 64;
/** After so long without octets no answer is on its way, in nanoseconds; and no request is shorter than that. */
const REST = 1e9;
const SHORTEST_REQUEST = 16;
/** Interim responses that an exchange keeps. */
const MAX_INTERIM = 100;

/** Why a head is not whole: the capture lost the rest, its sender stopped, or it was answered without the rest. */
export type Cut = 'lost' | 'stopped' | 'answered';

export class Exchanges {
  count = 0;
  /** Requests behind too many others on their connection. */
  unpaired = 0;
  private readonly table: ConnectionTable;
  private readonly sink: ExchangeSink;
  private readonly waits: Waits;

  constructor(table: ConnectionTable, sink: ExchangeSink, waits: Waits) {
    this.table = table;
    this.sink = sink;
    this.waits = waits;
  }

  // -------------------------------------------------------------------------------------------- heads

  request(conversation: Conversation, request: OpenRequest, endOffset: number): void {
    const exchange = this.begin(conversation, request);
    const direction = conversation.requests;
    this.setUp(direction, request, exchange);
    this.sink.request(exchange);
    this.waits.expect(conversation);
    if (direction.state === at.START) this.complete(conversation, direction, endOffset);
  }

  /** The answer to a request that was seen, or to none. */
  response(conversation: Conversation, response: OpenResponse, endOffset: number): void {
    const direction = conversation.responses;
    const exchange = this.answer(conversation, response);
    this.setUp(direction, response, exchange);
    this.sink.response(exchange);
    this.waits.expect(conversation);
    if (direction.state === at.START || direction.state === at.OPAQUE) this.complete(conversation, direction, endOffset);
  }

  interim(conversation: Conversation, response: OpenResponse, endOffset: number): void {
    const exchange = conversation.pending.unanswered;
    const owner = exchange ?? this.open(conversation, undefined);
    this.waits.paid(conversation, owner, BY_INTERIM, response.firstFrame, response.firstTime);
    response.complete = true;
    response.endOffset = endOffset;
    conversation.responses.state = at.START;
    if (owner.interim.length < MAX_INTERIM) owner.interim = [...owner.interim, response];
    this.sink.message(response, owner);
    if (exchange === undefined) this.end(conversation, owner);
  }

  /** A request of whose head only a part was captured, or sent. A start line is enough to know that it was sent. */
  cutRequest(conversation: Conversation, request: OpenRequest, why: Cut, now: Moment): void {
    const exchange = this.begin(conversation, request);
    exchange.damaged = why === 'lost';
    request.endOffset = conversation.requests.offset;
    if (why === 'lost') request.missingOctets = 1;
    else this.waits.headLate(conversation, exchange, { frame: request.lastFrame, time: request.lastTime }, now, why === 'answered');
    this.sink.request(exchange);
    this.sink.message(request, exchange);
    if (why === 'stopped') this.end(conversation, exchange);
    else {
      this.waits.expect(conversation);
      this.watch(conversation, exchange);
    }
  }

  /** A response of whose head only a part was captured, or sent. */
  cutResponse(conversation: Conversation, response: OpenResponse, lost: boolean): void {
    const { unanswered } = conversation.pending;
    // The beginning of a head answers nothing.
    if (!lost && unanswered !== undefined) this.waits.unpaid(conversation, unanswered, this.waits.latest);
    const exchange = this.answer(conversation, response);
    if (lost) {
      exchange.damaged = true;
      response.missingOctets = 1;
    }
    response.endOffset = conversation.responses.offset;
    this.sink.response(exchange);
    this.sink.message(response, exchange);
    this.end(conversation, exchange);
  }

  private begin(conversation: Conversation, request: OpenRequest): OpenExchange {
    if (conversation.responses.state === at.LOST) this.forgetUnanswered(conversation);
    if (conversation.pending.length > 0) this.goOn(conversation, request);
    else if (conversation.forgotten > 0) this.realign(conversation, request);
    return this.open(conversation, request);
  }

  /** Whoever asks again after a rest waits for no answer to what he asked before. */
  private realign(conversation: Conversation, { firstTime }: OpenRequest): void {
    const { last, forgottenAt } = conversation;
    const latest = Math.max(forgottenAt, last?.request?.lastTime ?? 0, last?.response?.lastTime ?? 0);
    if (firstTime - latest >= REST) conversation.forgotten = 0;
  }

  /** The client does not wait for a close that was announced. */
  private goOn(conversation: Conversation, { firstFrame, firstTime }: OpenRequest): void {
    for (const exchange of conversation.pending.answered()) {
      if (!this.waitsForClose(conversation, exchange)) continue;
      this.waits.paid(conversation, exchange, BY_BODY, firstFrame, firstTime);
      this.end(conversation, exchange);
    }
  }

  private waitsForClose({ requests }: Conversation, exchange: OpenExchange): boolean {
    return requests.exchange !== exchange && announcesClose(exchange);
  }

  private answer(conversation: Conversation, response: OpenResponse): OpenExchange {
    const exchange = conversation.pending.unanswered ?? this.open(conversation, undefined);
    this.waits.paid(conversation, exchange, BY_HEAD, response.firstFrame, response.firstTime);
    exchange.response = response;
    exchange.clientBelief = clientBelief(exchange.request, response);
    exchange.serverBelief = serverBelief(exchange.request, response);
    return exchange;
  }

  private open(conversation: Conversation, request: OpenRequest | undefined): OpenExchange {
    const { pending } = conversation;
    const ordinal = request === undefined ? 0 : ++conversation.ordinal;
    const damaged = request === undefined && this.missesRequest(conversation);
    const unpaired = request !== undefined && this.isUnpaired(conversation);
    const exchange = new OpenExchange(conversation, request, ordinal, damaged, unpaired);
    this.count++;
    conversation.last = exchange;
    if (!unpaired) pending.push(exchange);
    if (request !== undefined) exchange.answersFrom = this.answersFrom(conversation);
    return exchange;
  }

  /** What a client acknowledges with a request had been sent before it. */
  private answersFrom({ id, clientSide }: Conversation): number {
    return this.table.ackedWith(id, clientSide === 0 ? 1 : 0);
  }

  /** Its response will come behind those of too many others. */
  private isUnpaired(conversation: Conversation): boolean {
    if (conversation.overflow === 0 && conversation.pending.length < MAX_PENDING) return false;
    conversation.overflow++;
    this.unpaired++;
    return true;
  }

  /** Is the request of a response that has none likely to be in a hole, or before the capture? Else the server spoke unasked. */
  private missesRequest(conversation: Conversation): boolean {
    if (conversation.overflow > 0) {
      conversation.overflow--;
      return true;
    }
    const { id, clientSide, identity, last, requests } = conversation;
    // Before the capture there may have been one request, or several in a row.
    if (requests.state === at.LOST || (conversation.ordinal === 0 && !identity.synSeen)) return true;
    if (conversation.forgotten > 0) {
      conversation.forgotten--;
      return true;
    }
    // What lay in the hole behind it may have been no answer, but an interim response.
    if (last?.damaged === true && last.response === undefined) return true;
    // The server has acknowledged more than was seen of its client.
    conversation.watched = undefined;
    return this.table.watch(id, clientSide, requests.offset + 1);
  }

  /** Sets the direction up for the body that its message announces. START: there is none. */
  private setUp(direction: Direction, message: OpenMessage, exchange: OpenExchange): void {
    direction.message = message;
    direction.exchange = exchange;
    direction.chunks = undefined;
    switch (message.framing) {
      case 'length':
        direction.remaining = message.contentLength;
        direction.state = message.contentLength > 0 ? at.LENGTH : at.START;
        break;
      case 'chunked':
        direction.chunks = new ChunkReader(newTail(direction));
        direction.state = at.CHUNKED;
        break;
      case 'until-close':
        newTail(direction);
        direction.state = at.UNTIL_CLOSE;
        break;
      case 'tunnel':
        direction.state = at.OPAQUE;
        break;
      default:
        direction.state = at.START;
    }
  }

  // -------------------------------------------------------------------------------------------- ends

  /** The message of this direction is complete by its framing. */
  complete(conversation: Conversation, direction: Direction, endOffset: number): void {
    const { message, exchange, state } = direction;
    if (message === undefined || exchange === undefined) return;
    message.complete = true;
    this.finish(direction, message, endOffset);
    if (state === at.OPAQUE) this.tunnel(conversation);
    else direction.state = at.START;
    this.sink.message(message, exchange);
    if (message.kind === 'request') this.watch(conversation, exchange);
    else conversation.answered = exchange;
    this.endIfDone(conversation, exchange);
  }

  /** The message of this direction will not go on. `why`: an oddity that says so, when the message itself is to blame. */
  cut(conversation: Conversation, direction: Direction, endOffset: number, why?: string): void {
    const { message, exchange } = direction;
    if (message === undefined || exchange === undefined) return;
    if (why !== undefined) message.oddities = [...message.oddities, why];
    this.finish(direction, message, endOffset);
    direction.state = at.LOST;
    this.sink.message(message, exchange);
    if (message.kind === 'response') {
      conversation.answered = undefined;
      this.end(conversation, exchange);
    } else this.endIfDone(conversation, exchange);
  }

  /** In the middle of this response its server says that no request came. The receiver reads it as content. */
  timedOut(message: OpenMessage): void {
    if (!message.oddities.includes('timeout-within')) message.oddities = [...message.oddities, 'timeout-within'];
  }

  /** The capture lost where the message of this direction ends. */
  lose(conversation: Conversation, direction: Direction, endOffset: number): void {
    if (direction.exchange !== undefined) direction.exchange.damaged = true;
    this.cut(conversation, direction, endOffset, 'framing-lost');
  }

  /** So many octets are missing where requests are expected. */
  askedInHole(conversation: Conversation, octets: number): void {
    this.forget(conversation, Math.ceil(octets / SHORTEST_REQUEST));
  }

  /** The answer to the oldest request lies in a hole, as far as one can tell; those behind it may do so as well. */
  answeredInHole(conversation: Conversation): void {
    for (const exchange of conversation.pending.all()) exchange.damaged = true;
    const exchange = conversation.pending.unanswered;
    // A client that waits for 100 gets that first.
    if (exchange === undefined || awaitsContinue(exchange) || conversation.responses.offset <= exchange.answersFrom) return;
    this.forget(conversation, 1);
    // A hole is told some time after it was made: it ends a wait that was told, and is no measure of another.
    if (exchange.wait !== undefined) this.answered(conversation, exchange);
    else this.end(conversation, exchange);
  }

  /** Octets of the server where only a response could begin: they follow the latest one, and are too many. */
  exceed(conversation: Conversation, bytes: Uint8Array, start: number, end: number): void {
    const { answered } = conversation;
    if (answered === undefined || end <= start) return;
    const { excess } = answered;
    const { number, time } = this.table.carrier;
    const beginning = excess?.beginning ?? '';
    answered.excess = {
      octets: (excess?.octets ?? 0) + end - start,
      first: excess?.first ?? { frame: number, time },
      beginning: beginning + latin1(bytes, start, Math.min(end, start + LONGEST_BEGINNING - beginning.length)),
    };
  }

  /** The exchange was answered by octets that are no message. */
  answered(conversation: Conversation, exchange: OpenExchange): void {
    const { number, time } = this.table.carrier;
    this.waits.paid(conversation, exchange, BY_HEAD, number, time);
    this.end(conversation, exchange);
  }

  /** Nothing more will come from the server: what is owed stays unpaid. A request that is still being sent goes on. */
  endAll(conversation: Conversation, now: Moment, requestsGoOn: boolean): void {
    const { requests, responses, pending } = conversation;
    for (const exchange of pending.all()) this.waits.unpaid(conversation, exchange, now);
    this.cut(conversation, responses, responses.offset);
    if (!requestsGoOn) this.cut(conversation, requests, requests.offset);
    for (const exchange of pending.all()) if (exchange !== requests.exchange) this.end(conversation, exchange);
    if (!conversation.tunnel) responses.state = at.LOST;
  }

  /** The client closes: whoever waited for the server's close does so no longer. */
  closed(conversation: Conversation, now: Moment): void {
    for (const exchange of conversation.pending.all()) {
      if (!this.waitsForClose(conversation, exchange)) continue;
      this.waits.paidByClose(conversation, exchange, now);
      this.end(conversation, exchange);
    }
  }

  /** The peer acknowledged the request that is watched, and perhaps those behind it. */
  acked(conversation: Conversation, moment: Moment): void {
    const { pending, id, clientSide } = conversation;
    let exchange = conversation.watched;
    conversation.watched = undefined;
    while (exchange?.request !== undefined) {
      exchange.request.acked = moment;
      const next = pending.after(exchange);
      if (next?.request === undefined || Number.isNaN(next.request.endOffset)) return;
      if (!this.table.watch(id, clientSide, next.request.endOffset)) {
        conversation.watched = next;
        return;
      }
      exchange = next;
    }
  }

  private watch(conversation: Conversation, exchange: OpenExchange): void {
    const { watched, id, clientSide } = conversation;
    if (watched?.ended === false || exchange.request === undefined) return;
    conversation.watched = exchange;
    if (!this.table.watch(id, clientSide, exchange.request.endOffset)) return;
    this.acked(conversation, this.waits.now);
  }

  private finish(direction: Direction, message: OpenMessage, endOffset: number): void {
    const { chunks } = direction;
    message.endOffset = endOffset;
    direction.refresh();
    if (chunks !== undefined) {
      const { oddities } = chunks;
      if (oddities.length > 0) message.oddities = [...message.oddities, ...oddities];
    }
    direction.message = undefined;
    direction.exchange = undefined;
    direction.chunks = undefined;
  }

  private tunnel(conversation: Conversation): void {
    const { requests, responses } = conversation;
    conversation.tunnel = true;
    this.cut(conversation, requests, requests.offset);
    requests.carry = undefined;
    requests.state = at.OPAQUE;
    responses.state = at.OPAQUE;
  }

  private endIfDone(conversation: Conversation, exchange: OpenExchange): void {
    if (conversation.requests.exchange === exchange) return;
    // The server has announced that it will close: it owes that as long as neither end does so.
    if (conversation.closings.length === 0 && announcesClose(exchange)) return;
    // A request that came after the server's close waits for what becomes of it: a reset, or nothing.
    const left = conversation.serverClosed && exchange.wait !== undefined;
    if (exchange.response?.complete === true || exchange.unpaired || left) this.end(conversation, exchange);
  }

  private end(conversation: Conversation, exchange: OpenExchange): void {
    if (exchange.ended) return;
    if (!exchange.unpaired) conversation.pending.remove(exchange);
    exchange.ended = true;
    this.sink.ended(exchange);
    // Those that are open still ask for the one before them; what is before that keeps nobody alive.
    if (exchange.previous !== undefined) exchange.previous.previous = undefined;
  }

  private forget(conversation: Conversation, requests: number): void {
    conversation.forgotten += requests;
    conversation.forgottenAt = this.table.frame.time;
  }

  /** The answers of all pending requests lie in a hole of the capture, but of those that were sent when the hole was past. */
  private forgetUnanswered(conversation: Conversation): void {
    for (const exchange of conversation.pending.all()) {
      if (exchange.response !== undefined) continue;
      exchange.damaged = true;
      if (conversation.responses.offset <= exchange.answersFrom) continue;
      this.forget(conversation, 1);
      this.end(conversation, exchange);
    }
  }
}

function newTail(direction: Direction): Tail {
  direction.tail ??= new Tail();
  direction.tail.clear();
  return direction.tail;
}
