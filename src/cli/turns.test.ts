import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

/** Readings of so many steps each: the steps in the order in which they were taken, as numbers of their reading. */
async function orderOf(steps: readonly number[], choose: (names: readonly string[]) => string | undefined): Promise<string> {
  const turns = new Turns(steps.length, choose);
  const order: string[] = [];
  const readings = steps.map(async (count, index) => {
    for (let step = 0; step < count; step++) {
      await turns.next(String(index));
      order.push(String(index));
      await Promise.resolve();
      order.push(String(index));
    }
    turns.leave();
  });
  await Promise.all(readings);
  return order.join('');
}

test('one reading works at a time, the one that is chosen', async () => {
  expect(await orderOf([2, 2], (names) => names.at(-1))).toBe('11110000');
  expect(await orderOf([2, 2, 2], (names) => names[1] ?? names[0])).toMatch(/^(?:(\d)\1){6}$/);
});

test('a reading that ends keeps nobody waiting', async () => {
  expect(await orderOf([0, 3, 1], (names) => names.toSorted()[0])).toBe('11111122');
});
