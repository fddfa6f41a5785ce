/**
 * Bounded statistics per server and per route, for the rules that look across exchanges.
 */
import type { Attempt, Connection, EndFacts, Exchange, Field, Message, RouteProfile, ServerProfile, VaryTable } from '../model.ts';
import { Durations } from './spread.ts';

const MAX_PROFILES = 4096;
/** Distinct values that are told apart per field and hop. */
const MAX_VALUES = 8;
/** A connection is idle when nobody has owed anything for so long. */
const IDLE = 1e9;
/** A server that closes so soon after a response did not mean to keep the connection. */
const AT_ONCE = 100e6;
/** Two closes so near to each other are cause and effect. */
const COUPLED = 250e6;

type Open<T> = { -readonly [K in keyof T]: T[K] };

class Vary implements VaryTable {
  equal = 0;
  different = 0;
  clientOnly = 0;
  serverOnly = 0;
  neither = 0;
  private readonly received = new Set<string>();
  private readonly sent = new Set<string>();

  get receivedValues(): number {
    return this.received.size;
  }

  get sentValues(): number {
    return this.sent.size;
  }

  /** One pair of messages: the value on the hop where it came from, and on the next one; undefined where the field is absent. */
  add(received: string | undefined, sent: string | undefined, fromClient: boolean): void {
    if (received === undefined && sent === undefined) this.neither++;
    else if (received === undefined || sent === undefined) this[(received === undefined) === fromClient ? 'serverOnly' : 'clientOnly']++;
    else if (received === sent) this.equal++;
    else this.different++;
    if (this.received.size < MAX_VALUES) this.received.add(received ?? ABSENT);
    if (this.sent.size < MAX_VALUES) this.sent.add(sent ?? ABSENT);
  }
}

/** No field value holds a line feed. */
const ABSENT = '\n';

interface Directions {
  readonly request: Vary;
  readonly response: Vary;
}

type OpenRoute = Open<Omit<RouteProfile, keyof Directions | 'versions'>> & Directions & { readonly versions: Directions };

function newDirections(): Directions {
  return { request: new Vary(), response: new Vary() };
}

type OpenServer = Open<Omit<ServerProfile, 'idleCloses'>> & { readonly idleCloses: Durations };

export class Profiles {
  private readonly servers = new Map<string, OpenServer>();
  private readonly routes = new Map<string, Map<string, OpenRoute>>();
  private routeCount = 0;

  /** Every server that was asked, in order of appearance. */
  server(text: string): OpenServer {
    const known = this.servers.get(text);
    if (known !== undefined) return known;
    const profile = {
      server: text,
      first: 0,
      firstAnswered: 0,
      later: 0,
      laterAnswered: 0,
      lastAnsweredStart: Number.NEGATIVE_INFINITY,
      closedAtOnce: 0,
      stayedOpen: 0,
      idleCloses: new Durations(),
    };
    if (this.servers.size < MAX_PROFILES) this.servers.set(text, profile);
    return profile;
  }

  /** An exchange is over: count it for its server. */
  count(exchange: Exchange): void {
    const { request, response } = exchange;
    if (request === undefined) return;
    const profile = this.server(exchange.server.text);
    if (exchange.ordinal === 1 && exchange.connection.synSeen) {
      profile.first++;
      if (response !== undefined) profile.firstAnswered++;
    } else {
      profile.later++;
      if (response !== undefined) profile.laterAnswered++;
    }
    if (response !== undefined) profile.lastAnsweredStart = Math.max(profile.lastAnsweredStart, request.firstTime);
  }

  /** A connection is over: did its server keep it, as its answer to the only request had said? */
  closed(connection: Connection, last: Exchange): ServerProfile {
    const profile = this.server(last.server.text);
    const { response } = last;
    if (response?.complete !== true || !wasToBeKept(last)) return profile;
    const [client, server] = [closingTime(connection.clientEnd), closingTime(connection.serverEnd)];
    if (server < client && server - response.lastTime >= IDLE) profile.idleCloses.add(server - response.lastTime);
    if (last.ordinal !== 1) return profile;
    if (server - response.lastTime <= AT_ONCE && server < client) profile.closedAtOnce++;
    else if (Math.min(client, server, connection.last.time) - response.lastTime > AT_ONCE) profile.stayedOpen++;
    return profile;
  }

  /** A client-side connection is over: did the proxy close it because the server closed the other one? */
  relayClosed(route: OpenRoute, clientSide: Connection, attempt: Attempt): void {
    const serverSide = attempt.connection;
    if (serverSide === undefined) return;
    const { response, serverBelief, ordinal } = attempt.exchange;
    if (response?.complete !== true || serverBelief !== 'keep' || ordinal + attempt.laterExchanges > 1) return;
    const [client, proxy] = [closingTime(clientSide.clientEnd), closingTime(clientSide.serverEnd)];
    const [proxyToServer, server] = [closingTime(serverSide.clientEnd), closingTime(serverSide.serverEnd)];
    if (client < Math.min(proxy, proxyToServer, server)) return;
    if (server <= proxyToServer && Math.abs(proxy - server) <= COUPLED) route.closedWithServer++;
    else if (Math.min(proxy, proxyToServer) < server) route.closedByItself++;
  }

  route(proxy: string, server: string): OpenRoute {
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
    if (serverSide.ordinal > 1) route.reused++;
    compare(route, clientSide.request, serverSide.request, true);
    compare(route, serverSide.response, clientSide.response, false);
  }
}

function compare({ request, response, versions }: OpenRoute, received: Message | undefined, sent: Message | undefined, up: boolean): void {
  if (received === undefined || sent === undefined) return;
  (up ? request : response).add(connectionOf(received.fields), connectionOf(sent.fields), up);
  (up ? versions.request : versions.response).add(received.version, sent.version, up);
}

/** Both ends had to believe it. */
function wasToBeKept({ serverBelief, clientBelief }: Exchange): boolean {
  return serverBelief === 'keep' && clientBelief === 'keep';
}

/** First FIN or RST of that end; infinitely late when there is none. */
function closingTime({ fin, reset }: EndFacts): number {
  return Math.min(fin?.time ?? Number.POSITIVE_INFINITY, reset?.time ?? Number.POSITIVE_INFINITY);
}

/** The value of Connection, several fields joined, or undefined. */
function connectionOf(fields: readonly Field[]): string | undefined {
  let value: string | undefined;
  for (const field of fields) {
    if (field.name.length !== 10 || field.name.toLowerCase() !== 'connection') continue;
    value = value === undefined ? field.value : `${value}, ${field.value}`;
  }
  return value;
}
