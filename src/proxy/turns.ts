/**
 * Which requests a proxy has sent on last, whoever had asked. One that does a single thing at a time serves its clients in turn: what
 * it was busy with before is what the next one had to wait for.
 */
import type { Host } from './habits.ts';
import type { OpenRelay } from './open-relay.ts';

/** A client waits for its turn while few others have theirs; behind more of them nobody can tell what it waited for. */
const REMEMBERED = 4;
const MOST_PROXIES = 256;

export class Turns {
  /** Newest last; the proxy that has been here longest makes room. */
  private readonly byProxy = new Map<Host, OpenRelay[]>();

  /** Hot: called for each request that a proxy sends on. */
  take(relay: OpenRelay): void {
    const { asked } = relay.hop;
    const turns = this.byProxy.get(asked);
    if (turns === undefined) this.begin(asked, relay);
    else {
      if (turns.length >= REMEMBERED) turns.shift();
      turns.push(relay);
    }
  }

  private begin(asked: Host, relay: OpenRelay): void {
    const [oldest] = this.byProxy.keys();
    if (oldest !== undefined && this.byProxy.size >= MOST_PROXIES) this.byProxy.delete(oldest);
    this.byProxy.set(asked, [relay]);
  }

  /** What the proxy had sent on last before it went on with this one; undefined where that came on the same connection, or is not known. */
  before(relay: OpenRelay): OpenRelay | undefined {
    const until = sentOn(relay) ?? Number.POSITIVE_INFINITY;
    let latest: OpenRelay | undefined;
    for (const other of this.byProxy.get(relay.hop.asked) ?? []) {
      const sent = sentOn(other);
      if (other === relay || sent === undefined || sent >= until) continue;
      if (latest === undefined || sent >= (sentOn(latest) ?? 0)) latest = other;
    }
    return latest?.hop === relay.hop ? undefined : latest;
  }
}

function sentOn({ attempts: [first] }: OpenRelay): number | undefined {
  return first?.request.firstTime;
}
