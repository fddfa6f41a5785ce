import { expect, test } from 'vitest';
import { Interrupt } from './signals.ts';

test('the first wish is told once, the same one again is nothing, a later one quits', () => {
  const interrupt = new Interrupt();
  const told: string[] = [];
  const forget = interrupt.onRaise(() => told.push('taken back'));
  interrupt.onRaise(() => told.push('told'));
  forget();
  expect(interrupt.raise('SIGINT', 1000)).toBe(false);
  expect(interrupt.raise('SIGINT', 1010)).toBe(false);
  expect(interrupt.raise('EPIPE', 9000)).toBe(false);
  expect(interrupt.raise('SIGTERM', 9000)).toBe(true);
  expect([interrupt.raised, told]).toEqual(['SIGINT', ['told']]);
});
