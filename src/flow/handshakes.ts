/** The segments that change what a connection is: the first one of each side, SYN, FIN, RST, and a window that closes or opens. */

import { ACK, FIN, type FlowSink, RST, type Segment, SYN } from '../model.ts';
import type { Connections } from './connections.ts';
import * as at from './fields.ts';
import type { FlowFacts } from './flow-facts.ts';
import { noteReset } from './hop-limits.ts';
import type { Reassembly } from './reassembly.ts';
import type { Records } from './records.ts';
import type { FlowTable } from './table.ts';
import { Translations } from './translations.ts';

/** A reset this near to what is expected, or to what was acknowledged last, is believed (RFC 9293 section 3.10.7.4, leniently). */
const RESET_REACH = 65_536;

export class Handshakes {
  private readonly table: FlowTable;
  private readonly facts: FlowFacts;
  private readonly records: Records;
  private readonly reassembly: Reassembly;
  private readonly connections: Connections;
  private readonly sink: FlowSink;
  private readonly translations = new Translations();

  constructor(table: FlowTable, facts: FlowFacts, records: Records, reassembly: Reassembly, connections: Connections, sink: FlowSink) {
    this.table = table;
    this.facts = facts;
    this.records = records;
    this.reassembly = reassembly;
    this.connections = connections;
    this.sink = sink;
  }

  /** A SYN, or the first segment of its side. */
  introduce(direction: number, segment: Segment): void {
    const { table } = this;
    const syn = (segment.flags & SYN) !== 0;
    const first = (segment.seq + (syn ? 1 : 0)) | 0;
    const again = table.is(direction, at.SYN_SENT);
    if (syn && !again) this.takeBackFin(direction);
    if (!table.is(direction, at.KNOWN)) this.expect(direction, first);
    else if (this.startsAt(direction, syn, first)) this.correct(direction, first);
    if (syn && (segment.flags & ACK) !== 0) table.setInt(direction, at.BASE, segment.seq);
    if (!table.is(direction, at.SENT) && table.is(direction ^ 1, at.SENT)) this.answers(direction);
    table.raise(direction, at.SENT | (syn ? at.SYN_SENT : 0));
    if (!syn) return;
    this.synSeen(direction, segment);
    if (segment.length > 0 || (segment.flags & FIN) !== 0) return;
    if (again) {
      this.reassembly.repeated(direction, segment);
      if (table.unacked(direction) > 0) this.records.knocks(direction >> 1);
    } else this.reassembly.remember(direction, segment);
  }

  /** The first word of the side that spoke second. */
  private answers(direction: number): void {
    this.facts.bothDirections++;
    if ((direction & 1) === 1) this.records.answered(direction >> 1);
  }

  /** Who answers the SYN only now has not closed before: that FIN was another connection's, or forged to deceive who looks on. */
  private takeBackFin(direction: number): void {
    const { table } = this;
    if (table.float(direction, at.POSITION) > 0 || !table.is(direction, at.FIN_PENDING | at.FIN_DONE)) return;
    table.lower(direction, at.FIN_PENDING | at.FIN_DONE | at.FIN_ACKED);
    table.setExtra(direction, at.FIN_MOMENT, 0);
    table.setExtra(direction, at.FIN_ACKED_MOMENT, 0);
  }

  /** The first octet of data has this number. */
  private expect(direction: number, seq: number): void {
    this.table.setInt(direction, at.NEXT, seq);
    this.table.raise(direction, at.KNOWN);
    this.base(direction, (seq - 1) | 0);
  }

  /** Wireshark takes the base from the first segment of a direction, or from an acknowledgement of it: even from a reset. */
  private base(direction: number, seq: number): void {
    if (this.table.is(direction, at.BASED)) return;
    this.table.setInt(direction, at.BASE, seq);
    this.table.raise(direction, at.BASED);
  }

