import { describe, expect, test } from 'vitest';
import { FlowLog, type Sent } from '../../test/support/flow-log.ts';
import { ACK, FIN, RST, type Side, SYN } from '../model.ts';

function opened(): FlowLog {
  return new FlowLog()
    .send(0, { flags: SYN, seq: 99 })
    .send(1, { flags: SYN | ACK, seq: 499, ack: 100 })
    .send(0, { seq: 100, ack: 500, after: 30 });
}

describe('resets', () => {
  test.each<[string, number]>([
    ['exactly next', 500],
    ['a little behind', 400],
    ['in the window', 60_000],
  ])('%s: believed', (_, seq) => {
    expect(opened().send(1, { flags: RST, seq }).events).toEqual(['1 reset']);
  });

  test.each<[string, number]>([
    ['far ahead', 200_000],
    ['far behind', -200_000],
    ['zero on the other side of the numbers', 500 + 2 ** 31],
  ])('%s: counted and not believed, so it hides nothing', (_, seq) => {
    const log = opened().send(1, { flags: RST, seq }).send(1, { seq: 500, ack: 100, text: 'on' });
    expect(log.events).toEqual(['1 "on"']);
    expect(log.flow.facts.resetsIgnored).toBe(1);
    expect(log.table.snapshot(0, 0).serverEnd.reset).toBeUndefined();
  });

  test('behind a hole: as far as what waits', () => {
    const log = opened();
    for (let at = 0; at < 10; at++) log.send(1, { seq: 600 + at * 50_000, ack: 100, text: 'x'.repeat(50_000) });
    log.send(1, { flags: RST, seq: 500_600 });
    expect(log.events.at(-1)).toBe('1 reset');
  });

  test('a refused SYN', () => {
    const refused = new FlowLog().send(0, { flags: SYN, seq: 99 }).send(1, { flags: RST | ACK, seq: 0, ack: 100 });
    expect(refused.events).toEqual(['1 reset']);
    const forged = new FlowLog().send(0, { flags: SYN, seq: 99 }).send(1, { flags: RST | ACK, seq: 0, ack: 9_000_000 });
    expect(forged.events).toEqual([]);
  });

  test('in a connection of which nothing is known', () => {
    expect(new FlowLog().send(0, { flags: RST, seq: 12_345 }).events).toEqual(['0 reset']);
  });

  test('data of a side that goes on is still told, and its reset stays', () => {
    const log = opened().send(1, { flags: RST, seq: 500 }).send(1, { seq: 500, ack: 100, text: 'alive' }).send(1, { flags: RST, seq: 505 });
    expect(log.events).toEqual(['1 reset', '1 "alive"']);
    expect(log.table.snapshot(0, 0).serverEnd.reset?.frame).toBe(4);
  });
});

describe('acknowledgements', () => {
  test('are told once, when they cover the offset that is watched', () => {
    const log = opened().send(0, { seq: 100, ack: 500, text: 'request' });
    expect(log.table.watch(0, 0, 7)).toBe(false);
    log.send(1, { seq: 500, ack: 106 });
    expect(log.events).toEqual(['0 "request"']);
    log.send(1, { seq: 500, ack: 107 }).send(1, { seq: 500, ack: 107 });
    expect(log.events).toEqual(['0 "request"', '0 acked']);
    expect(log.table.watch(0, 0, 7)).toBe(true);
    expect(log.table.snapshot(0, 0).serverEnd.ackedTo).toBe(7);
  });

  test('come before the data of the segment that carries them', () => {
    const log = opened().send(0, { seq: 100, ack: 500, text: 'ask' });
    log.table.watch(0, 0, 3);
    expect(log.send(1, { seq: 500, ack: 103, text: 'answer' }).events).toEqual(['0 "ask"', '0 acked', '1 "answer"']);
  });

  test('of data that is not in the capture are told too', () => {
    const log = opened();
    log.table.watch(0, 0, 3);
    expect(log.send(1, { seq: 500, ack: 105 }).events).toEqual(['0 acked']);
  });

  test.each<[string, readonly (readonly [Side, Sent])[], number | undefined]>([
    ['of the data before it only', [[1, { seq: 500, ack: 102 }]], undefined],
    [
      'of the FIN',
      [
        [1, { seq: 500, ack: 102 }],
        [1, { seq: 500, ack: 103 }],
      ],
      6,
    ],
    ['with the FIN of the other side', [[1, { seq: 500, ack: 103, flags: FIN | ACK }]], 5],
  ])('of a FIN: %s', (_, sent, frame) => {
    const log = opened().send(0, { seq: 100, ack: 500, text: 'ab', flags: FIN | ACK });
    for (const [side, segment] of sent) log.send(side, segment);
    const { clientEnd, serverEnd } = log.table.snapshot(0, 0);
    expect([clientEnd.fin?.frame, clientEnd.finAcked?.frame, serverEnd.ackedTo]).toEqual([4, frame, 2]);
  });

  test('of a FIN that is captured late', () => {
    const log = opened()
      .send(1, { seq: 500, ack: 101 })
      .send(0, { seq: 100, ack: 500, flags: FIN | ACK })
      .send(1, { seq: 500, ack: 101, after: 9 });
    expect(log.events).toEqual(['0 fin']);
    const { clientEnd, serverEnd } = log.table.snapshot(0, 0);
    expect([clientEnd.finAcked?.frame, serverEnd.ackedTo]).toEqual([5, 0]);
  });
});

