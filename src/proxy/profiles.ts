/**
 * Bounded statistics per server, per pair of hosts and per route, for the rules that look across exchanges.
 */
import type {
  Connection,
  EndFacts,
  Exchange,
  Message,
  PeerProfile,
  RequestMessage,
  ResponseMessage,
  RouteProfile,
  ServerProfile,
  SlowRoute,
  VaryTable,
  Wait,
} from '../model.ts';
import { CONNECTION } from '../notable.ts';
import { routeOf } from '../route.ts';
import { type Hop, Life } from './open-relay.ts';
import { Peer } from './peers.ts';
import { Durations, Histogram } from './spread.ts';

const MAX_PROFILES = 4096;
/** Pairs of hosts; the first ones. */
const MAX_PEERS = 1024;
/** Distinct values that are told apart per field and hop. */
const MAX_VALUES = 8;
/** A connection is idle when nobody has owed anything for so long. */
const IDLE = 1e9;
/** A server that closes so soon after a response did not mean to keep the connection. */
const AT_ONCE = 100e6;
/** Two closes so near to each other are cause and effect. */
const COUPLED = 250e6;

/** Connections of a pair of hosts from which on it is looked at, at every doubling. */
const LEAST_CONNECTIONS = 4;

type Open<T> = { -readonly [K in keyof T]: T[K] };

/** What a pair of values is, as places in a table of counts. */
const EQUAL = 0;
const DIFFERENT = 1;
const CLIENT_ONLY = 2;
const SERVER_ONLY = 3;
const NEITHER = 4;

class Vary implements VaryTable {
  private readonly counts = [0, 0, 0, 0, 0];
  private readonly received = new Values();
  private readonly sent = new Values();
  /** The latest pair, and what it was: mostly the next one is the same. Nothing has come before the first. */
  private latest = -1;
  private latestReceived: string | undefined;
  private latestSent: string | undefined;

  get equal(): number {
    return this.counts[EQUAL] ?? 0;
  }

  get different(): number {
    return this.counts[DIFFERENT] ?? 0;
  }

  get clientOnly(): number {
    return this.counts[CLIENT_ONLY] ?? 0;
  }

  get serverOnly(): number {
    return this.counts[SERVER_ONLY] ?? 0;
  }

  get neither(): number {
    return this.counts[NEITHER] ?? 0;
  }

  get receivedValues(): number {
    return this.received.count;
  }

  get sentValues(): number {
    return this.sent.count;
  }

  /** One pair of messages: the value on the hop where it came from, and on the next one; undefined where the field is absent. */
  add(received: string | undefined, sent: string | undefined, fromClient: boolean): void {
    if (this.latest < 0 || received !== this.latestReceived || sent !== this.latestSent) this.look(received, sent, fromClient);
    this.counts[this.latest] = (this.counts[this.latest] ?? 0) + 1;
  }

  private look(received: string | undefined, sent: string | undefined, fromClient: boolean): void {
    this.latest = kindOf(received, sent, fromClient);
    this.latestReceived = received;
    this.latestSent = sent;
    this.received.add(received);
    this.sent.add(sent);
  }
}

function kindOf(received: string | undefined, sent: string | undefined, fromClient: boolean): number {
  if (received === undefined && sent === undefined) return NEITHER;
  if (received === undefined || sent === undefined) return (received === undefined) === fromClient ? SERVER_ONLY : CLIENT_ONLY;
  return received === sent ? EQUAL : DIFFERENT;
}

/** The distinct values of one field; undefined is one. */
class Values {
  private readonly known: (string | undefined)[] = [];

  get count(): number {
    return this.known.length;
  }

  add(value: string | undefined): void {
    if (this.known.length < MAX_VALUES && !this.known.includes(value)) this.known.push(value);
  }
}

interface Directions {
  readonly request: Vary;
  readonly response: Vary;
}

export type OpenRoute = Open<Omit<RouteProfile, keyof Directions | 'versions'>> & Directions & { readonly versions: Directions };

type OpenSlowRoute = Open<SlowRoute> & { readonly late: Durations };

function newDirections(): Directions {
  return { request: new Vary(), response: new Vary() };
}

