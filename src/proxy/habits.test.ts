import { describe, expect, test } from 'vitest';
import { Habits } from './habits.ts';

const PROXY = '10.0.0.2';
const EGRESS = '10.1.0.2';
const ORIGIN = '10.1.0.3';
const CLIENT = '10.0.0.1';

describe('a proxy', () => {
  test('that asks from its own address needs no proof', () => {
    const habits = new Habits();
    expect(habits.weigh(habits.host(PROXY), habits.host(PROXY))).toBe(6);
  });

  test('is known by its other address once that was seen', () => {
    const habits = new Habits();
    expect(habits.weigh(habits.host(PROXY), habits.host(EGRESS))).toBeCloseTo(0);
    habits.pair(habits.host(PROXY), habits.host(EGRESS));
    expect(habits.weigh(habits.host(PROXY), habits.host(EGRESS))).toBe(6);
  });

  test('that was seen at work a few times does not ask from somewhere else', () => {
    const habits = new Habits();
    for (let count = 0; count < 4; count++) {
      habits.pair(habits.host(PROXY), habits.host(EGRESS));
      habits.received(habits.host(PROXY), true);
      habits.sent(habits.host(EGRESS), true, count);
    }
    expect(habits.weigh(habits.host(PROXY), habits.host(CLIENT))).toBeLessThanOrEqual(-12);
    expect(habits.isProxy(habits.host(PROXY))).toBe(true);
  });

  test('stays one when most of what it is asked comes from its cache', () => {
    const habits = new Habits();
    habits.pair(habits.host(PROXY), habits.host(EGRESS));
    for (let count = 0; count < 100; count++) habits.received(habits.host(PROXY), count % 10 === 0);
    expect(habits.isProxy(habits.host(PROXY))).toBe(true);
  });
});

test('an origin that answers a hundred requests itself is no proxy, one coincidence or not', () => {
  const habits = new Habits();
  habits.pair(habits.host(ORIGIN), habits.host(CLIENT));
  habits.received(habits.host(ORIGIN), true);
  for (let count = 0; count < 100; count++) habits.received(habits.host(ORIGIN), false);
  expect(habits.isProxy(habits.host(ORIGIN))).toBe(false);
  expect(habits.weigh(habits.host(ORIGIN), habits.host('10.0.0.9'))).toBeLessThan(-7);
});

test('an origin that is asked what others ask of its proxy, too, is none, though several of those seem to continue it', () => {
  const habits = new Habits();
  for (let count = 0; count < 40; count++) {
    const coincidence = count % 10 === 0;
    if (coincidence) habits.pair(habits.host(ORIGIN), habits.host(`10.0.1.${count}`));
    habits.received(habits.host(ORIGIN), coincidence);
  }
  expect(habits.isProxy(habits.host(ORIGIN))).toBe(false);
});

test('an origin and a browser that are both known for what they are weigh twice', () => {
  const habits = new Habits();
  for (let count = 0; count < 40; count++) {
    habits.received(habits.host(ORIGIN), false);
    habits.sent(habits.host(CLIENT), false, count);
  }
  expect(habits.weigh(habits.host(ORIGIN), habits.host(CLIENT))).toBe(-16);
});

test('a browser that asks a hundred times for itself continues nobody', () => {
  const habits = new Habits();
  for (let count = 0; count < 100; count++) habits.sent(habits.host(CLIENT), false, count);
  expect(habits.weigh(habits.host(ORIGIN), habits.host(CLIENT))).toBeLessThan(-7);
});

describe('a proxy that somebody named', () => {
  const habits = new Habits([{ address: PROXY, port: 8080 }]);
  const at = (address: string, port: number) => ({ address, port, text: `${address}:${port}` });

  test('is one where it was named, and nowhere else', () => {
    expect(habits.isKnown(at(PROXY, 8080))).toBe(true);
    expect([at(PROXY, 80), at(ORIGIN, 8080)].map((end) => habits.isKnown(end))).toEqual([false, false]);
  });

  test('is listed once it is seen', () => {
    expect(habits.known()).toEqual([]);
    habits.received(habits.host(PROXY), false);
    expect(habits.known()).toEqual([[PROXY]]);
    habits.pair(habits.host(PROXY), habits.host(EGRESS));
    habits.received(habits.host(PROXY), true);
    expect(habits.known()).toEqual([[PROXY, EGRESS]]);
    expect([...habits.addressesOf(PROXY)]).toEqual([EGRESS, PROXY]);
  });

  test('is not doubted for what it kept to itself', () => {
    const named = new Habits([{ address: PROXY, port: undefined }]);
    for (let count = 0; count < 100; count++) {
      named.received(named.host(PROXY), false);
      named.sent(named.host(PROXY), false, count);
    }
    expect(named.weigh(named.host(PROXY), named.host(PROXY))).toBe(6);
  });
});
