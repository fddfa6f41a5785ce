/**
 * Debts that stay unpaid: when to tell of them, and the record of the wait. Two deadlines: 1 s for a wait-for cycle, 5 s for a
 * silence of its own (RULES section 5). A wait that was paid later is on record as well, the longest of its exchange.
 */
import type { ConnectionTable, DebtKind, ExchangeSink, Frame, Moment, Wait, WaitEnding } from '../model.ts';
import type { Conversation, OpenExchange } from './conversation.ts';
import { HEAD } from './conversation.ts';
import { Deadlines } from './deadlines.ts';
import { announcesClose, type Debt, debtOf } from './debts.ts';
import { snapshotOf } from './snapshot.ts';

const SECOND = 1e9;
const LEVELS = [1 * SECOND, 5 * SECOND] as const;
/** A silence that is worth a record. */
const STALL = LEVELS[0];

/** What pays which debt. */
export const BY_REQUEST: readonly DebtKind[] = ['request-body', 'continue'];
export const BY_INTERIM: readonly DebtKind[] = ['continue'];
/** A final response that comes early ends the wait for the body: whoever sends it does not need the rest. */
export const BY_HEAD: readonly DebtKind[] = ['response-head', 'continue', 'request-body'];
export const BY_BODY: readonly DebtKind[] = ['response-body', 'close'];

export class Waits {
  private readonly table: ConnectionTable;
  private readonly sink: ExchangeSink;
  /** The exchange that a request head which is not complete will begin, as far as it goes; undefined when it may be none. */
  private readonly beginning: (conversation: Conversation) => OpenExchange | undefined;
  private readonly deadlines = new Deadlines();
  /** A clock beside the capture shows that nothing came up to its end: there is no blind tail. */
  private watchedLive = false;
  /** The moment up to which the input was observed, once it is over. */
  last: Moment | undefined;

  constructor(table: ConnectionTable, sink: ExchangeSink, beginning: (conversation: Conversation) => OpenExchange | undefined) {
    this.table = table;
    this.sink = sink;
    this.beginning = beginning;
  }

  get due(): number {
    return this.deadlines.due;
  }

  get now(): Moment {
    return momentOf(this.table.frame);
  }

  /** The input was observed up to now, or up to its end when that was told. */
  get latest(): Moment {
    return this.last ?? this.now;
  }

  finish(last: Moment, watchedLive: boolean): void {
    this.last = last;
    this.watchedLive = watchedLive;
  }

  /** Something is owed on this conversation. */
  expect(conversation: Conversation): void {
    this.deadlines.add(conversation, this.table.frame.time, false);
  }

  advance(now: Moment): void {
    for (let conversation = this.deadlines.take(now.time); conversation !== undefined; conversation = this.deadlines.take(now.time)) {
      this.look(conversation, now);
    }
  }

  /** The octets of that frame pay what the exchange is owed, if that is one of `kinds`. Most are paid at once: that is seen first. */
  paid(conversation: Conversation, exchange: OpenExchange, kinds: readonly DebtKind[], frame: number, time: number): void {
    const owed = exchange.response ?? exchange.request;
    const told = exchange.wait?.final === false;
    if (owed === undefined || (time - owed.lastTime < STALL && !told)) return;
    const debt = debtOf(exchange);
    if (debt === undefined || !kinds.includes(debt.debt)) return;
    // Octets that waited behind a hole pay when they are handed on, if a deadline was told meanwhile.
    const paid = told && time - debt.start.time < STALL ? momentOf(this.table.frame) : { frame, time };
    if (paid.time - debt.start.time >= STALL) keepLonger(exchange, this.newWait(conversation, debt, paid, 'answered', 'DATA', true));
  }

  /** A close that was owed is a payment, too. Most come at once: that is seen before a record of the connection is made. */
  paidByClose(conversation: Conversation, exchange: OpenExchange, now: Moment): void {
    const debt = debtOf(exchange);
    if (debt === undefined) return;
    const { end, ended, by } = this.endOf(conversation, debt, now);
    if (!(end.time - debt.start.time >= STALL)) return;
    keepLonger(exchange, this.newWait(conversation, debt, end, ended, by, !this.watchedLive));
  }

  /** What the exchange is owed will not be paid. A longer wait that was paid stays, unless this one is long by itself. */
  unpaid(conversation: Conversation, exchange: OpenExchange, now: Moment): void {
    if (announcesClose(exchange)) {
      this.paidByClose(conversation, exchange, now);
      return;
    }
    const wait = this.waitOf(conversation, exchange, now, !this.watchedLive);
    if (wait === undefined) return;
    if (lengthOf(wait) >= LEVELS[1]) keep(exchange, wait);
    else keepLonger(exchange, wait);
  }

