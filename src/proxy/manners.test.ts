import { describe, expect, test } from 'vitest';
import { AGENT, FIELDS, Manners, NAMES, PEER } from './manners.ts';

function taught(part: number, same: number, other: number): Manners {
  const manners = new Manners();
  for (let count = 0; count < same; count++) manners.learn(part, true);
  for (let count = 0; count < other; count++) manners.learn(part, false);
  return manners;
}

describe('a difference', () => {
  test('weighs more the longer the part has always been kept', () => {
    const weights = [0, 10, 100].map((pairs) => taught(FIELDS, pairs, 0).against(FIELDS));
    expect(weights).toEqual(weights.toSorted((a, b) => b - a));
    expect(weights.at(-1)).toBeLessThan(-5);
  });

  test('weighs nothing where the proxy changes the part as a rule', () => {
    expect(taught(AGENT, 0, 100).against(AGENT)).toBeCloseTo(0);
  });

  test('weighs nothing where nothing is usual', () => {
    expect(new Manners().against(NAMES)).toBeCloseTo(0);
  });

  test('never decides alone', () => {
    expect(taught(FIELDS, 1e6, 0).against(FIELDS)).toBe(-12);
  });
});

test('connections that always go together speak for a pair', () => {
  expect(taught(PEER, 100, 0).inFavour(PEER, 0.2)).toBeGreaterThan(2);
  expect(taught(PEER, 0, 100).inFavour(PEER, 0.2)).toBe(0);
});

describe('a prefix', () => {
  test.each([
    ['/app/x/y', '/v2/x/y', '/app/', '/v2/', true],
    ['http://o.test/app/x', '/x', '/app/y?q=/z', '/y?q=/z', true],
    ['/app/x', '/v2/x', '/app/x', '/v3/x', false],
  ])('learned from %s -> %s: %s -> %s is %s', (received, sent, nextReceived, nextSent, same) => {
    const manners = new Manners();
    expect(manners.rewrites(received, sent)).toBeUndefined();
    manners.learnPrefix(received, sent);
    expect(manners.rewrites(nextReceived, nextSent)).toBe(same);
  });
});
