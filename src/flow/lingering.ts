/**
 * Closed connections, remembered for a while so that late segments still find them; the oldest is recycled when a new one comes.
 * One that was touched since (new data after a reset: the reset was forged, or not heard) stays for another round.
 */

import { LINGER, STATE, TOUCHED } from './fields.ts';
import type { Rows } from './rows.ts';

const PLACES = 4096;

export class Lingering {
  private readonly rows: Rows;
  private readonly recycle: (id: number) => void;
  /** Id plus one by place, 0 for a free one. */
  private readonly ring = new Int32Array(PLACES);
  private hand = 0;
  /** Places taken. */
  private count = 0;

  constructor(rows: Rows, recycle: (id: number) => void) {
    this.rows = rows;
    this.recycle = recycle;
  }

  add(id: number): void {
    if (this.rows.int(id, LINGER) !== 0) return;
    this.freePlace();
    this.ring[this.hand] = id + 1;
    this.count++;
    this.hand = (this.hand + 1) % PLACES;
    this.rows.setInt(id, LINGER, this.hand === 0 ? PLACES : this.hand);
  }

  /** The connection is recycled before its turn. */
  remove(id: number): void {
    const place = this.rows.int(id, LINGER);
    if (place === 0) return;
    this.ring[place - 1] = 0;
    this.count--;
    this.rows.setInt(id, LINGER, 0);
  }

  /** Recycles the oldest; false when there is none. */
  recycleOne(): boolean {
    for (let step = 0; this.count > 0; step++) {
      const id = (this.ring[(this.hand + step) % PLACES] ?? 0) - 1;
      if (id < 0) continue;
      this.recycle(id);
      return true;
    }
    return false;
  }

  /** Moves the hand to a free place, or makes one. */
  private freePlace(): void {
    for (;;) {
      const id = (this.ring[this.hand] ?? 0) - 1;
      if (id < 0) return;
      const state = this.rows.int(id, STATE);
      if ((state & TOUCHED) === 0) {
        this.recycle(id);
        return;
      }
      this.rows.setInt(id, STATE, state & ~TOUCHED);
      this.hand = (this.hand + 1) % PLACES;
    }
  }
}