  /** A request head stood still since `start`: until its rest came (`paid`), or until its sender or its receiver gave it up. */
  headLate(conversation: Conversation, exchange: OpenExchange, start: Moment, now: Moment, paid: boolean): void {
    if (!(now.time - start.time >= STALL)) return;
    const debt: Debt = { debt: 'request-head', debtor: 'client', start };
    if (paid) keepLonger(exchange, this.newWait(conversation, debt, now, 'answered', 'DATA', true));
    else {
      const { end, ended, by } = this.endOf(conversation, debt, now);
      keepLonger(exchange, this.newWait(conversation, debt, end, ended, by, !this.watchedLive));
    }
  }

  private look(conversation: Conversation, now: Moment): void {
    const exchange = conversation.pending.first;
    const debt = exchange && debtOf(exchange);
    if (exchange === undefined || debt === undefined) {
      this.lookAtHead(conversation, now);
      return;
    }
    const wait = this.endOf(conversation, debt, now);
    const level = levelOf(debt.start, wait.end);
    if (exchange.toldStart !== debt.start.time) {
      exchange.toldStart = debt.start.time;
      exchange.toldLevel = 0;
    }
    if (level > exchange.toldLevel) {
      exchange.toldLevel = level;
      keep(exchange, this.newWait(conversation, debt, wait.end, wait.ended, wait.by, false));
      this.sink.waiting(exchange, snapshotOf(exchange, conversation));
    }
    this.deadlines.add(conversation, now.time, level === 2 || wait.ended !== 'capture-end');
  }

  /** A request head that stands still while nothing else is owed: what there is of it is told as an exchange, and again when it is over. */
  private lookAtHead(conversation: Conversation, now: Moment): void {
    const { state, carry } = conversation.requests;
    if (state !== HEAD || carry === undefined) return;
    const debt: Debt = { debt: 'request-head', debtor: 'client', start: carry.last };
    const { end, ended, by } = this.endOf(conversation, debt, now);
    const level = levelOf(debt.start, end);
    if (level > carry.toldLevel) {
      carry.toldLevel = level;
      const exchange = this.beginning(conversation);
      if (exchange === undefined) return;
      exchange.wait = this.newWait(conversation, debt, end, ended, by, false);
      this.sink.waiting(exchange, snapshotOf(exchange, conversation));
    }
    this.deadlines.add(conversation, now.time, level === 2 || ended !== 'capture-end');
  }

  /** The wait of an exchange with an open debt, as it stands now. */
  private waitOf(conversation: Conversation, exchange: OpenExchange, now: Moment, final: boolean): Wait | undefined {
    const debt = debtOf(exchange);
    if (debt === undefined) return undefined;
    const { end, ended, by } = this.endOf(conversation, debt, now);
    return this.newWait(conversation, debt, end, ended, by, final);
  }

  /** The first FIN or RST after the debt began, else `now`. One in the frame that began it is no answer to it. */
  private endOf({ closings }: Conversation, { start }: Debt, now: Moment): Pick<Wait, 'end' | 'ended' | 'by'> {
    const closing = closings.find(({ moment }) => moment.frame > start.frame);
    if (closing === undefined) return { end: now, ended: 'capture-end', by: undefined };
    return { end: closing.moment, ended: closing.side === 'client' ? 'client-abort' : 'server-close', by: closing.by };
  }

  private newWait(conversation: Conversation, debt: Debt, end: Moment, ended: WaitEnding, by: Wait['by'], final: boolean): Wait {
    const { id, clientSide, requests, responses } = conversation;
    requests.refresh();
    responses.refresh();
    const connection = conversation.record(this.table.snapshot(id, clientSide));
    const wait = { ...debt, end, ended, by, connection, final };
    return this.table.lostAround(debt.start.time) ? { ...wait, lossAround: true } : wait;
  }
}

function keepLonger(exchange: OpenExchange, wait: Wait): void {
  const known = exchange.wait;
  if (known === undefined || !known.final || lengthOf(known) < lengthOf(wait)) keep(exchange, wait);
}

/** What replaces a wait that was paid still tells how long that was. */
function keep(exchange: OpenExchange, wait: Wait): void {
  const known = exchange.wait;
  const resumedAfter = known?.debt === wait.debt ? pauseIn(known) : 0;
  exchange.wait = resumedAfter > 0 ? { ...wait, resumedAfter } : wait;
}

function pauseIn(wait: Wait): number {
  const { ended, resumedAfter = 0 } = wait;
  return ended === 'answered' ? Math.max(resumedAfter, lengthOf(wait)) : resumedAfter;
}

function levelOf(start: Moment, end: Moment): number {
  const waited = end.time - start.time;
  return waited >= LEVELS[1] ? 2 : waited >= LEVELS[0] ? 1 : 0;
}

function momentOf({ number, time }: Frame): Moment {
  return { frame: number, time };
}

function lengthOf({ start, end }: Wait): number {
  return end.time - start.time;
}
