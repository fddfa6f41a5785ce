/**
 * The records of several points of capture to one story: waits until all of them are known, sets their clocks by each other,
 * and tells everything again in the order of time.
 *
 * Times of the points that are corrected are those of the reference point from here on; frames stay those of their files.
 */
import type { Connection, ConnectionIdentity, EndFacts, Exchange, ExchangeSink, Message, Moment, Wait } from '../model.ts';
import { copyOf } from '../records.ts';
import { type Clock, clockOfRelayed, clockOfSame } from './clocks.ts';
import { SameConnections } from './same-connections.ts';

/** Facts of a connection this much later than the moment of the story still belong to it: closes follow each other. */
const SOON = 250e6;
/** Doubt about the order of two frames of the same clock, and of two clocks that nothing could be learned of. */
const SAME_CLOCK = 2e6;
const UNKNOWN_CLOCK = 10e6;
/** Events that are let go of at a time. */
const TOLD = 4096;

type PointEvent =
  | { readonly kind: 'request' | 'response' | 'ended'; readonly time: number; readonly exchange: Exchange }
  | { readonly kind: 'connection'; readonly time: number; readonly connection: Connection };

/** What was found out about the clock of a point. */
export interface PointClock {
  readonly point: number;
  readonly reference: number;
  readonly clock: Clock;
}

export class JoinedPoints {
  private readonly points: Recorder[] = [];
  private tellers: readonly Teller[] = [];
  private now = Number.NEGATIVE_INFINITY;
  readonly clocks: PointClock[] = [];
  /** What another point had told already: connections that both saw, and the exchanges on them. */
  readonly copies = { connections: 0, exchanges: 0 };

  /** The sink of one point. */
  point(index: number): ExchangeSink {
    const recorder = new Recorder();
    this.points[index] = recorder;
    return recorder;
  }

  /** A connection as it stood at the moment of the story. */
  snapshot(identity: ConnectionIdentity): Connection | undefined {
    const final = this.tellers[identity.point]?.connectionOf(identity.key);
    return final && asOf(final, this.now + SOON);
  }

  /** Doubt about the order of two frames, in nanoseconds. */
  doubt(one: number, other: number): number {
    return one === other ? SAME_CLOCK : Math.max(SAME_CLOCK, this.uncertainty(one) + this.uncertainty(other));
  }

  /** Tells everything that was recorded, once, and forgets it. */
  tell(sink: ExchangeSink): void {
    const reference = this.reference();
    const order = [...this.points.keys()].sort((a, b) => Number(b === reference) - Number(a === reference) || a - b);
    const same = new SameConnections(this.points, order);
    this.setClocks(reference, same);
    const elsewhere = same.seenElsewhere(this.points);
    this.tellers = this.points.map((recorder, index) => new Teller(recorder, this.clockOf(index), elsewhere));
    for (const recorder of this.points) {
      this.copies.connections += [...recorder.connections.keys()].filter((key) => same.isCopy(key)).length;
      this.copies.exchanges += recorder.exchanges.filter(({ connection }) => same.isCopy(connection.key)).length;
      recorder.forget((key) => same.isCopy(key));
    }
    for (let next = this.nextTeller(); next !== undefined; next = this.nextTeller()) {
      this.now = next.time;
      next.tell(sink);
    }
  }

  private nextTeller(): Teller | undefined {
    let next: Teller | undefined;
    for (const teller of this.tellers) if (teller.time < (next?.time ?? Number.POSITIVE_INFINITY)) next = teller;
    return next;
  }

  /** The point nearest to the clients: whose exchanges enclose those of the others. */
  private reference(): number {
    let reference = 0;
    for (const [index, recorder] of this.points.entries()) {
      const chosen = this.points[reference];
      if (chosen === undefined || index === reference) continue;
      const nearer = clockOfRelayed(recorder.exchanges, chosen.exchanges)?.agreement ?? 0;
      if (nearer > (clockOfRelayed(chosen.exchanges, recorder.exchanges)?.agreement ?? 0)) reference = index;
    }
    return reference;
  }

  private clockOf(point: number): Clock | undefined {
    return this.clocks.find((clock) => clock.point === point)?.clock;
  }

