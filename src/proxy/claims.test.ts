import { expect, test } from 'vitest';
import { request } from '../../test/support/records.ts';
import { chainOf, claimOf } from './claims.ts';

test.each([
  ['X-Forwarded-For', '10.0.0.1', { address: '10.0.0.1', before: '' }],
  ['x-forwarded-for', '10.0.0.9,  10.0.0.1', { address: '10.0.0.1', before: '10.0.0.9' }],
  ['X-Forwarded-For', '10.0.0.1:4711', { address: '10.0.0.1', port: 4711 }],
  ['X-Real-IP', '2001:db8::1', { address: '2001:db8::1' }],
  ['Forwarded', 'for=10.0.0.9, proto=http;For="[2001:db8::1]:4711";by=x', { address: '2001:db8::1', port: 4711 }],
])('%s: %s', (name, value, claim) => {
  expect(claimOf(request('/a', { fields: [{ name, value }] }))).toMatchObject(claim);
});

test.each([
  ['Forwarded', 'for=unknown'],
  ['Forwarded', 'for=_hidden'],
  ['Forwarded', 'proto=http'],
  ['X-Forwarded-For', ''],
  ['Via', '1.1 10.0.0.1'],
])('%s: %s names nobody', (name, value) => {
  expect(claimOf(request('/a', { fields: [{ name, value }] }))).toBeUndefined();
});

test('the chain is what the proxy was told itself', () => {
  expect(chainOf(request('/a', { fields: [{ name: 'X-Forwarded-For', value: '10.0.0.9, 10.0.0.1' }] }))).toBe('10.0.0.9, 10.0.0.1');
  expect(chainOf(request('/a'))).toBe('');
});
