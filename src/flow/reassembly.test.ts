import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FlowLog, type Sent } from '../../test/support/flow-log.ts';
import { ACK, FIN, RST, type Side, SYN } from '../model.ts';

/** A connection whose handshake was captured: side 0 sends from 100, side 1 from 500. */
function opened(): FlowLog {
  return new FlowLog()
    .send(0, { flags: SYN, seq: 99 })
    .send(1, { flags: SYN | ACK, seq: 499, ack: 100 })
    .send(0, { seq: 100, ack: 500 });
}

const ack = (upTo: number, after = 0.1): readonly [Side, Sent] => [1, { seq: 500, ack: upTo, after }];
/** Nothing new, after more time than frames of two queues are apart. */
const later = (upTo: number): readonly [Side, Sent] => ack(upTo, 6);
const say = (seq: number, text: string, more: Sent = {}): readonly [Side, Sent] => [0, { seq, ack: 500, text, ...more }];

/** Events of what is sent after the handshake, before the input ends. */
function told(...sent: readonly (readonly [Side, Sent])[]): readonly string[] {
  const log = opened();
  for (const [side, segment] of sent) log.send(side, segment);
  return log.events;
}

describe('octets in order', () => {
  test.each<[string, readonly (readonly [Side, Sent])[], readonly string[]]>([
    ['as they come', [say(100, 'abc'), say(103, 'de')], ['0 "abc"', '0 "de"']],
    ['both directions', [say(100, 'ask'), [1, { seq: 500, ack: 103, text: 'answer' }]], ['0 "ask"', '1 "answer"']],
    ['swapped', [say(103, 'de'), say(100, 'abc')], ['0 "abcde"']],
    ['three the other way round', [say(104, 'e'), say(102, 'cd'), say(100, 'ab')], ['0 "abcde"']],
    ['sent again', [say(100, 'abc'), say(100, 'abc', { after: 300 })], ['0 "abc"']],
    ['sent again with more', [say(100, 'abc'), say(100, 'abcde')], ['0 "abc"', '0 "de"']],
    ['sent again with other octets: the first ones count', [say(100, 'abc'), say(101, 'XXde')], ['0 "abc"', '0 "de"']],
    ['overlap ahead of a hole: the first ones count', [say(102, 'cd'), say(101, 'XYZe'), say(100, 'a')], ['0 "aXcde"']],
    ['with the SYN', [[0, { flags: SYN, seq: 99, text: 'abc', after: 300 }], say(100, 'abcd')], ['0 "abc"', '0 "d"']],
    ['FIN with data, then sent again', [say(100, 'ab', { flags: ACK | FIN }), say(100, 'ab', { flags: ACK | FIN })], ['0 "ab"', '0 fin']],
    ['FIN before its data', [say(102, '', { flags: ACK | FIN }), say(100, 'ab')], ['0 "ab"', '0 fin']],
    ['data behind the FIN is not believed', [say(100, '', { flags: ACK | FIN }), say(101, 'x')], ['0 fin']],
    ['FIN of both ends', [say(100, '', { flags: ACK | FIN }), [1, { flags: ACK | FIN, seq: 500, ack: 101 }]], ['0 fin', '1 fin']],
  ])('%s', (_, sent, events) => {
    expect(told(...sent)).toEqual(events);
  });

  test('across the end of the sequence numbers', () => {
    const log = new FlowLog().send(0, { flags: SYN, seq: -4 });
    log.send(0, { seq: -3, text: 'ab' }).send(0, { seq: 2, text: 'fg' }).send(0, { seq: -1, text: 'cde' });
    log.send(0, { seq: 0x7fffffff, text: 'nonsense' });
    expect(log.events).toEqual(['0 "ab"', '0 "cdefg"']);
    expect(log.flow.facts.implausible).toBe(1);
  });

  test('octets that differ from what waits are counted', () => {
    const log = opened().send(0, { seq: 102, text: 'cd' }).send(0, { seq: 102, text: 'cX' }).send(0, { seq: 102, text: 'cd' });
    expect(log.flow.facts.conflicting).toBe(1);
  });

  test('any cut, order, repetition and overlap gives the same octets', () => {
    const text = Array.from({ length: 160 }, (_, index) => String.fromCharCode(33 + (index % 90))).join('');
    const piece = fc.tuple(fc.nat(text.length), fc.integer({ min: 1, max: 40 }));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 24 }), fc.integer(), (pieces, isn) => {
        const log = new FlowLog().send(0, { flags: SYN, seq: isn }).send(1, { flags: SYN | ACK, seq: 0, ack: isn + 1 });
        const arrived = new Uint8Array(text.length + 1);
        for (const [from, length] of pieces) {
          log.send(0, { seq: isn + 1 + from, ack: 1, text: text.slice(from, from + length) });
          arrived.fill(1, from, from + length);
          expect(log.octets.get('p1/0 0') ?? '').toBe(text.slice(0, arrived.indexOf(0) < 0 ? text.length : arrived.indexOf(0)));
        }
        log.end();
        const seen = Array.from(text, (character, index) => (arrived[index] === 1 ? character : '.')).join('');
        expect(log.octets.get('p1/0 0') ?? '').toBe(seen.slice(0, arrived.lastIndexOf(1, text.length - 1) + 1));
      }),
      { numRuns: 10_000 },
    );
  }, 120_000);
});

