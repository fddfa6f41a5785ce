/**
 * Exchanges of single hops to relays: which exchange on the next hop continues this one, and which was never forwarded.
 *
 * Every request is looked at twice: as the continuation of one that is still unanswered elsewhere, and as one that may be
 * continued itself; so chains of proxies need nothing special. What a proxy's addresses are is learned from the pairs.
 */
import { factsOf, factsOfCrossing, factsOfRoute, ownFacts, withWait } from '../facts.ts';
import { emptyList } from '../lists.ts';
import type {
  Connection,
  ConnectionContext,
  ConnectionIdentity,
  ConnectionLookup,
  EndedHops,
  Exchange,
  ExchangeContext,
  ExchangeSink,
  Message,
  PairingQuality,
  PeerProfile,
  Relay,
} from '../model.ts';
import { ALL_FACTS } from '../notable.ts';
import { learnAnswers } from './answers.ts';
import { claimOf } from './claims.ts';
import { EarlyRelays } from './early-relays.ts';
import { EndContext } from './end-context.ts';
import { Forwarders } from './forwarders.ts';
import { Habits, type Host, type KnownProxy } from './habits.ts';
import { Leaks } from './leaks.ts';
import { KnownManners } from './manners.ts';
import { OpenExchanges } from './open-exchanges.ts';
import { type Claim, Hop, OpenAttempt, OpenRelay } from './open-relay.ts';
import { Profiles } from './profiles.ts';
import { Quality } from './quality.ts';
import { Rarity } from './rarity.ts';
import { isAmbiguous, RelayRecords } from './relay-records.ts';
import { Rivals } from './rivals.ts';
import { type Context, learnRequests, scoreOf } from './score.ts';
import { CONCEIVABLE, offer, SURE_MARGIN, settle } from './settle.ts';
import { slotOf, traitValue } from './traits.ts';
import { Turns } from './turns.ts';

/** Connections that nobody ever answered. */
const MAX_UNANSWERED = 256;
/** Lookups for exchanges that nobody waits for: each walks through all connections. */
const MAX_LOOKUPS = 256;
/** Redirects of one exchange that are followed. */
const MAX_REDIRECTS = 16;
/** Proxies in a row through which an exchange is followed back. */
const MAX_HOPS = 16;
const NO_CONNECTIONS: readonly Connection[] = emptyList();
const LOCATION = slotOf('location');

export interface RelaySink {
  /** Facts of which an exchange, or a relay, must have one to be told (src/facts.ts); those for which somebody waits always are. */
  readonly asks: { readonly exchange: number; readonly relay: number };
  /** One is over that is not told. */
  spared(kind: 'exchange' | 'relay'): void;
  exchange(exchange: Exchange, context: ExchangeContext): void;
  relay(relay: Relay): void;
  /** More is known of one that was told when it was over. */
  revised(relay: Relay): void;
  /** It is over; without context where no request was seen on it. */
  connection(connection: Connection, context: ConnectionContext | undefined): void;
  /** Statistics that have grown much, or as they stand at the end of input (`final`). */
  profile(profile: PeerProfile, final: boolean): void;
  hops(hops: EndedHops): void;
}

export interface RelayStage extends ExchangeSink {
  readonly facts: RelayFacts;
  /** The input is over: tells all statistics. */
  finish(): void;
  /** Addresses of each proxy: where its clients ask it, then where else it asks from. */
  proxies(): readonly (readonly string[])[];
  quality(): PairingQuality;
}

interface RelayFacts {
  relays: number;
}

export interface RelayOptions {
  /** Every pair tells what speaks for it, and not the suspect ones alone. */
  readonly explainAll?: boolean;
  /** Hosts that are known to be proxies before anything is seen of them. */
  readonly knownProxies?: readonly KnownProxy[];
}

export function matchRelays(connections: ConnectionLookup, sink: RelaySink, options: RelayOptions = {}): RelayStage {
  return new RelayMatcher(connections, sink, options);
}

class RelayMatcher implements RelayStage {
  readonly facts: RelayFacts = { relays: 0 };
  private readonly connections: ConnectionLookup;
  private readonly sink: RelaySink;
  private readonly explainAll: boolean;
  private readonly open = new OpenExchanges();
  /** By point and by the id of the connection. Arrays, since a map through which every connection passes keeps its dead alive. */
  private readonly hops: (Hop | undefined)[][] = [];
  private readonly early = new EarlyRelays();
  private readonly leaks = new Leaks();
  private readonly forwarders: Forwarders;
  private readonly turns = new Turns();
  private readonly habits: Habits;
  private readonly profiles: Profiles;
  private readonly context: Context;
  private readonly rivals: Rivals;
  private readonly assessed = new Quality();
  private readonly records: RelayRecords;
  /** Connections that are given up, and that nobody ever answered. */
  private readonly unanswered: Connection[] = [];
  private lookups = 0;
  /** Counts what was told, and the latest time of it. */
  private told = 0;
  private now = Number.NEGATIVE_INFINITY;