describe('records', () => {
  test('a handshake, and what each end did', () => {
    const log = opened().send(0, { seq: 100, ack: 500, text: 'ask' }).send(1, { seq: 500, ack: 103, text: 'answer' });
    const record = log.table.snapshot(0, 0);
    expect(record).toMatchObject({
      key: 'p1/0',
      synSeen: true,
      established: true,
      first: { frame: 1 },
      last: { frame: 5 },
      clientEnd: { octets: 3, lastData: { frame: 4 }, last: { frame: 4 }, ackedTo: 0, fin: undefined },
      serverEnd: { octets: 6, lastData: { frame: 5 }, last: { frame: 5 }, ackedTo: 3, gaps: 0 },
      protocol: 'unknown',
    });
    expect(record.handshake).toBeCloseTo(30.1e6);
    expect(record.client.text).toBe('10.0.0.1:40000');
    const turned = log.table.snapshot(0, 1);
    expect([turned.client.text, turned.clientEnd.octets, turned.ends]).toEqual(['10.0.0.2:80', 6, record.ends]);
  });

  test('a capture that begins later', () => {
    const log = new FlowLog().send(1, { seq: 7000, ack: 100, text: 'tail' }).send(0, { seq: 100, ack: 7004 });
    const half = log.table.snapshot(0, 1);
    expect([half.synSeen, half.established, half.handshake]).toEqual([false, false, Number.NaN]);
    expect([half.client.text, half.clientEnd.octets, half.serverEnd.octets]).toEqual(['10.0.0.1:40000', 0, 4]);
    log.send(0, { seq: 100, ack: 7004, text: 'x' });
    expect(log.table.snapshot(0, 0).established).toBe(true);
  });

  test('a SYN that comes behind its answer', () => {
    const log = new FlowLog().send(1, { flags: SYN | ACK, seq: 499, ack: 100 });
    const identity = log.table.identity(0);
    log.send(0, { flags: SYN, seq: 99 }).send(0, { seq: 100, ack: 500, text: 'x' });
    expect([identity.synSeen, log.flow.facts.synSeen, log.flow.facts.streams, log.events.at(-1)]).toEqual([true, 1, 1, '0 "x"']);
  });

  test('a window that closes and opens', () => {
    const zero = (log: FlowLog): number | undefined => log.table.snapshot(0, 0).serverEnd.zeroWindow?.frame;
    const log = opened().send(1, { seq: 500, ack: 100, window: 0 }).send(1, { seq: 500, ack: 100, window: 0 });
    expect(zero(log)).toBe(4);
    log.send(1, { seq: 500, ack: 100, window: 7 });
    expect(zero(log)).toBeUndefined();
    log.send(1, { seq: 500, ack: 100, window: 0, text: 'x' }).send(1, { flags: RST, seq: 501, window: 9 });
    expect(zero(log)).toBe(7);
    const syn = new FlowLog().send(1, { flags: SYN, window: 0 });
    expect(zero(syn)).toBeUndefined();
  });

  test('gaps are counted with their octets', () => {
    const log = opened()
      .send(0, { seq: 103, ack: 500, text: 'de' })
      .send(1, { seq: 500, ack: 105 })
      .send(1, { seq: 500, ack: 105, after: 6 });
    expect(log.table.snapshot(0, 0).clientEnd).toMatchObject({ octets: 5, gaps: 1, gapOctets: 3 });
    expect(log.flow.facts).toMatchObject({ gaps: 1, gapOctets: 3 });
  });

  test('a FIN before the SYN-ACK of its side is not believed', () => {
    const log = new FlowLog().send(0, { flags: SYN, seq: 99 }).send(1, { flags: FIN | ACK, seq: 900, ack: 100 });
    log.send(1, { flags: SYN | ACK, seq: 499, ack: 100 }).send(0, { seq: 100, ack: 500, text: 'ask' });
    log.send(1, { seq: 500, ack: 103, text: 'answer' });
    expect(log.events.filter((event) => event.includes('"'))).toEqual(['0 "ask"', '1 "answer"']);
    expect(log.table.snapshot(0, 0).serverEnd.fin).toBeUndefined();
  });

  describe('a SYN waits for its answer', () => {
    const waits = (log: FlowLog, seconds: number, address = '10.0.0.1'): boolean =>
      log.table.connecting(new Set([address]), log.table.snapshot(0, 0).firstTime + seconds * 1e9);
    const syn = { flags: SYN, seq: 99 };

    test('until it comes, and not before the SYN', () => {
      const log = new FlowLog().send(0, syn);
      expect([waits(log, -0.001), waits(log, 0), waits(log, 0, '10.0.0.2')]).toEqual([false, true, false]);
    });

    test.each([
      ['a refusal', { flags: RST | ACK, seq: 0, ack: 100, after: 500 }],
      ['an acceptance', { flags: SYN | ACK, seq: 499, ack: 100, after: 500 }],
    ])('also when %s was read since', (_, answer) => {
      const log = new FlowLog().send(0, syn).send(1, answer);
      expect([0, 0.4, 0.6].map((seconds) => waits(log, seconds))).toEqual([true, true, false]);
    });

    test('also when the capture is over', () => {
      const log = new FlowLog().send(0, syn);
      const { firstTime } = log.table.snapshot(0, 0);
      log.end();
      expect(log.table.connecting(new Set(['10.0.0.1']), firstTime + 1e9)).toBe(true);
    });
  });

  test('an IPv6 address with the number of an IPv4 address is another one', () => {
    const log = new FlowLog().send(0, { text: 'four' }).send(0, { text: 'six', family: 6 });
    expect(log.table.identity(0).ends.map(({ text }) => text)).toEqual(['10.0.0.1:40000', '10.0.0.2:80']);
    expect(log.table.identity(1).ends.map(({ text }) => text)).toEqual(['[fd00::1]:40000', '[fd00::2]:80']);
  });
});

