/**
 * How rare a value is among the recent ones, in bits: equal rare values say much, equal common ones nothing.
 *
 * A count-min sketch of fixed size (RULES section 7.4); it forgets by halving all counters now and then.
 */
const ROWS = 4;
const WIDTH = 2048;
const HALVE_EVERY = 16_384;
/** Values that are taken to have been seen before the capture began, all different: the first ones are not common. */
const BACKGROUND = 256;

export class Rarity {
  private readonly counters = new Float64Array(ROWS * WIDTH);
  /** A fraction sooner or later: it is never an integer in the eyes of V8. */
  private total = Number.NaN;
  private sinceHalved = 0;

  constructor() {
    this.total = 0;
  }

  add(value: number): void {
    for (let row = 0; row < ROWS; row++) this.counters[slot(row, value)] = (this.counters[slot(row, value)] ?? 0) + 1;
    this.total++;
    if (++this.sinceHalved < HALVE_EVERY) return;
    this.sinceHalved = 0;
    this.total /= 2;
    for (let index = 0; index < this.counters.length; index++) this.counters[index] = (this.counters[index] ?? 0) / 2;
  }

  /** -log2 of the share of this value, at least 0; a value never seen counts as seen once. */
  bits(value: number): number {
    let count = Number.POSITIVE_INFINITY;
    for (let row = 0; row < ROWS; row++) count = Math.min(count, this.counters[slot(row, value)] ?? 0);
    return Math.max(0, Math.log2((this.total + BACKGROUND) / Math.max(count, 1)));
  }
}

function slot(row: number, value: number): number {
  const mixed = Math.imul(value ^ Math.imul(row + 1, 0x9e3779b1), 0x85ebca6b);
  return row * WIDTH + ((mixed ^ (mixed >>> 15)) & (WIDTH - 1));
}
