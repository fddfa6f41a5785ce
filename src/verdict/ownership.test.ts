import { expect, test } from 'vitest';
import { confirms, debtRank, hasParts, isPartOf } from './ownership.ts';

test.each([
  ['pipelined-request-dropped', 'dumb-proxy-deadlock'],
  ['proxy-connection-cascade', 'dumb-proxy-deadlock'],
  ['response-held-until-origin-close', 'until-close-but-kept-open'],
  ['dumb-proxy-deadlock', 'request-ignored-on-persistent-connection'],
  ['pipelined-request-dropped', 'request-ignored-on-persistent-connection'],
  ['expect-continue-unanswered', 'request-body-short'],
  ['until-close-but-kept-open', 'http10-keepalive-without-length'],
  ['until-close-but-kept-open', 'close-announced-not-performed'],
  ['content-length-overstated', 'truncated-by-close'],
  ['chunk-terminator-missing', 'truncated-by-close'],
])('%s owns a debt before %s', (owner, other) => {
  expect(debtRank(owner)).toBeLessThan(debtRank(other) ?? Number.NaN);
});

test('rules about fields own no debt, and only the deadlock has parts', () => {
  expect(debtRank('nominated-field-relayed')).toBeUndefined();
  expect(['proxy-connection-cascade', 'dumb-proxy-deadlock', 'upgrade-lost'].map(hasParts)).toEqual([true, true, false]);
});

test.each([
  ['nominated-field-relayed', true],
  ['proxy-connection-relayed', true],
  ['connection-options-conflict', false],
  ['truncated-by-close', false],
])('%s is part of a deadlock: %s', (rule, part) => {
  expect(isPartOf(rule, 'dumb-proxy-deadlock')).toBe(part);
});

test.each(['idle-close-race', 'idle-connection-blackholed'])('a retry that must not be is part of what lost the first try: %s', (rule) => {
  expect([hasParts(rule), isPartOf('unsafe-retry-by-proxy', rule)]).toEqual([true, true]);
});

test('that the next hop saw nothing makes a dropped request as sure as that, and nothing else surer', () => {
  expect(confirms('dumb-proxy-deadlock', 'pipelined-request-dropped')).toBe(true);
  expect(confirms('request-ignored-on-persistent-connection', 'pipelined-request-dropped')).toBe(false);
  expect(confirms('idle-close-race', 'request-after-close')).toBe(false);
});
