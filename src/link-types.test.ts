import { expect, test } from 'vitest';
import { linkTypeName } from './link-types.ts';

test.each([
  [0, 'NULL'],
  [1, 'EN10MB'],
  [101, 'RAW'],
  [108, 'LOOP'],
  [113, 'LINUX_SLL'],
  [276, 'LINUX_SLL2'],
  [147, 'LINKTYPE_147'],
  [65_535, 'LINKTYPE_65535'],
])('%d is %s', (linkType, name) => {
  expect(linkTypeName(linkType)).toBe(name);
});
