/**
 * The records of several points of capture to one story: waits until all of them are known, sets their clocks by each other,
 * and tells everything again in the order of time.
 *
 * Times of the points that are corrected are those of the reference point from here on; frames stay those of their files.
 */
import type { Connection, ConnectionIdentity, EndFacts, Exchange, ExchangeSink, Message, Moment, Wait } from '../model.ts';
import { type Clock, estimateClock, longerAt } from './clocks.ts';

/** Facts of a connection this much later than the moment of the story still belong to it: closes follow each other. */
const SOON = 250e6;

interface Event {
  readonly time: number;
  readonly tell: (sink: ExchangeSink) => void;
}

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
  private readonly finals = new Map<string, Connection>();
  private now = Number.NEGATIVE_INFINITY;
  readonly clocks: PointClock[] = [];

  /** The sink of one point. */
  point(index: number): ExchangeSink {
    const recorder = new Recorder();
    this.points[index] = recorder;
    return recorder;
  }

  /** A connection as it stood at the moment of the story. */
  snapshot(identity: ConnectionIdentity): Connection | undefined {
    const final = this.finals.get(identity.key);
    return final && asOf(final, this.now + SOON);
  }

  /** Tells everything that was recorded, once. */
  tell(sink: ExchangeSink): void {
    const reference = this.reference();
    const events: Event[] = [];
    for (const [index, recorder] of this.points.entries()) {
      const clock = index === reference ? undefined : this.clockOf(index, reference);
      const shift = clock === undefined ? undefined : new Shift(clock);
      for (const event of recorder.events) events.push(this.eventOf(event, shift));
    }
    for (const event of events.sort((a, b) => a.time - b.time)) {
      this.now = event.time;
      event.tell(sink);
    }
  }

  /** The point nearest to the clients: where the same requests take longest. */
  private reference(): number {
    let reference = 0;
    for (const [index, recorder] of this.points.entries()) {
      const chosen = this.points[reference];
      if (chosen === undefined || index === reference) continue;
      if (longerAt(recorder.exchanges, chosen.exchanges) > longerAt(chosen.exchanges, recorder.exchanges)) reference = index;
    }
    return reference;
  }

  private clockOf(index: number, reference: number): Clock | undefined {
    const [own, chosen] = [this.points[index], this.points[reference]];
    const clock = own && chosen && estimateClock(chosen.exchanges, own.exchanges);
    if (clock !== undefined) this.clocks.push({ point: index, reference, clock });
    return clock;
  }

  private eventOf(event: PointEvent, shift: Shift | undefined): Event {
    const time = shift === undefined ? event.time : shift.time(event.time);
    if (event.kind === 'connection') {
      const connection = shift === undefined ? event.connection : shift.connection(event.connection);
      this.finals.set(connection.key, connection);
      return { time, tell: (sink) => sink.connection(connection) };
    }
    const { kind } = event;
    const exchange = shift === undefined ? event.exchange : shift.exchange(event.exchange);
    return { time, tell: (sink) => sink[kind](exchange) };
  }
}

/** Records what a point tells, in its order. Waits are told by their ends. */
class Recorder implements ExchangeSink {
  readonly events: PointEvent[] = [];
  readonly exchanges: Exchange[] = [];
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
    this.events.push({ kind: 'connection', time: this.at(connection.last.time), connection });
  }

  /** Never earlier than what was told before. */
  private at(time: number | undefined): number {
    if (time !== undefined && time > this.latest) this.latest = time;
    return this.latest;
  }
}

/** Records with their times moved to another clock; the same record gives the same copy. */
class Shift {
  private readonly clock: Clock;
  private readonly moved = new Map<Exchange, Exchange>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  time(time: number): number {
    return time + this.clock.offsetAt(time);
  }

  exchange(exchange: Exchange): Exchange {
    const known = this.moved.get(exchange);
    if (known !== undefined) return known;
    const { request, response, interim, wait, previous, excess } = exchange;
    const moved: Exchange = {
      ...exchange,
      request: request && this.message(request),
      response: response && this.message(response),
      interim: interim.map((message) => this.message(message)),
      wait: wait && this.wait(wait),
      previous: previous && this.exchange(previous),
      excess: excess && { ...excess, first: this.moment(excess.first) },
    };
    this.moved.set(exchange, moved);
    return moved;
  }

  connection(connection: Connection): Connection {
    return {
      ...connection,
      first: this.moment(connection.first),
      last: this.moment(connection.last),
      until: this.time(connection.until),
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
      ...message,
      firstTime: this.time(message.firstTime),
      headTime: this.time(message.headTime),
      lastTime: this.time(message.lastTime),
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
      lastProbe: move(end.lastProbe),
      zeroWindow: move(end.zeroWindow),
      lastZeroWindow: move(end.lastZeroWindow),
    };
  }

  private moment({ frame, time }: Moment): Moment {
    return { frame, time: this.time(time) };
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