const NO_STALLS = new Map<string, Durations>();
const NO_ROUTES = new Map<string, OpenSlowRoute>();
/** Slow routes of one server that are told apart. */
const MAX_ROUTES = 64;
/** Places for targets that were answered soon: a power of two. */
const SOON_TARGETS = 64;

export class Server implements ServerProfile {
  readonly server: string;
  first = 0;
  firstAnswered = 0;
  later = 0;
  laterAnswered = 0;
  lastAnsweredStart = Number.NEGATIVE_INFINITY;
  closedAtOnce = 0;
  stayedOpen = 0;
  private firstClosedAtOnce = Number.NaN;
  closedAtOnceWithin = 0;
  readonly idleCloses = new Durations();
  readonly latencies = new Histogram();
  stalls: Map<string, Durations> = NO_STALLS;
  slowRoutes: Map<string, OpenSlowRoute> = NO_ROUTES;
  readonly soonTargets = new Int32Array(SOON_TARGETS);

  constructor(server: string) {
    this.server = server;
  }

  /** An exchange is over. */
  count({ ordinal, connection, request, response, wait }: Exchange): void {
    if (request === undefined) return;
    const answered = response !== undefined;
    if (ordinal === 1 && connection.synSeen) {
      this.first++;
      if (answered) this.firstAnswered++;
    } else {
      this.later++;
      if (answered) this.laterAnswered++;
    }
    if (answered) {
      this.lastAnsweredStart = Math.max(this.lastAnsweredStart, request.firstTime);
      if (response.firstTime >= request.lastTime) this.latencies.add(response.firstTime - request.lastTime);
    }
    const late = answered && wait !== undefined && isLate(wait);
    const { target } = request.fingerprint;
    if (answered && !late) this.soonTargets[target & (SOON_TARGETS - 1)] = target;
    if (late || (answered && this.slowRoutes.size > 0)) this.countRoute(request, wait, late);
    if (wait === undefined || wait.ended === 'capture-end' || wait.end.time - wait.start.time < STALL) return;
    const kind = `${wait.debt} ${wait.ended}`;
    if (this.stalls === NO_STALLS) this.stalls = new Map();
    const stalls = this.stalls.get(kind) ?? new Durations();
    stalls.add(wait.end.time - wait.start.time);
    this.stalls.set(kind, stalls);
  }

  closeAtOnce(time: number): void {
    if (this.closedAtOnce++ === 0) this.firstClosedAtOnce = time;
    this.closedAtOnceWithin = Math.max(this.closedAtOnceWithin, time - this.firstClosedAtOnce);
  }

  private countRoute({ target }: RequestMessage, wait: Wait | undefined, late: boolean): void {
    const path = routeOf(target);
    const known = this.slowRoutes.get(path);
    if (!late || wait === undefined) {
      if (known !== undefined) known.soon++;
      return;
    }
    if (this.slowRoutes === NO_ROUTES) this.slowRoutes = new Map();
    const route = known ?? { late: new Durations(), soon: 0 };
    route.late.add(wait.end.time - wait.start.time);
    if (known === undefined && this.slowRoutes.size < MAX_ROUTES) this.slowRoutes.set(path, route);
  }
}

/** A wait that is worth counting, and one for an answer that came, by which its route is called slow. */
const STALL = 1e9;
const LATE = 3e9;

function isLate({ debt, ended, start, end }: Wait): boolean {
  return debt === 'response-head' && ended === 'answered' && end.time - start.time >= LATE;
}

export class Profiles {
  private readonly servers = new Map<string, Server>();
  /** The server at each address that was asked first. */
  private readonly byAddress = new Map<string, Server>();
  private readonly peers = new Map<string, Map<string, Peer>>();
  private peerCount = 0;
  /** Where the host that asks from an address is asked itself. */
  private readonly askedAt: (address: string) => string;
  private readonly routes = new Map<string, Map<string, OpenRoute>>();
  private routeCount = 0;

  constructor(askedAt: (address: string) => string) {
    this.askedAt = askedAt;
  }

  /** The server at these ends; one that was never asked, where there was no room for it. */
  server(text: string): ServerProfile {
    return this.servers.get(text) ?? NOT_KNOWN;
  }