  constructor(connections: ConnectionLookup, sink: RelaySink, { explainAll = false, knownProxies = [] }: RelayOptions) {
    this.habits = new Habits(knownProxies);
    this.profiles = new Profiles(this.habits.askedAt);
    this.connections = connections;
    this.sink = sink;
    this.explainAll = explainAll;
    const doubt = (one: number, other: number): number => connections.doubt(one, other);
    this.context = { rarity: new Rarity(), habits: this.habits, manners: new KnownManners(), doubt };
    this.rivals = new Rivals(this.context);
    this.forwarders = new Forwarders(connections);
    const { context, habits, profiles, forwarders, turns, assessed: quality } = this;
    this.records = new RelayRecords({ connections, context, habits, profiles, forwarders, turns, quality, explainAll });
  }

  proxies(): readonly (readonly string[])[] {
    return this.habits.known();
  }

  quality(): PairingQuality {
    return this.assessed.report;
  }

  message(_message: Message): void {}

  request(exchange: Exchange): void {
    const { request } = exchange;
    if (request === undefined) return;
    this.at(request.headTime);
    const hop = this.hop(exchange);
    if (hop.requests++ === 0) hop.firstRequest = request.firstTime;
    this.profiles.request(hop, exchange, request);
    this.context.rarity.add(request.fingerprint.target);
    this.context.rarity.add(request.fingerprint.fields);
    const relay = new OpenRelay(exchange, hop, this.told);
    const named = claimOf(request);
    const likely = this.open.like(request.method, request.fingerprint, named?.address);
    if (likely.length > 0) {
      relay.attempt = this.attemptOf(new OpenAttempt(relay, request, named), likely);
      this.claimEarlier(relay, request.headTime, likely);
    }
    const continued = relay.attempt?.owner;
    if (continued !== undefined) this.turns.take(continued);
    for (const rival of this.rivals.came(relay, request)) this.revise(rival);
    this.habits.sent(hop.asking, continued !== undefined, request.firstTime);
    hop.begin(relay);
    this.open.add(relay, request);
  }

  /** The request as the continuation of client-side exchanges; undefined when it can be none. */
  private attemptOf(attempt: OpenAttempt, likely: readonly OpenRelay[]): OpenAttempt | undefined {
    let claims: Claim[] | undefined;
    for (const other of likely) {
      const claim = this.claimOf(other, attempt);
      if (claim === undefined) continue;
      if (claims === undefined) claims = [claim];
      else claims.push(claim);
    }
    if (claims === undefined) return undefined;
    offer(attempt, claims);
    if (attempt.owner === undefined) this.records.rememberUnexplained(attempt.exchange);
    return attempt;
  }

  /** Requests that left a moment ago may continue this one all the same: the order of two hops is known to within a doubt. */
  private claimEarlier(relay: OpenRelay, now: number, likely: readonly OpenRelay[]): void {
    for (const other of likely) {
      const { request } = other.clientSide;
      if (request === undefined || now - other.since > this.doubt(relay, other) || !this.mayBeEarlier(relay, other)) continue;
      const attempt = other.attempt ?? new OpenAttempt(other, request, claimOf(request));
      const claim = this.claimOf(relay, attempt);
      if (claim === undefined) continue;
      other.attempt = attempt;
      offer(attempt, [...attempt.claims, claim]);
    }
  }

  /** Where that cannot be told from the opposite direction: when the same proxy was asked, or at a point nearer to the clients. */
  private mayBeEarlier({ clientSide }: OpenRelay, other: OpenRelay): boolean {
    const [here, there] = [clientSide.connection.point, other.clientSide.connection.point];
    if (here !== there) return this.habits.leads(here, there);
    if (other.hop.peer === clientSide.connection) return true;
    return other.attempt?.claims[0]?.relay.clientSide.server.text === clientSide.server.text;
  }

  private doubt({ clientSide }: OpenRelay, other: OpenRelay): number {
    return this.context.doubt(clientSide.connection.point, other.clientSide.connection.point);
  }

