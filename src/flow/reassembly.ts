/**
 * Segments that are not simply the next octets, and acknowledgements that are not simply progress: what is old is counted, what is
 * early waits, and a hole is closed as a gap when its octets will not come any more.
 *
 * A hole is closed
 * - at once when the peer acknowledged it and octets behind it were captured 1 ms ago: the capture has lost it;
 * - else 5 ms after the acknowledgement: two interfaces, or two queues of one, may hand frames over in the wrong order;
 * - for a direction whose peer is never seen, which nobody acknowledges: after 1 s, 64 segments or 64 KiB;
 * - when a bound is hit, and when the connection ends.
 * A hole that nobody acknowledged waits: its octets were lost on the way and will be sent again.
 */

import { ACK, FIN, type FlowSink, type Segment, SYN } from '../model.ts';
import { Deadlines } from './deadlines.ts';
import type { Delivery } from './delivery.ts';
import * as at from './fields.ts';
import type { FlowFacts } from './flow-facts.ts';
import { HELD_LIMIT } from './held-octets.ts';
import type { FlowTable } from './table.ts';
import { Twins } from './twins.ts';

const ACK_DELAY = 5e6;
/** Frames of two queues are no further apart. */
const RACE = 1e6;
const HOLE_DELAY = 1e9;
const HOLE_SEGMENTS = 64;
const HOLE_OCTETS = 65_536;
/** A number this far from the expected one is none of this connection: windows are smaller (RFC 7323 section 2.3). */
const REACH = 2 ** 30;
/** An acknowledgement further ahead proves nothing: a forged one must not make us skip octets that are still to come. */
const ACK_REACH = 2 ** 26;
/** When not everything was acknowledged, only a segment after this much silence is a probe, and not one that comes late. */
const SILENCE = 200e6;

export class Reassembly {
  readonly twins = new Twins();
  private readonly table: FlowTable;
  private readonly facts: FlowFacts;
  private readonly sink: FlowSink;
  private readonly delivery: Delivery;
  private readonly ackDeadlines = new Deadlines(ACK_DELAY);
  private readonly holeDeadlines = new Deadlines(HOLE_DELAY);

  constructor(table: FlowTable, facts: FlowFacts, sink: FlowSink, delivery: Delivery) {
    this.table = table;
    this.facts = facts;
    this.sink = sink;
    this.delivery = delivery;
  }

  // -------------------------------------------------------------------------------------------- segments

  /** A segment with data or FIN whose data begins at the sequence number `seq`. */
  arrive(direction: number, segment: Segment, seq: number): void {
    const { table } = this;
    const ahead = (seq - table.int(direction, at.NEXT)) | 0;
    const end = ahead + segment.length;
    const twin = this.isTwin(direction, segment);
    const ended = table.is(direction, at.FIN_DONE);
    if (Math.abs(ahead) >= REACH || (ended && end > 0) || this.tooFar(direction, segment, ahead, end)) {
      this.facts.implausible++;
      return;
    }
    const newFin = (segment.flags & FIN) !== 0 && !table.is(direction, at.FIN_PENDING | at.FIN_DONE) && end >= 0;
    const newData = segment.length > 0 && end > 0 && !this.holds(direction, ahead, end);
    if (!newFin && !newData) this.old(direction, segment, ahead, twin);
    if (newData) this.markData(direction);
    if (segment.length > 0 && end > 0) this.take(direction, segment, ahead);
    if (newFin) this.delivery.finAt(direction, (seq + segment.length) | 0);
  }

  /** A segment without data at the octet before the expected one: a probe, unless it only comes late. */
  probe(direction: number, segment: Segment): void {
    if (!this.quiet(direction)) return;
    if (this.isTwin(direction, segment)) this.countDuplicate(direction);
    else this.countProbe(direction);
  }

  /** A segment without data that may be captured twice. */
  remember(direction: number, segment: Segment): void {
    this.isTwin(direction, segment);
  }

  /** Sequence number behind the last octet that is held. */
  heldTo(direction: number): number {
    const held = this.delivery.held(direction);
    const next = this.table.int(direction, at.NEXT);
    return held === undefined ? next : next + (held.ranges.end - this.table.float(direction, at.POSITION));
  }

  /** A segment that brings nothing new. */
  repeated(direction: number, segment: Segment): void {
    if (this.isTwin(direction, segment)) this.countDuplicate(direction);
    else this.countRetransmission(direction);
  }

  countProbe(direction: number): void {
    this.facts.probes++;
    this.table.count(direction, at.PROBES);
    this.table.mark(direction, at.PROBE_MOMENT);
    // A single octet that nobody has acknowledged looks like one when it is sent again.
    if (this.table.float(direction, at.ACKED_TO) < this.table.float(direction, at.POSITION)) this.table.stuck(direction);
  }

