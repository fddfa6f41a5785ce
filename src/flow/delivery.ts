/**
 * Hands the octets of each direction on in order: data and gaps, then the FIN. What came ahead of a hole waits here.
 *
 * What acknowledges octets of the peer comes after them: an answer that was captured before its request, or while that is still
 * looked for behind a hole, waits as well.
 *
 * `position` counts what was handed on; while the sink is told of octets it is still the offset of the first of them.
 */

import type { FlowSink, Side } from '../model.ts';
import * as at from './fields.ts';
import type { FlowFacts } from './flow-facts.ts';
import { BufferPool, HELD_LIMIT, HeldOctets, PIECES_LIMIT } from './held-octets.ts';
import type { FlowTable } from './table.ts';

export class Delivery {
  private readonly table: FlowTable;
  private readonly facts: FlowFacts;
  private readonly sink: FlowSink;
  private readonly pool: BufferPool;
  /** What waits behind a hole, by direction; the oldest first. */
  private readonly waiting = new Map<number, HeldOctets>();

  constructor(table: FlowTable, facts: FlowFacts, sink: FlowSink, pool = new BufferPool()) {
    this.table = table;
    this.facts = facts;
    this.sink = sink;
    this.pool = pool;
  }

  held(direction: number): HeldOctets | undefined {
    return this.table.is(direction, at.QUEUED) ? this.waiting.get(direction) : undefined;
  }

  /** The next `length` octets, of which bytes[start, end) were captured. Nothing waits in this direction. */
  next(direction: number, bytes: Uint8Array, start: number, end: number, length: number): void {
    if (end > start) {
      this.sink.data(direction >> 1, sideOf(direction), bytes, start, end);
      this.advance(direction, end - start);
    }
    // Cut off by the capture, which is no frame that it lost.
    if (length > end - start) this.gap(direction, length - (end - start));
  }

  /**
   * The octets before the offset `to` will not come. What the peer said meanwhile comes between them: what acknowledges some of
   * them, and what was captured before the octets behind them.
   */
  lose(direction: number, to: number): void {
    for (let missing = this.missing(direction, to); missing > 0; missing = this.missing(direction, to)) {
      const peer = direction ^ 1;
      const said = this.held(peer);
      const acknowledged = this.missing(direction, said?.needs ?? to);
      if (acknowledged > 0) this.loseSome(direction, Math.min(acknowledged, missing));
      else if (said !== undefined && this.isBehind(direction, said)) this.loseSome(peer, this.missing(peer, said.ranges.from));
      else this.loseSome(direction, missing);
    }
  }

  private missing(direction: number, to: number): number {
    return to - this.table.float(direction, at.POSITION);
  }

  /** Does what the peer said, behind a hole of its own that was acknowledged, come before what is held here? */
  private isBehind(direction: number, said: HeldOctets): boolean {
    const peer = direction ^ 1;
    if (this.isReadable(peer, said) || said.ranges.from > this.table.float(peer, at.ACKED_TO)) return false;
    const held = this.held(direction);
    return held === undefined || said.frame <= held.frame || this.missing(peer, held.needs) > 0;
  }

  private loseSome(direction: number, length: number): void {
    this.lost(direction, length);
    this.goOn(direction);
  }

  /** Frames are missing. */
  private lost(direction: number, length: number): void {
    this.table.losses.mark(this.table.frame.time);
    this.gap(direction, length);
  }

  private gap(direction: number, length: number): void {
    const { table, facts } = this;
    facts.gaps++;
    facts.gapOctets += length;
    table.count(direction, at.GAPS);
    table.addExtra(direction, at.GAP_OCTETS, length);
    this.sink.gap(direction >> 1, sideOf(direction), length);
    this.advance(direction, length);
  }

