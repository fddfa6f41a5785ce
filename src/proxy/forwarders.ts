/**
 * Forwarders of octets (a proxy for TCP, ssh -L): they open a connection for each that they accept, before they have read
 * anything, and pass on what comes. A proxy for HTTP that has connections in store writes its own heads on them.
 *
 * A client that sends at once is often faster than the forwarder's connection, so one connection tells for the whole route.
 */
import type { ConnectionLookup, Exchange } from '../model.ts';
import { isSameHead } from '../same-head.ts';
import type { OpenAttempt, OpenRelay } from './open-relay.ts';

/** Routes of which it is remembered, and relays of each that were told before it was known. */
const MAX_ROUTES = 1000;
const MAX_TOLD = 64;

interface ForwardedRoute {
  forwards: boolean;
  /** Copies that may be a proxy's as well. */
  told: OpenRelay[];
}

export class Forwarders {
  private readonly routes = new Map<string, ForwardedRoute>();
  private readonly connections: ConnectionLookup;

  constructor(connections: ConnectionLookup) {
    this.connections = connections;
  }

  isCopy(relay: OpenRelay, attempt: OpenAttempt): boolean {
    return this.isUntouched(relay, attempt) && (this.isAhead(relay, attempt) || this.routes.get(keyOf(relay, attempt))?.forwards === true);
  }

  /** An exchange is over and has been told: returns those that were told before the box was known to be a forwarder. */
  learn(relay: OpenRelay): readonly OpenRelay[] {
    const [attempt] = relay.attempts;
    if (attempt === undefined || !this.isUntouched(relay, attempt)) {
      relay.hop.rewritten = true;
      return NONE;
    }
    const route = this.route(keyOf(relay, attempt));
    if (route === undefined || route.forwards) return NONE;
    if (!this.isAhead(relay, attempt)) {
      if (route.told.length < MAX_TOLD && relay.clientSide.wait === undefined) route.told.push(relay);
      return NONE;
    }
    const { told } = route;
    route.forwards = true;
    route.told = [];
    return told.filter(({ hop }) => !hop.rewritten);
  }

  private route(key: string): ForwardedRoute | undefined {
    const known = this.routes.get(key);
    if (known !== undefined || this.routes.size >= MAX_ROUTES) return known;
    const route = { forwards: false, told: [] };
    this.routes.set(key, route);
    return route;
  }

  /** The connection of the attempt was opened for that of the client side before anything could be read there. */
  private isAhead({ hop }: OpenRelay, attempt: OpenAttempt): boolean {
    const { point, firstTime } = attempt.hop.identity;
    return firstTime + this.connections.clockDoubt(hop.identity.point, point) < hop.firstRequest;
  }

  /** So far the connection of the attempt is a copy of that of the client side. */
  private isUntouched({ hop, clientSide, attempts }: OpenRelay, attempt: OpenAttempt): boolean {
    const [near, far] = [hop.identity, attempt.hop.identity];
    if (hop.rewritten || !near.synSeen || !far.synSeen) return false;
    if (far.firstTime + this.connections.clockDoubt(near.point, far.point) < near.firstTime) return false;
    return attempts.length === 1 && attempt.ordinal === clientSide.ordinal && hasSameHeads(clientSide, attempt.exchange);
  }
}

const NONE: readonly OpenRelay[] = [];

function keyOf({ clientSide }: OpenRelay, { exchange }: OpenAttempt): string {
  return `${clientSide.server.text} ${exchange.server.text}`;
}

function hasSameHeads(received: Exchange, sent: Exchange): boolean {
  if (received.request === undefined || sent.request === undefined || !isSameHead(received.request, sent.request)) return false;
  return received.response === undefined || sent.response === undefined || isSameHead(sent.response, received.response);
}