  private claimOf(relay: OpenRelay, attempt: OpenAttempt): Claim | undefined {
    if (relay.hop.peer === attempt.exchange.connection) return undefined; // that connection is known to come before this one
    if (hadIt(relay, attempt.exchange)) return undefined;
    const score = scoreOf(relay, attempt, this.context, undefined);
    if (score === undefined) return undefined;
    const { content, circumstance } = score;
    const bits = content + circumstance;
    return bits >= CONCEIVABLE ? { relay, attempt, bits, content, contentLead: content } : undefined;
  }

  response(exchange: Exchange): void {
    const { response } = exchange;
    this.at(response?.headTime);
    const relay = this.known(exchange.connection)?.find(exchange);
    if (relay === undefined) return;
    this.open.remove(relay);
    if (this.isRelay(relay)) this.rivals.answers(relay);
    if (relay.attempt !== undefined && response !== undefined && response.status >= 300 && response.status < 400)
      this.redirected(relay.attempt, traitValue(LOCATION, response.fingerprint.traits));
  }

  /** A proxy may follow the redirect itself. */
  private redirected(attempt: OpenAttempt, location: number): void {
    if (location === 0) return;
    for (const { relay } of attempt.claims) {
      if (relay.redirects.length >= MAX_REDIRECTS || relay.redirects.includes(location)) continue;
      relay.redirects = [...relay.redirects, location];
      this.open.addRedirect(relay, location);
    }
  }

  waiting(exchange: Exchange, state: Exchange): void {
    const relay = this.known(exchange.connection)?.find(exchange);
    const record = relay !== undefined && this.isRelay(relay) ? this.tell(relay, state) : undefined;
    this.sink.exchange(state, this.contextOf(exchange, relay, record));
  }

  ended(exchange: Exchange): void {
    this.at(exchange.response?.lastTime);
    const hop = this.known(exchange.connection);
    const relay = hop?.take(exchange);
    if (hop !== undefined) hop.last = exchange;
    this.profiles.ended(hop, exchange, relay?.attempt?.owner !== undefined);
    if (hop !== undefined && isDoubtful(exchange)) hop.doubtful = true;
    if (relay === undefined) this.tellExchange(exchange, undefined, factsOf(exchange), undefined);
    else this.endedRelay(relay, exchange);
  }

  private endedRelay(relay: OpenRelay, exchange: Exchange): void {
    const { hop, attempt } = relay;
    const own = ownFacts(exchange);
    if (attempt !== undefined) {
      attempt.endedAt = this.told;
      attempt.facts = own;
    }
    this.open.remove(relay);
    settle(relay, this.context, this.now);
    const { attempts } = relay;
    this.habits.received(hop.asked, attempts.length > 0);
    if (attempts.length > 0) this.learn(relay);
    if (!this.isRelay(relay)) {
      this.early.add(relay);
      this.tellExchange(exchange, relay, withWait(own, exchange), undefined);
      return;
    }
    if (attempts.length > 0) this.facts.relays++;
    if (hop.asked.kept > 0 && this.habits.isProxy(hop.asked)) this.tellEarly(hop.asked);
    for (const attempt of attempts) this.profiles.pair(this.records.routeOf(relay, attempt), exchange, attempt.exchange);
    const facts = withWait(own, exchange) | this.factsBeyond(relay);
    const wanted = this.explainAll || isWanted(exchange, facts, this.sink.asks.relay);
    const record = wanted ? this.tell(relay, exchange) : undefined;
    if (record === undefined) this.sink.spared('relay');
    this.learnForwarder(relay);
    this.assess(relay);
    hop.lastRelay = relay;
    if (attempts.length > 0) hop.lastForwarded = relay;
    if (mayOutlive(exchange)) bind(relay);
    this.tellExchange(exchange, relay, facts, record);
  }

  /** Of a host that has turned out to be a proxy: what it answered itself before. */
  private tellEarly(proxy: Host): void {
    for (const relay of this.early.take(proxy)) {
      const wanted = this.explainAll || isWanted(relay.clientSide, factsOf(relay.clientSide), this.sink.asks.relay);
      if (wanted) this.tell(relay, relay.clientSide);
      else this.sink.spared('relay');
      this.assess(relay);
    }
  }

  /** What the next hop tells of an exchange that is over. */
  private factsBeyond(relay: OpenRelay): number {
    const { clientSide, attempts } = relay;
    const [first] = attempts;
    if (first === undefined) return 0;
    let facts = factsOfRoute(this.records.routeOf(relay, first), attempts.length);
    for (const attempt of attempts) {
      const own = attempt.facts < 0 ? ownFacts(attempt.exchange) : attempt.facts;
      facts |= own | factsOfCrossing(clientSide, attempt.exchange, attempt.afterDoubt, this.forwarders.isCopy(relay, attempt));
    }
    return facts;
  }

