/**
 * Beginning and end of connections: their rows, their numbers, and who must go when there are too many.
 *
 * The number is Wireshark's `tcp.stream`: a new one for a new pair of ends, and for a SYN whose sequence number is not the base of
 * its direction. (Its source in some versions also has "or that follows a FIN or RST"; tshark 4.0.17 does not do so.) It starts at
 * 0 in each file; the ordinal runs on.
 */

import { ACK, type FlowSink, type Segment, SYN } from '../model.ts';
import type { Delivery } from './delivery.ts';
import * as at from './fields.ts';
import type { FlowFacts } from './flow-facts.ts';
import { Lingering } from './lingering.ts';
import type { Records } from './records.ts';
import type { FlowTable } from './table.ts';

/** Connections at once. */
export const CONNECTION_LIMIT = 1_000_000;
/** Rows that are compared when one must go. */
const SAMPLE = 64;

export class Connections {
  /** Index of the file at hand. */
  capture = 0;
  /** The number that a connection gets which the segment at hand begins, where somebody has counted them; else -1. */
  given = -1;
  private readonly table: FlowTable;
  private readonly facts: FlowFacts;
  private readonly records: Records;
  private readonly delivery: Delivery;
  private readonly sink: FlowSink;
  private readonly limit: number;
  private readonly lingering: Lingering;
  private hand = 0;

  constructor(table: FlowTable, facts: FlowFacts, records: Records, delivery: Delivery, sink: FlowSink, limit = CONNECTION_LIMIT) {
    this.table = table;
    this.facts = facts;
    this.records = records;
    this.delivery = delivery;
    this.sink = sink;
    this.limit = limit;
    this.lingering = new Lingering(table.rows, this.close);
  }

  /** The direction of a segment that begins a connection. Its sender opened it, unless it is a SYN-ACK. */
  begin(segment: Segment, stream = this.nextStream()): number {
    const { table, facts } = this;
    const { rows, frame } = table;
    if (rows.used >= this.limit) this.makeRoom();
    const side = (segment.flags & (SYN | ACK)) === (SYN | ACK) ? 1 : 0;
    const id = rows.allocate();
    const { source, destination, sourcePort, destinationPort } = segment;
    rows.setInt(id, at.ADDRESS_0, side === 0 ? source : destination);
    rows.setInt(id, at.ADDRESS_1, side === 0 ? destination : source);
    rows.setInt(id, at.PORTS, side === 0 ? (sourcePort << 16) | destinationPort : (destinationPort << 16) | sourcePort);
    rows.setInt(id, at.STATE, segment.family === 6 ? at.OPEN | at.IPV6 : at.OPEN);
    rows.setInt(id, at.CAPTURE, this.capture);
    rows.setInt(id, at.STREAM, stream);
    rows.setInt(id, at.ORDINAL, facts.connections++ | 0);
    rows.setInt(id, at.FIRST_FRAME, frame.number | 0);
    rows.setFloat(id, at.FIRST_TIME, frame.time);
    table.index.add(id);
    return 2 * id + side;
  }

  /**
   * A SYN meets a connection: the direction of the one that it belongs to, which is another one when its number differs. One that
   * begins again with the same number, as in a replay, keeps the stream number too.
   */
  meet(direction: number, segment: Segment): number {
    const { table } = this;
    const id = direction >> 1;
    if (!table.is(direction, at.BASED)) return direction;
    if (table.int(direction, at.BASE) !== segment.seq) {
      this.close(id);
      return this.begin(segment);
    }
    const carried = table.float(direction, at.POSITION) + table.float(direction ^ 1, at.POSITION);
    return carried > 0 && table.rows.int(id, at.LINGER) !== 0 ? this.replay(direction, segment) : direction;
  }

  /** Wireshark sees one connection here, so its number and its bases go on. */
  private replay(direction: number, segment: Segment): number {
    const { table } = this;
    const id = direction >> 1;
    const [stream, capture] = [table.rows.int(id, at.STREAM), table.rows.int(id, at.CAPTURE)];
    const [base, based] = [table.int(direction ^ 1, at.BASE), table.int(direction ^ 1, at.SIDE_STATE) & at.BASED];
    this.close(id);
    if (capture !== this.capture) return this.begin(segment);
    const again = this.begin(segment, stream);
    table.setInt(again ^ 1, at.BASE, base);
    table.raise(again ^ 1, based);
    return again;
  }

  /** The connection is seen for the first time in the file at hand. */
  goOn(id: number): void {
    const { rows } = this.table;
    this.facts.continued++;
    const stream = this.nextStream();
    this.records.seenAgain(id, this.capture, stream);
    rows.setInt(id, at.CAPTURE, this.capture);
    rows.setInt(id, at.STREAM, stream);
  }

  private nextStream(): number {
    return this.given >= 0 ? this.given : this.facts.streams++;
  }

  /** It is over, and will be recycled some time later. */
  linger(id: number): void {
    this.lingering.add(id);
  }

  /** Tells the sink that the connection is over, and recycles it. */
  readonly close = (id: number): void => {
    this.flush(id);
    this.sink.closed(id);
    this.records.forget(id);
    this.lingering.remove(id);
    this.table.release(id);
  };

  flush(id: number): void {
    this.delivery.flush(2 * id);
    this.delivery.flush(2 * id + 1);
  }

  /** Ids of all connections, in the order in which they began. */
  all(): readonly number[] {
    const { rows } = this.table;
    const ids: number[] = [];
    for (let id = 0; id < rows.limit; id++) if (this.table.isOpen(id)) ids.push(id);
    return ids.sort((one, other) => (rows.int(one, at.ORDINAL) >>> 0) - (rows.int(other, at.ORDINAL) >>> 0));
  }

  /** A closed one must go; else the next that is half open; else the one that was silent for longest; among some. */
  private makeRoom(): void {
    if (this.lingering.recycleOne()) return;
    const { rows } = this.table;
    let chosen = -1;
    for (let step = 0; step < SAMPLE || chosen < 0; step++) {
      this.hand = (this.hand + 1) % rows.limit;
      if (!this.table.isOpen(this.hand)) continue;
      if (chosen < 0 || this.lastTime(this.hand) < this.lastTime(chosen)) chosen = this.hand;
      if (!this.isHalfOpen(this.hand)) continue;
      chosen = this.hand;
      break;
    }
    this.facts.evicted++;
    this.close(chosen);
  }

  private isHalfOpen(id: number): boolean {
    const { table } = this;
    return (table.rows.int(id, at.STATE) & at.SYN_ACK_SEEN) === 0 && (!table.is(2 * id, at.SENT) || !table.is(2 * id + 1, at.SENT));
  }

  private lastTime(id: number): number {
    return Math.max(this.table.float(2 * id, at.LAST_TIME), this.table.float(2 * id + 1, at.LAST_TIME));
  }
}
