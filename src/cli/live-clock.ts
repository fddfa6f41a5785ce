/**
 * Is a pipe live, and what does the capture's clock show while nothing comes?
 *
 * A pipe is live when the last frame's time is the wall clock's, within a few seconds. Frames arrive late by the delay of
 * the capturing program (up to a second in its kernel buffer), and the clocks of two hosts differ: what silence proves is
 * "nothing until now, less the lag that was seen". A writer that hands on blocks of 4 KiB (tcpdump without -U) proves
 * nothing: the frame may lie in its buffer.
 */
const LIVE_SECONDS = 5;
const WRITER_BLOCK = 4096;
const LAG_DECAY = 0.9;

export class LiveClock {
  #lag = Number.NaN;
  #blocks = false;

  /** Octets came. `frameTime` is the last frame's time, `now` the wall clock, both in epoch seconds; `octets` those so far. */
  arrived(frameTime: number, now: number, octets: number): void {
    const lag = now - frameTime;
    this.#lag = Math.abs(lag) <= LIVE_SECONDS ? Math.max(lag, (this.#lag || 0) * LAG_DECAY) : Number.NaN;
    this.#blocks = octets % WRITER_BLOCK === 0;
  }

  get live(): boolean {
    return !Number.isNaN(this.#lag);
  }

  /** True when the writer seems to hold back what does not fill a block. */
  get blocks(): boolean {
    return this.live && this.#blocks;
  }

  /** Epoch seconds up to which silence is proven; undefined when it proves nothing. */
  silentUntil(now: number): number | undefined {
    return this.live && !this.#blocks ? now - this.#lag : undefined;
  }
}
