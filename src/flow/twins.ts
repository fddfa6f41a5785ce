/**
 * Recognises a segment that was captured twice: on two interfaces (`-i any`), on both sides of a bridge or a router, or at two places
 * whose captures were merged. Hot: asked for each segment that carries something.
 *
 * A segment that is sent again comes the same way as before. So what differs in its interface or its hop limit is the same one at
 * another place, and may be as far behind as the line between them is long, or their clocks are apart.
 *
 * It remembers a 32-bit trace of each recent segment, in a table that forgets by overwriting. So a "yes" may be wrong
 * once in a great while; it must only be asked about segments that bring nothing new, where it decides how they are counted.
 */

import type { Segment } from '../model.ts';

const SLOTS = 4096;
/** Twins are at most this far apart, in nanoseconds. */
const APART = 5e6;
const PLACES_APART = 500e6;
const HOP_LIMITS = 256;

export class Twins {
  private readonly traces = new Int32Array(SLOTS);
  private readonly places = new Int32Array(SLOTS);
  private readonly times = new Float64Array(SLOTS).fill(Number.NEGATIVE_INFINITY);

  /** Remembers a segment; true when its twin was seen less than 5 ms ago, or half a second at another place. */
  seen(direction: number, { seq, ack, flags, length, hopLimit, frame: { time, interfaceId } }: Segment): boolean {
    let trace = Math.imul(seq ^ Math.imul(direction, 0x9e3779b1), 0x85ebca6b);
    trace = Math.imul(trace ^ (trace >>> 15) ^ ack, 0xc2b2ae35);
    trace = Math.imul(trace ^ (trace >>> 13) ^ (length << 8) ^ flags, 0x27d4eb2f);
    trace ^= trace >>> 16;
    const slot = trace & (SLOTS - 1);
    const place = interfaceId * HOP_LIMITS + hopLimit;
    const apart = this.places[slot] === place ? APART : PLACES_APART;
    const twin = this.traces[slot] === trace && Math.abs(time - this.times[slot]!) <= apart;
    this.places[slot] = place;
    this.traces[slot] = trace;
    this.times[slot] = time;
    return twin;
  }
}
