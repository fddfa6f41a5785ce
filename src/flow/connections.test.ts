import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FlowLog, type Sent } from '../../test/support/flow-log.ts';
import { ACK, FIN, RST, type Side, SYN } from '../model.ts';
import { Rows } from './rows.ts';

describe('numbers, as Wireshark gives them', () => {
  const mine = (seq: number, flags = SYN): readonly [Side, Sent] => [0, { seq, flags, ack: 500 }];
  const theirs = (seq: number, flags = SYN | ACK): readonly [Side, Sent] => [1, { seq, flags, ack: 100 }];

  test.each<[string, readonly (readonly [Side, Sent])[], number]>([
    ['one handshake', [mine(99), theirs(499), mine(100, ACK)], 1],
    ['SYN sent again', [mine(99), mine(99), theirs(499)], 1],
    ['another SYN', [mine(99), mine(200)], 2],
    ['another SYN after a FIN', [mine(99), theirs(499), mine(100, ACK | FIN), mine(7000)], 2],
    ['the same SYN after a reset', [mine(99), [1, { flags: RST | ACK, seq: 0, ack: 100 }], mine(99)], 1],
    ['SYN-ACK with another number', [mine(99), theirs(499), theirs(600)], 1],
    ['SYN of the other side after it', [mine(99), theirs(499), theirs(600), theirs(600, SYN), theirs(499, SYN)], 2],
    ['SYN of both sides', [mine(99), theirs(499, SYN)], 1],
    ['a SYN that fits data seen before it', [mine(100, ACK), mine(99)], 1],
    ['a SYN that does not', [mine(100, ACK), mine(98)], 2],
    ['a SYN that fits what was acknowledged', [mine(100, ACK), theirs(499, SYN)], 1],
    [
      'a SYN that does not fit a reset, even one that is not believed',
      [mine(99), [1, { flags: RST, seq: 9e5, ack: 0 }], theirs(499, SYN)],
      2,
    ],
  ])('%s', (_, sent, count) => {
    const log = new FlowLog();
    for (const [side, segment] of sent) log.send(side, segment);
    expect(log.flow.facts.streams).toBe(count);
  });

  test('start again in each file, while the connection and its key stay', () => {
    const log = new FlowLog();
    log.flow.newCapture(3);
    log.send(0, { of: 1, flags: SYN, seq: 99 }).send(0, { of: 2, flags: SYN, seq: 99 });
    log.flow.newCapture(4);
    log.send(0, { of: 2, seq: 100 }).send(0, { of: 3, flags: SYN, seq: 99 }).end();
    expect(log.closed.map(({ key, seenIn }) => [key, ...seenIn.map(({ capture, stream }) => `${capture}:${stream}`)])).toEqual([
      ['p1/0', '3:0'],
      ['p1/1', '3:1', '4:0'],
      ['p1/2', '4:1'],
    ]);
  });

  test('a connection that is replayed with the same numbers is another one with the same number', () => {
    const log = new FlowLog();
    for (let round = 0; round < 2; round++) {
      log
        .send(0, { flags: SYN, seq: 99 })
        .send(1, { flags: SYN | ACK, seq: 499, ack: 100 })
        .send(0, { seq: 100, ack: 500, text: 'hello' });
      log
        .send(1, { flags: FIN | ACK, seq: 500, ack: 105 })
        .send(0, { flags: FIN | ACK, seq: 105, ack: 501 })
        .send(1, { seq: 501, ack: 106 });
    }
    log.end();
    expect(log.events.filter((event) => event.endsWith('"hello"'))).toHaveLength(2);
    expect(log.closed.map(({ key, seenIn }) => `${key} ${seenIn[0]?.stream}`)).toEqual(['p1/0 0', 'p1/1 0']);
  });
});

describe('the end that opened', () => {
  test.each<[string, Side, Sent, string]>([
    ['sent the SYN', 1, { flags: SYN }, '10.0.0.2:80'],
    ['is the one to which the SYN-ACK goes', 1, { flags: SYN | ACK }, '10.0.0.1:40000'],
    ['sent the first segment, as far as known', 1, { text: 'x' }, '10.0.0.2:80'],
  ])('%s', (_, side, sent, text) => {
    const log = new FlowLog().send(side, sent);
    expect(log.table.identity(0).ends[0].text).toBe(text);
  });
});

