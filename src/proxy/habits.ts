/**
 * What hosts have been seen to do: who forwards what it is asked, from which addresses, and who only ever asks or answers.
 *
 * An origin that has answered many requests without one being seen to go on is no proxy, and a browser is none either; so
 * equal requests of two clients are not taken for two hops of one.
 */
import type { Endpoint } from '../model.ts';

const MAX_HOSTS = 65_536;
/** Addresses that are remembered of one proxy: behind a NAT it may have many. */
const MAX_ADDRESSES = 256;
/** Pairs after which the addresses of a proxy are taken to be known. */
const KNOWN_AFTER = 4;
/** Requests that a proxy may keep to itself before it is doubted. */
const FEW_KEPT = 8;
/** Most that the habits of one host can say against a pair, in bits; and of both, when the one is known to ask for the other. */
const MOST_AGAINST = 8;
/** Against another address than the known ones: at first, and at most. */
const ELSEWHERE = 10;
const MOST_ELSEWHERE = 20;
/** Against an address from which other proxies ask. */
const OF_ANOTHER = 8;
/** Against a request that goes to the proxy that the other one came from. */
const BACK = 12;

/** A host that somebody knows to be a proxy, on one of its ports or on any. */
export interface KnownProxy {
  readonly address: string;
  readonly port: number | undefined;
}

/** What one host has been seen to do; a connection finds those of its two ends once and keeps them. */
export class Host {
  readonly address: string;
  /** It is known to be a proxy, whatever is seen: all that it asks, it asks as one. */
  readonly known: boolean;
  /** Requests that it received and that were seen to go on, and those that were not. */
  forwarded = 0;
  kept = 0;
  /** Requests that it sent and that continued another one, and those that did not. */
  continuing = 0;
  own = 0;
  /** Where it is a proxy: the addresses that it asks from. */
  asksFrom: Map<string, Times> | undefined;
  /** It asked more than once from one of them. */
  asksAgain = false;
  /** Pairs in which it was the sender on the next hop. */
  pairs = 0;
  /** Where the proxy is asked that it was the sender of in the latest of them, and how often it was so. */
  proxy: Host | undefined;
  times: Times | undefined;
  /** When the latest request was sent that continued one to this host, on whichever connection; any that a known proxy sent. */
  lastPair = Number.NEGATIVE_INFINITY;

  constructor(address: string, known: boolean) {
    this.address = address;
    this.known = known;
  }
}

/** Pairs of a proxy and an address that it asks from. */
interface Times {
  pairs: number;
}

export class Habits {
  /** Those that are remembered, and the proxies among them in order of appearance. */
  private readonly hosts = new Map<string, Host>();
  private readonly proxies = new Set<Host>();
  /** By an address from which a proxy asks: where its clients ask it. */
  private readonly listening = new Map<string, string>();

  /** Pairs by the points of capture of their hops: client side, then server side. */
  private readonly points = new Map<number, Map<number, number>>();
  private readonly knownProxies: readonly KnownProxy[];

  constructor(knownProxies: readonly KnownProxy[] = []) {
    this.knownProxies = knownProxies;
    for (const { address } of knownProxies) this.host(address);
  }

  /** Where there are too many to remember, one that only whoever asks for it knows. */
  host(address: string): Host {
    const remembered = this.hosts.get(address);
    if (remembered !== undefined) return remembered;
    const known = this.knownProxies.length > 0 && this.knownProxies.some((proxy) => proxy.address === address);
    const host = new Host(address, known);
    if (this.hosts.size < MAX_HOSTS) this.hosts.set(address, host);
    return host;
  }

  /** A request was sent at that time; `continuing` when it continues one of another hop. */
  sent(host: Host, continuing: boolean, time: number): void {
    if (host.known) host.lastPair = Math.max(host.lastPair, time);
    if (continuing) host.continuing++;
    else host.own++;
  }

  /** An exchange is over that the host was asked for; `forwarded` when it was seen to go on. */
  received(host: Host, forwarded: boolean): void {
    if (forwarded) host.forwarded++;
    else host.kept++;
  }

  /** A request to the proxy went on from that sender. */
  pair(proxy: Host, sender: Host): void {
    if (sender.times !== undefined && sender.proxy === proxy) {
      sender.times.pairs++;
      sender.pairs++;
      proxy.asksAgain = true;
    } else this.pairAnew(proxy, sender);
  }

  private pairAnew(proxy: Host, sender: Host): void {
    if (proxy.asksFrom === undefined) {
      if (this.proxies.size >= MAX_HOSTS) return;
      proxy.asksFrom = new Map();
      this.proxies.add(proxy);
      this.hosts.set(proxy.address, proxy);
    }
    const { asksFrom } = proxy;
    let times = asksFrom.get(sender.address);
    if (times === undefined && asksFrom.size < MAX_ADDRESSES) {
      times = { pairs: 0 };
      asksFrom.set(sender.address, times);
    }
    if (times !== undefined && ++times.pairs > 1) proxy.asksAgain = true;
    if (this.listening.size < MAX_HOSTS) this.listening.set(sender.address, proxy.address);
    sender.pairs++;
    sender.proxy = proxy;
    sender.times = times;
  }