  /** Keeps a copy of bytes[start, end), whose place is at `offset`, behind the position, and which the peer's octets before `needs` precede. */
  hold(direction: number, offset: number, bytes: Uint8Array, start: number, end: number, needs: number): void {
    const held = this.room(direction, offset + end - start);
    if (held === undefined) {
      this.close(direction, Number.POSITIVE_INFINITY);
      this.jump(direction, offset, bytes, start, end);
      return;
    }
    if (!held.put(offset, bytes, start, end)) this.facts.conflicting++;
    held.arrived(offset, this.table.frame.number, this.table.frame.time, needs);
    this.goOn(direction);
  }

  /** Hands on what is readable, in both directions by turns: each piece when the octets that it acknowledges were handed on. */
  goOn(direction: number): void {
    for (let next = this.readyOf(direction); next >= 0; next = this.readyOf(direction)) this.release(next);
  }

  /** Nothing is missing before what is held: it waits for octets of the peer. */
  waitsForPeer(direction: number): boolean {
    const held = this.held(direction);
    return held !== undefined && this.isReadable(direction, held);
  }

  /** Closes the holes that end at or before `limit`. What waits for the peer goes on waiting, unless there is no limit. */
  close(direction: number, limit: number): void {
    for (let held = this.held(direction); held !== undefined && held.ranges.from <= limit; held = this.held(direction)) {
      if (!this.isReadable(direction, held)) this.lose(direction, held.ranges.from);
      else if (limit === Number.POSITIVE_INFINITY) this.stopWaiting(direction, held);
      else return;
    }
    if (!this.table.is(direction, at.FIN_PENDING)) return;
    const missing = this.toFin(direction);
    if (this.table.float(direction, at.POSITION) + missing > limit) return;
    if (missing > 0) this.lose(direction, this.table.float(direction, at.POSITION) + missing);
    this.finish(direction);
  }

  /** Closes every hole, also the one behind the last octet that was captured. */
  flush(direction: number): void {
    this.close(direction, Number.POSITIVE_INFINITY);
    this.lose(direction, this.table.float(direction, at.ACKED_TO));
  }

  /** The FIN was captured, with the number `seq`; it is told when all octets before it were handed on. */
  finAt(direction: number, seq: number): void {
    this.table.setExtra(direction, at.FIN_SEQ, seq);
    this.table.mark(direction, at.FIN_MOMENT);
    this.table.raise(direction, at.FIN_PENDING);
    this.finishIfDue(direction);
  }

  /** Octets between the position and the FIN. */
  toFin(direction: number): number {
    return (this.table.extra(direction, at.FIN_SEQ) - this.table.int(direction, at.NEXT)) | 0;
  }

  private advance(direction: number, length: number): void {
    const { table } = this;
    table.setFloat(direction, at.POSITION, table.float(direction, at.POSITION) + length);
    table.setInt(direction, at.NEXT, (table.int(direction, at.NEXT) + length) | 0);
  }

  /** The hole before what is held is no more. */
  private isReadable(direction: number, { ranges }: HeldOctets): boolean {
    return ranges.from === this.table.float(direction, at.POSITION);
  }

  /** The direction of this connection that may hand on what it holds, the one whose frame is earlier; -1 when neither may. */
  private readyOf(direction: number): number {
    const [own, peer] = [this.readyFrame(direction), this.readyFrame(direction ^ 1)];
    if (own === undefined && peer === undefined) return -1;
    return peer === undefined || (own !== undefined && own <= peer) ? direction : direction ^ 1;
  }

  private readyFrame(direction: number): number | undefined {
    const held = this.held(direction);
    if (held === undefined || !this.isReadable(direction, held)) return undefined;
    return held.needs <= this.table.float(direction ^ 1, at.POSITION) ? held.frame : undefined;
  }

  /** Hands on the first piece of what is held: it counts for the frame that made it readable. */
  private release(direction: number): void {
    const { table } = this;
    const held = this.held(direction);
    if (held === undefined) return;
    const from = held.ranges.from;
    table.acknowledges = Math.max(0, held.needs);
    const { to, frame, time } = held.takePiece(table.float(direction ^ 1, at.POSITION));
    if (frame !== table.frame.number) table.carrier = { ...table.frame, number: frame, time };
    this.next(direction, held.bytes, from - held.base, to - held.base, to - from);
    table.carrier = undefined;
    table.acknowledges = undefined;
    this.afterDrain(direction, held);
  }

