import { describe, expect, test } from 'vitest';
import { FlowLog, type Sent } from '../../test/support/flow-log.ts';
import { ACK, type ResetTraits, RST, SYN } from '../model.ts';

/** The client's segments arrive with 64, the server's with these, of which the first is that of its SYN; then it answers a request. */
function served(...hopLimits: readonly number[]): FlowLog {
  const log = new FlowLog().send(0, { flags: SYN, seq: 99 });
  const [first = 0, ...others] = hopLimits;
  log.send(1, { flags: SYN | ACK, seq: 499, ack: 100, hopLimit: first }).send(0, { seq: 100, ack: 500, text: 'ask' });
  for (const hopLimit of others) log.send(1, { seq: 500, ack: 103, hopLimit });
  return log.send(1, { seq: 500, ack: 103, text: 'answer', hopLimit: others.at(-1) ?? first });
}

const AGAIN: Sent = { seq: 103, ack: 506, text: 'again' };
const RESET: Sent = { flags: RST, seq: 506, hopLimit: 61 };

function traits(log: FlowLog): ResetTraits | undefined {
  return log.table.snapshot(0, 0).serverEnd.resetTraits;
}

describe('the hop limits of an end that resets', () => {
  test.each<[string, readonly number[], ResetTraits['usual']]>([
    ['always the same', [52, 52, 52], { least: 52, most: 52 }],
    ['of each frame a copy', [64, 63, 64, 63], { least: 63, most: 64 }],
    ['as they come', [60, 52, 57, 250, 58], { least: 52, most: 250 }],
    ['as high as they go', [255, 1, 128], { least: 1, most: 255 }],
  ])('%s', (_, hopLimits, usual) => {
    expect(traits(served(...hopLimits).send(1, RESET))).toEqual({ hopLimit: 61, usual, silence: 0 });
  });

  test('nothing else came from it', () => {
    const log = new FlowLog().send(0, { seq: 100, ack: 500, text: 'ask' }).send(1, { flags: RST, seq: 500, hopLimit: 61 });
    expect(traits(log)).toEqual({ hopLimit: 61, usual: undefined, silence: 0 });
  });

  test('it has not reset', () => {
    expect(traits(served(52))).toBeUndefined();
  });

  test('a reset that is captured twice, or sent again by another box', () => {
    expect(
      traits(
        served(52)
          .send(1, RESET)
          .send(1, { ...RESET, hopLimit: 60 }),
      ),
    ).toEqual(traits(served(52).send(1, RESET)));
  });

  test('a reset that is not believed', () => {
    expect(traits(served(52).send(1, { ...RESET, seq: 9_000_000 }))).toBeUndefined();
  });

  test('another connection gets the row of this one', () => {
    const log = served(52).send(1, RESET).send(0, { flags: SYN, seq: 7_000_099 });
    log.send(1, { flags: SYN | ACK, seq: 499, ack: 7_000_100, hopLimit: 57 }).send(1, { flags: RST, seq: 500, hopLimit: 57 });
    expect(traits(log)).toEqual({ hopLimit: 57, usual: { least: 57, most: 57 }, silence: 0 });
  });
});

describe('how long it had been silent', () => {
  test.each<[string, FlowLog, number]>([
    ['until its peer sent data', served(52).send(0, { ...AGAIN, after: 350_040 }), 350e9],
    [
      'not until it reset',
      served(52)
        .send(0, { ...AGAIN, after: 350_040 })
        .send(1, { ...RESET, flags: ACK, after: 10 }),
      0,
    ],
    [
      'until the data was new',
      served(52)
        .send(0, { ...AGAIN, after: 40_000 })
        .send(0, { ...AGAIN, after: 20_000 }),
      40e9,
    ],
    ['while a probe of its peer was answered', probed(), 20e9],
    ['while its peer said nothing', served(52), 0],
  ])('%s', (_, log, silence) => {
    expect(traits(log.send(1, RESET))?.silence).toBe(silence);
  });

  function probed(): FlowLog {
    const log = served(52).send(0, { seq: 102, ack: 506, after: 30_000 }).send(1, { seq: 506, ack: 103, hopLimit: 52 });
    return log.send(0, { ...AGAIN, after: 20_000 });
  }
});

test.each<[string, number, boolean]>([
  ['as all else did', 52, false],
  ['otherwise', 61, true],
])('a reset that arrives %s', (_, hopLimit, stuck) => {
  expect(
    served(52)
      .send(1, { ...RESET, hopLimit })
      .table.isStuck(0),
  ).toBe(stuck);
});
