/** When a wait is long enough to be spoken of (RULES section 5). */
import type { Wait } from '../model.ts';

/** The end of a file is blind: the capturing kernel's last block is lost, and with it what would have paid the debt. */
const BLIND_TAIL = 2e9;

/** A silence that ended by FIN, RST or abort; one that is still open, or in which something may be in the making, must last longer. */
export const ENDED = 1e9;
export const OPEN = 5e9;
/** Two closes so near to each other are cause and effect. */
export const COUPLING = 250e6;
/** Connections on which somebody must do the same before it is a habit. */
export const HABIT = 3;
/** How near a silence must come to an announced timeout of the origin, in seconds. */
export const TIMEOUT_TOLERANCE = 1.5;
/** A silence of fewer round trips is the line's. */
const ROUND_TRIPS = 20;

/** Nobody watches one wait for a week: the clock jumped, or two captures were put into one file. */
const JUMP = 7 * 86_400e9;

/** At least so long, and more than the line explains; not at the blind end of the file. */
export function lasted(wait: Wait, threshold: number): boolean {
  const { handshake } = wait.connection;
  const least = Number.isNaN(handshake) ? threshold : Math.max(threshold, ROUND_TRIPS * handshake);
  const length = lengthOf(wait);
  return length >= least && length < JUMP && !stillBlind(wait, least);
}

export function lengthOf({ start, end }: Wait): number {
  return end.time - start.time;
}

/** A debt that is open when the capture ends, and has been so for too short a time to tell. */
export function stillBlind(wait: Wait, threshold: number): boolean {
  return wait.final && wait.ended === 'capture-end' && wait.end.time - wait.start.time < threshold + BLIND_TAIL;
}
