/** When a wait is long enough to be spoken of (RULES section 5). */
import type { Wait } from '../model.ts';

/** The end of a file is blind: the capturing kernel's last block is lost, and with it what would have paid the debt. */
const BLIND_TAIL = 2e9;

/** A debt that is open when the capture ends, and has been so for too short a time to tell. */
export function stillBlind(wait: Wait, threshold: number): boolean {
  return wait.final && wait.ended === 'capture-end' && wait.end.time - wait.start.time < threshold + BLIND_TAIL;
}