describe('both ends', () => {
  const answer = (seq: number, upTo: number, text: string, after = 0.1): readonly [Side, Sent] => [1, { seq, ack: upTo, text, after }];
  const ask = (seq: number, upTo: number, text: string): readonly [Side, Sent] => [0, { seq, ack: upTo, text }];
  test.each<[string, readonly (readonly [Side, Sent])[], readonly string[]]>([
    ['what acknowledges octets comes after them', [answer(500, 103, 'answer'), ask(100, 500, 'ask')], ['0 "ask"', '1 "answer"']],
    ['and after the gap where they are lost', [answer(500, 103, 'answer'), answer(506, 103, 's', 6)], ['0 gap 3', '1 "answer"', '1 "s"']],
    [
      'when the one before each is lost, they are still told by turns',
      [ask(103, 506, 'b'), answer(507, 104, 'B'), ask(104, 508, 'c'), answer(508, 105, 'C', 2), ask(105, 509, 'd')],
      ['0 gap 3', '1 gap 6', '0 "b"', '1 gap 1', '1 "B"', '0 "c"', '1 "C"', '0 "d"'],
    ],
    [
      'an answer to what is only a part of them waits',
      [answer(500, 106, 'x'), ask(100, 500, 'abc'), ask(103, 500, 'def')],
      ['0 "abc"', '0 "def"', '1 "x"'],
    ],
  ])('%s', (_, sent, events) => {
    expect(told(...sent)).toEqual(events);
  });
});

