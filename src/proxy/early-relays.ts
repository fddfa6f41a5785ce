/**
 * Exchanges that were answered, though nothing was seen to go on, by a host that was not known yet: once it turns out to be a
 * proxy, it has answered them itself, from a cache or with what another one got.
 *
 * Kept is only what a host was asked first, by somebody who asked for himself as far as is known, and of few hosts: an origin is
 * soon known for one.
 */
import type { Host } from './habits.ts';
import type { OpenRelay } from './open-relay.ts';

const PER_HOST = 16;
const MOST_HOSTS = 64;

export class EarlyRelays {
  private readonly byHost = new Map<Host, OpenRelay[]>();

  add(relay: OpenRelay): void {
    const { asked } = relay.hop;
    const { response, wait } = relay.clientSide;
    if (asked.kept > PER_HOST || relay.attempt?.owner !== undefined || response?.complete !== true || wait !== undefined) return;
    const known = this.byHost.get(asked);
    if (known !== undefined) {
      if (known.length < PER_HOST) known.push(relay);
      return;
    }
    const [oldest] = this.byHost.keys();
    if (oldest !== undefined && this.byHost.size >= MOST_HOSTS) this.byHost.delete(oldest);
    this.byHost.set(asked, [relay]);
  }

  /** Those of a host that is known to be a proxy now. */
  take(host: Host): readonly OpenRelay[] {
    const found = this.byHost.get(host);
    if (found === undefined) return NONE;
    this.byHost.delete(host);
    return found;
  }
}

const NONE: readonly OpenRelay[] = [];
