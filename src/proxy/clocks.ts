/**
 * How far apart the clocks of two points of capture are (RULES section 7.4).
 *
 * A proxy forwards a request after it has it, and answers after it was answered, so an exchange that was seen on both hops
 * bounds the offset from both sides. Which exchange continues which is not known yet: all that look alike are taken, and
 * the offset that most of them allow is the right one, because wrong pairs disagree with each other. An exchange of a
 * connection that both points see needs no guess, and bounds the offset by the time between them.
 *
 * Clocks drift: the offset is a line, and bent only where the bounds of a stretch of time say so.
 */
import { boundsOfAlike, boundsOfSame, type Pair } from './alike.ts';
import { allows, type Bounds, intervalOf, mostAgreed, widen } from './bounds.ts';
import type { SeenExchange } from './seen-point.ts';

/** Most length of a stretch, and least number of them: drift shows only between stretches. */
const STRETCH = 30e9;
const STRETCHES = 8;
/** Clocks of computers gain or lose no more than that. */
const MOST_DRIFT = 200e-6;
/** Share of the agreement that another offset may reach, before nothing is certain. */
const RIVAL = 0.75;
/** How far the bounds are widened while the drift is found, since it blurs each stretch: less and less. */
const BLURS: readonly number[] = [1, 0.3, 0.1];
/** Frames get their time stamps up to that late. */
const STAMP = 2e4;
/** A drift that is less than so many times what the bounds leave open is none. */
const CLEARLY = 2;
/** No offset is known better than that. */
const EXACT = 1e3;

/** What to add to a time of the one point to get the time of the other. */
export interface Clock {
  /** At that time of the point that is corrected. */
  offsetAt(time: number): number;
  /** In the middle of the capture. */
  readonly offset: number;
  /** By how much the clock of the point that is corrected is too fast: 1e-6 is a part per million. */
  readonly drift: number;
  /** Half the width of what the bounds allow, in nanoseconds. */
  readonly uncertainty: number;
  /** Exchanges that agree on it, and what they count for together. */
  readonly pairs: number;
  readonly agreement: number;
  readonly basis: 'same-connections' | 'relayed-exchanges';
}

/** From exchanges of connections that both points saw: at the one point and at the other. */
export function clockOfSame(pairs: readonly Pair[]): Clock | undefined {
  return clockOf(boundsOfSame(pairs), 'same-connections');
}

/** From exchanges that look alike; undefined when nothing is certain. The first point is taken to be nearer to the clients. */
export function clockOfRelayed(clientSide: readonly SeenExchange[], serverSide: readonly SeenExchange[]): Clock | undefined {
  return clockOf(boundsOfAlike(clientSide, serverSide), 'relayed-exchanges');
}

function clockOf(all: readonly Bounds[], basis: Clock['basis']): Clock | undefined {
  const begin = all.reduce((least, { time }) => Math.min(least, time), Number.POSITIVE_INFINITY);
  const end = all.reduce((most, { time }) => Math.max(most, time), Number.NEGATIVE_INFINITY);
  const middle = (begin + end) / 2;
  const bounds = consistent(all, middle, basis);
  if (bounds.length === 0) return undefined;
  const length = Math.min(STRETCH, (end - begin) / STRETCHES);
  const parts = stretches(bounds, length);
  const line = new Line(middle, parts, MOST_DRIFT * (length / 2));
  const agreeing = parts.map((stretch) => line.agreeing(stretch, STAMP));
  const believed = agreeing.flat();
  const { offset, half } = intervalOf(believed);
  line.offset = offset;
  const knots = agreeing.map((stretch) => bend(stretch, offset));
  return {
    offsetAt: (time) => line.at(time) + interpolate(knots, time),
    offset,
    drift: -line.slope,
    uncertainty: Math.max(half, EXACT) + knots.reduce((most, knot) => Math.max(most, Math.abs(knot.y)), 0),
    pairs: believed.length,
    agreement: believed.reduce((sum, { weight }) => sum + weight, 0),
    basis,
  };
}

