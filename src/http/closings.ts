/** FIN, RST and the end of a connection, to the ends of what was open on it. */
import type { ConnectionTable, ExchangeSink, Side } from '../model.ts';
import type { Conversation } from './conversation.ts';
import * as at from './conversation.ts';
import type { Conversations } from './conversations.ts';
import type { Exchanges } from './exchanges.ts';
import type { Heads } from './heads.ts';
import type { Waits } from './waits.ts';

export class Closings {
  private readonly table: ConnectionTable;
  private readonly sink: ExchangeSink;
  private readonly conversations: Conversations;
  private readonly heads: Heads;
  private readonly exchanges: Exchanges;
  private readonly waits: Waits;

  constructor(table: ConnectionTable, sink: ExchangeSink, conversations: Conversations, heads: Heads, exchanges: Exchanges, waits: Waits) {
    this.table = table;
    this.sink = sink;
    this.conversations = conversations;
    this.heads = heads;
    this.exchanges = exchanges;
    this.waits = waits;
  }

  fin(conversation: Conversation, side: Side): void {
    const { requests, clientSide, closings } = conversation;
    conversation.closes('FIN', side, this.waits.now);
    if (side !== clientSide) this.serverDone(conversation);
    else {
      if (requests.state === at.HEAD) this.heads.cut(conversation, requests, 'stopped');
      this.exchanges.cut(conversation, requests, requests.offset);
      this.exchanges.closed(conversation, this.waits.now);
    }
    if (closings.length > 0) this.over(conversation);
  }

  reset(conversation: Conversation, side: Side): void {
    conversation.closes('RST', side, this.waits.now);
    this.over(conversation);
  }

  /**
   * Both ends have closed, or one has reset: what is remembered goes at once. The flow stage keeps the id for stragglers a
   * while longer, and thousands of such connections would else hold their last exchange each.
   */
  over(conversation: Conversation): void {
    for (const direction of [conversation.responses, conversation.requests]) {
      if (direction.state === at.HEAD) this.heads.cut(conversation, direction, 'stopped');
    }
    this.exchanges.endAll(conversation, this.waits.latest, false);
    this.conversations.abandon(conversation);
    if (conversation.last === undefined) return;
    conversation.last = undefined;
    const snapshot = this.table.snapshot(conversation.id, conversation.clientSide);
    this.sink.connection(conversation.record({ ...snapshot, until: Math.max(snapshot.until, this.waits.last?.time ?? snapshot.until) }));
  }

  /** A connection without HTTP on which one end waited for the other in vain. */
  unanswered(id: number): void {
    const connection = this.table.snapshot(id, 0);
    const protocol = this.conversations.givenUp.protocolOf(id);
    const { clientEnd, serverEnd } = connection;
    const closed = clientEnd.reset ?? serverEnd.reset ?? (clientEnd.fin && serverEnd.fin);
    // One that was closed and is nothing else was HTTP, and has been told.
    if (protocol !== 'unknown' || closed === undefined || clientEnd.octets + serverEnd.octets === 0)
      this.sink.connection({ ...connection, protocol });
  }

  /** Who compares points of capture hears of any connection. */
  closed(id: number): void {
    if (this.sink.closed === undefined) return;
    const { key, clientEnd, serverEnd } = this.table.snapshot(id, 0);
    this.sink.closed(key, [clientEnd.firstSeq, serverEnd.firstSeq]);
  }

  private serverDone(conversation: Conversation): void {
    const { responses } = conversation;
    if (responses.state === at.HEAD) this.heads.cut(conversation, responses, 'stopped');
    if (responses.state === at.UNTIL_CLOSE && responses.exchange !== undefined) {
      this.waits.paidByClose(conversation, responses.exchange, this.waits.now);
      this.exchanges.complete(conversation, responses, responses.offset);
    }
    this.exchanges.endAll(conversation, this.waits.latest, true);
  }
}