  private uncertainty(point: number): number {
    const known = this.clocks.some(({ reference }) => reference === point) ? 0 : UNKNOWN_CLOCK;
    return this.clockOf(point)?.uncertainty ?? known;
  }

  /** By the reference, or through a point whose clock is known already: connections that both saw are worth more than exchanges that look alike. */
  private setClocks(reference: number, same: SameConnections): void {
    const set = [reference];
    const open = new Set(this.points.keys());
    open.delete(reference);
    for (const find of [sameOf, relayedOf]) {
      for (const by of set) {
        for (const index of open) {
          const clock = find(this.points, same, by, index);
          if (clock === undefined) continue;
          this.clocks.push({ point: index, reference, clock: through(clock, this.clockOf(by)) });
          open.delete(index);
          set.push(index);
        }
      }
    }
  }
}

type Finder = (points: readonly Recorder[], same: SameConnections, by: number, index: number) => Clock | undefined;

const sameOf: Finder = (_points, same, by, index) => clockOfSame(same.pairs(by, index));

const relayedOf: Finder = (points, _same, by, index) => {
  const [own, chosen] = [points[index], points[by]];
  return own && chosen && clockOfRelayed(chosen.exchanges, own.exchanges);
};

/** The clock of a point by that of another one, which has a clock itself. */
function through(clock: Clock, by: Clock | undefined): Clock {
  if (by === undefined) return clock;
  const first = (time: number): number => time + clock.offsetAt(time);
  return {
    ...clock,
    offsetAt: (time) => clock.offsetAt(time) + by.offsetAt(first(time)),
    offset: clock.offset + by.offset,
    drift: clock.drift + by.drift,
    uncertainty: clock.uncertainty + by.uncertainty,
  };
}

/** Records what a point tells, in its order. Waits are told by their ends. */
class Recorder implements ExchangeSink {
  events: PointEvent[] = [];
  exchanges: Exchange[] = [];
  readonly connections = new Map<string, Connection>();
  private latest = Number.NEGATIVE_INFINITY;

  message(): void {}

  waiting(): void {}

  request(exchange: Exchange): void {
    this.exchanges.push(exchange);
    this.events.push({ kind: 'request', time: this.at(exchange.request?.headTime), exchange });
  }

  response(exchange: Exchange): void {
    this.events.push({ kind: 'response', time: this.at(exchange.response?.headTime), exchange });
  }

  ended(exchange: Exchange): void {
    this.events.push({ kind: 'ended', time: this.at(exchange.wait?.end.time ?? exchange.response?.lastTime), exchange });
  }

  connection(connection: Connection): void {
    this.connections.set(connection.key, connection);
    this.events.push({ kind: 'connection', time: this.at(connection.last.time), connection });
  }

  /** What is only needed to compare points, and what another point tells. */
  forget(isCopy: (key: string) => boolean): void {
    this.exchanges = [];
    this.events = this.events.filter(
      (event) => !isCopy(event.kind === 'connection' ? event.connection.key : event.exchange.connection.key),
    );
  }

  /** Never earlier than what was told before. */
  private at(time: number | undefined): number {
    if (time !== undefined && time > this.latest) this.latest = time;
    return this.latest;
  }
}

/** Tells what a point recorded, with its times moved to the clock of the reference, and lets go of it on the way. */
class Teller {
  private readonly recorder: Recorder;
  private readonly clock: Clock | undefined;
  private readonly elsewhere: ReadonlyMap<string, Connection['seenIn']>;
  private next = 0;
  /** Copies of exchanges by their connection, as long as that is not over: the same record gives the same copy. */
  private readonly copies = new Map<string, Map<Exchange, Exchange>>();
  private readonly identities = new Map<string, ConnectionIdentity>();

  constructor(recorder: Recorder, clock: Clock | undefined, elsewhere: ReadonlyMap<string, Connection['seenIn']>) {
    this.recorder = recorder;
    this.clock = clock;
    this.elsewhere = elsewhere;
  }

  /** Of what comes next; infinite when there is nothing. */
  get time(): number {
    const event = this.recorder.events[this.next];
    return event === undefined ? Number.POSITIVE_INFINITY : this.moved(event.time);
  }

