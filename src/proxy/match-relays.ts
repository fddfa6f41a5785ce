/**
 * Exchanges of single hops to relays: which exchange on the next hop continues this one, and which was never forwarded.
 *
 * Every request is looked at twice: as the continuation of one that is still unanswered elsewhere, and as one that may be
 * continued itself; so chains of proxies need nothing special. What a proxy's addresses are is learned from the pairs.
 */
import type {
  Attempt,
  AttemptRole,
  Connection,
  ConnectionContext,
  ConnectionIdentity,
  ConnectionLookup,
  Exchange,
  ExchangeContext,
  ExchangeSink,
  Message,
  Relay,
  RequestMessage,
} from '../model.ts';
import { contest, settle } from './contests.ts';
import { Habits } from './habits.ts';
import { negativeLookup } from './lookup.ts';
import { OpenExchanges } from './open-exchanges.ts';
import { Hop, type OpenAttempt, OpenRelay } from './open-relay.ts';
import { Profiles } from './profiles.ts';
import { Rarity } from './rarity.ts';
import { type Parts, scoreOf } from './score.ts';

/** Least evidence, in bits, for a pair; and the lead over the next best that makes it sure or likely (RULES section 7.4). */
const ENOUGH = 8;
const SURE_MARGIN = 6;
const LIKELY_MARGIN = 3;
/** A request that has less in common with a client-side one cannot be its continuation. */
const CONCEIVABLE = 4;
const MAX_CANDIDATES = 4;
const MAX_UNEXPLAINED = 256;
const NO_CHECKS: Relay['lookup'] = [];
const NO_LINK: Relay['link'] = { confidence: 'none', margin: 0, parts: [] };

/** How much is told of a relay: the exchanges, the connections of the next hop, too, or also the evidence for the pair. */
type Depth = 'records' | 'connections' | 'all';

export interface RelaySink {
  exchange(exchange: Exchange, context: ExchangeContext): void;
  relay(relay: Relay): void;
  /** It is over; without context where no request was seen on it. */
  connection(connection: Connection, context: ConnectionContext | undefined): void;
}

export interface RelayStage extends ExchangeSink {
  readonly facts: RelayFacts;
  /** Addresses of each proxy: where its clients ask it, then where else it asks from. */
  proxies(): readonly (readonly string[])[];
}

interface RelayFacts {
  relays: number;
}

export function matchRelays(connections: ConnectionLookup, sink: RelaySink): RelayStage {
  return new RelayMatcher(connections, sink);
}

class RelayMatcher implements RelayStage {
  readonly facts: RelayFacts = { relays: 0 };
  private readonly connections: ConnectionLookup;
  private readonly sink: RelaySink;
  private readonly open = new OpenExchanges();
  /** By point and by the id of the connection. Arrays, since a map through which every connection passes keeps its dead alive. */
  private readonly hops: (Hop | undefined)[][] = [];
  private readonly profiles = new Profiles();
  private readonly rarity = new Rarity();
  private readonly habits = new Habits();
  private readonly context = { rarity: this.rarity, habits: this.habits };
  private readonly lastPair = new Map<string, number>();
  /** Requests of known proxies that continue nothing, newest last. */
  private readonly unexplained: Exchange[] = [];
  /** Candidates of the request at hand. */
  private readonly likely: OpenRelay[] = [];

  constructor(connections: ConnectionLookup, sink: RelaySink) {
    this.connections = connections;
    this.sink = sink;
  }

  proxies(): readonly (readonly string[])[] {
    const found: string[][] = [];
    for (const [address, asksFrom] of this.habits.proxies) {
      if (this.habits.isProxy(address)) found.push([address, ...[...asksFrom].filter((other) => other !== address)]);
    }
    return found;
  }

  message(_message: Message): void {}

  request(exchange: Exchange): void {
    const { request } = exchange;
    if (request === undefined) return;
    const hop = this.hop(exchange.connection);
    hop.requests++;
    this.rarity.add(request.fingerprint.target);
    this.rarity.add(request.fingerprint.fields);
    for (const value of request.fingerprint.traits) this.rarity.add(value);
    const parent = this.findParent(exchange, request, hop);
    const relay = new OpenRelay(exchange, hop, request.headTime);
    relay.parent = parent;
    hop.pending.push(relay);
    this.open.add(relay, request);
  }

  /** Finds the client-side exchange that this request continues, and notes the pair. */
  private findParent(exchange: Exchange, request: RequestMessage, hop: Hop): OpenRelay | undefined {
    const { likely } = this;
    likely.length = 0;
    this.open.like(request.method, request.fingerprint, likely);
    let best: OpenRelay | undefined;
    let most = Number.NEGATIVE_INFINITY;
    let second = Number.NEGATIVE_INFINITY;
    for (const relay of likely) {
      const bits = this.score(relay, exchange, hop, undefined);
      relay.bits = bits;
      if (bits > most) {
        second = most;
        most = bits;
        best = relay;
      } else if (bits > second) second = bits;
    }
    const parent = most >= ENOUGH ? best : undefined;
    if (parent !== undefined) this.pair(parent, exchange, hop, Math.min(most - second, most));
    else if (most >= CONCEIVABLE) this.rememberUnexplained(exchange);
    this.habits.sent(exchange.client.address, parent !== undefined);
    return parent;
  }

