import { expect, test } from 'vitest';
import { Endpoints } from './endpoints.ts';

/** Tells numbers apart, and families. */
const BOOK = { text: (family: number, address: number): string => `${family === 4 ? 'four' : 'six'}-${address}` };

test('an address and a port as text, IPv6 in brackets', () => {
  const endpoints = new Endpoints(BOOK);
  expect(endpoints.of(4, 7, 80)).toEqual({ address: 'four-7', port: 80, text: 'four-7:80' });
  expect(endpoints.of(6, 7, 80)).toEqual({ address: 'six-7', port: 80, text: '[six-7]:80' });
});

test('the same one is made once', () => {
  const endpoints = new Endpoints(BOOK);
  expect(endpoints.of(4, 7, 80)).toBe(endpoints.of(4, 7, 80));
});

test('more of them than are kept are told apart all the same', () => {
  const endpoints = new Endpoints(BOOK);
  for (let round = 0; round < 2; round++) {
    for (let index = 0; index < 20_000; index++) {
      const [address, port] = [Math.imul(index, 0x01000193), index & 0xffff];
      expect(endpoints.of(4, address, port).text).toBe(`four-${address}:${port}`);
    }
  }
});