  // -------------------------------------------------------------------------------------------- one hop

  request(hop: Hop, exchange: Exchange, request: RequestMessage): void {
    const life = hop.life ?? this.begin(hop, exchange);
    if (life === undefined) return;
    life.idleBefore = life.idleSince;
    life.sent = request.firstTime;
    life.peer.request(exchange, request, life);
    life.idleSince = Number.NaN;
  }

  private begin(hop: Hop, exchange: Exchange): Life | undefined {
    const peer = hop.requests === 1 ? this.peer(exchange) : undefined;
    if (peer !== undefined) hop.life = new Life(peer);
    return hop.life;
  }

  /** An exchange is over: count it for its server, and for the pair of hosts. @param continues one that was seen on another hop */
  ended(hop: Hop | undefined, exchange: Exchange, continues: boolean): void {
    const server = hop?.profile ?? this.known(exchange);
    server?.count(exchange);
    if (hop !== undefined) hop.profile = server;
    const life = hop?.life;
    if (life === undefined) return;
    const kept = life.peer.ended(exchange, hop?.idle === true);
    if (!continues && exchange.request !== undefined) life.peer.own(exchange, exchange.request);
    life.idleSince = kept ? (exchange.response?.lastTime ?? Number.NaN) : Number.NaN;
    life.bodiless = kept && announcesBody(exchange.response);
    if (exchange.response !== undefined) life.idleBefore = Number.NaN;
  }

  /** A connection is over; gives its pair of hosts when it is time to look at that again. */
  over({ life, requests }: Hop, connection: Connection): PeerProfile | undefined {
    if (life === undefined) return undefined;
    const { peer, idleBefore, sent } = life;
    const lost = Number.isNaN(idleBefore) ? Number.NaN : peer.lost(connection, sent, idleBefore);
    if (!Number.isNaN(lost)) this.servers.get(connection.server.text)?.idleCloses.add(lost);
    peer.over(connection, requests, life);
    const { connections } = peer;
    return connections >= LEAST_CONNECTIONS && (connections & (connections - 1)) === 0 ? this.told(peer) : undefined;
  }

  /** All pairs of hosts. */
  *pairs(): Iterable<PeerProfile> {
    for (const peers of this.peers.values()) for (const peer of peers.values()) yield this.told(peer);
  }

  private told(peer: Peer): PeerProfile {
    peer.serves = this.servers.get(peer.server.text);
    peer.asked = this.byAddress.get(this.askedAt(peer.client));
    return peer;
  }

  private known({ server, request }: Exchange): Server | undefined {
    const known = this.servers.get(server.text);
    if (known !== undefined || request === undefined || this.servers.size >= MAX_PROFILES) return known;
    const profile = new Server(server.text);
    this.servers.set(server.text, profile);
    if (!this.byAddress.has(server.address)) this.byAddress.set(server.address, profile);
    return profile;
  }

  private peer({ client, server }: Exchange): Peer | undefined {
    let peers = this.peers.get(client.address);
    const known = peers?.get(server.text);
    if (known !== undefined || this.peerCount >= MAX_PEERS) return known;
    if (peers === undefined) {
      peers = new Map();
      this.peers.set(client.address, peers);
    }
    const peer = new Peer(client.address, server);
    peers.set(server.text, peer);
    this.peerCount++;
    return peer;
  }

  /** A connection is over: did its server keep it, as its answer to the only request had said? */
  closed(connection: Connection, last: Exchange, life: Life | undefined): ServerProfile {
    const profile = this.servers.get(last.server.text);
    if (profile === undefined) return NOT_KNOWN;
    const { response } = last;
    if (response?.complete !== true || !wasToBeKept(last)) return profile;
    const [client, server] = [closingTime(connection.clientEnd), closingTime(connection.serverEnd)];
    if (server < client && server - response.lastTime >= IDLE) profile.idleCloses.add(server - response.lastTime);
    if (last.ordinal !== 1) return profile;
    if (server - response.lastTime <= AT_ONCE && server < client) {
      profile.closeAtOnce(server);
      const { fin, reset } = connection.serverEnd;
      const close = fin?.time === server ? fin : reset;
      if (close !== undefined) life?.peer.oneShot(last, close);
    } else if (Math.min(client, server, connection.last.time) - response.lastTime > AT_ONCE) profile.stayedOpen++;
    return profile;
  }

