import { expect, test } from 'vitest';
import { standardView } from './standard-view.ts';

test('a hidden value is told by a number: equal values by equal ones', () => {
  const { hash } = standardView();
  expect(['one', 'another', 'one'].map(hash)).toEqual(['0001', '0002', '0001']);
});
