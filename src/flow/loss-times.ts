/**
 * When the capture lost frames: octets that an end acknowledged and nobody captured tell it, on whichever connection that was. What
 * is not seen at such a moment may have been sent all the same.
 *
 * Bounded: a ring of spans of time, each at the place of its lowest bits; what is 22 hours old makes room.
 */

/** In nanoseconds. */
const SPAN = 5e9;
const SPANS = 16_384;

export class LossTimes {
  /** Number of the span at this place in which something was lost, plus one. Made with the first loss: most captures have none. */
  private spans: Int32Array | undefined;

  mark(time: number): void {
    this.spans ??= new Int32Array(SPANS);
    const span = spanOf(time);
    this.spans[span & (SPANS - 1)] = span + 1;
  }

  /** Was something lost in the span of that time, or in one beside it? */
  around(time: number): boolean {
    if (this.spans === undefined) return false;
    const span = spanOf(time);
    return this.has(span - 1) || this.has(span) || this.has(span + 1);
  }

  private has(span: number): boolean {
    return this.spans?.[span & (SPANS - 1)] === span + 1;
  }
}

function spanOf(time: number): number {
  return Math.floor(time / SPAN);
}