  /** A header that only counts for the number of its connection: a base like any other, but nothing else of it is believed. */
  number(direction: number, segment: Segment): void {
    this.base(direction, (segment.flags & SYN) !== 0 ? segment.seq : (segment.seq - 1) | 0);
    if ((segment.flags & ACK) !== 0) this.base(direction ^ 1, (segment.ack - 1) | 0);
  }

  /** May the expected number still be corrected? It may stem from the peer, or from a segment that overtook the SYN. */
  private startsAt(direction: number, syn: boolean, first: number): boolean {
    const { table } = this;
    if (table.float(direction, at.POSITION) > 0 || table.is(direction, at.QUEUED | at.FIN_PENDING | at.FIN_DONE)) return false;
    if (syn) return true;
    if (table.is(direction, at.SENT)) return false;
    const begun = (table.rows.int(direction >> 1, at.STATE) & at.SYN_SEEN) !== 0;
    return !begun || ((first - table.int(direction, at.NEXT)) | 0) < 0;
  }

  private correct(direction: number, first: number): void {
    const { table } = this;
    const moved = (first - table.int(direction, at.NEXT)) | 0;
    table.setInt(direction, at.NEXT, first);
    table.setFloat(direction, at.ACKED_TO, Math.max(0, table.float(direction, at.ACKED_TO) - moved));
  }

  private synSeen(direction: number, segment: Segment): void {
    const { rows, frame } = this.table;
    const id = direction >> 1;
    const state = rows.int(id, at.STATE);
    if ((segment.flags & ACK) !== 0) {
      rows.setInt(id, at.STATE, state | at.SYN_ACK_SEEN);
      if ((state & (at.SYN_SEEN | at.SYN_ACK_SEEN)) === at.SYN_SEEN) this.meet(id, segment.seq);
    } else if ((state & at.SYN_SEEN) === 0) {
      rows.setInt(id, at.STATE, state | at.SYN_SEEN);
      rows.setFloat(id, at.HANDSHAKE, frame.time);
      this.facts.synSeen++;
      this.records.synFound(id);
    }
  }

  /** Another connection may be the same one under other ends: the first data will tell. */
  private meet(id: number, serverNumber: number): void {
    const { table, translations } = this;
    const clientNumber = table.int(2 * id, at.BASE);
    const other = translations.meet(id, clientNumber, serverNumber, table.frame.time);
    if (other < 0 || !table.isOpen(other) || table.int(2 * other, at.BASE) !== clientNumber || this.ofSameHosts(id, other)) return;
    for (const one of [id, other]) table.rows.setInt(one, at.STATE, table.rows.int(one, at.STATE) | at.MET);
  }

  /** Only the client's port differs: no NAT does that, but a client with two connections does. */
  private ofSameHosts(one: number, other: number): boolean {
    const { rows } = this.table;
    const equal = (field: number): boolean => rows.int(one, field) === rows.int(other, field);
    return equal(at.ADDRESS_0) && equal(at.ADDRESS_1) && ((rows.int(one, at.PORTS) ^ rows.int(other, at.PORTS)) & 0xffff) === 0;
  }

  /** True for a segment of a copy, of which nothing is told but that it was there. */
  leavesOut(direction: number, segment: Segment): boolean {
    const { table } = this;
    const id = direction >> 1;
    const state = table.rows.int(id, at.STATE);
    if ((state & at.COPY) === 0) {
      if (segment.length === 0) return false;
      const copy = this.translations.repeats(table.int(2 * id, at.BASE), table.int(2 * id + 1, at.BASE), segment);
      table.rows.setInt(id, at.STATE, (state & ~at.MET) | (copy ? at.COPY : 0));
      if (!copy) return false;
      this.facts.translated++;
    }
    this.facts.duplicates++;
    table.setInt(direction, at.LAST_FRAME, table.frame.number | 0);
    table.setFloat(direction, at.LAST_TIME, table.frame.time);
    if ((segment.flags & FIN) !== 0) table.raise(direction, at.FIN_DONE);
    const over = (segment.flags & RST) !== 0 || (table.is(direction, at.FIN_DONE) && table.is(direction ^ 1, at.FIN_DONE));
    if (over) this.connections.linger(id);
    return true;
  }

