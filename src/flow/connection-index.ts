/**
 * Finds the connection of a segment, in either direction. Hot: one look-up for every segment; bench/ measures it in stage "flow".
 *
 * Open addressing with linear probing; a slot is the id plus one and the hash, so that a collision is told from a hit without
 * touching the row. Removal shifts the slots behind it back: a long capture leaves no tombstones. The hash is the sum of
 * what its two ends give, so both directions find the same slot.
 */

import type { Segment } from '../model.ts';
import { ADDRESS_0, ADDRESS_1, IPV6, PORTS, STATE } from './fields.ts';
import type { Rows } from './rows.ts';

const FIRST_SLOTS = 1024;

export class ConnectionIndex {
  private readonly rows: Rows;
  private slots = new Int32Array(2 * FIRST_SLOTS);
  private mask = FIRST_SLOTS - 1;
  private count = 0;

  constructor(rows: Rows) {
    this.rows = rows;
  }

  /** The direction of the segment: twice the id of its connection, plus the side of its sender; -1 when there is none. */
  find(segment: Segment): number {
    const { source, destination } = segment;
    const hash = hashOf(segment.family, source, segment.sourcePort, destination, segment.destinationPort);
    const forward = (segment.sourcePort << 16) | segment.destinationPort;
    const backward = (segment.destinationPort << 16) | segment.sourcePort;
    const version = segment.family === 6 ? IPV6 : 0;
    const { slots, mask } = this;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const id = slots[2 * slot]! - 1;
      if (id < 0) return -1;
      if (slots[2 * slot + 1] !== hash) continue;
      const ints = this.rows.page(id);
      const row = this.rows.row(id);
      if ((ints[row + STATE]! & IPV6) !== version) continue;
      const address0 = ints[row + ADDRESS_0]!;
      const address1 = ints[row + ADDRESS_1]!;
      const ports = ints[row + PORTS]!;
      if (address0 === source && address1 === destination && ports === forward) return 2 * id;
      if (address0 === destination && address1 === source && ports === backward) return 2 * id + 1;
    }
  }

  /** Adds a connection whose addresses and ports stand in its row. */
  add(id: number): void {
    if (2 * ++this.count > this.mask) this.grow();
    this.place(id + 1, this.hashOfRow(id));
  }

  remove(id: number): void {
    this.count--;
    const { slots, mask } = this;
    let hole = this.hashOfRow(id) & mask;
    while (slots[2 * hole] !== id + 1) hole = (hole + 1) & mask;
    for (let slot = (hole + 1) & mask; slots[2 * slot] !== 0; slot = (slot + 1) & mask) {
      const home = slots[2 * slot + 1]! & mask;
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      slots[2 * hole] = slots[2 * slot]!;
      slots[2 * hole + 1] = slots[2 * slot + 1]!;
      hole = slot;
    }
    slots[2 * hole] = 0;
  }

  private place(entry: number, hash: number): void {
    const { slots, mask } = this;
    let slot = hash & mask;
    while (slots[2 * slot] !== 0) slot = (slot + 1) & mask;
    slots[2 * slot] = entry;
    slots[2 * slot + 1] = hash;
  }

  private grow(): void {
    const before = this.slots;
    this.slots = new Int32Array(2 * before.length);
    this.mask = before.length - 1;
    for (let at = 0; at < before.length; at += 2) {
      if (before[at] !== 0) this.place(before[at]!, before[at + 1]!);
    }
  }

  private hashOfRow(id: number): number {
    const ports = this.rows.int(id, PORTS);
    const family = (this.rows.int(id, STATE) & IPV6) === 0 ? 4 : 6;
    return hashOf(family, this.rows.int(id, ADDRESS_0), ports >>> 16, this.rows.int(id, ADDRESS_1), ports & 0xffff);
  }
}

function hashOf(family: number, address0: number, port0: number, address1: number, port1: number): number {
  const sum = (endHash(address0, port0) + endHash(address1, port1) + family) | 0;
  const mixed = Math.imul(sum ^ (sum >>> 15), 0x2c1b3c6d);
  return mixed ^ (mixed >>> 16);
}

function endHash(address: number, port: number): number {
  const mixed = Math.imul(address, 0x9e3779b1) ^ Math.imul(port, 0x85ebca6b);
  return Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35) ^ (mixed >>> 13);
}
