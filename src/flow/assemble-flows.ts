/**
 * TCP segments to the ordered octets and events of connections.
 *
 * Hot: `push` runs for every segment, without an allocation; bench/ measures it as stage "flow". It finds the connection, takes the
 * acknowledgement and the window, and hands the next octets on as they lie in the frame. A segment that is anything but the next
 * octets goes to `Reassembly`, a first segment, SYN or RST to `Handshakes`.
 *
 * Every segment belongs to a connection, data or not: else the numbers of the connections would differ from Wireshark's.
 */

import {
  ACK,
  type AddressBook,
  type Connection,
  type ConnectionIdentity,
  type ConnectionTable,
  FIN,
  type FlowSink,
  type Frame,
  RST,
  type Segment,
  type Side,
  type Stage,
  SYN,
} from '../model.ts';
import { CONNECTION_LIMIT, Connections } from './connections.ts';
import { Delivery } from './delivery.ts';
import * as at from './fields.ts';
import { type FlowFacts, newFlowFacts } from './flow-facts.ts';
import { Handshakes } from './handshakes.ts';
import { isResetOtherwise, widen } from './hop-limits.ts';
import { Reassembly } from './reassembly.ts';
import { Records } from './records.ts';
import { FlowTable } from './table.ts';

/** Makes the sink of a flow stage, which may ask the table about the connections it is told of. */
export type FlowSinkFactory = (table: ConnectionTable) => FlowSink;

export interface FlowStage extends Stage<Segment> {
  /** A TCP header that only counts for the number of its connection, which is given back; `quoted` by an ICMP error. */
  number(segment: Segment, quoted: boolean): number;
  /** The number of the connection of what is pushed next, where it does not follow from the order; else -1. */
  given: number;
  readonly table: ConnectionTable;
  readonly facts: FlowFacts;
  /** The next file of the point begins; `index` is its place in the report. */
  newCapture(index: number): void;
  /** Nothing else came until `time`: closes the holes that have waited long enough. Every segment says so too. */
  tick(time: number): void;
}

/**
 * @param point number of the point of capture
 * @param pointName its name, the beginning of every connection's key
 * @param limit connections at once; the half-open ones and the longest silent ones go first
 */
export function assembleFlows(
  point: number,
  pointName: string,
  addresses: AddressBook,
  sink: FlowSinkFactory,
  limit = CONNECTION_LIMIT,
): FlowStage {
  const rows = new FlowTable();
  const table = new Answers(rows, new Records(rows, point, pointName, addresses));
  return new Flows(rows, table, sink(table), limit);
}

/** What was held back for an acknowledgement follows it so soon. */
const AT_ONCE = 1e6;

/** What the stages behind this one may ask. Offsets count octets of data from the first one that was captured. */
class Answers implements ConnectionTable {
  readonly records: Records;
  private readonly rows: FlowTable;

  constructor(rows: FlowTable, records: Records) {
    this.rows = rows;
    this.records = records;
  }

  get frame(): Frame {
    return this.rows.frame;
  }

  get carrier(): Frame {
    return this.rows.carrier ?? this.rows.frame;
  }

  position(connection: number, side: Side): number {
    return this.rows.float(2 * connection + side, at.POSITION);
  }

  ackedWith(connection: number, side: Side): number {
    const { rows } = this;
    const direction = 2 * connection + side;
    if (rows.acknowledges !== undefined) return rows.acknowledges;
    if (rows.segment === undefined || (rows.segment.flags & ACK) === 0 || !rows.is(direction, at.KNOWN)) return 0;
    return rows.float(direction, at.POSITION) + ((rows.segment.ack - rows.int(direction, at.NEXT)) | 0);
  }

  watch(connection: number, side: Side, offset: number): boolean {
    const direction = 2 * connection + side;
    const acked = this.rows.float(direction, at.ACKED_TO) >= offset;
    if (acked) this.rows.lower(direction, at.WATCHED);
    else this.rows.raise(direction, at.WATCHED);
    this.rows.setFloat(direction, at.WATCH, offset);
    return acked;
  }