  /** `record`: the relay, where it has been told. */
  private tellExchange(exchange: Exchange, relay: OpenRelay | undefined, facts: number, record: Relay | undefined): void {
    if (!isWanted(exchange, facts, this.sink.asks.exchange)) {
      this.sink.spared('exchange');
      return;
    }
    const told = record ?? (relay !== undefined && this.isRelay(relay) ? this.records.brief(relay, exchange) : undefined);
    this.sink.exchange(exchange, this.contextOf(exchange, relay, told));
  }

  /** What a proxy was blamed for is told again when the box turns out to be none. */
  private learnForwarder(relay: OpenRelay): void {
    for (const told of this.forwarders.learn(relay)) {
      this.revise(told);
    }
  }

  /** More is known of a relay; only what is told when it is over is for good. */
  private revise(relay: OpenRelay): void {
    if (relay.settled && relay.clientSide.wait === undefined) this.sink.revised(this.records.brief(relay, relay.clientSide));
  }

  private assess(relay: OpenRelay): void {
    const [first] = relay.attempts;
    if (first !== undefined && this.assessed.asksForEvidence) this.assessed.evidence(this.records.explain(relay, first));
    this.assessed.count(relay.clientSide, relay.attempts, isAmbiguous(relay));
  }

  /** What a pair teaches about the proxy. */
  private learn(relay: OpenRelay): void {
    const { clientSide, attempts, margin } = relay;
    const { asked } = relay.hop;
    for (const { exchange, hop } of attempts) {
      if (margin >= SURE_MARGIN) {
        this.habits.pair(asked, hop.asking);
        this.habits.pairPoints(clientSide.connection.point, exchange.connection.point);
      }
      asked.lastPair = Math.max(asked.lastPair, exchange.request?.firstTime ?? 0);
    }
    const [only] = attempts;
    if (only === undefined || attempts.length > 1 || margin < SURE_MARGIN) return;
    const manners = this.context.manners?.pupil(relay.hop, clientSide);
    if (manners?.learns !== true) return;
    learnRequests(clientSide, only, relay, manners);
    learnAnswers(only.exchange, clientSide, manners);
  }

  connection(connection: Connection): void {
    this.sink.connection(connection, this.contextAtEnd(connection));
  }

  /** What is known around a connection that is over, which is forgotten now; undefined where no request was seen on it. */
  private contextAtEnd(connection: Connection): ConnectionContext | undefined {
    const hop = this.hops[connection.point]?.[connection.id];
    if (hop === undefined || hop.identity.key !== connection.key) {
      if (connection.serverEnd.last === undefined) this.rememberUnanswered(connection);
      return undefined;
    }
    const { last, lastRelay, lastForwarded } = hop;
    hop.final = connection;
    hop.last = undefined;
    hop.lastRelay = undefined;
    hop.lastForwarded = undefined;
    const hops = this.hops[connection.point];
    if (hops !== undefined) hops[connection.id] = undefined;
    this.closes(hop, connection);
    if (last === undefined) return undefined;
    const [attempt, retry] = lastForwarded?.attempts ?? [];
    if (lastForwarded !== undefined && attempt !== undefined && retry === undefined) {
      const route = this.records.routeOf(lastForwarded, attempt);
      this.profiles.relayClosed(route, connection, attempt.exchange, attempt.hop.requests, () => this.records.connectionOf(attempt.hop));
    }
    const [server, leak] = [this.profiles.closed(connection, last, hop.life), this.leaks.at(connection, last)];
    return new EndContext(last, server, leak, { lastRelay, lastForwarded }, this.records);
  }

  /** Statistics and pairs of connections that end with it. */
  private closes(hop: Hop, connection: Connection): void {
    const grown = this.profiles.over(hop, connection);
    if (grown !== undefined) this.sink.profile(grown, false);
    this.now = Math.max(this.now, connection.last.time);
    this.tellHops(hop.bound);
  }

  /** Tells of both connections of a relay when the second one is over. */
  private tellHops(relay: OpenRelay | undefined): void {
    const attempt = relay?.attempts.at(-1);
    const [clientSide, serverSide] = [relay?.hop.final, attempt?.hop.final];
    if (relay === undefined || clientSide === undefined || serverSide === undefined) return;
    const until = Math.max(this.now, clientSide.until, serverSide.until);
    this.sink.hops({ relay: this.records.brief(relay, relay.clientSide), clientSide, serverSide, until });
  }

