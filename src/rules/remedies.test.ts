import { expect, test } from 'vitest';
import { rules } from './index.ts';

const remedies = rules.flatMap((rule) => rule.remedies.map(({ product, text }) => [`${rule.id}, ${product}`, text] as const));

test.each(remedies)('%s: a setting stands with its value or its effect', (_where, text) => {
  expect(text).toMatch(/\S \S/);
  expect(text).not.toMatch(/\bthe own\b/);
});