  pairPoints(clientSide: number, serverSide: number): void {
    const known = this.points.get(clientSide) ?? new Map<number, number>();
    known.set(serverSide, (known.get(serverSide) ?? 0) + 1);
    this.points.set(clientSide, known);
  }

  /** The first point of capture is known to be nearer to the clients than the second one. */
  leads(clientSide: number, serverSide: number): boolean {
    const forth = this.points.get(clientSide)?.get(serverSide) ?? 0;
    const back = this.points.get(serverSide)?.get(clientSide) ?? 0;
    return forth >= KNOWN_AFTER && forth > back * 20;
  }

  /** Where the host that asks from this address is asked itself: there, or where a proxy was seen to be. */
  readonly askedAt = (address: string): string => this.listening.get(address) ?? address;

  /** One pair may be chance, and so may several when each went on from another address: those are clients, all equal. */
  isProxy({ asksFrom, asksAgain, forwarded, kept }: Host): boolean {
    if (asksFrom === undefined || forwarded * 20 < kept) return false;
    return kept <= FEW_KEPT || (forwarded > 1 && (asksAgain || asksFrom.size === 1));
  }

  /** Did somebody say that it is a proxy? */
  isKnown({ address, port }: Endpoint): boolean {
    if (this.knownProxies.length === 0) return false;
    return this.knownProxies.some((proxy) => proxy.address === address && (proxy.port === undefined || proxy.port === port));
  }

  /** Addresses from which a proxy asks, as far as they are known. */
  addressesOf(proxy: string): ReadonlySet<string> {
    const host = this.hosts.get(proxy);
    const addresses = new Set(host?.asksFrom?.keys());
    return host?.known === true ? addresses.add(proxy) : addresses;
  }

  /** Each proxy: where its clients ask it, then where else it asks from. */
  known(): readonly (readonly string[])[] {
    const found: string[][] = [];
    for (const host of this.proxies) {
      const { address, asksFrom } = host;
      if (this.isProxy(host)) found.push([address, ...[...(asksFrom?.keys() ?? [])].filter((other) => other !== address)]);
    }
    const told = new Set(found.flat());
    for (const { address } of this.knownProxies) {
      if (told.has(address) || !isSeen(this.hosts.get(address))) continue;
      found.push([address]);
      told.add(address);
    }
    return found;
  }

  /** Bits for and against a request of the one continuing one to the other. */
  weigh(asked: Host, asking: Host): number {
    const { asksFrom, forwarded } = asked;
    const notAsking = notContinuing(asking);
    if (isSender(asking, asked)) return 6 - Math.min(MOST_AGAINST, notForwarding(asked) + notAsking);
    const against = Math.min(MOST_AGAINST, notForwardingTo(asked)) + Math.min(MOST_AGAINST, notAsking);
    const elsewhere = asksFrom !== undefined && forwarded >= KNOWN_AFTER ? Math.min(MOST_ELSEWHERE, ELSEWHERE + Math.log2(forwarded)) : 0;
    const ofAnother = asking.pairs >= KNOWN_AFTER ? OF_ANOTHER : 0;
    return -Math.max(elsewhere, ofAnother) - against;
  }

  /** Bits against a request to `server` continuing one that came from `asksFrom`: a proxy does not ask itself. */
  weighReturn(asksFrom: string, server: Host): number {
    const pairs = server.asksFrom?.get(asksFrom)?.pairs ?? 0;
    return pairs >= KNOWN_AFTER && this.isProxy(server) ? -BACK : 0;
  }
}

/** The proxy itself asks there, or asked before. */
export function isSender(asking: Host, proxy: Host): boolean {
  if (asking.times !== undefined && asking.proxy === proxy) return true;
  return asking.address === proxy.address || proxy.asksFrom?.has(asking.address) === true;
}

function notForwarding({ known, kept, forwarded }: Host): number {
  return known ? 0 : doubt(kept, forwarded);
}

/** What went on from one address says nothing for another one. */
function notForwardingTo(asked: Host): number {
  return asked.known || asked.asksFrom === undefined ? notForwarding(asked) : doubt(asked.kept, 0);
}

function notContinuing({ known, own, continuing }: Host): number {
  return known ? 0 : doubt(own, continuing);
}

function isSeen(host: Host | undefined): boolean {
  return host !== undefined && host.forwarded + host.kept + host.continuing + host.own > 0;
}

/** How much it speaks against something that it never happened in so many cases; nothing when it happens now and then. */
function doubt(without: number, having: number): number {
  return having * 20 >= without ? 0 : Math.log2(1 + without) * 2;
}