  private old(direction: number, segment: Segment, ahead: number, twin: boolean): void {
    const oneOctet = ahead === -1 && segment.length === 1 && (segment.flags & (SYN | FIN)) === 0;
    if (twin) this.countDuplicate(direction);
    else if (oneOctet && this.quiet(direction)) this.countProbe(direction);
    else this.countRetransmission(direction);
  }

  private isTwin(direction: number, segment: Segment): boolean {
    return this.twins.seen(direction, segment);
  }

  private countDuplicate(direction: number): void {
    this.facts.duplicates++;
    this.table.count(direction, at.DUPLICATES);
  }

  private countRetransmission(direction: number): void {
    this.facts.retransmissions++;
    this.table.count(direction, at.RETRANSMISSIONS);
    this.table.mark(direction, at.RETRANSMISSION_MOMENT);
    this.table.stuck(direction);
  }

  private quiet(direction: number): boolean {
    const { table } = this;
    if (table.is(direction, at.FIN_DONE)) return table.is(direction, at.FIN_ACKED);
    if (table.float(direction, at.ACKED_TO) >= table.float(direction, at.POSITION)) return true;
    return table.frame.time - table.float(direction, at.DATA_TIME) >= SILENCE;
  }

  /** Do the held octets cover [ahead, end), relative to the position? */
  private holds(direction: number, ahead: number, end: number): boolean {
    const held = this.delivery.held(direction);
    if (held === undefined) return false;
    const position = this.table.float(direction, at.POSITION);
    return held.ranges.missing(position + ahead, position + end).length === 0;
  }

  /**
   * Is the segment so far ahead that it may be forged? It is believed when the peer acknowledges such numbers, when it follows
   * what is held, and when a second one follows it.
   */
  private tooFar(direction: number, segment: Segment, ahead: number, end: number): boolean {
    if (end <= HELD_LIMIT) return false;
    const { table } = this;
    const offset = table.float(direction, at.POSITION) + ahead;
    const heldTo = this.delivery.held(direction)?.ranges.end ?? table.float(direction, at.POSITION);
    if (offset - heldTo <= HOLE_OCTETS || table.float(direction, at.ACKED_TO) >= offset) return false;
    const expected = table.extra(direction, at.FAR_SEQ);
    table.setExtra(direction, at.FAR_SEQ, (segment.seq + segment.length) | 0);
    return expected !== segment.seq;
  }

  private markData(direction: number): void {
    const { table } = this;
    const { rows, frame } = table;
    const id = direction >> 1;
    table.setInt(direction, at.DATA_FRAME, frame.number | 0);
    table.setFloat(direction, at.DATA_TIME, frame.time);
    if (rows.int(id, at.LINGER) !== 0) rows.setInt(id, at.STATE, rows.int(id, at.STATE) | at.TOUCHED);
  }

  private take(direction: number, segment: Segment, ahead: number): void {
    const { table, delivery } = this;
    const behind = Math.max(0, -ahead);
    const start = Math.min(segment.start + behind, segment.end);
    const end = Math.min(segment.end, segment.start + segment.length);
    const needs = this.acknowledges(direction, segment);
    if (ahead <= 0 && !table.is(direction, at.QUEUED) && needs <= table.float(direction ^ 1, at.POSITION)) {
      delivery.next(direction, segment.bytes, start, end, segment.length - behind);
      delivery.finishIfDue(direction);
      delivery.goOn(direction);
    } else if (start < end) this.hold(direction, table.float(direction, at.POSITION) + ahead + behind, segment.bytes, start, end, needs);
  }

  /** The offset up to which the segment acknowledges octets of a peer that is seen. */
  private acknowledges(direction: number, { flags, ack }: Segment): number {
    const { table } = this;
    const peer = direction ^ 1;
    if ((flags & ACK) === 0 || !table.is(peer, at.KNOWN) || !table.is(peer, at.SENT)) return Number.NEGATIVE_INFINITY;
    const ahead = (ack - table.int(peer, at.NEXT)) | 0;
    return ahead > ACK_REACH ? Number.NEGATIVE_INFINITY : table.float(peer, at.POSITION) + this.octetsAhead(peer, ahead);
  }

