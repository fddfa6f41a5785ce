/**
 * How long a silence was, for every way to draw it: one reader, one figure. A wait counts from the last octet of what was asked to
 * what ended it; between them an ACK or somebody else's close may stand that pays nothing, and cuts no second off the silence.
 */
import type { Wait } from '../model.ts';

/** So much of a wait between two messages is all of it: what stands before and behind is its beginning and its end. */
const NEARLY_ALL = 0.9;

/** Between two messages, in nanoseconds; undefined where nobody owed anything then. A pause in the middle of a wait has its own length. */
export function silenceBetween(from: number, to: number, wait: Wait | undefined): number | undefined {
  if (wait === undefined || from < wait.start.time || to > wait.end.time) return undefined;
  const owed = wait.end.time - wait.start.time;
  return to - from >= NEARLY_ALL * owed ? owed : to - from;
}
