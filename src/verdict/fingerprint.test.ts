import { expect, test } from 'vitest';
import { candidate, exchange, identity, request } from '../../test/support/records.ts';
import type { Rule } from '../model.ts';
import { fingerprintOf } from './fingerprint.ts';

const rule: Rule = { id: 'some-rule', on: 'exchange', title: '', basis: [], remedies: [], check: () => {} };

function fingerprint(client: string, server: string, target: string): string {
  return fingerprintOf(rule, candidate(exchange(identity(client, server), { request: request(target) })));
}

const usual = fingerprint('10.0.0.1:1000', '10.0.0.2:80', '/items/17');

test.each([
  ['another client port', fingerprint('10.0.0.1:1001', '10.0.0.2:80', '/items/17')],
  ['another client', fingerprint('10.0.0.7:1000', '10.0.0.2:80', '/items/17')],
  ['another server port', fingerprint('10.0.0.1:1000', '10.0.0.2:8080', '/items/17')],
  ['another number in the path', fingerprint('10.0.0.1:1000', '10.0.0.2:80', '/items/4711')],
  ['another query', fingerprint('10.0.0.1:1000', '10.0.0.2:80', '/items/17?page=2')],
  ['absolute form', fingerprint('10.0.0.1:1000', '10.0.0.2:80', 'http://shop.example/items/17')],
])('%s is the same cause', (_what, other) => {
  expect(other).toBe(usual);
});

test.each([
  ['another server', fingerprint('10.0.0.1:1000', '10.0.0.3:80', '/items/17')],
  ['another path', fingerprint('10.0.0.1:1000', '10.0.0.2:80', '/basket/17')],
])('%s is another cause', (_what, other) => {
  expect(other).not.toBe(usual);
});

test('it is sixteen hexadecimal digits', () => {
  expect(usual).toMatch(/^[0-9a-f]{16}$/);
});