  private rememberUnanswered(connection: Connection): void {
    if (this.unanswered.length >= MAX_UNANSWERED) this.unanswered.shift();
    this.unanswered.push(connection);
  }

  finish(): void {
    for (const profile of this.profiles.pairs()) this.sink.profile(profile, true);
  }

  private known(identity: ConnectionIdentity): Hop | undefined {
    const hop = this.hops[identity.point]?.[identity.id];
    return hop?.identity === identity ? hop : undefined;
  }

  private hop({ connection: identity, client, server }: Exchange): Hop {
    const known = this.known(identity);
    if (known !== undefined) return known;
    const hop = new Hop(identity, this.habits.host(client.address), this.habits.host(server.address));
    while (this.hops.length <= identity.point) this.hops.push([]);
    const hops = this.hops[identity.point];
    if (hops !== undefined) hops[identity.id] = hop;
    return hop;
  }

  private contextOf(exchange: Exchange, relay: OpenRelay | undefined, record: Relay | undefined): ExchangeContext {
    const forwarded = relay !== undefined && relay.attempts.length > 0;
    return {
      server: relay?.hop.profile ?? this.profiles.server(exchange.server.text),
      forwarded,
      relay: record,
      parent: relay?.attempt?.owner?.clientSide,
      knocking: forwarded || exchange.wait === undefined ? NO_CONNECTIONS : this.knocking(exchange, exchange.wait.end.time),
    };
  }

  /** Connections that the server's host began to ask for while the exchange waited, and that nobody answers. */
  private knocking({ connection, server, request }: Exchange, until: number): readonly Connection[] {
    const addresses = new Set(this.habits.addressesOf(server.address)).add(server.address);
    const since = request?.firstTime ?? Number.NaN;
    const open = this.connections.unanswered(connection.point, addresses);
    const given = this.unanswered.filter(({ client }) => addresses.has(client.address));
    return [...given, ...open].filter(({ first }) => first.time >= since && first.time <= until);
  }

  /** Worth telling: it was continued, or it was asked of a box that is known to be a proxy. */
  private isRelay(relay: OpenRelay): boolean {
    const { server, request } = relay.clientSide;
    if (relay.attempts.length > 0 || request?.absoluteForm === true) return true;
    return this.habits.isProxy(relay.hop.asked) || this.habits.isKnown(server);
  }

  private tell(relay: OpenRelay, clientSide: Exchange): Relay {
    const suspect = clientSide.wait !== undefined;
    const unseen = relay.attempts.length === 0;
    const lookup = unseen && (suspect || (this.explainAll && this.lookups++ < MAX_LOOKUPS));
    const record = this.records.full(relay, clientSide, suspect, lookup);
    this.sink.relay(record);
    return record;
  }

  private at(time: number | undefined): void {
    this.told++;
    if (time !== undefined && time > this.now) this.now = time;
  }
}

/** Somebody may have something to say about it. `asks`: the facts of which it must have one. */
function isWanted({ wait }: Exchange, facts: number, asks: number): boolean {
  return (facts & asks) !== 0 || asks === ALL_FACTS || wait !== undefined;
}

/** Its two connections end one after the other: it is a tunnel, or its client left. */
function mayOutlive({ response, wait }: Exchange): boolean {
  return response?.framing === 'tunnel' || wait?.ended === 'client-abort';
}

/** What a server has passed on does not come back to it: that is another client, who wants the same of the proxy a moment later. */
function hadIt(relay: OpenRelay, { server }: Exchange): boolean {
  let before = relay.attempt?.owner;
  for (let hops = 0; before !== undefined && hops < MAX_HOPS; hops++, before = before.attempt?.owner)
    if (before.clientSide.server.text === server.text) return true;
  return false;
}

function bind(relay: OpenRelay): void {
  relay.hop.bound = relay;
  const attempt = relay.attempts.at(-1);
  if (attempt !== undefined) attempt.hop.bound = relay;
}

/** After it the two ends of its connection may not agree on which response is whose. */
function isDoubtful({ request, response, interim, damaged }: Exchange): boolean {
  if (damaged) return false;
  if (request === undefined || interim.length > 0) return true;
  return hasDoubt(request) || (response !== undefined && hasDoubt(response));
}

function hasDoubt({ oddities }: Message): boolean {
  for (const oddity of oddities) if (DOUBTS.has(oddity)) return true;
  return false;
}

const DOUBTS: ReadonlySet<string> = new Set([
  'octets-before',
  'conflicting-length',
  'invalid-length',
  'length-and-coding',
  'unknown-coding',
  'bad-chunk',
]);
