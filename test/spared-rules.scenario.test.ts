/** Rules are not asked about records that have nothing of what they are about (`onlyFor`): on real captures that changes nothing. */
import { expect, test } from 'vitest';
import { analyze, type Rule, render, rules } from '../src/index.ts';
import { fixtures } from './support/fixtures.ts';
import { viewOptions } from './support/view-options.ts';

const askedAlways = rules.map(({ onlyFor: _, ...rule }): Rule => rule);

test.each(fixtures.map(({ situation, bytes }) => [situation, bytes] as const))('%s', async (_, bytes) => {
  const told = async (asked: readonly Rule[]): Promise<string> => render(await analyze(bytes, { rules: asked }), 'json', viewOptions(80));
  expect(await told(rules)).toBe(await told(askedAlways));
});
