/**
 * Keeps the heap, and what is compiled, small while a long capture is read. What an exchange needs dies young, and V8 answers many young objects with
 * more room for them; the flags take effect while it runs, and other ways to set them would need a second process.
 *
 * Measured with bench/, mix small, 300 MB: Node 20 120 -> 102 MiB, Node 24 225 -> 118 MiB, at the same cpu time.
 */

/** Octets of a capture that is not small: below, loading node:v8 takes longer than the reading. */
const MUCH = 1 << 20;
/** More room for young objects does not save any time. */
const YOUNG = 16 << 20;

export class SmallHeap {
  #octets = 0;
  #young = 0;

  /** So many more octets were read. */
  read(octets: number): void {
    if (this.#octets < MUCH && this.#octets + octets >= MUCH) {
      growSlowly();
      compileLess();
    }
    this.#octets += octets;
    if (this.#octets >= MUCH && this.#young < YOUNG) this.#holdYoung();
  }

  #holdYoung(): void {
    const { getHeapSpaceStatistics, setFlagsFromString } = process.getBuiltinModule('node:v8');
    this.#young = getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')?.space_size ?? YOUNG;
    if (this.#young >= YOUNG) setFlagsFromString('--semi-space-growth-factor=1');
  }
}

/**
 * Exchanges die young, but not all before the collector has moved them: without this the heap grows to several times what is
 * alive before it looks again (mix many: 198 MiB instead of 144, for a fifth of the time).
 */
function growSlowly(): void {
  process.getBuiltinModule('node:v8').setFlagsFromString('--heap-growing-percent=60');
}

/**
 * Functions run for seconds only, and are compiled again whenever something new turns up: with less copied into each of them a
 * capture of few messages takes a tenth less time (mix mixed), and one of many takes the same (mix small).
 */
function compileLess(): void {
  process.getBuiltinModule('node:v8').setFlagsFromString('--max-inlined-bytecode-size-cumulative=400');
}