  private hold(direction: number, offset: number, bytes: Uint8Array, start: number, end: number, needs: number): void {
    const { table, delivery } = this;
    delivery.hold(direction, offset, bytes, start, end, needs);
    const held = delivery.held(direction);
    if (held === undefined) return;
    this.closeOld(direction);
    if (table.is(direction ^ 1, at.SENT)) return;
    if (held.segments >= HOLE_SEGMENTS || held.ranges.end - held.ranges.from >= HOLE_OCTETS)
      delivery.close(direction, Number.POSITIVE_INFINITY);
    else this.schedule(direction, at.HOLE_DUE, this.holeDeadlines);
  }

  // -------------------------------------------------------------------------------------------- acknowledgements

  /** The peer of `direction` acknowledges up to the sequence number `ack`, and it is not simply progress. */
  acknowledge(direction: number, ack: number): void {
    const { table } = this;
    const ahead = (ack - table.int(direction, at.NEXT)) | 0;
    if (ahead > ACK_REACH || ahead < -REACH) return;
    const offset = table.float(direction, at.POSITION) + this.octetsAhead(direction, ahead);
    const fin = table.is(direction, at.FIN_PENDING | at.FIN_DONE) && ((ack - table.extra(direction, at.FIN_SEQ)) | 0) > 0;
    if (offset > table.float(direction, at.ACKED_TO)) {
      table.setFloat(direction, at.ACKED_TO, offset);
      this.closeOld(direction);
      if (offset > table.float(direction, at.POSITION)) this.schedule(direction, at.ACK_DUE, this.ackDeadlines);
      if (table.is(direction, at.WATCHED) && table.float(direction, at.WATCH) <= offset) this.tellAcked(direction);
    } else this.closeOld(direction);
    if (fin && !table.is(direction, at.FIN_ACKED)) {
      table.raise(direction, at.FIN_ACKED);
      table.mark(direction, at.FIN_ACKED_MOMENT);
    }
  }

  /** Closes the holes that were acknowledged, in front of octets that have waited; those in front of others may still be filled. */
  private closeOld(direction: number): void {
    const { table, delivery } = this;
    const acked = table.float(direction, at.ACKED_TO);
    for (let held = delivery.held(direction); held !== undefined && held.ranges.from <= acked; held = delivery.held(direction)) {
      if (delivery.waitsForPeer(direction)) return;
      if (table.frame.time - held.since < RACE) {
        this.schedule(direction, at.ACK_DUE, this.ackDeadlines);
        return;
      }
      delivery.close(direction, held.ranges.from);
    }
  }

  tellAcked(direction: number): void {
    this.table.lower(direction, at.WATCHED);
    this.sink.acked(direction >> 1, (direction & 1) === 0 ? 0 : 1);
  }

  /** Octets of data between the position and the acknowledged number, which may cover the FIN. */
  private octetsAhead(direction: number, ahead: number): number {
    if (this.table.is(direction, at.FIN_DONE)) return Math.min(0, ahead + 1);
    if (this.table.is(direction, at.FIN_PENDING)) return Math.min(ahead, this.delivery.toFin(direction));
    return ahead;
  }

  // -------------------------------------------------------------------------------------------- time

  /** When something must be looked at again. */
  get due(): number {
    return Math.min(this.ackDeadlines.due, this.holeDeadlines.due);
  }

  overdue(time: number): void {
    while (this.ackDeadlines.due <= time) this.ackDeadlines.take(this.closeAcknowledged);
    while (this.holeDeadlines.due <= time) this.holeDeadlines.take(this.closeHoles);
  }

  private schedule(direction: number, flag: number, deadlines: Deadlines): void {
    if (this.table.is(direction, flag)) return;
    this.table.raise(direction, flag);
    deadlines.add(direction, this.table.rows.int(direction >> 1, at.ORDINAL), this.table.frame.time);
  }

  private readonly closeAcknowledged = (direction: number, ordinal: number): void => {
    const { table, delivery } = this;
    if (!this.isStill(direction, ordinal)) return;
    table.lower(direction, at.ACK_DUE);
    delivery.close(direction, table.float(direction, at.ACKED_TO));
    if (delivery.waitsForPeer(direction)) this.schedule(direction, at.ACK_DUE, this.ackDeadlines);
    else delivery.lose(direction, table.float(direction, at.ACKED_TO));
  };

  private readonly closeHoles = (direction: number, ordinal: number): void => {
    if (!this.isStill(direction, ordinal)) return;
    this.table.lower(direction, at.HOLE_DUE);
    if (!this.table.is(direction ^ 1, at.SENT)) this.delivery.close(direction, Number.POSITIVE_INFINITY);
  };

  private isStill(direction: number, ordinal: number): boolean {
    return this.table.isOpen(direction >> 1) && this.table.rows.int(direction >> 1, at.ORDINAL) === ordinal;
  }
}
