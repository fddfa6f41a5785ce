/** Rows of numbers to records: which connection it is, and what is known of it. Not hot: asked for by exchange or finding. */

import type { AddressBook, Connection, ConnectionIdentity, EndFacts, Endpoint, Moment, Side } from '../model.ts';
import { Endpoints } from './endpoints.ts';
import * as at from './fields.ts';
import { resetTraits } from './hop-limits.ts';
import { MarkedIds } from './marked-ids.ts';
import type { FlowTable } from './table.ts';

/** A connection gets a further entry in `seenIn`, and its SYN may be found late: then the identity that was handed out says so too. */
interface OpenIdentity extends ConnectionIdentity {
  readonly seenIn: { readonly capture: number; readonly stream: number }[];
  synSeen: boolean;
}

/** SYNs without answer that are remembered, the latest ones. */
const MAX_KNOCKING = 256;
/** Answers to a SYN that take this long are remembered, the latest ones. */
const SLOW_ANSWER = 10e6;
const MAX_WAITED = 1024;

/** From the SYN until its answer. */
interface SynWait {
  readonly address: string;
  readonly from: number;
  readonly to: number;
}

export class Records {
  private readonly table: FlowTable;
  private readonly point: number;
  private readonly pointName: string;
  private readonly endpoints: Endpoints;
  /** By id. An array, since a map through which every connection passes keeps its dead alive. */
  private readonly identities: (OpenIdentity | undefined)[] = [];
  private readonly knocking: { readonly id: number; readonly ordinal: number }[] = [];
  /** Of SYNs that were answered or forgotten: a ring. */
  private readonly waited: SynWait[] = [];
  private waitedInAll = 0;
  /** Those that a SYN began, until it is found that it was answered: a lookup for each of ten thousand waits goes through them. */
  private readonly begun = new MarkedIds();

  constructor(table: FlowTable, point: number, pointName: string, addresses: AddressBook) {
    this.table = table;
    this.point = point;
    this.pointName = pointName;
    this.endpoints = new Endpoints(addresses);
  }

  identity(id: number): ConnectionIdentity {
    const known = this.identities[id];
    if (known !== undefined) return known;
    const { rows } = this.table;
    const identity = {
      key: `${this.pointName}/${rows.int(id, at.ORDINAL) >>> 0}`,
      point: this.point,
      id,
      ends: [this.end(id, 0), this.end(id, 1)] as const,
      seenIn: [{ capture: rows.int(id, at.CAPTURE), stream: rows.int(id, at.STREAM) }],
      synSeen: (rows.int(id, at.STATE) & at.SYN_SEEN) !== 0,
      firstTime: rows.float(id, at.FIRST_TIME),
    };
    this.identities[id] = identity;
    return identity;
  }

  /** The connection goes on in another file, where it has another number. */
  seenAgain(id: number, capture: number, stream: number): void {
    this.identity(id);
    this.identities[id]?.seenIn.push({ capture, stream });
  }

  synFound(id: number): void {
    this.begun.add(id);
    const known = this.identities[id];
    if (known !== undefined) known.synSeen = true;
  }

  forget(id: number): void {
    if (this.isUnanswered(id)) this.remember(this.synWait(id));
    this.identities[id] = undefined;
  }

  snapshot(id: number, clientSide: Side): Connection {
    const { table } = this;
    const { key, point, ends, seenIn, synSeen, firstTime } = this.identity(id);
    const serverSide = clientSide === 0 ? 1 : 0;
    const state = table.rows.int(id, at.STATE);
    const [client, server] = [2 * id + clientSide, 2 * id + serverSide];
    return {
      key,
      point,
      id,
      ends,
      seenIn: [...seenIn],
      synSeen,
      firstTime,
      clientSide,
      client: ends[clientSide],
      server: ends[serverSide],
      first: { frame: table.rows.int(id, at.FIRST_FRAME) >>> 0, time: firstTime },
      last: this.last(id),
      until: table.frame.time,
      established: (state & at.SYN_ACK_SEEN) !== 0 || (this.position(client) > 0 && this.position(server) > 0),
      handshake: (state & at.HANDSHAKE_DONE) === 0 ? Number.NaN : table.rows.float(id, at.HANDSHAKE),
      clientEnd: this.endFacts(client),
      serverEnd: this.endFacts(server),
      duplicates: table.extra(client, at.DUPLICATES) + table.extra(server, at.DUPLICATES),
      protocol: 'unknown',
      state: undefined,
      announced: undefined,
    };
  }

  /** Did a SYN from one of these addresses wait for its answer at that time? */
  connecting(addresses: ReadonlySet<string>, time: number): boolean {
    const waits = (one: SynWait): boolean => one.from <= time && time < one.to && addresses.has(one.address);
    if (this.waited.some(waits)) return true;
    const isUnanswered = (id: number): boolean => this.table.isOpen(id) && this.isUnanswered(id);
    return this.begun.find(isUnanswered, (id) => waits(this.synWait(id))) !== undefined;
  }

