/**
 * The records of several points of capture to one story: sets their clocks by each other, leaves out what two of them saw, and
 * tells everything again in the order of time.
 *
 * What the points tell of each other is either known beforehand, from an earlier reading: then it tells as far as all of them
 * are read, which keeps memory flat. Or it has to be found out first: then everything is held until the end.
 *
 * Times of the points that are corrected are those of the reference point from here on; frames stay those of their files.
 */
import type { Connection, ConnectionIdentity, EndFacts, Exchange, ExchangeSink, Moment } from '../model.ts';
import { copyOf } from '../records.ts';
import { type ComparedPoints, comparePoints } from './compare-points.ts';
import { type ExchangeState, MovedRecords } from './moved-records.ts';
import { beginningOf, type SeenPoint } from './seen-point.ts';

/** Facts of a connection this much later than the moment of the story still belong to it: closes follow each other. */
const SOON = 250e6;
/** Doubt about the order of two frames of the same clock, and of two clocks that nothing could be learned of. */
const SAME_CLOCK = 2e6;
const UNKNOWN_CLOCK = 10e6;
/** Events that are let go of at a time. */
const TOLD = 4096;

type PointEvent =
  | (ExchangeState & { readonly kind: 'request' | 'response' | 'ended'; readonly time: number })
  | { readonly kind: 'connection'; readonly time: number; readonly connection: Connection };

export class JoinedPoints {
  private readonly known: boolean;
  private readonly live: (identity: ConnectionIdentity) => Connection | undefined;
  private readonly points: TellingPoint[] = [];
  private compared: ComparedPoints | undefined;
  private now = Number.NEGATIVE_INFINITY;

  /**
   * @param live a connection as its point stands with it at present
   * @param compared what an earlier reading found
   */
  constructor(live: (identity: ConnectionIdentity) => Connection | undefined, compared?: ComparedPoints) {
    this.live = live;
    this.known = compared !== undefined;
    this.compared = compared;
  }

  /** The sink of one point. @param readTo time up to which it was read: Infinity when it is over */
  point(index: number, readTo: () => number): ExchangeSink {
    const point = new TellingPoint(readTo, this.live);
    this.points[index] = point;
    if (this.compared !== undefined) point.compareWith(this.compared, index);
    return point;
  }

  /** A connection as it stood at the moment of the story. */
  snapshot(identity: ConnectionIdentity): Connection | undefined {
    const latest = this.points[identity.point]?.connectionOf(identity);
    return latest && asOf(latest, this.now + SOON);
  }

  get clocks(): ComparedPoints['clocks'] {
    return this.compared?.clocks ?? [];
  }

  get copies(): ComparedPoints['copies'] {
    return this.compared?.copies ?? { connections: 0, exchanges: 0 };
  }

  /** Doubt about the order of two frames, in nanoseconds. */
  doubt(one: number, other: number): number {
    return one === other ? SAME_CLOCK : Math.max(SAME_CLOCK, this.clockDoubt(one, other));
  }

  clockDoubt(one: number, other: number): number {
    return one === other ? 0 : this.uncertainty(one) + this.uncertainty(other);
  }

  /** Time up to which a point was read, by the clock of the reference; -Infinity before its first frame. */
  readTo(point: number): number {
    return this.points[point]?.readTo ?? Number.NEGATIVE_INFINITY;
  }

  /** What the clock of a point shows at a time of the reference. */
  timeAt(point: number, time: number): number {
    return this.points[point]?.timeAt(time) ?? time;
  }

  /** Tells what comes before everything that is still to be read; nothing when what the points tell of each other is not known yet. */
  tellSettled(sink: ExchangeSink): void {
    if (this.known) this.tellTo(Math.min(...this.points.map((point) => point.readTo)), sink);
  }

  /** Tells the rest, when nothing else is to come. */
  tell(sink: ExchangeSink): void {
    if (this.compared === undefined) {
      this.compared = comparePoints(this.points.map((point) => point.seen()));
      for (const [index, point] of this.points.entries()) point.compareWith(this.compared, index);
    }
    this.tellTo(Number.POSITIVE_INFINITY, sink);
  }

  private tellTo(settled: number, sink: ExchangeSink): void {
    for (let next = this.nextPoint(); next !== undefined && next.time < settled; next = this.nextPoint()) {
      this.now = next.time;
      next.tell(sink);
    }
  }

  private nextPoint(): TellingPoint | undefined {
    let next: TellingPoint | undefined;
    for (const point of this.points) if (point.time < (next?.time ?? Number.POSITIVE_INFINITY)) next = point;
    return next;
  }

  private uncertainty(point: number): number {
    const known = this.clocks.some(({ reference }) => reference === point) ? 0 : UNKNOWN_CLOCK;
    return this.clocks.find((clock) => clock.point === point)?.clock.uncertainty ?? known;
  }
}

