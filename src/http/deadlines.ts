/**
 * Which conversations to look at when, driven by the capture's clock.
 *
 * A conversation with an open debt stands in one of two queues; each queue has one period, so that its order of arrival is
 * its order of deadlines and nothing is sorted. Looking is cheap and most debts are paid long before; so entries are not
 * taken out when a debt is paid: the next look finds nothing to do and lets the conversation go.
 */
import type { Conversation } from './conversation.ts';

const SECOND = 1e9;
/** How often a young debt is looked at, hence how late a deadline may be told. */
const OFTEN = 0.25 * SECOND;
const SELDOM = 5 * SECOND;
const EARLY = 64;

class Queue {
  private items: (Conversation | undefined)[] = [];
  private dues: number[] = [];
  private head = 0;
  private readonly period: number;

  constructor(period: number) {
    this.period = period;
  }

  get due(): number {
    return this.dues[this.head] ?? Number.POSITIVE_INFINITY;
  }

  push(conversation: Conversation, now: number): void {
    this.items.push(conversation);
    this.dues.push(now + this.period);
  }

  shift(): Conversation | undefined {
    const item = this.items[this.head];
    this.items[this.head] = undefined;
    this.head++;
    if (this.head > 1024 && this.head * 2 > this.items.length) {
      this.items = this.items.slice(this.head);
      this.dues = this.dues.slice(this.head);
      this.head = 0;
    }
    return item;
  }
}

export class Deadlines {
  private readonly often = new Queue(OFTEN);
  private readonly seldom = new Queue(SELDOM);
  /** Capture time of the next look; infinite when there is none. */
  due = Number.NEGATIVE_INFINITY;
  /** Looks that are due at once, and mostly find nothing: so the code that asks has looked before it is compiled. */
  private early = EARLY;

  add(conversation: Conversation, now: number, seldom: boolean): void {
    if (conversation.queued || conversation.over) return;
    conversation.queued = true;
    (seldom ? this.seldom : this.often).push(conversation, now);
    this.setDue();
  }

  private setDue(): void {
    this.due = this.early > 0 ? Number.NEGATIVE_INFINITY : Math.min(this.often.due, this.seldom.due);
  }

  /** The next conversation whose look is due at `now`. */
  take(now: number): Conversation | undefined {
    if (this.early > 0) this.early--;
    for (;;) {
      const queue = this.often.due <= this.seldom.due ? this.often : this.seldom;
      this.setDue();
      if (queue.due > now) return undefined;
      const conversation = queue.shift();
      this.setDue();
      if (conversation === undefined) continue;
      conversation.queued = false;
      if (!conversation.over) return conversation;
    }
  }
}
