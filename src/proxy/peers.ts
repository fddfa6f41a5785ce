/**
 * Bounded statistics of one host and one server that it asks: how they open, use and close the connections between them.
 *
 * Told by the exchanges and by the ends of connections; a connection finds its statistics once and keeps them.
 */
import type {
  AckStall,
  Connection,
  ConnectionIdentity,
  Endpoint,
  Example,
  Exchange,
  Moment,
  PeerProfile,
  RequestMessage,
  ServerProfile,
} from '../model.ts';
import { FORWARDED, FORWARDED_FOR, KEEP_ALIVE, PROXY_CONNECTION, VIA } from '../notable.ts';
import { mayAddUp, NO_REPEATS, Repeats } from './repeats.ts';
import { Durations } from './spread.ts';

const MAX_EXAMPLES = 3;
/** A connection that was kept for less was not idle: the server closes after each response. */
const IDLE = 500e6;
/** Beyond a round trip. */
const SLACK = 5e6;

/** Since when a connection is idle and kept, NaN when it is not; behind a response without the body that its fields announce? */
export interface Idle {
  readonly idleSince: number;
  readonly bodiless: boolean;
}

export class Peer implements PeerProfile {
  readonly client: string;
  readonly server: Endpoint;
  connections = 0;
  requests = 0;
  closeAsked = 0;
  single = 0;
  neglected = 0;
  readonly serverCloses = new Durations();
  readonly ownCloses = new Durations();
  readonly reactions = new Durations();
  readonly reuses = new Durations();
  readonly bodiless = { closes: new Durations(), reused: 0, examples: NO_EXAMPLES };
  races = 0;
  readonly handshakes = new Durations();
  readonly exchanges = new Durations();
  sameTarget = true;
  readonly intervals = new Durations();
  forwarding = 0;
  leftovers: readonly string[] = NO_NAMES;
  readonly closeExamples: Example[] = [];
  readonly requestExamples: Example[] = [];
  longestReuse: Example | undefined;
  readonly ackStalls = { client: new Durations(), server: new Durations() };
  readonly ackExamples: Example[] = [];
  repeats: PeerProfile['repeats'] = NO_REPEATS;
  oneShots: PeerProfile['oneShots'] = NO_ONE_SHOTS;
  serves: ServerProfile | undefined;
  asked: ServerProfile | undefined;
  private repeating: Repeats | undefined;
  /** Connections between the two that are idle and kept, now. */
  private idle = 0;
  private target = 0;
  private lastFirst = Number.NaN;

  constructor(client: string, server: Endpoint) {
    this.client = client;
    this.server = server;
  }

  /** A request begins on a connection with that life so far. */
  request(exchange: Exchange, request: RequestMessage, { idleSince, bodiless }: Idle): void {
    this.requests++;
    if (request.options.includes('close')) this.closeAsked++;
    if (exchange.ordinal === 1) this.first(exchange, request);
    if (Number.isNaN(idleSince)) return;
    this.idle--;
    if (bodiless) this.bodiless.reused++;
    const duration = request.firstTime - idleSince;
    if (duration > this.reuses.most) this.longestReuse = { connection: exchange.connection, moment: headOf(request), duration };
    this.reuses.add(duration);
  }

  private first(exchange: Exchange, request: RequestMessage): void {
    if (this.idle > 0) this.neglected++;
    if (this.lastFirst > 0) this.intervals.add(request.firstTime - this.lastFirst);
    else this.target = request.fingerprint.target;
    this.lastFirst = request.firstTime;
    if (request.fingerprint.target !== this.target) this.sameTarget = false;
    this.note(request);
    if (this.requestExamples.length < MAX_EXAMPLES)
      this.requestExamples.push({ connection: exchange.connection, moment: headOf(request), duration: 0 });
  }

  private note({ notable, options }: RequestMessage): void {
    if ((notable & (VIA | FORWARDED_FOR | FORWARDED)) !== 0) this.forwarding++;
    if ((notable & PROXY_CONNECTION) !== 0) this.leaves('Proxy-Connection');
    if ((notable & KEEP_ALIVE) !== 0 && !options.includes('keep-alive')) this.leaves('Keep-Alive');
  }