  tell(sink: ExchangeSink): void {
    const event = this.recorder.events[this.next++];
    if (this.next >= TOLD) {
      this.recorder.events.splice(0, this.next);
      this.next = 0;
    }
    if (event?.kind === 'connection') {
      sink.connection(this.connection(event.connection));
      this.copies.delete(event.connection.key);
    } else if (event !== undefined) sink[event.kind](this.exchange(event.exchange));
  }

  connectionOf(key: string): Connection | undefined {
    const found = this.recorder.connections.get(key);
    return found && this.connection(found);
  }

  private moved(time: number): number {
    return this.clock === undefined ? time : time + this.clock.offsetAt(time);
  }

  private exchange(exchange: Exchange): Exchange {
    const { key } = exchange.connection;
    if (this.clock === undefined && !this.elsewhere.has(key)) return exchange;
    const copies = this.copies.get(key) ?? new Map<Exchange, Exchange>();
    this.copies.set(key, copies);
    return copies.get(exchange) ?? this.copy(exchange, copies);
  }

  private copy(exchange: Exchange, copies: Map<Exchange, Exchange>): Exchange {
    const { request, response, interim, wait, ackStall, previous, excess } = exchange;
    const copy: Exchange = {
      ...exchange,
      connection: this.identity(exchange.connection),
      request: request && this.message(request),
      response: response && this.message(response),
      interim: interim.map((message) => this.message(message)),
      wait: wait && this.wait(wait),
      ackStall: ackStall && { ...ackStall, moment: this.moment(ackStall.moment) },
      previous: previous && this.exchange(previous),
      excess: excess && { ...excess, first: this.moment(excess.first) },
    };
    copies.set(exchange, copy);
    return copy;
  }

  /** With all the files that it was seen in. */
  private identity(identity: ConnectionIdentity): ConnectionIdentity {
    const elsewhere = this.elsewhere.get(identity.key);
    if (elsewhere === undefined) return identity;
    const known = this.identities.get(identity.key);
    if (known !== undefined) return known;
    const merged = { ...identity, seenIn: [...identity.seenIn, ...elsewhere] };
    this.identities.set(identity.key, merged);
    return merged;
  }

  private connection(connection: Connection): Connection {
    const elsewhere = this.elsewhere.get(connection.key);
    if (this.clock === undefined && elsewhere === undefined) return connection;
    return {
      ...connection,
      seenIn: [...connection.seenIn, ...(elsewhere ?? [])],
      first: this.moment(connection.first),
      last: this.moment(connection.last),
      until: this.moved(connection.until),
      clientEnd: this.end(connection.clientEnd),
      serverEnd: this.end(connection.serverEnd),
      ...(connection.tunnelled === undefined ? {} : { tunnelled: this.both(connection.tunnelled) }),
    };
  }

  private both({ client, server }: NonNullable<Connection['tunnelled']>): NonNullable<Connection['tunnelled']> {
    return { client: client && this.moment(client), server: server && this.moment(server) };
  }

  private message<M extends Message>(message: M): M {
    return {
      ...copyOf(message),
      firstTime: this.moved(message.firstTime),
      headTime: this.moved(message.headTime),
      lastTime: this.moved(message.lastTime),
      acked: message.acked && this.moment(message.acked),
    };
  }

  private wait(wait: Wait): Wait {
    return { ...wait, start: this.moment(wait.start), end: this.moment(wait.end), connection: this.connection(wait.connection) };
  }

  private end(end: EndFacts): EndFacts {
    const move = (moment: Moment | undefined): Moment | undefined => moment && this.moment(moment);
    return {
      ...end,
      lastData: move(end.lastData),
      last: move(end.last),
      fin: move(end.fin),
      finAcked: move(end.finAcked),
      reset: move(end.reset),
      lastRetransmission: move(end.lastRetransmission),
      unacked: end.unacked && { ...end.unacked, since: this.moment(end.unacked.since) },
      lastProbe: move(end.lastProbe),
      zeroWindow: move(end.zeroWindow),
      lastZeroWindow: move(end.lastZeroWindow),
    };
  }

  private moment({ frame, time }: Moment): Moment {
    return { frame, time: this.moved(time) };
  }
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
