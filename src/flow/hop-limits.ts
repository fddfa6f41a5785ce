/**
 * The hop limits with which the segments of each direction arrive, and that of its reset: a box that resets a connection in the
 * name of an end stands elsewhere on the way, and seldom arrives with the same one.
 *
 * Segments that arrive with the highest one so far never come here. Least and most are in the upper half of a side's state, so that
 * `push` compares a number that it has read already; 0 for none.
 */

import type { ResetTraits } from '../model.ts';
import * as at from './fields.ts';
import type { FlowTable } from './table.ts';

const OCTET = 0xff;
/** In nanoseconds: what silences are counted in, to fit beside the hop limit of the reset. */
const TENTH = 1e8;
const LONGEST = 0xff_ffff;

/** A segment that is no reset came with another hop limit than the most so far: it is the first one, a copy, or came another way. */
export function widen(table: FlowTable, direction: number, hopLimit: number): void {
  const state = table.int(direction, at.SIDE_STATE);
  const most = state >>> at.MOST_HOPS;
  const least = (state >>> at.LEAST_HOPS) & OCTET;
  if (most !== 0 && hopLimit >= least && hopLimit <= most) return;
  const low = most === 0 ? hopLimit : Math.min(least, hopLimit);
  const high = Math.max(most, hopLimit);
  table.setInt(direction, at.SIDE_STATE, (state & at.STATE_BITS) | (low << at.LEAST_HOPS) | (high << at.MOST_HOPS));
}

/** The first reset of that direction, before it counts as the last sign of life of its end. */
export function noteReset(table: FlowTable, direction: number, hopLimit: number): void {
  const asked = table.int(direction ^ 1, at.DATA_FRAME) !== 0 && table.int(direction, at.LAST_FRAME) !== 0;
  const silence = asked ? table.float(direction ^ 1, at.DATA_TIME) - table.float(direction, at.LAST_TIME) : 0;
  const tenths = Math.min(LONGEST, Math.max(0, Math.floor(silence / TENTH)));
  table.rows.setInt(direction >> 1, at.RESET_TRAITS + (direction & 1), (tenths << 8) | hopLimit);
}

export function resetTraits(table: FlowTable, direction: number): ResetTraits | undefined {
  if (!table.is(direction, at.RESET)) return undefined;
  const traits = table.rows.int(direction >> 1, at.RESET_TRAITS + (direction & 1));
  const state = table.int(direction, at.SIDE_STATE);
  const most = state >>> at.MOST_HOPS;
  return {
    hopLimit: traits & OCTET,
    usual: most === 0 ? undefined : { least: (state >>> at.LEAST_HOPS) & OCTET, most },
    silence: (traits >>> 8) * TENTH,
  };
}

/** That direction was reset by a segment that arrived otherwise than all others of it. */
export function isResetOtherwise(table: FlowTable, direction: number): boolean {
  const traits = resetTraits(table, direction);
  return traits?.usual !== undefined && (traits.hopLimit < traits.usual.least || traits.hopLimit > traits.usual.most);
}
