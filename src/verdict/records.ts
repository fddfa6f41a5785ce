/** Evidence and the records of its frames: looked up as soon as a candidate comes, because what was long ago is known no more. */
import type { Candidate, RecordPlace } from '../model.ts';

/** Where the record of a frame of a point lies; undefined where that is not known any more. */
export type RecordLookup = (point: number, frame: number) => RecordPlace | undefined;

/** @param before the same candidate at an earlier look: it may know what is forgotten by now */
export function withRecords(candidate: Candidate, before: Candidate | undefined, lookup: RecordLookup): Candidate {
  const evidence = candidate.evidence.map((each) => {
    const { connection, moment } = each;
    const earlier = before?.evidence.find((one) => one.moment.frame === moment.frame && one.connection.point === connection.point);
    return { ...each, record: earlier?.record ?? lookup(connection.point, moment.frame) };
  });
  return { ...candidate, evidence };
}
