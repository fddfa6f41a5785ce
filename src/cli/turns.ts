/**
 * Several readings that take turns: at most one of them works, and the others wait until it asks for its next turn.
 */
export class Turns {
  private readonly waiting = new Map<string, () => void>();
  private running: number;
  private readonly choose: (names: readonly string[]) => string | undefined;

  /**
   * @param readings how many there are
   * @param choose which of those that wait goes on; asked when all of them wait
   */
  constructor(readings: number, choose: (names: readonly string[]) => string | undefined) {
    this.running = readings;
    this.choose = choose;
  }

  /** Kept when it is that reading's turn. */
  next(name: string): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.set(name, resolve);
      this.rest();
    });
  }

  /** That reading takes no more turns. */
  leave(): void {
    this.rest();
  }

  private rest(): void {
    this.running--;
    if (this.running > 0) return;
    const name = this.choose([...this.waiting.keys()]);
    const go = name === undefined ? undefined : this.waiting.get(name);
    if (name === undefined || go === undefined) return;
    this.waiting.delete(name);
    this.running = 1;
    go();
  }
}
