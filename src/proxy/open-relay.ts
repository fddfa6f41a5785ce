/** What is remembered of an exchange while its other hop may still show up, and of the connection it came on. */
import { emptyList } from '../lists.ts';
import type { Attempt, Connection, ConnectionIdentity, Exchange, RequestMessage } from '../model.ts';
import type { Claim as NamedClient } from './claims.ts';
import type { Host } from './habits.ts';
import type { Manners } from './manners.ts';
import type { Peer } from './peers.ts';
import type { OpenRoute, Server } from './profiles.ts';
import type { Sent } from './score.ts';

/** What the statistics of the two hosts of a connection need to know of it. */
export class Life {
  readonly peer: Peer;
  /** Since when it is idle and kept, and since when it was so before its latest request; NaN when it is not. */
  idleSince = Number.NaN;
  idleBefore = Number.NaN;
  /** It is idle behind a response without the body that its fields announce. */
  bodiless = false;
  /** When its latest request was sent. */
  sent = Number.NaN;

  constructor(peer: Peer) {
    this.peer = peer;
  }
}

/** One HTTP connection as a hop: of which exchanges it carries, and how they have been paired. */
export class Hop {
  readonly identity: ConnectionIdentity;
  /** Exchanges on it that are not over, oldest first. */
  private pending: OpenRelay[] = NO_RELAYS;
  /** Requests so far. */
  requests = 0;
  /** When the first of them began. */
  firstRequest = Number.NaN;
  /** A head of it was another one on the next hop, or came from or went to several. */
  rewritten = false;
  /** The client-side connection of the latest exchange that it continued. */
  peer: ConnectionIdentity | undefined;
  /** The latest exchange on it that is over; and the latest of those that are the client side of a relay. */
  last: Exchange | undefined;
  lastRelay: OpenRelay | undefined;
  /** The latest of those that was continued on a next hop. */
  lastForwarded: OpenRelay | undefined;
  /** A relay whose two connections are looked at when both are over. */
  bound: OpenRelay | undefined;
  /** See `Attempt.doubtful`. */
  doubtful = false;
  /** Once it has carried a request, and while there is room for the statistics of its two hosts. */
  life: Life | undefined;
  /** What its two hosts are seen to do, and the statistics of its server: found once. */
  readonly asking: Host;
  readonly asked: Host;
  profile: Server | undefined;
  /** Those of its server, as a proxy: once they are known. */
  manners: Manners | undefined;
  /** The statistics of the latest route behind it, and the connection that it led to. */
  route: OpenRoute | undefined;
  routeTo: ConnectionIdentity | undefined;
  /** Set once the connection is over. */
  final: Connection | undefined;

  constructor(identity: ConnectionIdentity, asking: Host, asked: Host) {
    this.identity = identity;
    this.asking = asking;
    this.asked = asked;
  }

  get idle(): boolean {
    return this.pending.length === 0;
  }

  /** A list of just that length: one that grows has room for seventeen. */
  begin(relay: OpenRelay): void {
    if (this.pending.length === 0) this.pending = [relay];
    else this.pending.push(relay);
  }

  /** Takes an exchange that is over out of the pending ones. */
  take(exchange: Exchange): OpenRelay | undefined {
    const { pending } = this;
    const [first] = pending;
    if (first?.clientSide === exchange) {
      if (pending.length === 1) this.pending = NO_RELAYS;
      else pending.shift();
      return first;
    }
    // What ends out of turn has mostly just begun: one of too many, behind thousands.
    const index = pending.findLastIndex((relay) => relay.clientSide === exchange);
    return index < 0 ? undefined : pending.splice(index, 1)[0];
  }

  find(exchange: Exchange): OpenRelay | undefined {
    for (const relay of this.pending) if (relay.clientSide === exchange) return relay;
    return undefined;
  }
}

const NO_RELAYS: OpenRelay[] = emptyList();

/** A request that may continue some client-side ones. */
export class OpenAttempt implements Sent {
  readonly exchange: Exchange;
  readonly request: RequestMessage;
  readonly hop: Hop;
  readonly claim: NamedClient | undefined;
  /** See `Attempt.doubtful`. */
  readonly afterDoubt: boolean;
  /** Kept apart, since an exchange forgets the one before it when another one begins; only if that was over by then. */
  private readonly previous: Exchange | undefined;
  /** The exchanges that it may continue and that are not settled, the likeliest first. */
  claims: readonly Claim[] = NOTHING;
  /** Whose it is, for the time being, or for good once that one is settled. */
  owner: OpenRelay | undefined;
  /** When it began and ended, in the order of all that was told. */
  readonly startedAt: number;
  endedAt = Number.POSITIVE_INFINITY;
  /** Its own facts (src/facts.ts), once it is over; -1 before. */
  facts = -1;
  /** Least lead by which a settled exchange left it to others: equal answers cannot be told apart. */
  doubt = Number.POSITIVE_INFINITY;
  /** An exchange that has its own might have had this one, too: its owner is only sure of it where it has no other. */
  coveted = false;

  constructor({ clientSide, hop, startedAt }: OpenRelay, request: RequestMessage, claim: NamedClient | undefined) {
    const { previous } = clientSide;
    this.exchange = clientSide;
    this.request = request;
    this.hop = hop;
    this.claim = claim;
    this.startedAt = startedAt;
    this.afterDoubt = hop.doubtful;
    this.previous = previous?.response?.complete === true ? previous : undefined;
  }

  /** Requests on its connection up to and including it. */
  get ordinal(): number {
    return this.exchange.ordinal;
  }

  get before(): Attempt['before'] {
    const { request, response } = this.previous ?? {};
    if (request === undefined || response === undefined) return undefined;
    return { start: request.firstTime, end: { frame: response.lastFrame, time: response.lastTime } };
  }
}

/** One exchange that an attempt may continue, and how much its request speaks for that. */
export interface Claim {
  readonly relay: OpenRelay;
  readonly attempt: OpenAttempt;
  readonly bits: number;
  /** The part of it that the messages themselves say, and by how much that is more than for any other exchange. */
  readonly content: number;
  contentLead: number;
}

/** A client-side exchange and what has been found of it so far. */
export class OpenRelay {
  readonly clientSide: Exchange;
  readonly hop: Hop;
  /** Its place in the order of all that was told. */
  readonly startedAt: number;
  /** Its own, in order of time. */
  attempts: readonly OpenAttempt[] = NO_ATTEMPTS;
  /** All that may be its own. */
  claims: readonly Claim[] = NOTHING;
  /** Others that fit as well. */
  candidates: readonly Exchange[] = NO_EXCHANGES;
  margin = 0;
  /** An attempt that another exchange has might as well have been its own. */
  doubtful = false;
  /** It is over: nothing changes places any more. */
  settled = false;
  /** Targets to which its attempts were redirected. */
  redirects: readonly number[] = NO_REDIRECTS;
  /** The same request as the continuation of others. */
  attempt: OpenAttempt | undefined;
  /** Its place among the open exchanges; -1 when it has none. */
  place = -1;

  constructor(clientSide: Exchange, hop: Hop, startedAt: number) {
    this.clientSide = clientSide;
    this.hop = hop;
    this.startedAt = startedAt;
  }

  /** When its request was there. */
  get since(): number {
    return this.clientSide.request?.headTime ?? Number.NaN;
  }
}

const NO_ATTEMPTS: readonly OpenAttempt[] = emptyList();
const NO_EXCHANGES: readonly Exchange[] = emptyList();
const NO_REDIRECTS: readonly number[] = [];
const NOTHING: readonly Claim[] = emptyList();
