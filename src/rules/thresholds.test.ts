import { describe, expect, test } from 'vitest';
import { connection, wait } from '../../test/support/waits.ts';
import type { Wait } from '../model.ts';
import { ENDED, lasted, OPEN, stillBlind } from './thresholds.ts';

const WEEK = 7 * 86_400;
const open = { ended: 'capture-end', by: undefined } as const;

describe('a silence counts', () => {
  test.each<[string, Wait, number, boolean]>([
    ['when it lasted so long', wait(5), OPEN, true],
    ['but not a moment before', wait(4.99), OPEN, false],
    ['from a second on where a close ended it', wait(1), ENDED, true],
    ['20 round trips of 300 ms at least', wait(5.9, { connection: connection({}, {}, { handshake: 0.3e9 }) }), OPEN, false],
    ['20 round trips of 300 ms, reached', wait(6.1, { connection: connection({}, {}, { handshake: 0.3e9 }) }), OPEN, true],
    ['without a handshake in the capture', wait(5, { connection: connection({}, {}, { handshake: Number.NaN }) }), OPEN, true],
    ['open at the end, within the blind tail', wait(6.9, open), OPEN, false],
    ['open at the end, beyond the blind tail', wait(7.1, open), OPEN, true],
    ['open at a deadline, after which the capture went on', wait(5, { ...open, final: false }), OPEN, true],
    ['for an hour', wait(3600), OPEN, true],
    ['unless the clock jumped', wait(WEEK + 1, open), OPEN, false],
  ])('%s', (_name, silence, threshold, counts) => {
    expect(lasted(silence, threshold)).toBe(counts);
  });
});

test.each<[string, Wait, boolean]>([
  ['an open debt at the very end', wait(1.5, open), true],
  ['an open debt long before it', wait(30, open), false],
  ['a debt that a close ended', wait(1.5), false],
])('the blind tail hides %s: %s', (_name, silence, hidden) => {
  expect(stillBlind(silence, ENDED)).toBe(hidden);
});
