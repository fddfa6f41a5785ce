/**
 * Exchanges that might as well be meant, were it not for a moment: a request that a proxy sent just when a like exchange had
 * been answered, or just before a like one came. Two hops are not seen in an order that is sure to the millisecond, so what only
 * such a moment tells apart is never proven. What is said of the pair stays; how sure it is does not.
 */
import type { RequestMessage } from '../model.ts';
import type { OpenAttempt, OpenRelay } from './open-relay.ts';
import { type Context, scoreOf } from './score.ts';
import { PROVEN_MARGIN } from './settle.ts';

/** What the order of two points of capture, whose clocks are set by each other, is in doubt beyond what is known of it. */
const TWO_CLOCKS = 5e6;
/** For so long it is remembered what was sent and answered. */
const MOMENT = 20e6;
/** The latest are kept, by what their targets end with: so many lists, and so many in each. */
const LISTS = 64;
const MOST = 64;

export class Rivals {
  private readonly context: Context;
  private readonly doubt: Context['doubt'];
  /** Exchanges that were answered a moment ago, and attempts that were sent. */
  private readonly answered = new Latest<OpenRelay>(answeredAt);
  private readonly sent = new Latest<OpenAttempt>(({ sent }) => sent.request.firstTime);

  constructor(context: Context) {
    this.context = { ...context, doubt: () => Number.POSITIVE_INFINITY };
    this.doubt = (one, other) => context.doubt(one, other) + (one === other ? 0 : TWO_CLOCKS);
  }

  /** A response of a proxy began. */
  answers(relay: OpenRelay): void {
    const { request } = relay.clientSide;
    if (request !== undefined) this.answered.add(request.fingerprint.leaf, relay);
  }

  /** A request came: returns the exchanges whose pairs are less sure now. */
  came(relay: OpenRelay, request: RequestMessage): readonly OpenRelay[] {
    const { leaf } = request.fingerprint;
    const { attempt } = relay;
    const sent = this.sent.of(leaf, request.firstTime);
    const doubted = sent.length === 0 ? NONE : this.tooLateFor(relay, request, sent);
    if (attempt?.owner === undefined) return doubted;
    this.sent.add(leaf, attempt);
    const answered = this.answered.of(leaf, request.firstTime);
    return answered.length === 0 ? doubted : [...doubted, ...this.tooEarlyFor(attempt, attempt.owner, answered)];
  }

  /** Attempts of others that were sent just before it came: with another order they might be its own. */
  private tooLateFor(relay: OpenRelay, request: RequestMessage, lately: readonly OpenAttempt[]): readonly OpenRelay[] {
    const { connection, server } = relay.clientSide;
    return lately.flatMap((attempt) => {
      const { owner, exchange, sent } = attempt;
      if (owner === undefined || owner.hop === relay.hop || sent.request.fingerprint.leaf !== request.fingerprint.leaf) return [];
      if (owner.clientSide.server.text !== server.text) return [];
      const late = request.firstTime - sent.request.firstTime > this.doubt(connection.point, exchange.connection.point);
      return !late && this.cast(owner, attempt, relay, attempt) ? [owner] : [];
    });
  }

  /**
   * Exchanges that were answered just before it was sent: they might have had this attempt, too, and one that has none might
   * have it instead of its owner.
   */
  private tooEarlyFor(attempt: OpenAttempt, owner: OpenRelay, lately: readonly OpenRelay[]): readonly OpenRelay[] {
    const { request } = attempt.sent;
    return lately.flatMap((relay) => {
      const { connection, request: received } = relay.clientSide;
      if (relay === owner || relay.hop === owner.hop || received?.fingerprint.leaf !== request.fingerprint.leaf) return [];
      if (request.firstTime - answeredAt(relay) > this.doubt(connection.point, attempt.exchange.connection.point)) return [];
      const [own] = relay.attempts;
      const doubted = own === undefined ? owner : relay;
      return this.cast(doubted, own ?? attempt, relay, attempt) ? [doubted] : [];
    });
  }

  /** Casts doubt on a pair, when `rival` fits an attempt nearly as well as the pair fits. */
  private cast(relay: OpenRelay, own: OpenAttempt, rival: OpenRelay, attempt: OpenAttempt): boolean {
    if (relay.doubtful) return false;
    const [best, score] = [scoreOf(relay, own.sent, this.context, undefined), scoreOf(rival, attempt.sent, this.context, undefined)];
    if (score === undefined || best === undefined || best.content - score.content >= PROVEN_MARGIN) return false;
    relay.doubtful = true;
    relay.margin = Math.min(relay.margin, PROVEN_MARGIN - 1);
    return true;
  }
}

const NONE: readonly OpenRelay[] = [];

/** What happened a moment ago, in the order in which it did. */
class Latest<T> {
  private readonly timeOf: (item: T) => number;
  private readonly lists: readonly T[][] = Array.from({ length: LISTS }, () => []);

  constructor(timeOf: (item: T) => number) {
    this.timeOf = timeOf;
  }

  add(key: number, item: T): void {
    const list = this.list(key);
    if (list.length >= MOST) list.shift();
    list.push(item);
  }

  /** Those with that key, and some others. */
  of(key: number, now: number): readonly T[] {
    const list = this.list(key);
    while (list[0] !== undefined && now - this.timeOf(list[0]) > MOMENT) list.shift();
    return list;
  }

  private list(key: number): T[] {
    return this.lists[(key >>> 0) % LISTS] ?? [];
  }
}

function answeredAt({ clientSide }: OpenRelay): number {
  return clientSide.response?.firstTime ?? Number.NEGATIVE_INFINITY;
}