describe('holes', () => {
  test.each<[string, readonly (readonly [Side, Sent])[], readonly string[]]>([
    ['wait while nobody acknowledged them', [say(103, 'de'), ack(100), say(105, 'f')], []],
    ['that are new are closed 5 ms after they were acknowledged', [say(103, 'de'), ack(105), later(105)], ['0 gap 3', '0 "de"']],
    ['that are a millisecond old are closed when they are acknowledged', [say(103, 'de'), ack(105, 1)], ['0 gap 3', '0 "de"']],
    ['that were acknowledged may still be filled', [say(103, 'de'), ack(105), say(100, 'abc'), later(105)], ['0 "abcde"']],
    ['are closed 5 ms after that when they had been acknowledged', [ack(103), say(103, 'de'), later(103)], ['0 gap 3', '0 "de"']],
    ['that had been acknowledged may still be filled', [ack(105), say(103, 'de'), say(100, 'abc'), later(105)], ['0 "abcde"']],
    [
      'are closed one by one',
      [say(102, 'c'), say(105, 'f'), ack(103), later(103), ack(106), later(106)],
      ['0 gap 2', '0 "c"', '0 gap 2', '0 "f"'],
    ],
    ['with nothing behind them are closed after 5 ms', [ack(103), later(103)], ['0 gap 3']],
    ['with nothing behind them may still be filled', [ack(103), say(100, 'abc'), later(103)], ['0 "abc"']],
    ['before a FIN are closed when it is acknowledged', [say(103, '', { flags: ACK | FIN }), ack(104), later(104)], ['0 gap 3', '0 fin']],
    ['before a FIN wait', [say(103, '', { flags: ACK | FIN }), ack(100)], []],
    ['are closed by a reset', [say(103, 'de'), [1, { flags: RST, seq: 500 }]], ['0 gap 3', '0 "de"', '1 reset']],
    ['of a cut frame are closed at once', [say(100, 'ab', { length: 10 }), say(110, 'k')], ['0 "ab"', '0 gap 8', '0 "k"']],
    ['of a frame without payload are closed at once', [say(100, '', { length: 10 })], ['0 gap 10']],
    ['a forged acknowledgement closes nothing', [ack(100 + 2 ** 28), [1, { seq: 500, ack: 100, after: 6 }]], []],
  ])('%s', (_, sent, events) => {
    expect(told(...sent)).toEqual(events);
  });

  test('are closed at the end of input, before a connection is told to be over', () => {
    expect(
      opened()
        .send(0, { seq: 103, text: 'de' })
        .send(0, { seq: 108, flags: ACK | FIN })
        .end().events,
    ).toEqual(['0 gap 3', '0 "de"', '0 gap 3', '0 fin', 'closed']);
  });

  test('without a peer are closed after a second, 64 segments or 64 KiB', () => {
    const alone = (): FlowLog => new FlowLog().send(0, { flags: SYN, seq: 99 }).send(0, { seq: 103, text: 'd' });
    const late = alone().send(0, { seq: 104, text: 'e', after: 900 });
    expect(late.events).toEqual([]);
    late.flow.tick(1.2e9);
    expect(late.events).toEqual(['0 gap 3', '0 "d"', '0 "e"']);
    const many = alone();
    for (let index = 1; index < 64; index++) many.send(0, { seq: 103 + index, text: 'd' });
    expect(many.events).toEqual(['0 gap 3', ...new Array(64).fill('0 "d"')]);
    const large = alone().send(0, { seq: 104, text: 'x'.repeat(65_535) });
    expect(large.events[0]).toBe('0 gap 3');
  });

  test('what a peer that is never seen has sent shows in the acknowledgements', () => {
    const log = new FlowLog().send(0, { flags: SYN, seq: 99 }).send(0, { seq: 100, ack: 500, text: 'ask' });
    log.send(0, { seq: 103, ack: 900 }).send(0, { seq: 103, ack: 900, text: 'ask', after: 10 });
    expect(log.events).toEqual(['0 "ask"', '1 gap 400', '0 "ask"']);
  });

  test('a megabyte waits in one direction, not more', () => {
    const log = opened();
    for (let at = 0; at < 2 ** 20 - 4096; at += 4096) log.send(0, { seq: 101 + at, ack: 500, text: 'x'.repeat(4096) });
    expect(log.events).toEqual([]);
    log.send(0, { seq: 101 + 2 ** 20 - 4096, ack: 500, text: 'y'.repeat(4096) });
    expect(log.events.map((event) => event.slice(0, 7))).toEqual(['0 gap 1', ...new Array(255).fill('0 "xxxx'), '0 "yyyy']);
  });

  test('the oldest holes are closed when 64 MiB wait in all', () => {
    const log = new FlowLog();
    for (let of = 0; of < 70; of++) {
      log.send(0, { of, flags: SYN, seq: 99 }).send(1, { of, flags: SYN | ACK, seq: 499, ack: 100 });
      log.send(0, { of, seq: 99 + 2 ** 20, ack: 500, text: 'x' });
    }
    const keys = log.events.filter((event) => event.endsWith(`gap ${2 ** 20 - 1}`)).map((event) => event.split(' 0 ')[0]);
    expect(keys).toEqual([`0 gap ${2 ** 20 - 1}`, '1:', '2:', '3:', '4:', '5:']);
  });

  test('a segment far ahead is believed only when another follows it', () => {
    const far = 100 + 5e6;
    const log = opened().send(0, { seq: far, ack: 500, text: 'forged' }).send(0, { seq: 100, ack: 500, text: 'abc' });
    expect(log.events).toEqual(['0 "abc"']);
    log.send(0, { seq: far, ack: 500, text: 'jump' }).send(0, { seq: far + 4, ack: 500, text: 'ed' });
    expect(log.events).toEqual(['0 "abc"', `0 gap ${5e6 + 1}`, '0 "ed"']);
    expect(log.flow.facts.implausible).toBe(2);
  });
});

