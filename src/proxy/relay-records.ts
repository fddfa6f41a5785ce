/** What has been found of an exchange so far -> the record of a relay, with as much evidence as its reader needs. */
import { emptyList } from '../lists.ts';
import type { Attempt, Connection, ConnectionLookup, Exchange, Relay, Turn } from '../model.ts';
import type { Forwarders } from './forwarders.ts';
import type { Habits } from './habits.ts';
import { negativeLookup } from './lookup.ts';
import { Hop, type OpenAttempt, OpenRelay } from './open-relay.ts';
import type { OpenRoute, Profiles } from './profiles.ts';
import type { Quality } from './quality.ts';
import { roleOf } from './roles.ts';
import { type Context, scoreOf } from './score.ts';
import { candidatesOf, LIKELY_MARGIN, PROVEN_MARGIN, provisionalMargin, SURE_MARGIN } from './settle.ts';
import type { Turns } from './turns.ts';

/** Requests of known proxies that continue nothing. */
const MAX_UNEXPLAINED = 256;

const NO_CHECKS: Relay['lookup'] = emptyList();
const NO_ATTEMPTS: readonly Attempt[] = emptyList();
const NO_PARTS: readonly string[] = [];
const NO_LINK: Relay['link'] = { confidence: 'none', margin: 0, parts: NO_PARTS };
const NO_ONE: ReadonlyMap<OpenAttempt, number> = new Map();

/** How much is told of a relay: the exchanges, the connections of the next hop, too, or also the evidence for the pair. */
type Depth = 'records' | 'connections' | 'all';

export interface RecordSources {
  readonly connections: ConnectionLookup;
  readonly context: Context;
  readonly habits: Habits;
  readonly profiles: Profiles;
  readonly forwarders: Forwarders;
  readonly turns: Turns;
  readonly quality: Quality;
  /** Every pair tells what speaks for it, and not the suspect ones alone. */
  readonly explainAll: boolean;
}

export class RelayRecords {
  private readonly from: RecordSources;
  /** Newest last. */
  private readonly unexplained: Exchange[] = [];

  constructor(from: RecordSources) {
    this.from = from;
  }

  /** A request of a known proxy continues nothing. */
  rememberUnexplained(exchange: Exchange): void {
    if (this.unexplained.length >= MAX_UNEXPLAINED) this.unexplained.shift();
    this.unexplained.push(exchange);
  }

  /** As it stands: the exchanges alone. */
  brief(relay: OpenRelay, clientSide: Exchange): Relay {
    return this.recordOf(relay, clientSide, 'records', NO_CHECKS, undefined);
  }

  /** With the connections of the next hop. */
  withConnections(relay: OpenRelay, clientSide: Exchange): Relay {
    return this.recordOf(relay, clientSide, 'connections', NO_CHECKS, undefined);
  }

  /** As far as it goes. `suspect`: somebody waits. `lookup`: where it was looked for, when it was not continued. */
  full(relay: OpenRelay, clientSide: Exchange, suspect: boolean, lookup: boolean): Relay {
    const before = suspect ? relay.hop.lastRelay : undefined;
    const previous = before && this.recordOf(before, before.clientSide, 'all', NO_CHECKS, undefined);
    const checks = lookup ? this.lookup(relay, clientSide, previous) : NO_CHECKS;
    const record = this.recordOf(relay, clientSide, suspect ? 'all' : 'records', checks, previous);
    return suspect ? { ...record, turn: this.turnOf(relay) } : record;
  }

  private turnOf(relay: OpenRelay): Turn | undefined {
    const turn = this.from.turns.before(relay);
    return turn && { relay: this.withConnections(turn, turn.clientSide), connection: this.connectionOf(turn.hop) };
  }

  routeOf(relay: OpenRelay, attempt: OpenAttempt): OpenRoute {
    return this.from.profiles.route(relay.hop, relay.clientSide.server.text, attempt.exchange);
  }

  attemptOf(relay: OpenRelay, attempt: OpenAttempt, connection: boolean): Attempt {
    return {
      role: roleOf(relay, attempt),
      exchange: attempt.exchange,
      connection: connection ? this.connectionOf(attempt.hop) : undefined,
      laterExchanges: attempt.hop.requests - attempt.ordinal,
      doubtful: attempt.afterDoubt,
      unseen: attempt.afterDoubt && this.isUnseen(relay, attempt),
      before: attempt.before,
      copied: this.from.forwarders.isCopy(relay, attempt),
    };
  }