  /** The opening side acknowledges the SYN-ACK. */
  complete(id: number): void {
    const { rows, frame } = this.table;
    rows.setInt(id, at.STATE, rows.int(id, at.STATE) | at.HANDSHAKE_DONE);
    rows.setFloat(id, at.HANDSHAKE, frame.time - rows.float(id, at.HANDSHAKE));
  }

  /** An acknowledgement that is not simply progress of a peer without hole or FIN. */
  acknowledge(direction: number, segment: Segment): void {
    const { table, reassembly } = this;
    const peer = direction ^ 1;
    if (table.is(peer, at.KNOWN)) reassembly.acknowledge(peer, segment.ack);
    else this.expect(peer, segment.ack);
    this.lingerWhenClosed(direction);
  }

  arrive(direction: number, segment: Segment): void {
    if ((segment.flags & FIN) === 0 && segment.length === 0) return;
    this.reassembly.arrive(direction, segment, (segment.seq + ((segment.flags & SYN) !== 0 ? 1 : 0)) | 0);
    this.lingerWhenClosed(direction);
  }

  /** The receive window of this side closed or opened. */
  window(direction: number, segment: Segment): void {
    if (segment.window !== 0) this.table.lower(direction, at.ZERO_WINDOW);
    else if ((segment.flags & SYN) === 0) {
      this.table.raise(direction, at.ZERO_WINDOW);
      this.table.mark(direction, at.ZERO_WINDOW_MOMENT);
    }
  }

  reset(direction: number, segment: Segment): void {
    const { table, facts } = this;
    const id = direction >> 1;
    this.base(direction, (segment.seq - 1) | 0);
    if ((segment.flags & ACK) !== 0) this.base(direction ^ 1, (segment.ack - 1) | 0);
    if (!this.believes(direction, segment)) {
      facts.resetsIgnored++;
      return;
    }
    if (!table.is(direction, at.RESET)) noteReset(table, direction, segment.hopLimit);
    table.setInt(direction, at.LAST_FRAME, table.frame.number | 0);
    table.setFloat(direction, at.LAST_TIME, table.frame.time);
    if (!table.is(direction, at.SENT) && table.is(direction ^ 1, at.SENT)) this.answers(direction);
    if (!table.is(direction, at.KNOWN)) this.expect(direction, segment.seq);
    table.raise(direction, at.SENT);
    if ((segment.flags & ACK) !== 0) this.acknowledge(direction, segment);
    if (table.is(direction, at.RESET)) return;
    table.raise(direction, at.RESET);
    table.mark(direction, at.RESET_MOMENT);
    this.connections.flush(id);
    this.sink.reset(id, (direction & 1) === 0 ? 0 : 1);
    this.connections.linger(id);
  }

  /** Is the reset in the window, as far as the capture tells? A refused SYN is answered by one that acknowledges it. */
  private believes(direction: number, segment: Segment): boolean {
    const { table } = this;
    const peer = direction ^ 1;
    const next = table.int(direction, at.NEXT);
    if (!table.is(direction, at.KNOWN)) {
      const refusal = table.is(peer, at.SYN_SENT) && (segment.flags & ACK) !== 0;
      return !refusal || Math.abs((segment.ack - table.int(peer, at.NEXT)) | 0) <= RESET_REACH;
    }
    const acked = next + (table.float(direction, at.ACKED_TO) - table.float(direction, at.POSITION));
    return this.isNear(segment.seq, next) || this.isNear(segment.seq, acked) || this.isNear(segment.seq, this.reassembly.heldTo(direction));
  }

  private isNear(seq: number, expected: number): boolean {
    return Math.abs((seq - expected) | 0) <= RESET_REACH;
  }

  private lingerWhenClosed(direction: number): void {
    if (this.table.is(direction, at.FIN_ACKED) && this.table.is(direction ^ 1, at.FIN_ACKED)) this.connections.linger(direction >> 1);
  }
}