  /** Its SYN is answered by the frame at hand. */
  answered(id: number): void {
    const { rows, frame } = this.table;
    const from = rows.float(id, at.FIRST_TIME);
    if ((rows.int(id, at.STATE) & at.SYN_SEEN) !== 0 && frame.time - from >= SLOW_ANSWER)
      this.remember({ address: this.end(id, 0).address, from, to: frame.time });
  }

  private isUnanswered(id: number): boolean {
    const { table } = this;
    return (table.rows.int(id, at.STATE) & at.SYN_SEEN) !== 0 && table.int(2 * id + 1, at.LAST_FRAME) === 0;
  }

  /** Of a SYN without answer: nothing shows when whoever sent it gives up. */
  private synWait(id: number): SynWait {
    const { table } = this;
    return { address: this.end(id, 0).address, from: table.rows.float(id, at.FIRST_TIME), to: Number.POSITIVE_INFINITY };
  }

  private remember(wait: SynWait): void {
    this.waited[this.waitedInAll++ % MAX_WAITED] = wait;
  }

  /** Notes a SYN that was sent again without an answer so far. */
  knocks(id: number): void {
    const ordinal = this.table.rows.int(id, at.ORDINAL);
    if (this.knocking.some((one) => one.id === id && one.ordinal === ordinal)) return;
    if (this.knocking.length >= MAX_KNOCKING) this.knocking.shift();
    this.knocking.push({ id, ordinal });
  }

  /** Connections that one of these addresses has tried to open, more than once, and that nobody answered to this moment. */
  unanswered(addresses: ReadonlySet<string>): readonly Connection[] {
    const { table } = this;
    const found: Connection[] = [];
    for (const { id, ordinal } of this.knocking) {
      const still = table.isOpen(id) && table.rows.int(id, at.ORDINAL) === ordinal && !table.is(2 * id + 1, at.SENT);
      if (still && addresses.has(this.end(id, 0).address)) found.push(this.snapshot(id, 0));
    }
    return found;
  }

  private end(id: number, side: Side): Endpoint {
    const { rows } = this.table;
    const family = (rows.int(id, at.STATE) & at.IPV6) === 0 ? 4 : 6;
    const ports = rows.int(id, at.PORTS);
    return this.endpoints.of(family, rows.int(id, side === 0 ? at.ADDRESS_0 : at.ADDRESS_1), side === 0 ? ports >>> 16 : ports & 0xffff);
  }

  private endFacts(direction: number): EndFacts {
    const { table } = this;
    const moment = (field: number): Moment | undefined =>
      momentOf(table.extra(direction, field), table.extraFloat(direction, field + at.MOMENT_TIME));
    return {
      firstSeq: this.firstSeq(direction),
      octets: this.position(direction),
      gaps: table.extra(direction, at.GAPS),
      gapOctets: table.extraFloat(direction, at.GAP_OCTETS),
      lastData: momentOf(table.int(direction, at.DATA_FRAME), table.float(direction, at.DATA_TIME)),
      last: momentOf(table.int(direction, at.LAST_FRAME), table.float(direction, at.LAST_TIME)),
      fin: moment(at.FIN_MOMENT),
      finAcked: moment(at.FIN_ACKED_MOMENT),
      reset: moment(at.RESET_MOMENT),
      resetTraits: resetTraits(table, direction),
      retransmissions: table.extra(direction, at.RETRANSMISSIONS),
      lastRetransmission: moment(at.RETRANSMISSION_MOMENT),
      unacked: this.unacked(direction),
      probes: table.extra(direction, at.PROBES),
      lastProbe: moment(at.PROBE_MOMENT),
      zeroWindow: table.is(direction, at.ZERO_WINDOW) ? moment(at.ZERO_WINDOW_MOMENT) : undefined,
      lastZeroWindow: moment(at.ZERO_WINDOW_MOMENT),
      ackedTo: table.float(direction ^ 1, at.ACKED_TO),
    };
  }

  private firstSeq(direction: number): number {
    const { table } = this;
    if (!table.is(direction, at.KNOWN)) return Number.NaN;
    const behind = this.position(direction) + (table.is(direction, at.FIN_DONE) ? 1 : 0);
    return (table.int(direction, at.NEXT) - behind) >>> 0;
  }

  private unacked(direction: number): EndFacts['unacked'] {
    const { table } = this;
    const retransmissions = table.unacked(direction);
    if (retransmissions === 0) return undefined;
    const since = momentOf(table.extra(direction, at.STUCK_MOMENT), table.extraFloat(direction, at.STUCK_MOMENT + at.MOMENT_TIME));
    return since && { retransmissions, since };
  }

  private position(direction: number): number {
    return this.table.float(direction, at.POSITION);
  }

  private last(id: number): Moment {
    const { table } = this;
    const [one, other] = [2 * id, 2 * id + 1];
    const later = table.int(one, at.LAST_FRAME) >>> 0 > table.int(other, at.LAST_FRAME) >>> 0 ? one : other;
    return { frame: table.int(later, at.LAST_FRAME) >>> 0, time: table.float(later, at.LAST_TIME) };
  }
}

function momentOf(frame: number, time: number): Moment | undefined {
  return frame === 0 ? undefined : { frame: frame >>> 0, time };
}
