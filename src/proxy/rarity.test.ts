import { expect, test } from 'vitest';
import { Rarity } from './rarity.ts';

test('what is seen often says little, what is seen once says much', () => {
  const rarity = new Rarity();
  for (let count = 0; count < 1000; count++) rarity.add(1);
  rarity.add(2);
  expect(rarity.bits(1)).toBeLessThan(0.5);
  expect(rarity.bits(2)).toBeGreaterThan(9);
});

test('the first values of a capture are not taken for common ones', () => {
  const rarity = new Rarity();
  rarity.add(1);
  rarity.add(1);
  expect(rarity.bits(1)).toBeGreaterThan(6);
});

test('it forgets: a value that was common long ago is rare again', () => {
  const rarity = new Rarity();
  for (let count = 0; count < 10_000; count++) rarity.add(1);
  const before = rarity.bits(1);
  for (let count = 0; count < 200_000; count++) rarity.add(1000 + (count % 500));
  expect(rarity.bits(1)).toBeGreaterThan(before + 5);
});
