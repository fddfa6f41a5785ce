/**
 * "This request was never forwarded": the five checks that make an absence a fact (RULES section 7.5).
 */
import type { Connection, ConnectionLookup, Exchange, LookupCheck } from '../model.ts';

/** How near in time another pair of the same proxy must be, to show that the capture sees its server side. */
const VISIBLE_WITHIN = 60e9;

export interface LookupFacts {
  readonly connections: ConnectionLookup;
  /** Addresses from which this proxy asks its servers. */
  readonly proxyAddresses: ReadonlySet<string>;
  /** Time of the latest request on its next hop: of a pair, or any of a known proxy. Infinite or NaN when there was none. */
  readonly lastPair: number;
  /** The connections of the exchange before it, on both hops: where its continuation was to be expected. */
  readonly expected: readonly (Connection | undefined)[];
  /** Requests of this proxy that nothing explains and that carry the same target, since this request. */
  readonly unexplained: number;
}

export function negativeLookup(exchange: Exchange, facts: LookupFacts): readonly LookupCheck[] {
  const start = exchange.request?.firstTime ?? 0;
  const visible = Math.abs(facts.lastPair - start) <= VISIBLE_WITHIN;
  const whole = facts.expected.every(
    (connection) => connection !== undefined && connection.clientEnd.gaps + connection.serverEnd.gaps === 0,
  );
  const { point } = exchange.connection;
  const end = exchange.wait?.end.time ?? exchange.response?.firstTime ?? exchange.request?.lastTime ?? start;
  const encrypted = facts.connections.encrypted(point, facts.proxyAddresses, end);
  const connecting = facts.connections.connecting(point, facts.proxyAddresses, end);
  return [
    check(
      'server-hop-visible',
      visible,
      'another request of this proxy was seen on its next hop within 60 s',
      'no other request of this proxy was seen on a next hop',
    ),
    check(
      'no-gap',
      whole,
      'nothing is missing from the connections of both hops',
      'octets are missing from a connection of the proxy, or it is out of sight',
    ),
    check(
      'no-candidate',
      facts.unexplained === 0,
      'no request on the next hop could be this one',
      'a request on the next hop could be this one',
    ),
    check('no-tls', !encrypted, 'the proxy has no TLS connection that could carry it', 'it may have been forwarded inside TLS'),
    check(
      'no-pending-connect',
      !connecting,
      'the proxy is not waiting for a connection to be accepted',
      'the proxy is waiting for a connection to be accepted',
    ),
  ];
}

function check(id: LookupCheck['id'], passed: boolean, yes: string, no: string): LookupCheck {
  return { id, passed, text: passed ? yes : no };
}
