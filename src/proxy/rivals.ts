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
/** The latest are kept, and found by what their targets end with; of equal ends the latest. */
const MOST = 4096;
const MOST_ALIKE = 64;
const PLACES = 4096;

export class Rivals {
  private readonly context: Context;
  private readonly doubt: Context['doubt'];
  /** Exchanges that were answered a moment ago, and attempts that were sent. */
  private readonly answered = new Latest<OpenRelay>();
  private readonly sent = new Latest<OpenAttempt>();

  constructor(context: Context) {
    this.context = { ...context, doubt: () => Number.POSITIVE_INFINITY };
    this.doubt = (one, other) => context.doubt(one, other) + (one === other ? 0 : TWO_CLOCKS);
  }

  /** A response of a proxy began. */
  answers(relay: OpenRelay): void {
    const { request } = relay.clientSide;
    if (request !== undefined) this.answered.add(request.fingerprint.leaf, answeredAt(relay), relay);
  }

  /** A request came: returns the exchanges whose pairs are less sure now. */
  came(relay: OpenRelay, request: RequestMessage): readonly OpenRelay[] {
    const { leaf } = request.fingerprint;
    const { attempt } = relay;
    const sent = this.sent.of(leaf, request.firstTime);
    const doubted = sent.length === 0 ? NONE : this.tooLateFor(relay, request, sent);
    if (attempt?.owner === undefined) return doubted;
    this.sent.add(leaf, request.firstTime, attempt);
    const answered = this.answered.of(leaf, request.firstTime);
    return answered.length === 0 ? doubted : [...doubted, ...this.tooEarlyFor(attempt, attempt.owner, answered)];
  }

  /** Attempts of others that were sent just before it came: with another order they might be its own. */
  private tooLateFor(relay: OpenRelay, request: RequestMessage, lately: readonly OpenAttempt[]): readonly OpenRelay[] {
    const { connection, server } = relay.clientSide;
    return lately.flatMap((attempt) => {
      const { owner, exchange } = attempt;
      if (owner === undefined || owner.hop === relay.hop) return [];
      if (owner.clientSide.server.text !== server.text) return [];
      const late = request.firstTime - attempt.request.firstTime > this.doubt(connection.point, exchange.connection.point);
      return !late && !owner.doubtful && this.fits(owner, attempt, relay, attempt) && doubt(owner) ? [owner] : [];
    });
  }

  /**
   * Exchanges that were answered just before it was sent: they might have had this attempt, too; one that has none might have
   * it instead of its owner, and one whose own attempt the owner might have had might have changed places with it.
   */
  private tooEarlyFor(attempt: OpenAttempt, owner: OpenRelay, lately: readonly OpenRelay[]): readonly OpenRelay[] {
    const { request } = attempt;
    return lately.flatMap((relay) => {
      const { connection } = relay.clientSide;
      if (relay === owner || relay.hop === owner.hop) return [];
      if (request.firstTime - answeredAt(relay) > this.doubt(connection.point, attempt.exchange.connection.point)) return [];
      const [own] = relay.attempts;
      if (own === undefined) return this.fits(owner, attempt, relay, attempt) && doubt(owner) ? [owner] : [];
      if (!this.fits(relay, own, relay, attempt)) return [];
      attempt.coveted = true;
      const swapped = this.mayHaveCome(owner, own) && this.fits(owner, attempt, owner, own);
      return (swapped ? [relay, owner] : [relay]).filter(doubt);
    });
  }

  /** Had it come when the attempt was sent, for all that two clocks tell? With one, the hops cannot be off both ways. */
  private mayHaveCome({ clientSide: { connection, request } }: OpenRelay, { request: sent, exchange }: OpenAttempt): boolean {
    const [here, there] = [connection.point, exchange.connection.point];
    return request !== undefined && here !== there && request.firstTime - sent.firstTime <= this.doubt(here, there);
  }

  /** `rival` and `attempt` fit nearly as well as the pair of `relay` and `own`. */
  private fits(relay: OpenRelay, own: OpenAttempt, rival: OpenRelay, attempt: OpenAttempt): boolean {
    const best = scoreOf(relay, own, this.context, undefined)?.content;
    const other = scoreOf(rival, attempt, this.context, undefined)?.content;
    return other !== undefined && best !== undefined && best - other < PROVEN_MARGIN;
  }
}

/** Casts doubt on what is said of it; false where there is doubt already. */
function doubt(relay: OpenRelay): boolean {
  if (relay.doubtful) return false;
  relay.doubtful = true;
  relay.margin = Math.min(relay.margin, PROVEN_MARGIN - 1);
  return true;
}

const NONE: readonly OpenRelay[] = [];

/**
 * What happened a moment ago, in the order in which it did: a ring, through which runs a chain for each place of keys. Hot: nearly
 * every exchange comes, and nearly none meets another one.
 */
class Latest<T> {
  private readonly items = new Array<T | undefined>(MOST).fill(undefined);
  private readonly keys = new Int32Array(MOST);
  private readonly times = new Float64Array(MOST);
  /** By how many came before it: the latest one of each place, and the one before each at the same place. */
  private readonly latest = new Float64Array(PLACES).fill(-1);
  private readonly before = new Float64Array(MOST);
  private first = 0;
  private next = 0;

  add(key: number, time: number, item: T): void {
    while (this.first < this.next && (this.next - this.first >= MOST || time - this.time(this.first) > MOMENT))
      this.items[this.first++ % MOST] = undefined;
    const [at, place] = [this.next % MOST, placeOf(key)];
    this.items[at] = item;
    this.keys[at] = key;
    this.times[at] = time;
    this.before[at] = this.latest[place] ?? -1;
    this.latest[place] = this.next++;
  }

  /** Those with that key. */
  of(key: number, now: number): readonly T[] {
    let found: T[] | undefined;
    for (let nth = this.latest[placeOf(key)] ?? -1; nth >= this.first; nth = this.before[nth % MOST] ?? -1) {
      const item = this.items[nth % MOST];
      if (item === undefined || this.keys[nth % MOST] !== key || now - this.time(nth) > MOMENT) continue;
      found ??= [];
      if (found.push(item) >= MOST_ALIKE) break;
    }
    return found?.reverse() ?? NOTHING;
  }

  private time(nth: number): number {
    return this.times[nth % MOST] ?? Number.NaN;
  }
}

const NOTHING: readonly never[] = [];

function placeOf(key: number): number {
  return (key ^ (key >>> 16)) & (PLACES - 1);
}

function answeredAt({ clientSide }: OpenRelay): number {
  return clientSide.response?.firstTime ?? Number.NEGATIVE_INFINITY;
}
