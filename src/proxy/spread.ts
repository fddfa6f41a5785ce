/**
 * Many durations to a few numbers: how many, how long, how much they differ. Both kinds can be merged, so that statistics of parts
 * equal those of the whole; neither grows.
 */
import type { Latencies, Spread } from '../model.ts';

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

  /** As if all durations of the other one had been added. */
  merge(other: Durations): void {
    if (other.count === 0) return;
    const count = this.count + other.count;
    const away = other.mean - this.mean;
    this.squares += other.squares + (away * away * this.count * other.count) / count;
    this.mean += (away * other.count) / count;
    this.count = count;
    this.least = Math.min(this.least, other.least);
    this.most = Math.max(this.most, other.most);
  }
}

/** Buckets per doubling; a quantile is right to 9 %. */
const FINENESS = 8;
/** Shorter ones count as 16 us, longer ones as 18 minutes. */
const LOWEST = 14;
const BUCKETS = 26 * FINENESS;

const NO_BUCKETS = new Uint32Array(0);

/** A histogram of logarithms: quantiles of any number of durations. */
export class Histogram implements Latencies {
  count = 0;
  private buckets = NO_BUCKETS;

  get median(): number {
    return this.quantile(0.5);
  }

  get p95(): number {
    return this.quantile(0.95);
  }

  add(duration: number): void {
    if (this.count === 0) this.buckets = new Uint32Array(BUCKETS);
    const place = Math.floor((Math.log2(Math.max(1, duration)) - LOWEST) * FINENESS);
    const bucket = Math.min(BUCKETS - 1, Math.max(0, place));
    this.buckets[bucket] = (this.buckets[bucket] ?? 0) + 1;
    this.count++;
  }

  merge(other: Histogram): void {
    if (this.count === 0) this.buckets = new Uint32Array(BUCKETS);
    for (const [bucket, count] of other.buckets.entries()) this.buckets[bucket] = (this.buckets[bucket] ?? 0) + count;
    this.count += other.count;
  }

  /** The duration that this share of all does not exceed, as the middle of its bucket; NaN when there is none. */
  private quantile(share: number): number {
    let left = Math.ceil(this.count * share);
    if (left === 0) return Number.NaN;
    for (const [bucket, count] of this.buckets.entries()) {
      left -= count;
      if (left <= 0) return 2 ** ((bucket + 0.5) / FINENESS + LOWEST);
    }
    return Number.NaN;
  }
}
