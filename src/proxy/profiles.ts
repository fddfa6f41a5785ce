/**
 * Bounded statistics per server and per route, for the rules that look across exchanges.
 */
import type { Exchange, Field, RouteProfile, ServerProfile, VaryTable } from '../model.ts';

const MAX_PROFILES = 4096;
/** Distinct values that are told apart per field and hop. */
const MAX_VALUES = 8;

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

type OpenRoute = Open<Omit<RouteProfile, 'request' | 'response'>> & { readonly request: Vary; readonly response: Vary };

export class Profiles {
  private readonly servers = new Map<string, Open<ServerProfile>>();
  private readonly routes = new Map<string, Map<string, OpenRoute>>();
  private routeCount = 0;

  /** Every server that was asked, in order of appearance. */
  server(text: string): Open<ServerProfile> {
    const known = this.servers.get(text);
    if (known !== undefined) return known;
    const profile = { server: text, first: 0, firstAnswered: 0, later: 0, laterAnswered: 0, lastAnsweredStart: Number.NEGATIVE_INFINITY };
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

  route(proxy: string, server: string): OpenRoute {
    let routes = this.routes.get(proxy);
    if (routes === undefined) {
      routes = new Map();
      if (this.routes.size < MAX_PROFILES) this.routes.set(proxy, routes);
    }
    const known = routes.get(server);
    if (known !== undefined) return known;
    const route: OpenRoute = { proxy, server, pairs: 0, reused: 0, request: new Vary(), response: new Vary() };
    if (this.routeCount < MAX_PROFILES) {
      routes.set(server, route);
      this.routeCount++;
    }
    return route;
  }

  /** A pair is complete: what the two hops carry in Connection. */
  pair(route: OpenRoute, clientSide: Exchange, serverSide: Exchange): void {
    if (serverSide.ordinal > 1) route.reused++;
    if (clientSide.request !== undefined && serverSide.request !== undefined) {
      route.request.add(connectionOf(clientSide.request.fields), connectionOf(serverSide.request.fields), true);
    }
    if (clientSide.response !== undefined && serverSide.response !== undefined) {
      route.response.add(connectionOf(serverSide.response.fields), connectionOf(clientSide.response.fields), false);
    }
  }
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
