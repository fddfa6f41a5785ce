import { expect, test } from 'vitest';
import { wait } from '../../test/support/waits.ts';
import { silenceBetween } from './silence.ts';

const SECOND = 1e9;
const owed = { ...wait(8), start: { frame: 1, time: 2 * SECOND }, end: { frame: 9, time: 10 * SECOND } };

test.each([
  ['nobody owed anything', 3, 9, undefined, undefined],
  ['before it was owed', 1, 9, owed, undefined],
  ['after it was paid', 3, 11, owed, undefined],
  ['all of it', 2, 10, owed, 8],
  ['all but an ACK before it, and a close behind it', 2.05, 9.9, owed, 8],
  ['a pause in the middle', 3, 7, owed, 4],
])('%s', (_, from, to, during, seconds) => {
  expect(silenceBetween(from * SECOND, to * SECOND, during)).toBe(seconds === undefined ? undefined : seconds * SECOND);
});
