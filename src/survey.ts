/**
 * A first reading of several points of capture: how their clocks differ and which connections more than one saw, so that the
 * second reading can pair hops as it goes.
 */
import { type CaptureInput, type CaptureSource, type KnownPoints, type PointOptions, Points } from './capture-points.ts';
import type { TimeBase } from './model.ts';
import { type ComparedPoints, comparePoints } from './proxy/compare-points.ts';
import { Sightings } from './proxy/seen-point.ts';

/** What the first reading found, for `AnalyzerOptions.joinPoints` of the second. */
export interface Survey extends KnownPoints {
  readonly compared: ComparedPoints;
}

export interface Surveyor {
  open(source: CaptureSource): CaptureInput;
  tick(epochSeconds: number): void;
  readonly base: TimeBase;
  /** Ends the input; once. */
  finish(): Survey;
}

/** Takes the same captures as the analyzer that is to follow, in the order in which its report names them. */
export function surveyPoints(options: Pick<PointOptions, 'keep' | 'httpPorts'> = {}): Surveyor {
  const seen: Sightings[] = [];
  const points = new Points((index) => {
    const sightings = new Sightings();
    seen[index] = sightings;
    return sightings;
  }, options);
  return {
    base: points.base,
    open: (source) => points.open(source, () => undefined),
    tick: (epochSeconds) => points.tick(epochSeconds),
    finish() {
      points.finish();
      return {
        compared: comparePoints(seen),
        base: points.base,
        names: points.all.map(({ name }) => name),
        captures: points.captures,
      };
    },
  };
}