describe('what brings nothing new', () => {
  const facts = (...sent: readonly (readonly [Side, Sent])[]): readonly number[] => {
    const log = opened();
    for (const [side, segment] of sent) log.send(side, segment);
    const { clientEnd, duplicates } = log.table.snapshot(0, 0);
    return [clientEnd.retransmissions, clientEnd.probes, duplicates];
  };

  test.each<[string, readonly (readonly [Side, Sent])[], readonly number[]]>([
    ['data sent again', [say(100, 'abc'), say(100, 'abc', { after: 200 }), say(100, 'abc', { after: 400 })], [2, 0, 0]],
    ['data captured twice', [say(100, 'abc'), say(100, 'abc'), say(103, 'de'), say(103, 'de')], [0, 0, 2]],
    ['data captured twice, in bursts', [say(100, 'a'), say(101, 'b'), say(100, 'a'), say(101, 'b')], [0, 0, 2]],
    ['the same data with another acknowledgement', [say(100, 'abc'), [0, { seq: 100, ack: 600, text: 'abc' }]], [1, 0, 0]],
    ['early data captured twice', [say(103, 'abc'), say(103, 'abc')], [0, 0, 1]],
    ['SYN sent again', [[0, { flags: SYN, seq: 99, after: 1000 }]], [1, 0, 0]],
    ['FIN sent again', [say(100, '', { flags: ACK | FIN }), say(100, '', { flags: ACK | FIN, after: 200 })], [1, 0, 0]],
    ['acknowledgements sent again are nothing', [say(100, ''), say(100, ''), say(100, '')], [0, 0, 0]],
    ['a probe without an octet', [say(100, 'a'), ack(101), say(100, '', { after: 1000 })], [0, 1, 0]],
    ['a probe with one', [say(100, 'a'), ack(101), say(100, '?', { after: 1000 }), say(100, '?', { after: 1000 })], [0, 2, 0]],
    ['a probe captured twice', [say(100, 'a'), ack(101), say(100, '', { after: 1000 }), say(100, '')], [0, 1, 1]],
    ['a probe before any data', [say(99, '', { after: 1000 })], [0, 1, 0]],
    ['one octet sent again because nobody acknowledged it', [say(100, 'a'), say(100, 'a', { after: 100 })], [1, 0, 0]],
    ['an acknowledgement that comes late', [say(100, 'a'), say(100, '')], [0, 0, 0]],
    ['one octet into a closed window', [[1, { seq: 500, ack: 100, window: 0 }], say(100, 'a'), say(100, 'a', { after: 300 })], [0, 2, 0]],
  ])('%s', (_, sent, counts) => {
    expect(facts(...sent)).toEqual(counts);
  });

  test('probes are never data', () => {
    expect(told(say(100, 'a'), ack(101), say(100, '?', { after: 1000 }), say(101, 'b'))).toEqual(['0 "a"', '0 "b"']);
  });
});
