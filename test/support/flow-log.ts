/**
 * Hand-made segments into a flow stage, and what its sink was told, as lines:
 *
 *     new FlowLog().send(0, { flags: SYN, seq: 99 }).send(0, { text: 'GET', seq: 100 }).events // ['0 "GET"']
 *
 * Frames are 0.1 ms apart. The payload lies somewhere in a larger memory, which is overwritten when the stage comes back.
 */

import { assembleFlows, type FlowStage } from '../../src/flow/assemble-flows.ts';
import { ACK, type Connection, type ConnectionTable, type FlowSink, type Frame, type Segment, type Side } from '../../src/model.ts';
import { latin1 } from '../../src/octets.ts';

export interface Sent {
  readonly flags?: number;
  readonly seq?: number;
  readonly ack?: number;
  readonly window?: number;
  /** ASCII. */
  readonly text?: string;
  /** Octets on the wire, when the capture cut the frame. */
  readonly length?: number;
  /** Which connection; its port is 40000 more. */
  readonly of?: number;
  /** 4 unless said otherwise. */
  readonly family?: 4 | 6;
  /** 64 unless said otherwise. */
  readonly hopLimit?: number;
  /** Milliseconds after the segment before it. */
  readonly after?: number;
}

const OFFSET = 54;

export class FlowLog {
  readonly events: string[] = [];
  readonly closed: Connection[] = [];
  readonly flow: FlowStage;
  /** Delivered octets by connection key and side, gaps as dots. */
  readonly octets = new Map<string, string>();
  /** Highest id that the sink was told. */
  highestId = -1;
  private time = 0;
  private number = 0;

  constructor(limit?: number) {
    const book = { text: (family: number, address: number): string => (family === 4 ? `10.0.0.${address}` : `fd00::${address}`) };
    this.flow = assembleFlows(0, 'p1', book, (table) => this.sink(table), limit);
  }

  send(side: Side, sent: Sent): this {
    const { flags = ACK, seq = 0, ack = 0, window = 1000, text = '', of = 0, family = 4, hopLimit = 64, after = 0.1 } = sent;
    this.time += after * 1e6;
    const bytes = new Uint8Array(OFFSET + text.length + 10).fill(0x23);
    bytes.set(new TextEncoder().encode(text), OFFSET);
    const [here, there] = side === 0 ? [1, 2] : [2, 1];
    const [port, otherPort] = side === 0 ? [40_000 + of, 80] : [80, 40_000 + of];
    const segment: Segment = {
      frame: this.frame(bytes),
      family,
      hopLimit,
      source: here,
      destination: there,
      sourcePort: port,
      destinationPort: otherPort,
      seq: seq | 0,
      ack: ack | 0,
      flags,
      window,
      bytes,
      start: OFFSET,
      end: OFFSET + text.length,
      length: sent.length ?? text.length,
    };
    this.flow.push(segment);
    bytes.fill(0x21);
    return this;
  }

  end(): this {
    this.flow.end();
    return this;
  }

  get table(): ConnectionTable {
    return this.flow.table;
  }

  get last(): Connection | undefined {
    return this.closed.at(-1);
  }

  private frame(bytes: Uint8Array): Frame {
    this.number++;
    return {
      bytes,
      start: 0,
      end: bytes.length,
      wireLength: bytes.length,
      time: this.time,
      number: this.number,
      offset: 0,
      recordLength: 0,
      interfaceId: 0,
      capture: 0,
      linkType: 1,
    };
  }

  private sink(table: ConnectionTable): FlowSink {
    const say = (connection: number, text: string): void => {
      this.highestId = Math.max(this.highestId, connection);
      const { key } = table.identity(connection);
      this.events.push(key === 'p1/0' ? text : `${key.slice(3)}: ${text}`);
    };
    const add = (connection: number, side: Side, text: string): void => {
      const key = `${table.identity(connection).key} ${side}`;
      const before = this.octets.get(key) ?? '';
      if (table.position(connection, side) !== before.length)
        throw new Error(`position ${table.position(connection, side)} of ${before.length}`);
      this.octets.set(key, before + text);
    };
    return {
      data: (connection, side, bytes, start, end) => {
        say(connection, `${side} "${latin1(bytes, start, end)}"`);
        add(connection, side, latin1(bytes, start, end));
      },
      gap: (connection, side, length) => {
        say(connection, `${side} gap ${length}`);
        add(connection, side, '.'.repeat(length));
      },
      acked: (connection, side) => say(connection, `${side} acked`),
      fin: (connection, side) => say(connection, `${side} fin`),
      reset: (connection, side) => say(connection, `${side} reset`),
      closed: (connection) => {
        say(connection, 'closed');
        this.closed.push(table.snapshot(connection, 0));
      },
    };
  }
}
