/**
 * The connections of a point: their rows, the index over them, and access by name for the code that is not hot.
 *
 * A *direction* is one number: twice the connection's id, plus the side that sends.
 */

import type { Frame, Segment } from '../model.ts';
import { ConnectionIndex } from './connection-index.ts';
import * as at from './fields.ts';
import { EXTRA, EXTRA_INTS, MOMENT_TIME, ROW_INTS, SIDE_STATE, STATE, sideOf } from './fields.ts';
import { LossTimes } from './loss-times.ts';
import { Rows } from './rows.ts';

export class FlowTable {
  readonly rows = new Rows(ROW_INTS);
  readonly extras = new Rows(EXTRA_INTS);
  readonly index = new ConnectionIndex(this.rows);
  readonly losses = new LossTimes();
  /** The frame that is being handled. */
  frame: Frame = {
    bytes: new Uint8Array(0),
    start: 0,
    end: 0,
    wireLength: 0,
    time: Number.NaN,
    number: 0,
    offset: 0,
    recordLength: 0,
    interfaceId: 0,
    capture: 0,
    linkType: 0,
  };

  /** What the octets that are handed on came with, of the peer, where they had to wait; else the segment at hand says it. */
  acknowledges: number | undefined;
  /** The segment that is being handled. */
  segment: Segment | undefined;

  /** The frame that carried the octets that are handed on, where that is not the one at hand. */
  carrier: Frame | undefined;

  isOpen(id: number): boolean {
    return this.rows.int(id, STATE) !== 0;
  }

  /** Gives the row back, and those of its sides. */
  release(id: number): void {
    this.index.remove(id);
    for (const direction of [2 * id, 2 * id + 1]) {
      const extra = this.int(direction, EXTRA);
      if (extra !== 0) this.extras.release(extra - 1);
    }
    this.rows.setInt(id, STATE, 0);
    this.rows.release(id);
  }

  int(direction: number, field: number): number {
    return this.rows.int(direction >> 1, sideOf(direction & 1) + field);
  }

  setInt(direction: number, field: number, value: number): void {
    this.rows.setInt(direction >> 1, sideOf(direction & 1) + field, value);
  }

  float(direction: number, field: number): number {
    return this.rows.float(direction >> 1, (sideOf(direction & 1) >> 1) + field);
  }

  setFloat(direction: number, field: number, value: number): void {
    this.rows.setFloat(direction >> 1, (sideOf(direction & 1) >> 1) + field, value);
  }

  is(direction: number, bits: number): boolean {
    return (this.int(direction, SIDE_STATE) & bits) !== 0;
  }

  raise(direction: number, bits: number): void {
    this.setInt(direction, SIDE_STATE, this.int(direction, SIDE_STATE) | bits);
  }

  lower(direction: number, bits: number): void {
    this.setInt(direction, SIDE_STATE, this.int(direction, SIDE_STATE) & ~bits);
  }

  /** An integer of the direction's extra row, 0 as long as it has none. */
  extra(direction: number, field: number): number {
    const extra = this.int(direction, EXTRA);
    return extra === 0 ? 0 : this.extras.int(extra - 1, field);
  }

  extraFloat(direction: number, field: number): number {
    const extra = this.int(direction, EXTRA);
    return extra === 0 ? 0 : this.extras.float(extra - 1, field);
  }

  setExtra(direction: number, field: number, value: number): void {
    this.extras.setInt(this.extraRow(direction), field, value);
  }

  /** Adds to a double of the extra row. */
  addExtra(direction: number, field: number, value: number): void {
    const row = this.extraRow(direction);
    this.extras.setFloat(row, field, this.extras.float(row, field) + value);
  }

  count(direction: number, field: number): void {
    this.setExtra(direction, field, this.extra(direction, field) + 1);
  }

  /** Sets a moment of the extra row to the frame at hand. */
  mark(direction: number, moment: number): void {
    const row = this.extraRow(direction);
    this.extras.setInt(row, moment, this.frame.number | 0);
    this.extras.setFloat(row, moment + MOMENT_TIME, this.frame.time);
  }

  /** Something was sent again: counts how often since the peer acknowledged anything new. */
  stuck(direction: number): void {
    const row = this.extraRow(direction);
    const fresh = this.extras.int(row, at.STUCK) === 0 || this.extras.float(row, at.STUCK_AT) !== this.stuckAt(direction);
    if (!fresh) {
      this.count(direction, at.STUCK);
      return;
    }
    const isSyn = this.float(direction, at.POSITION) === 0;
    const id = direction >> 1;
    this.extras.setInt(row, at.STUCK, 1);
    this.extras.setFloat(row, at.STUCK_AT, this.stuckAt(direction));
    this.extras.setInt(row, at.STUCK_MOMENT, isSyn ? this.rows.int(id, at.FIRST_FRAME) : this.int(direction, at.DATA_FRAME));
    this.extras.setFloat(
      row,
      at.STUCK_MOMENT + MOMENT_TIME,
      isSyn ? this.rows.float(id, at.FIRST_TIME) : this.float(direction, at.DATA_TIME),
    );
  }

  /** How often data, or a SYN, was sent again that the peer has not acknowledged to this moment. */
  unacked(direction: number): number {
    if (this.int(direction, EXTRA) === 0) return 0;
    const position = this.float(direction, at.POSITION);
    const owed = position === 0 ? !this.is(direction ^ 1, at.SENT) : position > this.float(direction, at.ACKED_TO);
    return owed && this.extraFloat(direction, at.STUCK_AT) === this.stuckAt(direction) ? this.extra(direction, at.STUCK) : 0;
  }

  private stuckAt(direction: number): number {
    return this.float(direction, at.POSITION) === 0 ? -1 : this.float(direction, at.ACKED_TO);
  }

  private extraRow(direction: number): number {
    const extra = this.int(direction, EXTRA);
    if (extra !== 0) return extra - 1;
    const row = this.extras.allocate();
    this.setInt(direction, EXTRA, row + 1);
    return row;
  }
}
