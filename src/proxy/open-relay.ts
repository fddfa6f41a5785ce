/** What is remembered of an exchange while its other hop may still show up, and of the connection it came on. */
import type { Connection, ConnectionIdentity, Exchange } from '../model.ts';
import type { Contested } from './contests.ts';
import type { Entry } from './open-exchanges.ts';

/** One HTTP connection as a hop: of which exchanges it carries, and how they have been paired. */
export class Hop {
  readonly identity: ConnectionIdentity;
  /** Exchanges on it that are not over, oldest first. */
  readonly pending: OpenRelay[] = [];
  /** Requests so far. */
  requests = 0;
  /** The client-side connection of the latest exchange that it continued, and for how many in a row it was the same one. */
  peer: ConnectionIdentity | undefined;
  sameInARow = 0;
  /** The latest exchange on it that is over; and the latest of those that are the client side of a relay. */
  last: Exchange | undefined;
  lastRelay: OpenRelay | undefined;
  /** The latest of those that was continued on a next hop. */
  lastForwarded: OpenRelay | undefined;
  /** Set once the connection is over. */
  final: Connection | undefined;

  constructor(identity: ConnectionIdentity) {
    this.identity = identity;
  }

  /** Takes an exchange that is over out of the pending ones. */
  take(exchange: Exchange): OpenRelay | undefined {
    const { pending } = this;
    if (pending[0]?.clientSide === exchange) return pending.shift();
    const index = pending.findIndex((relay) => relay.clientSide === exchange);
    return index < 0 ? undefined : pending.splice(index, 1)[0];
  }

  find(exchange: Exchange): OpenRelay | undefined {
    for (const relay of this.pending) if (relay.clientSide === exchange) return relay;
    return undefined;
  }
}

export interface OpenAttempt {
  readonly exchange: Exchange;
  readonly hop: Hop;
  /** Requests on its connection up to and including it. */
  readonly ordinal: number;
}

/** A client-side exchange and what has been found of it so far. */
export class OpenRelay {
  readonly clientSide: Exchange;
  readonly hop: Hop;
  /** When its request was there. */
  readonly since: number;
  attempts: readonly OpenAttempt[] = NO_ATTEMPTS;
  candidates: readonly Exchange[] = NO_EXCHANGES;
  margin = 0;
  /** What it scored with the request that is being looked at. */
  bits = Number.NaN;
  /** Its first attempt could as well be another's; and attempts of others that could be its own. See contests.ts. */
  doubtful = false;
  contested: readonly Contested[] = NOTHING;
  /** Its response is here: nothing changes places any more. */
  settled = false;
  /** Its place among the open exchanges: see there. */
  open = false;
  /** What it continues itself, as it seemed when its request came. */
  parent: OpenRelay | undefined;
  entries: readonly Entry[] = NO_ENTRIES;
  older: OpenRelay | undefined;
  newer: OpenRelay | undefined;

  constructor(clientSide: Exchange, hop: Hop, since: number) {
    this.clientSide = clientSide;
    this.hop = hop;
    this.since = since;
  }
}

const NO_ATTEMPTS: readonly OpenAttempt[] = [];
const NO_EXCHANGES: readonly Exchange[] = [];
const NO_ENTRIES: readonly Entry[] = [];
const NOTHING: readonly Contested[] = [];
