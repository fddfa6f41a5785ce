/**
 * Recognises a segment that was captured twice: on two interfaces (`-i any`), on both sides of a bridge. Hot: asked for each segment
 * that carries something.
 *
 * It remembers a 32-bit trace of each recent segment, in a table that forgets by overwriting. So a "yes" may be wrong
 * once in a great while; it must only be asked about segments that bring nothing new, where it decides how they are counted.
 */

const SLOTS = 4096;
/** Twins are at most this far apart, in nanoseconds. */
const APART = 5e6;

export class Twins {
  private readonly traces = new Int32Array(SLOTS);
  private readonly times = new Float64Array(SLOTS).fill(Number.NEGATIVE_INFINITY);

  /** Remembers a segment; true when its twin was seen less than 5 ms ago. */
  seen(direction: number, seq: number, ack: number, flags: number, length: number, time: number): boolean {
    let trace = Math.imul(seq ^ Math.imul(direction, 0x9e3779b1), 0x85ebca6b);
    trace = Math.imul(trace ^ (trace >>> 15) ^ ack, 0xc2b2ae35);
    trace = Math.imul(trace ^ (trace >>> 13) ^ (length << 8) ^ flags, 0x27d4eb2f);
    trace ^= trace >>> 16;
    const slot = trace & (SLOTS - 1);
    const twin = this.traces[slot] === trace && Math.abs(time - this.times[slot]!) <= APART;
    this.traces[slot] = trace;
    this.times[slot] = time;
    return twin;
  }
}