  identity(connection: number): ConnectionIdentity {
    return this.records.identity(connection);
  }

  snapshot(connection: number, clientSide: Side): Connection {
    return this.records.snapshot(connection, clientSide);
  }

  connecting(addresses: ReadonlySet<string>, time: number): boolean {
    return this.records.connecting(addresses, time);
  }

  lostAround(time: number): boolean {
    return this.rows.losses.around(time);
  }

  unanswered(addresses: ReadonlySet<string>): readonly Connection[] {
    return this.records.unanswered(addresses);
  }

  releasedByAck(connection: number, side: Side, since: number): boolean {
    const { rows } = this;
    const [own, peer] = [2 * connection + side, 2 * connection + (1 - side)];
    const lately = rows.frame.time - rows.float(peer, at.LAST_TIME) <= AT_ONCE;
    return lately && rows.float(peer, at.DATA_TIME) < since && rows.float(own, at.ACKED_TO) >= rows.float(own, at.POSITION);
  }

  isStuck(connection: number): boolean {
    return this.isStuckBy(2 * connection) || this.isStuckBy(2 * connection + 1);
  }

  private isStuckBy(direction: number): boolean {
    return this.rows.unacked(direction) > 0 || isResetOtherwise(this.rows, direction);
  }
}

class Flows implements FlowStage {
  readonly facts = newFlowFacts();
  readonly table: ConnectionTable;
  private readonly flows: FlowTable;
  private readonly sink: FlowSink;
  private readonly reassembly: Reassembly;
  private readonly delivery: Delivery;
  private readonly connections: Connections;
  private readonly handshakes: Handshakes;

  constructor(flows: FlowTable, table: Answers, sink: FlowSink, limit: number) {
    this.flows = flows;
    this.table = table;
    this.sink = sink;
    const delivery = new Delivery(flows, this.facts, sink);
    this.delivery = delivery;
    this.reassembly = new Reassembly(flows, this.facts, sink, delivery);
    this.connections = new Connections(flows, this.facts, table.records, delivery, sink, limit);
    this.handshakes = new Handshakes(flows, this.facts, table.records, this.reassembly, this.connections, sink);
  }

