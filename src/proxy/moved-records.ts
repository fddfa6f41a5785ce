/**
 * Records of one point -> the same by the clock of the point of reference, and with all the files in which their connections
 * were seen.
 */
import type { Connection, ConnectionIdentity, EndFacts, Exchange, Message, Moment, Wait } from '../model.ts';
import { copyOf } from '../records.ts';
import type { Clock } from './clocks.ts';
import type { ComparedPoints } from './compare-points.ts';

/** An exchange at a moment. */
export interface ExchangeState {
  readonly exchange: Exchange;
  /** As it stood then: what is told later knows no more. */
  readonly state: Exchange;
  /** The exchange before it on its connection, which the record lets go of as soon as another one follows. */
  readonly previous: Exchange | undefined;
  /** Octets behind that one, which may still become more. */
  readonly previousExcess: Exchange['excess'];
}

export class MovedRecords {
  private readonly clock: Clock | undefined;
  private readonly elsewhere: ComparedPoints['elsewhere'];
  /** Copies of exchanges by their connection, as long as that is not over. */
  private readonly copies = new Map<string, Map<Exchange, Exchange>>();
  private readonly identities = new Map<string, ConnectionIdentity>();

  constructor(clock: Clock | undefined, elsewhere: ComparedPoints['elsewhere']) {
    this.clock = clock;
    this.elsewhere = elsewhere;
  }

  moved(time: number): number {
    return this.clock === undefined ? time : time + this.clock.offsetAt(time);
  }

  /** The time that was moved there; a clock drifts so little that one step finds it. */
  original(time: number): number {
    return this.clock === undefined ? time : time - this.clock.offsetAt(time - this.clock.offsetAt(time));
  }

  /** The same exchange gives the same copy, brought up to date. */
  exchange({ exchange, state, previous, previousExcess }: ExchangeState): Exchange {
    const { key } = exchange.connection;
    const copies = this.copies.get(key) ?? new Map<Exchange, Exchange>();
    this.copies.set(key, copies);
    const before =
      previous && Object.assign(copies.get(previous) ?? this.copy(previous, undefined), { excess: this.excess(previousExcess) });
    const latest = this.copy(state, before);
    const known = copies.get(exchange);
    if (known !== undefined) return Object.assign(known, latest);
    copies.set(exchange, latest);
    return latest;
  }

  /** Nobody asks for the exchange before it again. */
  ended(exchange: Exchange, previous: Exchange | undefined): void {
    if (previous?.ended === true) this.copies.get(exchange.connection.key)?.delete(previous);
  }

  /** A connection that is over: nobody asks for anything of it again. */
  over(connection: Connection): Connection {
    for (const [exchange, copy] of this.copies.get(connection.key) ?? []) Object.assign(copy, { excess: this.excess(exchange.excess) });
    const last = this.connection(connection);
    this.copies.delete(connection.key);
    this.identities.delete(connection.key);
    return last;
  }

  private copy(exchange: Exchange, previous: Exchange | undefined): Exchange {
    const { request, response, interim, wait, ackStall, excess } = exchange;
    return {
      ...exchange,
      connection: this.identity(exchange.connection),
      request: request && this.message(request),
      response: response && this.message(response),
      interim: interim.map((message) => this.message(message)),
      wait: wait && this.wait(wait),
      ackStall: ackStall && { ...ackStall, moment: this.moment(ackStall.moment) },
      previous,
      excess: this.excess(excess),
    };
  }

  /** With all the files that it was seen in. */
  private identity(identity: ConnectionIdentity): ConnectionIdentity {
    const elsewhere = this.elsewhere.get(identity.key);
    if (this.clock === undefined && elsewhere === undefined) return identity;
    const known = this.identities.get(identity.key);
    if (known !== undefined) return known;
    const merged = {
      ...identity,
      firstTime: this.moved(identity.firstTime),
      get seenIn() {
        return elsewhere === undefined ? identity.seenIn : [...identity.seenIn, ...elsewhere]; // it may go on in the next part of a ring
      },
      get synSeen() {
        return identity.synSeen; // it may be found late
      },
    };
    this.identities.set(identity.key, merged);
    return merged;
  }

  connection(connection: Connection): Connection {
    const elsewhere = this.elsewhere.get(connection.key);
    if (this.clock === undefined && elsewhere === undefined) return connection;
    return {
      ...connection,
      seenIn: [...connection.seenIn, ...(elsewhere ?? [])],
      first: this.moment(connection.first),
      firstTime: this.moved(connection.firstTime),
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

  private excess(excess: Exchange['excess']): Exchange['excess'] {
    return excess && { ...excess, first: this.moment(excess.first) };
  }

  private message<M extends Message>(message: M): M {
    if (this.clock === undefined) return message;
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