  /** Octets of the peer that are waited for were not captured; when it is the peer that waits, somebody has to begin. */
  private stopWaiting(direction: number, { needs }: HeldOctets): void {
    const peer = direction ^ 1;
    const missing = Math.min(needs, this.held(peer)?.ranges.from ?? needs) - this.table.float(peer, at.POSITION);
    if (missing > 0) this.lost(peer, missing);
    else this.release(direction);
    this.goOn(direction);
  }

  private afterDrain(direction: number, held: HeldOctets): void {
    if (held.ranges.count === 0) this.forget(direction, held);
    this.finishIfDue(direction);
  }

  private forget(direction: number, held: HeldOctets): void {
    this.pool.give(held.bytes);
    this.waiting.delete(direction);
    this.table.lower(direction, at.QUEUED);
  }

  finishIfDue(direction: number): void {
    if (this.table.is(direction, at.FIN_PENDING) && this.toFin(direction) <= 0) this.finish(direction);
  }

  private finish(direction: number): void {
    const { table } = this;
    table.lower(direction, at.FIN_PENDING);
    table.raise(direction, at.FIN_DONE);
    table.setInt(direction, at.NEXT, (table.int(direction, at.NEXT) + 1) | 0);
    const held = this.held(direction);
    if (held !== undefined) this.forget(direction, held);
    if (table.float(direction, at.ACKED_TO) > table.float(direction, at.POSITION)) {
      table.setFloat(direction, at.ACKED_TO, table.float(direction, at.POSITION));
      table.raise(direction, at.FIN_ACKED);
      table.mark(direction, at.FIN_ACKED_MOMENT);
    }
    this.sink.fin(direction >> 1, sideOf(direction));
  }

  /** All holes were closed to make room: goes on at `offset`. */
  private jump(direction: number, offset: number, bytes: Uint8Array, start: number, end: number): void {
    if (this.table.is(direction, at.FIN_DONE)) return;
    const missing = offset - this.table.float(direction, at.POSITION);
    if (missing > 0) this.lost(direction, missing);
    const from = start + Math.max(0, -missing);
    if (from < end) this.next(direction, bytes, from, end, end - from);
  }

  /** What waits in this direction, with room up to the offset `to`; undefined where a bound is hit. */
  private room(direction: number, to: number): HeldOctets | undefined {
    const position = this.table.float(direction, at.POSITION);
    const size = to - position;
    const before = this.held(direction);
    if (size > HELD_LIMIT || (before?.ranges.count ?? 0) >= PIECES_LIMIT) return undefined;
    if (before === undefined) {
      const bytes = this.buffer(direction, size);
      if (bytes === undefined) return undefined;
      const held = new HeldOctets(position, bytes);
      this.waiting.set(direction, held);
      this.table.raise(direction, at.QUEUED);
      return held;
    }
    if (to - before.base <= before.bytes.length) return before;
    if (size <= before.bytes.length) {
      before.move(position, before.bytes);
      return before;
    }
    const bytes = this.buffer(direction, size);
    if (bytes === undefined) return undefined;
    const small = before.bytes;
    before.move(position, bytes);
    this.pool.give(small);
    return before;
  }

  /** Takes a buffer from the pool; the oldest holes must go when it is used up. */
  private buffer(direction: number, size: number): Uint8Array | undefined {
    for (;;) {
      const bytes = this.pool.take(size);
      if (bytes !== undefined) return bytes;
      const [oldest] = this.waiting.keys();
      if (oldest === undefined || oldest === direction) return undefined;
      this.close(oldest, Number.POSITIVE_INFINITY);
    }
  }
}

function sideOf(direction: number): Side {
  return (direction & 1) === 0 ? 0 : 1;
}
