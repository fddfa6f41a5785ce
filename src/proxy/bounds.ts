/** Bounds of a number, of which some are wrong: the value on which most of them agree, and what is left for it to be. */

/** Share of the bounds that may be wrong although they agree. */
const OUTLIERS = 0.05;

/** What one observation allows: least to most. */
export interface Bounds {
  readonly time: number;
  readonly least: number;
  readonly most: number;
  /** What it counts for. */
  readonly weight: number;
}

export interface Interval {
  readonly offset: number;
  readonly half: number;
}

/** The middle of the values that the greatest weight allows, and that weight. */
export function mostAgreed(bounds: readonly Bounds[]): { readonly offset: number; readonly agreement: number } {
  const begins = bounds.toSorted((a, b) => a.least - b.least);
  const ends = bounds.toSorted((a, b) => a.most - b.most);
  let [now, agreement, offset, ended] = [0, 0, 0, 0];
  for (const { least, weight } of begins) {
    for (let end = ends[ended]; end !== undefined && end.most < least; end = ends[++ended]) now -= end.weight;
    now += weight;
    if (now <= agreement) continue;
    agreement = now;
    offset = (least + (ends[ended]?.most ?? least)) / 2;
  }
  return { offset, agreement };
}

/** What is left when all of them are believed but the worst few. */
export function intervalOf(bounds: readonly Bounds[]): Interval {
  const least = behindOutliers(bounds.map((bound) => bound.least).sort((a, b) => b - a));
  const most = behindOutliers(bounds.map((bound) => bound.most).sort((a, b) => a - b));
  return { offset: (least + most) / 2, half: Math.abs(most - least) / 2 };
}

export function allows({ least, most }: Bounds, offset: number): boolean {
  return least <= offset && offset <= most;
}

export function widen({ time, least, most, weight }: Bounds, by: number): Bounds {
  return { time, least: least - by, most: most + by, weight };
}

function behindOutliers(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length * OUTLIERS)] ?? 0;
}