/**
 * Records what a point tells, at the time at which it does, and tells it again with its times moved to the clock of the
 * reference. Waits are told by their ends.
 */
class TellingPoint implements ExchangeSink {
  private events: PointEvent[] = [];
  private next = 0;
  /** Connections that are over, until that was told. */
  private readonly over = new Map<string, Connection>();
  /** Until the points are compared. */
  private readonly beginnings = new Map<string, string>();
  private readonly read: () => number;
  private readonly live: (identity: ConnectionIdentity) => Connection | undefined;
  private compared: ComparedPoints | undefined;
  private records = new MovedRecords(undefined, new Map());

  constructor(readTo: () => number, live: (identity: ConnectionIdentity) => Connection | undefined) {
    this.read = readTo;
    this.live = live;
  }

  compareWith(compared: ComparedPoints, index: number): void {
    this.compared = compared;
    this.records = new MovedRecords(compared.clocks.find(({ point }) => point === index)?.clock, compared.elsewhere);
    this.events = this.events.filter((event) => !compared.isCopy(keyOf(event)));
  }

  // -------------------------------------------------------------------------------------------- recorded

  message(): void {}

  waiting(): void {}

  request(exchange: Exchange): void {
    this.record({ kind: 'request', time: this.read(), exchange, state: stateOf(exchange), ...before(exchange) });
  }

  response(exchange: Exchange): void {
    this.record({ kind: 'response', time: this.read(), exchange, state: stateOf(exchange), ...before(exchange) });
  }

  ended(exchange: Exchange): void {
    this.record({ kind: 'ended', time: this.read(), exchange, state: exchange, ...before(exchange) });
  }

  connection(connection: Connection): void {
    this.record({ kind: 'connection', time: this.read(), connection });
  }

  closed(key: string, began: readonly [number, number]): void {
    const beginning = this.compared === undefined ? beginningOf(began) : undefined;
    if (beginning !== undefined) this.beginnings.set(key, beginning);
  }

  private record(event: PointEvent): void {
    if (this.compared?.isCopy(keyOf(event)) === true) return;
    this.events.push(event);
    if (event.kind === 'connection') this.over.set(event.connection.key, event.connection);
  }

  /** Everything, before anything was told. */
  seen(): SeenPoint {
    const exchanges = this.events.flatMap((event) => (event.kind === 'request' ? [event.exchange] : []));
    return { exchanges, connections: this.over, beginnings: this.beginnings };
  }

  /** By the clock of the reference: everything that is still to be recorded comes later than that. */
  get readTo(): number {
    const readTo = this.read();
    return Number.isFinite(readTo) ? this.records.moved(readTo) : readTo;
  }

  // -------------------------------------------------------------------------------------------- told again

  /** Of what comes next; infinite when there is nothing. */
  get time(): number {
    const event = this.events[this.next];
    return event === undefined ? Number.POSITIVE_INFINITY : this.records.moved(event.time);
  }

  /** What its clock shows at a time of the reference. */
  timeAt(time: number): number {
    return this.records.original(time);
  }

  tell(sink: ExchangeSink): void {
    const event = this.events[this.next++];
    if (this.next >= TOLD) {
      this.events.splice(0, this.next);
      this.next = 0;
    }
    if (event?.kind === 'connection') {
      const { key } = event.connection;
      sink.connection(this.records.over(event.connection));
      this.over.delete(key);
    } else if (event !== undefined) {
      sink[event.kind](this.records.exchange(event));
      if (event.kind === 'ended') this.records.ended(event.exchange, event.previous);
    }
  }

  connectionOf(identity: ConnectionIdentity): Connection | undefined {
    const found = this.over.get(identity.key) ?? this.live(identity);
    return found && this.records.connection(found);
  }
}

function before({ previous }: Exchange): Pick<ExchangeState, 'previous' | 'previousExcess'> {
  return { previous, previousExcess: previous?.excess };
}

/** A copy that does not grow; an exchange that is over grows no more. */
function stateOf(exchange: Exchange): Exchange {
  const { request, response } = exchange;
  return { ...exchange, request: request && copyOf(request), response: response && copyOf(response) };
}

function keyOf(event: PointEvent): string {
  return event.kind === 'connection' ? event.connection.key : event.exchange.connection.key;
}

/** Without the ends of the connection that came later than that. */
function asOf(connection: Connection, time: number): Connection {
  const until = (moment: Moment | undefined): Moment | undefined => (moment !== undefined && moment.time <= time ? moment : undefined);
  const end = (facts: EndFacts): EndFacts => ({
    ...facts,
    fin: until(facts.fin),
    finAcked: until(facts.finAcked),
    reset: until(facts.reset),
  });
  return { ...connection, clientEnd: end(connection.clientEnd), serverEnd: end(connection.serverEnd) };
}
