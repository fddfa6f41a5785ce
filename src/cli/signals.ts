/**
 * SIGINT and SIGTERM as a wish to end: inputs ask `raised` or listen, finish, and the report is printed as usual.
 *
 * A second signal quits at once. Ctrl-C through npx and `timeout` send theirs twice within moments, so a repetition that
 * soon is the same wish.
 */
export type SignalName = 'SIGINT' | 'SIGTERM';

const SAME_WISH_MS = 250;

export class Interrupt {
  /** The signal or reason that came first. */
  raised: SignalName | 'EPIPE' | undefined;
  #raisedAt = 0;
  readonly #listeners = new Set<() => void>();

  /** True when this is a second wish and the process should quit at once. */
  raise(reason: SignalName | 'EPIPE', atMs: number): boolean {
    if (this.raised !== undefined) return reason !== 'EPIPE' && atMs - this.#raisedAt > SAME_WISH_MS;
    this.raised = reason;
    this.#raisedAt = atMs;
    for (const listener of this.#listeners) listener();
    return false;
  }

  /** Calls `listener` when it is raised; the result takes it back. */
  onRaise(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
