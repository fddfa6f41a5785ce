/** What the decode stage counts: how many frames held a TCP segment, and why the others did not. */

import { newSeen, type Seen } from './seen.ts';
import type { Skip } from './walk.ts';

export interface DecodeFacts {
  /** Frames that gave a segment. */
  segments: number;
  /** Those of them that have urgent octets. */
  urgent: number;
  /** Frames that did not, by reason. */
  readonly skipped: Record<Skip, number>;
  /** Fragments that contradict others of their datagram: in the octets of one place, or in where it ends. */
  fragmentConflicts: number;
  /** Frames per link type that is not known, for `link-type-unknown`. */
  readonly unknownLinkTypes: Map<number, number>;
  readonly seen: Seen;
}

export function newDecodeFacts(): DecodeFacts {
  return {
    segments: 0,
    urgent: 0,
    skipped: {
      'link-type-unknown': 0,
      'not-ip': 0,
      'not-tcp': 0,
      fragment: 0,
      reassembled: 0,
      malformed: 0,
      'nested-too-deep': 0,
      'address-limit': 0,
    },
    fragmentConflicts: 0,
    unknownLinkTypes: new Map(),
    seen: newSeen(),
  };
}
