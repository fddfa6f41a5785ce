/** Octets that the capture lost, to what can still be said of the messages around them. */
import type { Conversation, Direction } from './conversation.ts';
import * as at from './conversation.ts';
import type { Exchanges } from './exchanges.ts';
import type { Heads } from './heads.ts';

export class Holes {
  private readonly heads: Heads;
  private readonly exchanges: Exchanges;

  constructor(heads: Heads, exchanges: Exchanges) {
    this.heads = heads;
    this.exchanges = exchanges;
  }

  pass(conversation: Conversation, direction: Direction, length: number): void {
    const { message, exchange, state } = direction;
    direction.offset += length;
    if (direction === conversation.responses) conversation.answered = undefined;
    if (state === at.OPAQUE) return;
    if (message === undefined || exchange === undefined) {
      this.betweenMessages(conversation, direction, length);
      return;
    }
    exchange.damaged = true;
    if (state === at.UNTIL_CLOSE) {
      message.missingOctets += length;
      message.bodyOctets += length;
    } else if (state === at.LENGTH) this.inLength(conversation, direction, length);
    else if (direction.chunks !== undefined) {
      message.missingOctets += length;
      direction.chunks.skip(length);
      message.bodyOctets = direction.chunks.content;
      if (direction.chunks.broken) this.exchanges.lose(conversation, direction, direction.offset);
    }
  }

  private betweenMessages(conversation: Conversation, direction: Direction, length: number): void {
    const { state } = direction;
    if (state === at.HEAD) this.heads.cut(conversation, direction, 'lost');
    else if (direction === conversation.responses && (state === at.START || state === at.LOST)) this.exchanges.answeredInHole(conversation);
    if (direction === conversation.requests) this.exchanges.askedInHole(conversation, length);
    direction.carry = undefined;
    direction.state = at.LOST;
  }

  /** Octets that are announced are counted over; what is missing behind them is another message's. */
  private inLength(conversation: Conversation, direction: Direction, length: number): void {
    const { message } = direction;
    if (message === undefined) return;
    const step = Math.min(length, direction.remaining);
    direction.remaining -= step;
    message.bodyOctets += step;
    message.missingOctets += step;
    if (direction.remaining > 0) return;
    direction.offset -= length - step;
    this.exchanges.complete(conversation, direction, direction.offset);
    if (length > step) this.pass(conversation, direction, length - step);
  }
}