  private isUnseen({ clientSide }: OpenRelay, { exchange, hop }: OpenAttempt): boolean {
    if (exchange.response?.complete === true) return false;
    const connection = this.connectionOf(hop);
    // Where it was acknowledged, the hole that hides it may not have been told yet.
    if (exchange.damaged || connection === undefined || connection.clientEnd.ackedTo > connection.serverEnd.octets) return true;
    const given = clientSide.response?.firstTime ?? Number.NaN;
    return this.from.connections.lostAround(exchange.connection.point, given);
  }

  /** The evidence for a pair, without what it taught us itself. */
  explain(relay: OpenRelay, { exchange, request, hop, claim }: OpenAttempt): readonly string[] {
    const parts: string[] = [];
    const before = new OpenRelay(relay.clientSide, relay.hop, relay.startedAt);
    const untaught = { ...this.from.context, habits: undefined, manners: undefined };
    scoreOf(before, { exchange, request, hop: new Hop(hop.identity, hop.asking, hop.asked), claim }, untaught, parts);
    return parts;
  }

  /** What only a suspect needs (connections, the evidence for the pair) is left out of all the others. */
  private recordOf(relay: OpenRelay, clientSide: Exchange, depth: Depth, lookup: Relay['lookup'], previous: Relay | undefined): Relay {
    const [first] = relay.attempts;
    return {
      clientSide,
      attempts: this.attemptsOf(relay, depth !== 'records'),
      candidates: relay.settled ? relay.candidates : candidatesOf(relay.claims, NO_ONE),
      link: this.linkOf(relay, depth === 'all'),
      lookup,
      previous,
      turn: undefined,
      route: first && this.routeOf(relay, first),
    };
  }

  private attemptsOf(relay: OpenRelay, connections: boolean): readonly Attempt[] {
    const { attempts } = relay;
    if (attempts.length === 0) return NO_ATTEMPTS;
    const records: Attempt[] = [];
    for (const attempt of attempts) records.push(this.attemptOf(relay, attempt, connections));
    return records;
  }

  private linkOf(relay: OpenRelay, explained: boolean): Relay['link'] {
    const [first] = relay.attempts;
    if (first === undefined) return NO_LINK;
    const { explainAll, quality } = this.from;
    const margin = marginOf(relay);
    const confidence = margin >= PROVEN_MARGIN ? 'proven' : margin >= SURE_MARGIN ? 'strong' : isClear(margin) ? 'likely' : 'ambiguous';
    const parts = explained || explainAll ? this.explain(relay, first) : NO_PARTS;
    return { confidence: quality.reliable || confidence === 'ambiguous' ? confidence : 'possible', margin, parts };
  }

  /** As it stands; undefined when it is forgotten. Cold: a record of a connection is large. */
  connectionOf(hop: Hop): Connection | undefined {
    return hop.final ?? this.from.connections.snapshot(hop.identity);
  }

  private lookup(relay: OpenRelay, exchange: Exchange, previous: Relay | undefined): Relay['lookup'] {
    const { connections, habits } = this.from;
    const proxy = exchange.server.address;
    const start = exchange.request?.firstTime ?? 0;
    return negativeLookup(exchange, {
      connections,
      proxyAddresses: habits.addressesOf(proxy),
      lastPair: habits.host(proxy).lastPair,
      expected: [this.connectionOf(relay.hop), ...(previous?.attempts.map((attempt) => attempt.connection) ?? [])],
      unexplained: this.unexplained.filter(
        (other) => (other.request?.firstTime ?? 0) >= start && other.request?.fingerprint.tail === exchange.request?.fingerprint.tail,
      ).length,
    });
  }
}

/** The lead of the pair that is told: for good once the relay is settled. */
function marginOf(relay: OpenRelay): number {
  return relay.settled ? relay.margin : provisionalMargin(relay);
}

function isClear(margin: number): boolean {
  return margin >= LIKELY_MARGIN;
}

/** It was continued, and it is not clear by what. */
export function isAmbiguous(relay: OpenRelay): boolean {
  return relay.attempts.length > 0 && !isClear(marginOf(relay));
}