  private score(relay: OpenRelay, exchange: Exchange, hop: Hop, parts: Parts): number {
    return scoreOf(relay, exchange, hop, this.context, parts);
  }

  private pair(relay: OpenRelay, exchange: Exchange, hop: Hop, margin: number): void {
    if (relay.attempts.length === 0) {
      relay.margin = margin;
      if (margin < LIKELY_MARGIN) {
        const others = this.likely.filter((other) => other !== relay).map((other) => other.clientSide);
        relay.candidates = others.slice(0, MAX_CANDIDATES);
      }
    }
    const attempt = { exchange, hop, ordinal: hop.requests };
    relay.attempts = [...relay.attempts, attempt];
    if (margin < SURE_MARGIN && relay.attempts.length === 1) {
      contest(
        attempt,
        relay,
        this.likely.filter((other) => other !== relay && relay.bits - other.bits < SURE_MARGIN),
      );
    }
    hop.sameInARow = hop.peer === relay.hop.identity ? hop.sameInARow + 1 : 1;
    hop.peer = relay.hop.identity;
    const proxy = relay.clientSide.server.address;
    this.lastPair.set(proxy, exchange.request?.firstTime ?? 0);
    this.habits.pair(proxy, exchange.client.address);
  }

  private rememberUnexplained(exchange: Exchange): void {
    if (this.unexplained.length >= MAX_UNEXPLAINED) this.unexplained.shift();
    this.unexplained.push(exchange);
  }

  response(exchange: Exchange): void {
    const relay = this.known(exchange.connection)?.find(exchange);
    if (relay === undefined) return;
    this.open.remove(relay);
    if (exchange.response !== undefined) settle(relay, exchange.response);
  }

  waiting(exchange: Exchange): void {
    const { request, response } = exchange;
    const now: Exchange = { ...exchange, request: request && { ...request }, response: response && { ...response } };
    const relay = this.known(exchange.connection)?.find(exchange);
    const told = relay !== undefined && this.isRelay(relay) ? this.told(relay, now) : undefined;
    if (told !== undefined) this.sink.relay(told);
    this.sink.exchange(now, this.contextOf(exchange, relay, told));
  }

  ended(exchange: Exchange): void {
    const hop = this.known(exchange.connection);
    const relay = hop?.take(exchange);
    let told: Relay | undefined;
    if (hop !== undefined) hop.last = exchange;
    this.profiles.count(exchange);
    if (relay !== undefined) {
      this.open.remove(relay);
      this.habits.received(exchange.server.address, relay.attempts.length > 0);
      if (this.isRelay(relay)) {
        if (relay.attempts.length > 0) this.facts.relays++;
        for (const attempt of relay.attempts) this.profiles.pair(this.routeOf(relay, attempt), exchange, attempt.exchange);
        told = this.told(relay, exchange);
        this.sink.relay(told);
        relay.hop.lastRelay = relay;
        if (relay.attempts.length > 0) relay.hop.lastForwarded = relay;
      }
    }
    this.sink.exchange(exchange, this.contextOf(exchange, relay, told));
  }

  connection(connection: Connection): void {
    this.sink.connection(connection, this.contextAtEnd(connection));
  }

  /** What is known around a connection that is over, which is forgotten now; undefined where no request was seen on it. */
  private contextAtEnd(connection: Connection): ConnectionContext | undefined {
    const hop = this.hops[connection.point]?.[connection.id];
    if (hop === undefined || hop.identity.key !== connection.key) return undefined;
    const { last, lastRelay, lastForwarded } = hop;
    hop.final = connection;
    hop.last = undefined;
    hop.lastRelay = undefined;
    hop.lastForwarded = undefined;
    const hops = this.hops[connection.point];
    if (hops !== undefined) hops[connection.id] = undefined;
    if (last === undefined) return undefined;
    const [attempt, retry] = lastForwarded?.attempts ?? [];
    if (lastForwarded !== undefined && attempt !== undefined && retry === undefined) {
      this.profiles.relayClosed(this.routeOf(lastForwarded, attempt), connection, this.attemptOf(lastForwarded, attempt, true));
    }
    return {
      last,
      relay: lastRelay?.clientSide === last ? this.relayOf(lastRelay, last, 'connections', NO_CHECKS, undefined) : undefined,
      server: this.profiles.closed(connection, last),
    };
  }

  private known(identity: ConnectionIdentity): Hop | undefined {
    const hop = this.hops[identity.point]?.[identity.id];
    return hop?.identity === identity ? hop : undefined;
  }

  private hop(identity: ConnectionIdentity): Hop {
    const known = this.known(identity);
    if (known !== undefined) return known;
    const hop = new Hop(identity);
    while (this.hops.length <= identity.point) this.hops.push([]);
    const hops = this.hops[identity.point];
    if (hops !== undefined) hops[identity.id] = hop;
    return hop;
  }

