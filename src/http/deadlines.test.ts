import { expect, test } from 'vitest';
import * as record from '../../test/support/records.ts';
import { Conversation } from './conversation.ts';
import { Deadlines } from './deadlines.ts';

const SECOND = 1e9;

function conversation(id: number): Conversation {
  return new Conversation(id, record.identity(`10.0.0.1:${id}`, '10.0.0.2:80'), 0);
}

function takeAll(deadlines: Deadlines, now: number): number[] {
  const ids: number[] = [];
  for (let next = deadlines.take(now); next !== undefined; next = deadlines.take(now)) ids.push(next.id);
  return ids;
}

/** Those that have had their first looks, which are due at once. */
function newDeadlines(): Deadlines {
  const deadlines = new Deadlines();
  while (deadlines.due === Number.NEGATIVE_INFINITY) deadlines.take(Number.NEGATIVE_INFINITY);
  return deadlines;
}

test('nothing is due once the first looks have found nothing', () => {
  const deadlines = newDeadlines();
  expect([deadlines.due, takeAll(deadlines, 1e18)]).toEqual([Number.POSITIVE_INFINITY, []]);
});

test('what is due at once is told no earlier than any other', () => {
  const deadlines = new Deadlines();
  deadlines.add(conversation(1), 0, false);
  expect([deadlines.due, takeAll(deadlines, 0.2 * SECOND), takeAll(deadlines, 0.25 * SECOND)]).toEqual([Number.NEGATIVE_INFINITY, [], [1]]);
});

test('is due a quarter of a second later, or five seconds', () => {
  const deadlines = newDeadlines();
  deadlines.add(conversation(1), 0, true);
  expect(deadlines.due).toBe(5 * SECOND);
  deadlines.add(conversation(2), 0, false);
  expect(deadlines.due).toBe(0.25 * SECOND);
  expect(takeAll(deadlines, 0.2 * SECOND)).toEqual([]);
  expect(takeAll(deadlines, 0.25 * SECOND)).toEqual([2]);
  expect(deadlines.due).toBe(5 * SECOND);
  expect(takeAll(deadlines, 6 * SECOND)).toEqual([1]);
  expect(deadlines.due).toBe(Number.POSITIVE_INFINITY);
});

test('stands in one queue once, and may come back when it was taken', () => {
  const deadlines = newDeadlines();
  const one = conversation(1);
  deadlines.add(one, 0, false);
  deadlines.add(one, 0, false);
  deadlines.add(one, 0, true);
  expect(takeAll(deadlines, 9 * SECOND)).toEqual([1]);
  deadlines.add(one, 9 * SECOND, false);
  expect(takeAll(deadlines, 10 * SECOND)).toEqual([1]);
});

test('a connection that is over is not looked at', () => {
  const deadlines = newDeadlines();
  const [one, other] = [conversation(1), conversation(2)];
  deadlines.add(one, 0, false);
  deadlines.add(other, 0, false);
  one.over = true;
  expect(takeAll(deadlines, SECOND)).toEqual([2]);
  deadlines.add(one, SECOND, false);
  expect(takeAll(deadlines, 9 * SECOND)).toEqual([]);
});

test('a hundred thousand in a row keep their order', () => {
  const deadlines = newDeadlines();
  const taken: number[] = [];
  for (let id = 0; id < 1e5; id++) {
    deadlines.add(conversation(id), id * 1e6, false);
    taken.push(...takeAll(deadlines, id * 1e6));
  }
  taken.push(...takeAll(deadlines, 1e12));
  expect(taken).toEqual(Array.from({ length: 1e5 }, (_, id) => id));
});
