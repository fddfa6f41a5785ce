/**
 * What is remembered of one HTTP connection between segments: how far each direction has been read, and the exchanges that
 * are not over. Made when the first head is recognised, dropped with the connection.
 */
import { emptyList } from '../lists.ts';
import type {
  AckStall,
  AnnouncedEnds,
  Connection,
  ConnectionIdentity,
  ConnectionState,
  Endpoint,
  Excess,
  Exchange,
  Moment,
  Persistence,
  Side,
  Wait,
} from '../model.ts';
import type { ChunkReader } from './chunks.ts';
import { stateOf } from './debts.ts';
import type { HeadCarry } from './head-carry.ts';
import type { OpenMessage, OpenRequest, OpenResponse } from './messages.ts';
import { Pending } from './pending.ts';
import type { Tail } from './tail.ts';

/** An exchange that may still change. */
export class OpenExchange implements Exchange {
  readonly connection: ConnectionIdentity;
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly ordinal: number;
  readonly request: OpenRequest | undefined;
  interim: readonly OpenResponse[] = NO_INTERIM;
  response: OpenResponse | undefined;
  serverBelief: Persistence | undefined;
  clientBelief: Persistence | undefined;
  readonly pipelined: boolean;
  /** Where the responses stood when its client sent the request: no octet before that answers it. */
  answersFrom = 0;
  previous: OpenExchange | undefined;
  wait: Wait | undefined;
  readonly announced: AnnouncedEnds | undefined;
  ackStall: AckStall | undefined;
  damaged: boolean;
  readonly unaligned: boolean;
  excess: Excess | undefined;
  ended = false;
  /** The last deadline that this exchange was told for: 0 none, then 1 and 2. */
  toldLevel = 0;
  /** Start of the wait that `toldLevel` is about. */
  toldStart = Number.NaN;
  /** Too many are pending: nobody waits for it. */
  readonly unpaired: boolean;

  constructor(
    { identity, client, server, last, pending, announced, forgotten }: Conversation,
    request: OpenRequest | undefined,
    ordinal: number,
    damaged: boolean,
    unpaired: boolean,
  ) {
    this.connection = identity;
    this.client = client;
    this.server = server;
    this.ordinal = ordinal;
    this.request = request;
    this.pipelined = request !== undefined && pending.length > 0;
    this.previous = last;
    this.announced = announced;
    this.damaged = damaged || unpaired;
    this.unaligned = forgotten > 0;
    this.unpaired = unpaired;
  }
}

const NO_INTERIM: readonly OpenResponse[] = emptyList();

/** Where one direction stands. */
export const START = 0;
export const HEAD = 1;
export const LENGTH = 2;
export const CHUNKED = 3;
export const UNTIL_CLOSE = 4;
/** A tunnel: what follows is not HTTP of this connection. */
export const OPAQUE = 5;
/** Framing lost: look for a start line at the next segment. */
export const LOST = 6;
/** In the header of the PROXY protocol, before the first message. */
export const PREAMBLE = 7;

export class Direction {
  state = START;
  message: OpenMessage | undefined;
  /** The exchange that the message belongs to. */
  exchange: OpenExchange | undefined;
  /** Octets of body still to come, where the framing tells. */
  remaining = Number.NaN;
  /** Offset of the next octet of this direction. */
  offset = Number.NaN;
  chunks: ChunkReader | undefined;
  /** The end of a body without length. */
  tail: Tail | undefined;
  /** The octets of a head, or of a preamble, that is not complete. */
  carry: HeadCarry | undefined;
  headFrame = 0;
  headTime = Number.NaN;
  /** Oddities that the next head inherits: what stood before it. */
  before = 0;
  /** The first octets that passed through it as a tunnel. */
  tunnelled: Moment | undefined;

  /** Brings the open message up to date with what the direction alone knows. */
  refresh(): void {
    const { message, chunks, tail } = this;
    if (message === undefined) return;
    if (chunks !== undefined) message.chunk = chunks.position;
    if (tail === undefined || message.complete || (message.framing !== 'chunked' && message.framing !== 'until-close')) return;
    message.tail = tail.text;
    message.seemsComplete = tail.seemsComplete;
  }
}

/** The first FIN or RST of one side. */
interface Closing {
  readonly by: 'FIN' | 'RST';
  readonly side: 'client' | 'server';
  readonly moment: Moment;
}

const NONE: readonly Closing[] = [];

export class Conversation {
  readonly id: number;
  readonly identity: ConnectionIdentity;
  readonly clientSide: Side;
  /** HTTP is known to be spoken on it: less of a start line is enough to tell one. */
  readonly known: boolean;
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly requests = new Direction();
  readonly responses = new Direction();
  readonly pending = new Pending();
  /** Requests beyond the limit that are not answered yet: their answers come behind those of the pending ones. */
  overflow = 0;
  /** Requests that lie in a hole, or were given up because their answers seem to: at most so many answers may come without a request. */
  forgotten = 0;
  /** When one of them was. */
  forgottenAt = Number.NEGATIVE_INFINITY;
  last: OpenExchange | undefined;
  /** The exchange whose response was complete latest, as long as nothing is missing behind it. */
  answered: OpenExchange | undefined;
  /** The exchange whose request the peer has not acknowledged; those behind it are not watched yet. */
  watched: OpenExchange | undefined;
  ordinal = 0;
  /** Stands in a queue of deadlines. */
  queued = false;
  over = false;
  tunnel = false;
  announced: AnnouncedEnds | undefined;
  closings: readonly Closing[] = NONE;

  constructor(id: number, identity: ConnectionIdentity, clientSide: Side, known = false) {
    this.id = id;
    this.identity = identity;
    this.clientSide = clientSide;
    this.known = known;
    this.client = identity.ends[clientSide];
    this.server = identity.ends[clientSide === 0 ? 1 : 0];
  }

  direction(side: Side): Direction {
    return side === this.clientSide ? this.requests : this.responses;
  }

  closes(by: Closing['by'], side: Side, moment: Moment): void {
    this.closings = [...this.closings, { by, side: side === this.clientSide ? 'client' : 'server', moment }];
  }

  /** What HTTP knows of the connection, put on its record. */
  record(connection: Connection): Connection {
    const record = { ...connection, state: this.state, announced: this.announced };
    if (!this.tunnel) return { ...record, protocol: 'http' };
    return { ...record, protocol: 'tunnel', tunnelled: { client: this.requests.tunnelled, server: this.responses.tunnelled } };
  }

  /** Where it stands: STATES in debts.ts. */
  get state(): ConnectionState {
    const { requests, responses, closings } = this;
    const reset = closings.some(({ by }) => by === 'RST');
    const { carry } = requests;
    return stateOf({
      tunnel: this.tunnel,
      lost: requests.state === LOST || responses.state === LOST,
      used: this.last !== undefined || this.over,
      clientClosed: reset || closings.some(({ side }) => side === 'client'),
      serverClosed: reset || closings.some(({ side }) => side === 'server'),
      head: requests.state === HEAD && carry !== undefined ? { frame: carry.frame, time: carry.time } : undefined,
      exchange: this.pending.first,
    });
  }

  /** The server sends nothing any more. */
  get serverClosed(): boolean {
    return this.closings.some(({ by, side }) => side === 'server' || by === 'RST');
  }
}