  private contextOf(exchange: Exchange, relay: OpenRelay | undefined, told: Relay | undefined): ExchangeContext {
    return {
      server: this.profiles.server(exchange.server.text),
      forwarded: relay !== undefined && relay.attempts.length > 0,
      relay: told,
      parent: relay && parentOf(relay),
    };
  }

  /** Worth telling: it was continued, or it was asked of a box that is known to be a proxy. */
  private isRelay(relay: OpenRelay): boolean {
    return relay.attempts.length > 0 || this.habits.isProxy(relay.clientSide.server.address);
  }

  private routeOf(relay: OpenRelay, attempt: OpenAttempt): ReturnType<Profiles['route']> {
    return this.profiles.route(relay.clientSide.server.text, attempt.exchange.server.text);
  }

  private told(relay: OpenRelay, clientSide: Exchange): Relay {
    const suspect = clientSide.wait !== undefined;
    const before = suspect ? relay.hop.lastRelay : undefined;
    const previous = before && this.relayOf(before, before.clientSide, 'all', NO_CHECKS, undefined);
    const lookup = suspect && relay.attempts.length === 0 ? this.lookup(clientSide, previous) : NO_CHECKS;
    return this.relayOf(relay, clientSide, suspect ? 'all' : 'records', lookup, previous);
  }

  /** What only a suspect needs (connections, the evidence for the pair) is left out of all the others. */
  private relayOf(relay: OpenRelay, clientSide: Exchange, depth: Depth, lookup: Relay['lookup'], previous: Relay | undefined): Relay {
    const [first] = relay.attempts;
    return {
      clientSide,
      attempts: relay.attempts.map((attempt) => this.attemptOf(relay, attempt, depth !== 'records')),
      candidates: relay.candidates,
      link: this.linkOf(relay, depth === 'all'),
      lookup,
      previous,
      route: first && this.routeOf(relay, first),
    };
  }

  private attemptOf(relay: OpenRelay, attempt: OpenAttempt, connections: boolean): Attempt {
    return {
      role: roleOf(relay.attempts, attempt),
      exchange: attempt.exchange,
      connection: connections ? this.connectionOf(attempt.hop) : undefined,
      laterExchanges: attempt.hop.requests - attempt.ordinal,
    };
  }

  private linkOf(relay: OpenRelay, explained: boolean): Relay['link'] {
    const [first] = relay.attempts;
    if (first === undefined) return NO_LINK;
    const { margin } = relay;
    const confidence =
      margin >= 2 * SURE_MARGIN ? 'proven' : margin >= SURE_MARGIN ? 'strong' : margin >= LIKELY_MARGIN ? 'likely' : 'ambiguous';
    const parts: string[] = [];
    if (explained) this.explain(relay, first, parts);
    return { confidence, margin, parts };
  }

  /** The evidence for a pair, without what it taught us itself. */
  private explain(relay: OpenRelay, { exchange, hop }: OpenAttempt, parts: string[]): void {
    const before = new OpenRelay(relay.clientSide, relay.hop, relay.since);
    scoreOf(before, exchange, new Hop(hop.identity), { rarity: this.rarity, habits: undefined }, parts);
  }

  private connectionOf(hop: Hop): Connection | undefined {
    return hop.final ?? this.connections.snapshot(hop.identity);
  }

  private lookup(exchange: Exchange, previous: Relay | undefined): Relay['lookup'] {
    const proxy = exchange.server.address;
    const start = exchange.request?.firstTime ?? 0;
    const own = this.known(exchange.connection);
    return negativeLookup(exchange, {
      connections: this.connections,
      proxyAddresses: this.habits.proxies.get(proxy) ?? new Set(),
      lastPair: this.lastPair.get(proxy) ?? Number.NaN,
      expected: [own && this.connectionOf(own), ...(previous?.attempts.map((attempt) => attempt.connection) ?? [])],
      unexplained: this.unexplained.filter(
        (other) => (other.request?.firstTime ?? 0) >= start && other.request?.fingerprint.tail === exchange.request?.fingerprint.tail,
      ).length,
    });
  }
}

/** What it continues; undefined where the hops turned out to belong together otherwise (contests.ts). */
function parentOf({ parent, clientSide }: OpenRelay): Exchange | undefined {
  return parent?.attempts.some(({ exchange }) => exchange === clientSide) === true ? parent.clientSide : undefined;
}

function roleOf(attempts: readonly OpenAttempt[], attempt: OpenAttempt): AttemptRole {
  if (attempts[0] === attempt) return 'forward';
  const before = attempts[attempts.indexOf(attempt) - 1];
  if (before === undefined) return 'forward';
  const status = before.exchange.response?.status ?? 0;
  if (status === 401 || status === 407) return 'auth';
  if (status >= 300 && status < 400) return 'redirect';
  return before.exchange.ended ? 'retry' : 'hedge';
}
