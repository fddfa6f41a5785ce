/**
 * The exchanges of a connection that are not over, oldest first: a queue, since responses come in the order of their requests
 * (RFC 9112 section 9.3.2). Answering the oldest costs the same with ten thousand behind it.
 */
import type { OpenExchange } from './conversation.ts';

export class Pending {
  private items: (OpenExchange | undefined)[] = [];
  private head = 0;

  get length(): number {
    return this.items.length - this.head;
  }

  get first(): OpenExchange | undefined {
    return this.items[this.head];
  }

  /** The oldest exchange without a final response. Those that have one are two at most: one being sent, one sent early. */
  get unanswered(): OpenExchange | undefined {
    for (let at = this.head; at < this.items.length; at++) if (this.items[at]?.response === undefined) return this.items[at];
    return undefined;
  }

  /** The one behind `exchange`. */
  after(exchange: OpenExchange): OpenExchange | undefined {
    const at = this.items.indexOf(exchange, this.head);
    return at < 0 ? undefined : this.items[at + 1];
  }

  push(exchange: OpenExchange): void {
    this.items.push(exchange);
  }

  remove(exchange: OpenExchange): void {
    if (this.first !== exchange) {
      const at = this.items.indexOf(exchange, this.head);
      if (at >= 0) this.items.splice(at, 1);
      return;
    }
    if (this.items.length === 1) {
      this.items.pop();
      this.head = 0;
      return;
    }
    this.items[this.head++] = undefined;
    if (this.head === this.items.length) {
      this.items = [];
      this.head = 0;
    } else if (this.head > 64 && this.head * 2 > this.items.length) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
  }

  /** A copy of those that have a final response: see `unanswered`. */
  answered(): readonly OpenExchange[] {
    const answered: OpenExchange[] = [];
    for (let at = this.head; this.items[at]?.response !== undefined; at++) {
      const item = this.items[at];
      if (item !== undefined) answered.push(item);
    }
    return answered;
  }

  /** A copy: what is done to its members may end them. */
  all(): readonly OpenExchange[] {
    const all: OpenExchange[] = [];
    for (let at = this.head; at < this.items.length; at++) {
      const item = this.items[at];
      if (item !== undefined) all.push(item);
    }
    return all;
  }
}
