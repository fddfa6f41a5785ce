/** Relays that are over, held back for a moment of the capture: what comes right after them may make a pair less sure. */
import type { Relay, Sink } from './model.ts';

/** Longer than the order of two hops is in doubt. */
const MOMENT = 20e6;

export class HeldRelays {
  private readonly sink: Sink<Relay>;
  private held: Relay[] = [];
  private latest = Number.NEGATIVE_INFINITY;

  constructor(sink: Sink<Relay>) {
    this.sink = sink;
  }

  add(relay: Relay): void {
    this.latest = Math.max(this.latest, endOf(relay));
    this.held.push(relay);
    const first = this.held.findIndex((one) => !(endOf(one) < this.latest - MOMENT));
    if (first > 0) for (const one of this.held.splice(0, first)) this.sink(one);
  }

  /** Takes the place of the one of the same exchange, where that is still held. */
  replace(relay: Relay): void {
    const at = this.held.findIndex(({ clientSide }) => clientSide === relay.clientSide);
    if (at >= 0) this.held[at] = relay;
  }

  end(): void {
    for (const relay of this.held) this.sink(relay);
    this.held = [];
  }
}

function endOf({ clientSide: { request, response } }: Relay): number {
  return response?.lastTime ?? request?.lastTime ?? Number.NEGATIVE_INFINITY;
}
