import { expect, test } from 'vitest';
import { candidate, exchange, identity } from '../../test/support/records.ts';
import type { Confidence, Finding, Severity } from '../model.ts';
import { onlyCounted, verdictSentence } from './sentence.ts';

const looked = { connections: 5, exchanges: 6, relays: 2 };

function finding(severity: Severity, confidence: Confidence, message: string): Finding {
  const one = candidate(exchange(identity('10.0.0.1:1', '10.0.0.2:80')), { severity, confidence, message: [message] });
  return { ...one, id: 'F1', fingerprint: '', group: 'G1', rule: 'r', title: '', basis: [], remedies: [], partOf: undefined, children: [] };
}

test.each([
  ['one hang', [finding('hang', 'proven', 'the proxy sleeps')], '1 hang: the proxy sleeps'],
  ['a hang comes before a violation', [finding('violation', 'proven', 'v'), finding('hang', 'strong', 'h')], '1 hang: h'],
  ['the surest of two hangs', [finding('hang', 'strong', 'a'), finding('hang', 'proven', 'b')], '2 hangs: b'],
  [
    'what is only likely is no headline',
    [finding('hang', 'likely', 'maybe')],
    'nothing certain in 6 exchanges on 5 connections; likely, maybe',
  ],
  ['nor is what is possible', [finding('hang', 'possible', 'maybe')], 'nothing certain in 6 exchanges on 5 connections; possibly, maybe'],
  ['a note is none, either', [finding('info', 'proven', 'n')], 'no hang found in 6 exchanges on 5 connections, 2 of them seen on two hops'],
  ['nothing found', [], 'no hang found in 6 exchanges on 5 connections, 2 of them seen on two hops'],
])('%s', (_what, findings, sentence) => {
  expect(verdictSentence(findings, looked).join('')).toBe(sentence);
});

test('those that are only counted count, in the groups that are told', () => {
  const findings = [finding('hang', 'proven', 'h'), { ...finding('hang', 'possible', 'p'), group: 'G2' }];
  const groups = ['G1', 'G2'].map((id) => ({ id, rule: 'r', count: 50 }));
  const further = onlyCounted(findings, groups);
  expect([...further]).toEqual([
    ['G1', 49],
    ['G2', 49],
  ]);
  expect(verdictSentence(findings, looked, further).join('')).toBe('50 hangs: h');
});

test.each([
  [{ connections: 0, exchanges: 0, relays: 0 }, 'no TCP connection was seen, so there is nothing to judge'],
  [{ connections: 1, exchanges: 0, relays: 0 }, 'no HTTP/1.x exchange on 1 connection, so there is nothing to judge'],
  [
    { connections: 1, exchanges: 0, relays: 0, encrypted: 1 },
    'no HTTP/1.x exchange on 1 connection, which is encrypted, so there is nothing to judge',
  ],
  [
    { connections: 3, exchanges: 0, relays: 0, encrypted: 3 },
    'no HTTP/1.x exchange on 3 connections, all of them encrypted, so there is nothing to judge',
  ],
  [
    { connections: 3, exchanges: 0, relays: 0, encrypted: 2 },
    'no HTTP/1.x exchange on 3 connections, 2 of them encrypted, so there is nothing to judge',
  ],
  [{ connections: 1, exchanges: 1, relays: 0 }, 'no hang found in 1 exchange on 1 connection, none of them seen on two hops'],
])('nothing found in %o', (scope, sentence) => {
  expect(verdictSentence([], scope).join('')).toBe(sentence);
});
