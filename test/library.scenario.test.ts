/** The library as its user meets it: with nothing said but what must be. */
import { expect, test } from 'vitest';
import { analyze, type Format, render } from '../src/index.ts';
import { fixtures } from './support/fixtures.ts';

const bytes = fixtures.find(({ situation }) => situation === 'figure-4-15')?.bytes ?? new Uint8Array();

test.each<[Format, RegExp]>([
  ['text', /^1 hang: the proxy \S+ never read request 2/],
  ['markdown', /1 hang/],
  ['html', /^<!doctype html>/i],
  ['json', /^\{\n {2}"schema"/],
])('a report in %s needs no options', async (format, begins) => {
  expect(render(await analyze(bytes), format)).toMatch(begins);
});

test('the same report renders to the same text, and as wide as is asked for', async () => {
  const report = await analyze(bytes);
  const text = render(report, 'text');
  expect(render(report, 'text')).toBe(text);
  const longest = (lines: string): number => Math.max(...lines.split('\n').map((line) => line.length));
  expect(longest(text)).toBeLessThanOrEqual(80);
  expect(longest(render(report, 'text', { width: 60 }))).toBeLessThanOrEqual(60);
});