  push(segment: Segment): void {
    const { flows, reassembly } = this;
    const { flags, length, frame } = segment;
    const time = frame.time;
    flows.frame = frame;
    flows.segment = segment;
    this.tick(time);

    let direction = flows.index.find(segment);
    if (direction < 0) direction = this.connections.begin(segment);
    else if ((flags & (SYN | ACK)) === SYN) direction = this.connections.meet(direction, segment);
    const id = direction >> 1;
    const ints = flows.rows.page(id);
    const floats = flows.rows.floatPage(id);
    const row = flows.rows.row(id);
    const own = row + at.SIDE_INTS * (1 + (direction & 1));
    const peer = row + at.SIDE_INTS * (2 - (direction & 1));
    if (ints[row + at.CAPTURE] !== this.connections.capture) this.connections.goOn(id);

    if ((ints[row + at.STATE]! & (at.MET | at.COPY)) !== 0 && this.handshakes.leavesOut(direction, segment)) return;
    if ((flags & RST) !== 0) {
      this.handshakes.reset(direction, segment);
      return;
    }
    if ((flags & SYN) !== 0 || (ints[own + at.SIDE_STATE]! & at.SENT) === 0) this.handshakes.introduce(direction, segment);
    if (ints[own + at.SIDE_STATE]! >>> at.MOST_HOPS !== segment.hopLimit) widen(flows, direction, segment.hopLimit);
    ints[own + at.LAST_FRAME] = frame.number | 0;
    floats[(own >> 1) + at.LAST_TIME] = time;

    let early = false;
    if ((flags & ACK) !== 0) {
      if ((ints[row + at.STATE]! & at.HANDSHAKE_STATES) === at.HANDSHAKE_READY && direction === 2 * id && (flags & SYN) === 0) {
        this.handshakes.complete(id);
      }
      const ahead = (segment.ack - ints[peer + at.NEXT]!) | 0;
      const state = ints[peer + at.SIDE_STATE]!;
      if ((state & (at.KNOWN | at.QUEUED | at.FIN_PENDING | at.FIN_DONE)) !== at.KNOWN || ahead > 0) {
        this.handshakes.acknowledge(direction, segment);
        early = length > 0 && (ints[peer + at.SIDE_STATE]! & at.SENT) !== 0 && ((segment.ack - ints[peer + at.NEXT]!) | 0) > 0;
      } else {
        const acked = floats[(peer >> 1) + at.POSITION]! + ahead;
        if (acked > floats[(peer >> 1) + at.ACKED_TO]!) {
          floats[(peer >> 1) + at.ACKED_TO] = acked;
          if ((state & at.WATCHED) !== 0 && acked >= floats[(peer >> 1) + at.WATCH]!) reassembly.tellAcked(direction ^ 1);
        }
      }
    }
    if ((segment.window === 0) !== ((ints[own + at.SIDE_STATE]! & at.ZERO_WINDOW) !== 0)) this.handshakes.window(direction, segment);

    const state = ints[own + at.SIDE_STATE]!;
    const ahead = (segment.seq - ints[own + at.NEXT]!) | 0;
    const captured = segment.end - segment.start;
    if (length === 0 && (flags & (SYN | FIN)) === 0) {
      if (ahead === -1) reassembly.probe(direction, segment);
      return;
    }
    const held = (state & (at.QUEUED | at.FIN_PENDING | at.FIN_DONE)) !== 0;
    if (ahead !== 0 || early || held || captured !== length || (flags & (SYN | FIN)) !== 0) {
      this.handshakes.arrive(direction, segment);
      return;
    }
    reassembly.twins.seen(direction, segment);
    if (length === 1 && (ints[peer + at.SIDE_STATE]! & at.ZERO_WINDOW) !== 0) reassembly.countProbe(direction);
    if (ints[row + at.LINGER] !== 0) ints[row + at.STATE]! |= at.TOUCHED;
    ints[own + at.DATA_FRAME] = frame.number | 0;
    floats[(own >> 1) + at.DATA_TIME] = time;
    this.sink.data(id, (direction & 1) === 0 ? 0 : 1, segment.bytes, segment.start, segment.end);
    floats[(own >> 1) + at.POSITION]! += length;
    ints[own + at.NEXT] = (segment.seq + length) | 0;
    if ((ints[peer + at.SIDE_STATE]! & at.QUEUED) !== 0) this.delivery.goOn(direction);
  }

  get given(): number {
    return this.connections.given;
  }

  set given(stream: number) {
    this.connections.given = stream;
  }

  number(segment: Segment, quoted: boolean): number {
    const { flows, connections } = this;
    flows.frame = segment.frame;
    this.tick(segment.frame.time);
    let direction = flows.index.find(segment);
    if (direction < 0) direction = connections.begin(segment);
    else if ((segment.flags & (SYN | ACK)) === SYN) direction = connections.meet(direction, segment);
    if (flows.rows.int(direction >> 1, at.CAPTURE) !== connections.capture) connections.goOn(direction >> 1);
    if (!quoted) this.handshakes.number(direction, segment);
    return flows.rows.int(direction >> 1, at.STREAM);
  }

  tick(time: number): void {
    if (time >= this.reassembly.due) this.reassembly.overdue(time);
  }

  end(): void {
    const ids = this.connections.all();
    for (const id of ids) this.connections.flush(id);
    for (const id of ids) this.connections.close(id);
  }

  newCapture(index: number): void {
    this.connections.capture = index;
    this.facts.streams = 0;
  }
}