describe('recycling', () => {
  const short = (log: FlowLog, of: number): FlowLog =>
    log
      .send(0, { of, flags: SYN, seq: of })
      .send(1, { of, flags: SYN | ACK, seq: 499, ack: of + 1 })
      .send(0, { of, flags: FIN | ACK, seq: of + 1, ack: 500 })
      .send(1, { of, flags: FIN | ACK, seq: 500, ack: of + 2 })
      .send(0, { of, seq: of + 2, ack: 501 });

  test('twenty thousand short connections take the rows of a few thousand', () => {
    const log = new FlowLog();
    for (let of = 0; of < 20_000; of++) short(log, of % 10_000);
    expect(log.flow.facts).toMatchObject({ connections: 20_000, synSeen: 20_000, bothDirections: 20_000, evicted: 0 });
    expect(log.closed).toHaveLength(20_000 - 4096);
    expect(log.highestId).toBeLessThan(4100);
  });

  test('a closed connection is found by late segments, until 4096 others were closed', () => {
    const log = short(new FlowLog(), 0);
    for (let of = 1; of < 4096; of++) short(log, of);
    log.send(1, { of: 0, flags: FIN | ACK, seq: 500, ack: 2, after: 300 });
    expect([log.flow.facts.streams, log.flow.facts.retransmissions, log.closed.length]).toEqual([4096, 1, 0]);
    short(log, 4096).send(1, { of: 0, flags: FIN | ACK, seq: 500, ack: 2, after: 300 });
    expect([log.flow.facts.streams, log.closed.length]).toEqual([4098, 1]);
  });

  test('a connection that goes on after a reset is not recycled', () => {
    const log = new FlowLog().send(0, { flags: SYN, seq: 99 }).send(1, { flags: SYN | ACK, seq: 499, ack: 100 });
    log.send(1, { flags: RST, seq: 500 }).send(0, { seq: 100, ack: 500, text: 'still here' });
    for (let of = 1; of <= 4097; of++) short(log, of);
    expect(log.events.filter((event) => event === 'closed')).toEqual([]);
    for (let of = 1; of <= 4097; of++) short(log, of + 5000);
    expect(log.events.filter((event) => event === 'closed')).toEqual(['closed']);
  });

  test('when there are too many, half-open ones go first, then those that were silent for longest', () => {
    const log = new FlowLog(3);
    log.send(0, { of: 0, flags: SYN, seq: 99 }).send(1, { of: 0, flags: SYN | ACK, seq: 499, ack: 100 });
    log.send(0, { of: 1, flags: SYN, seq: 99 });
    log.send(0, { of: 2, seq: 99 }).send(1, { of: 2, seq: 99 }).send(1, { of: 0, seq: 500, ack: 100 });
    log.send(0, { of: 3, seq: 99 }).send(1, { of: 3, seq: 99 });
    expect(log.closed.map(({ key }) => key)).toEqual(['p1/1']);
    log.send(0, { of: 4, seq: 99 });
    expect(log.closed.map(({ key }) => key)).toEqual(['p1/1', 'p1/2']);
    expect(log.flow.facts.evicted).toBe(2);
  });
});

test('the index agrees with a map, whatever connections come and go', () => {
  const step = fc.tuple(fc.nat(300), fc.boolean(), fc.boolean());
  fc.assert(
    fc.property(fc.array(step, { maxLength: 600 }), (steps) => {
      const log = new FlowLog();
      const last = new Map<number, number>();
      let connections = 0;
      for (const [of, reuse, back] of steps) {
        const seq = (last.get(of) ?? of) + (reuse ? 1000 : 0);
        if (!last.has(of) || reuse) connections++;
        last.set(of, seq);
        log.send(0, { of, flags: SYN, seq });
        if (back) log.send(1, { of, flags: SYN | ACK, seq: 1, ack: seq + 1 });
      }
      expect(log.flow.facts.connections).toBe(connections);
      log.end();
      expect(log.closed.map(({ key }) => Number(key.slice(3)))).toHaveLength(connections);
    }),
    { numRuns: 50 },
  );
});

test('rows are all zero when they are given out, and given out again when they come back', () => {
  const rows = new Rows(6);
  const ids = Array.from({ length: 3000 }, () => rows.allocate());
  for (const id of ids) for (let field = 0; field < 6; field++) rows.setInt(id, field, id + field);
  expect(ids.every((id) => rows.int(id, 5) === id + 5)).toBe(true);
  rows.release(7);
  rows.release(2999);
  expect([rows.allocate(), rows.allocate(), rows.allocate(), rows.used]).toEqual([2999, 7, 3000, 3001]);
  expect([0, 1, 2, 3, 4, 5].map((field) => rows.int(2999, field) + rows.int(7, field))).toEqual([0, 0, 0, 0, 0, 0]);
  rows.setFloat(7, 1, 1.5);
  expect([rows.float(7, 1), rows.int(8, 0)]).toEqual([1.5, 8]);
});