/** Those that allow the offset on which most agree, whatever the drift; none when another offset has nearly as many. */
function consistent(all: readonly Bounds[], middle: number, basis: Clock['basis']): readonly Bounds[] {
  const drifting = (bound: Bounds): Bounds => widen(bound, MOST_DRIFT * Math.abs(bound.time - middle) + STAMP);
  const most = mostAgreed(all.map(drifting));
  const found = all.filter((bound) => allows(drifting(bound), most.offset));
  if (basis === 'same-connections') return found;
  const rest = all.map(drifting).filter((bound) => !allows(bound, most.offset));
  return mostAgreed(rest).agreement > RIVAL * most.agreement ? [] : found;
}

/** The offset as it runs on, around the middle of the capture. */
class Line {
  offset = 0;
  slope = 0;
  private readonly middle: number;

  /** @param blur how far the bounds of a stretch can have drifted apart */
  constructor(middle: number, parts: readonly (readonly Bounds[])[], blur: number) {
    this.middle = middle;
    for (const share of BLURS) this.fit(parts, share * blur + STAMP);
  }

  at(time: number): number {
    return this.offset + this.slope * (time - this.middle);
  }

  /** The bounds of a stretch as they would be without drift, where they agree with most of it. */
  agreeing(stretch: readonly Bounds[], blur: number): readonly Bounds[] {
    const level = stretch.map(({ time, least, most, weight }) => {
      const drifted = this.slope * (time - this.middle);
      return { time, least: least - drifted, most: most - drifted, weight };
    });
    const { offset } = mostAgreed(level.map((bound) => widen(bound, blur)));
    return level.filter((bound) => allows(widen(bound, blur), offset));
  }

  /** Goes through the stretches, above all through those that allow little. */
  private fit(parts: readonly (readonly Bounds[])[], blur: number): void {
    const points = parts.map((stretch) => {
      const agreeing = this.agreeing(stretch, blur);
      const { offset, half } = intervalOf(agreeing);
      const x = timeOf(agreeing) - this.middle;
      return { x, y: offset + this.slope * x, weight: 1 / (half + blur) ** 2 };
    });
    const total = sumOf(points, ({ weight }) => weight);
    const x = sumOf(points, (point) => point.weight * point.x) / total;
    const y = sumOf(points, (point) => point.weight * point.y) / total;
    const spread = sumOf(points, (point) => point.weight * (point.x - x) ** 2);
    const slope = spread === 0 ? 0 : sumOf(points, (point) => point.weight * (point.x - x) * (point.y - y)) / spread;
    this.slope = slope ** 2 * spread < CLEARLY ** 2 ? 0 : Math.max(-MOST_DRIFT, Math.min(MOST_DRIFT, slope));
  }
}

interface Knot {
  readonly time: number;
  /** What is added to the line. */
  readonly y: number;
}

/** As much as the bounds of a stretch want it, where they do not allow the line. */
function bend(stretch: readonly Bounds[], level: number): Knot {
  const { offset, half } = intervalOf(stretch);
  const away = offset - level;
  return { time: timeOf(stretch), y: Math.abs(away) <= half ? 0 : away - Math.sign(away) * half };
}

function stretches(bounds: readonly Bounds[], length: number): Bounds[][] {
  const found: Bounds[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const bound of bounds.toSorted((a, b) => a.time - b.time)) {
    if (bound.time > end) {
      found.push([]);
      end = bound.time + length;
    }
    found.at(-1)?.push(bound);
  }
  return found;
}

function timeOf(bounds: readonly Bounds[]): number {
  return sumOf(bounds, ({ time }) => time) / bounds.length;
}

function interpolate(knots: readonly Knot[], time: number): number {
  const after = knots.findIndex((knot) => knot.time >= time);
  const [right, left] = [knots[after], knots[after - 1]];
  if (right === undefined) return knots.at(-1)?.y ?? 0;
  if (left === undefined) return right.y;
  return left.y + ((right.y - left.y) * (time - left.time)) / (right.time - left.time);
}

function sumOf<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}
