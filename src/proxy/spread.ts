/**
 * Many durations to a few numbers: how many, how long, how much they differ. It does not grow.
 */
import type { Spread } from '../model.ts';

/** Count, mean and deviation by Welford's method, and the extremes. */
export class Durations implements Spread {
  count = 0;
  mean = 0;
  least = Number.POSITIVE_INFINITY;
  most = Number.NEGATIVE_INFINITY;
  private squares = 0;

  get deviation(): number {
    return this.count === 0 ? Number.NaN : Math.sqrt(this.squares / this.count);
  }

  add(duration: number): void {
    this.count++;
    const away = duration - this.mean;
    this.mean += away / this.count;
    this.squares += away * (duration - this.mean);
    if (duration < this.least) this.least = duration;
    if (duration > this.most) this.most = duration;
  }
}
