/**
 * What hosts have been seen to do: who forwards what it is asked, from which addresses, and who only ever asks or answers.
 *
 * An origin that has answered many requests without one being seen to go on is no proxy, and a browser is none either; so
 * equal requests of two clients are not taken for two hops of one.
 */
const MAX_HOSTS = 65_536;
/** Pairs after which the addresses of a proxy are taken to be known. */
const KNOWN_AFTER = 4;
/** Most that habits can say against a pair, in bits. */
const MOST_AGAINST = 8;

interface Host {
  /** Requests that it received and that were seen to go on, and those that were not. */
  forwarded: number;
  kept: number;
  /** Requests that it sent and that continued another one, and those that did not. */
  continuing: number;
  own: number;
}

export class Habits {
  /** Addresses of each proxy: where its clients ask it, and where it asks from. */
  readonly proxies = new Map<string, Set<string>>();
  private readonly hosts = new Map<string, Host>();

  private host(address: string): Host | undefined {
    const known = this.hosts.get(address);
    if (known !== undefined || this.hosts.size >= MAX_HOSTS) return known;
    const host = { forwarded: 0, kept: 0, continuing: 0, own: 0 };
    this.hosts.set(address, host);
    return host;
  }

  /** A request was sent; `continuing` when it continues one of another hop. */
  sent(address: string, continuing: boolean): void {
    const host = this.host(address);
    if (host === undefined) return;
    if (continuing) host.continuing++;
    else host.own++;
  }

  /** An exchange is over that `address` was asked for; `forwarded` when it was seen to go on. */
  received(address: string, forwarded: boolean): void {
    const host = this.host(address);
    if (host === undefined) return;
    if (forwarded) host.forwarded++;
    else host.kept++;
  }

  pair(proxy: string, asksFrom: string): void {
    const addresses = this.proxies.get(proxy);
    if (addresses !== undefined) addresses.add(asksFrom);
    else if (this.proxies.size < MAX_HOSTS) this.proxies.set(proxy, new Set([asksFrom]));
  }

  isProxy(address: string): boolean {
    const host = this.hosts.get(address);
    return this.proxies.has(address) && (host === undefined || host.forwarded * 20 >= host.kept);
  }

  /** The first of these addresses is one from which the proxy at the second one asks: what comes from there does not go back. */
  isFrom(asksFrom: string, proxy: string): boolean {
    return this.proxies.get(proxy)?.has(asksFrom) === true;
  }

  /** Bits for and against a request from `asksFrom` continuing one to `proxy`. */
  weigh(proxy: string, asksFrom: string): number {
    const [asked, asking] = [this.hosts.get(proxy), this.hosts.get(asksFrom)];
    const against = Math.min(MOST_AGAINST, doubt(asked?.kept, asked?.forwarded) + doubt(asking?.own, asking?.continuing));
    const addresses = this.proxies.get(proxy);
    if (proxy === asksFrom || addresses?.has(asksFrom) === true) return 6 - against;
    const elsewhere = addresses !== undefined && (asked?.forwarded ?? 0) >= KNOWN_AFTER;
    return (elsewhere ? -12 : 0) - against;
  }
}

/** How much it speaks against something that it never happened in so many cases; nothing when it happens now and then. */
function doubt(without: number | undefined, having: number | undefined): number {
  if (without === undefined || having === undefined || having * 20 >= without) return 0;
  return Math.log2(1 + without) * 2;
}