  private leaves(name: string): void {
    if (!this.leftovers.includes(name)) this.leftovers = [...this.leftovers, name];
  }

  /** An exchange is over, and no other one is pending on its connection: true when that is idle and kept from now on. */
  ended({ connection, ordinal, request, response, clientBelief, ackStall }: Exchange, alone: boolean): boolean {
    if (ackStall !== undefined && ordinal >= 2) this.stalled(connection, ackStall);
    if (response?.complete !== true) return false;
    if (request !== undefined) this.exchanges.add(response.lastTime - request.firstTime);
    const kept = alone && clientBelief === 'keep' && response.framing !== 'tunnel';
    if (kept) this.idle++;
    return kept;
  }

  private stalled(connection: ConnectionIdentity, { by, moment, duration }: AckStall): void {
    this.ackStalls[by].add(duration);
    if (this.ackExamples.length < MAX_EXAMPLES) this.ackExamples.push({ connection, moment, duration });
  }

  /** A request is over that continues nobody's, as far as the capture shows. */
  own(exchange: Exchange, request: RequestMessage): void {
    if (!mayAddUp(request.method) || (this.repeating === undefined && exchange.response !== undefined)) return;
    this.repeating ??= new Repeats();
    this.repeats = this.repeating;
    this.repeating.ended(exchange, request);
  }

  /** A connection is over that carried so many requests. */
  over(connection: Connection, requests: number, { idleSince, bodiless }: Idle): void {
    if (connection.synSeen) this.connections++;
    if (!Number.isNaN(connection.handshake)) this.handshakes.add(connection.handshake);
    if (Number.isNaN(idleSince)) return;
    this.idle--;
    const [server, client] = [closing(connection.serverEnd), closing(connection.clientEnd)];
    const byServer = server !== undefined && (client === undefined || server.frame < client.frame);
    const close = byServer ? server : client;
    const duration = close === undefined ? Number.NaN : close.time - idleSince;
    if (close === undefined || !(duration >= IDLE)) return;
    if (!byServer) {
      if (bodiless) this.leftBodiless(connection, close, duration);
      else this.ownCloses.add(duration);
      return;
    }
    this.serverCloses.add(duration);
    if (requests === 1 && connection.synSeen) this.single++;
    if (client !== undefined) this.reactions.add(client.time - close.time);
    if (this.closeExamples.length < MAX_EXAMPLES) this.closeExamples.push({ connection, moment: close, duration });
  }

  /** A connection was closed as soon as it had carried one exchange that left it open. */
  oneShot(exchange: Exchange, close: Moment): void {
    if (this.oneShots.length < MAX_EXAMPLES) this.oneShots = [...this.oneShots, { exchange, close }];
  }

  private leftBodiless(connection: Connection, moment: Moment, duration: number): void {
    const { closes, examples } = this.bodiless;
    closes.add(duration);
    if (examples.length < MAX_EXAMPLES) this.bodiless.examples = [...examples, { connection, moment, duration }];
  }

  /** A request met the close of a connection that had been idle since then. Gives for how long it had been idle; NaN when it did not. */
  lost(connection: Connection, sent: number, idleSince: number): number {
    const { fin } = connection.serverEnd;
    const reach = (Number.isNaN(connection.handshake) ? 0 : connection.handshake) + SLACK;
    if (fin === undefined || fin.time > sent + reach || !(fin.time - idleSince >= IDLE)) return Number.NaN;
    this.races++;
    this.serverCloses.add(fin.time - idleSince);
    return fin.time - idleSince;
  }
}

const NO_NAMES: readonly string[] = [];
const NO_EXAMPLES: readonly Example[] = [];
const NO_ONE_SHOTS: PeerProfile['oneShots'] = [];

function headOf({ headFrame, headTime }: RequestMessage): Moment {
  return { frame: headFrame, time: headTime };
}

function closing({ fin, reset }: Connection['serverEnd']): Moment | undefined {
  if (fin === undefined || reset === undefined) return fin ?? reset;
  return fin.frame < reset.frame ? fin : reset;
}