describe('what the peer never acknowledged', () => {
  const unacked = (log: FlowLog): number | undefined => log.table.snapshot(0, 0).clientEnd.unacked?.retransmissions;
  const asked = (): FlowLog =>
    new FlowLog()
      .send(0, { flags: SYN, seq: 99 })
      .send(1, { flags: SYN | ACK, seq: 499, ack: 100 })
      .send(0, { seq: 100, ack: 500, text: 'ask' });

  test('a SYN that is sent again', () => {
    const log = new FlowLog().send(0, { flags: SYN, seq: 99 }).send(0, { flags: SYN, seq: 99, after: 1000 });
    log.send(0, { flags: SYN, seq: 99, after: 2000 });
    expect(log.table.snapshot(0, 0).clientEnd.unacked).toMatchObject({ retransmissions: 2, since: { frame: 1 } });
    expect([log.table.isStuck(0), log.table.unanswered(new Set(['10.0.0.1'])).length]).toEqual([true, 1]);
    log.send(1, { flags: SYN | ACK, seq: 499, ack: 100 });
    expect([unacked(log), log.table.unanswered(new Set(['10.0.0.1'])).length]).toEqual([undefined, 0]);
  });

  test('octets that are sent again, since they were new', () => {
    const log = asked();
    expect(unacked(log)).toBeUndefined();
    log.send(0, { seq: 100, ack: 500, text: 'ask', after: 300 }).send(0, { seq: 100, ack: 500, text: 'ask', after: 600 });
    expect(log.table.snapshot(0, 0).clientEnd.unacked).toMatchObject({ retransmissions: 2, since: { frame: 3 } });
    log.send(1, { seq: 500, ack: 103 });
    expect([unacked(log), log.table.isStuck(0)]).toEqual([undefined, false]);
  });

  test('counts anew behind an acknowledgement', () => {
    const log = asked().send(0, { seq: 100, ack: 500, text: 'ask', after: 300 }).send(1, { seq: 500, ack: 103 });
    log.send(0, { seq: 103, ack: 500, text: 'more' });
    expect(unacked(log)).toBeUndefined();
    log.send(0, { seq: 103, ack: 500, text: 'more', after: 300 });
    expect(unacked(log)).toBe(1);
  });
});