  /** A client-side connection is over: did the proxy close it because the server closed the other one? `requests`: so many came on that. */
  relayClosed(
    route: OpenRoute,
    clientSide: Connection,
    sent: Exchange,
    requests: number,
    serverSideOf: () => Connection | undefined,
  ): void {
    if (sent.response?.complete !== true || sent.serverBelief !== 'keep' || requests > 1) return;
    const serverSide = serverSideOf();
    if (serverSide === undefined) return;
    const [client, proxy] = [closingTime(clientSide.clientEnd), closingTime(clientSide.serverEnd)];
    const [proxyToServer, server] = [closingTime(serverSide.clientEnd), closingTime(serverSide.serverEnd)];
    if (client < Math.min(proxy, proxyToServer, server)) return;
    if (server <= proxyToServer && Math.abs(proxy - server) <= COUPLED) route.closedWithServer++;
    else if (Math.min(proxy, proxyToServer) < server) route.closedByItself++;
  }

  // -------------------------------------------------------------------------------------------- two hops

  /** From the proxy that was asked on that hop. */
  route(hop: Hop, proxy: string, { connection, server }: Exchange): OpenRoute {
    if (hop.route === undefined || hop.routeTo !== connection) {
      hop.route = this.routeBetween(proxy, server.text);
      hop.routeTo = connection;
    }
    return hop.route;
  }

  private routeBetween(proxy: string, server: string): OpenRoute {
    let routes = this.routes.get(proxy);
    if (routes === undefined) {
      routes = new Map();
      if (this.routes.size < MAX_PROFILES) this.routes.set(proxy, routes);
    }
    const known = routes.get(server);
    if (known !== undefined) return known;
    const route: OpenRoute = {
      proxy,
      server,
      pairs: 0,
      reused: 0,
      ...newDirections(),
      versions: newDirections(),
      closedWithServer: 0,
      closedByItself: 0,
    };
    if (this.routeCount < MAX_PROFILES) {
      routes.set(server, route);
      this.routeCount++;
    }
    return route;
  }

  /** A pair is complete: what the two hops carry in Connection, and which HTTP-version. */
  pair(route: OpenRoute, clientSide: Exchange, serverSide: Exchange): void {
    route.pairs++;
    if (serverSide.ordinal > 1) route.reused++;
    compare(route, clientSide.request, serverSide.request, true);
    compare(route, serverSide.response, clientSide.response, false);
  }
}

function compare({ request, response, versions }: OpenRoute, received: Message | undefined, sent: Message | undefined, up: boolean): void {
  if (received === undefined || sent === undefined) return;
  (up ? request : response).add(connectionOf(received), connectionOf(sent), up);
  (up ? versions.request : versions.response).add(received.version, sent.version, up);
}

/** Both ends had to believe it. */
function wasToBeKept({ serverBelief, clientBelief }: Exchange): boolean {
  return serverBelief === 'keep' && clientBelief === 'keep';
}

/** A response that ends with its head, with fields that say how long its body is. */
function announcesBody(response: ResponseMessage | undefined): boolean {
  if (response?.framing !== 'none') return false;
  return response.contentLength > 0 || response.fields.some(({ name }) => name.toLowerCase() === 'transfer-encoding');
}

/** First FIN or RST of that end; infinitely late when there is none. */
function closingTime({ fin, reset }: EndFacts): number {
  return Math.min(fin?.time ?? Number.POSITIVE_INFINITY, reset?.time ?? Number.POSITIVE_INFINITY);
}

/** The value of Connection, several fields joined, or undefined. */
function connectionOf({ fields, notable }: Message): string | undefined {
  if ((notable & CONNECTION) === 0) return undefined;
  let value: string | undefined;
  for (const field of fields) {
    if (field.name.length !== 10 || field.name.toLowerCase() !== 'connection') continue;
    value = value === undefined ? field.value : `${value}, ${field.value}`;
  }
  return value;
}

const NOT_KNOWN: ServerProfile = new Server('');
