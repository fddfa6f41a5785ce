/** What README.md shows is what there is: the report, the rules, the ladder, the commands. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { rules } from '../src/rules/index.ts';
import { parseLadder, TELLINGS, tell } from './support/ladder.ts';

const root = new URL('../', import.meta.url);
const readme = readFileSync(new URL('README.md', root), 'utf8');
const [report = '', ladder = ''] = Array.from(readme.matchAll(/^```text\n(.*?)^```$/gms), ([, block]) => block);

test('the report is the beginning of what the demo prints', () => {
  const printed = readFileSync(new URL('fixtures/figure-4-15/report.txt', root), 'utf8');
  expect(report.length).toBeGreaterThan(1000);
  expect(printed.slice(0, report.length)).toBe(report);
});

test('the tables have every rule, and what exonerates', () => {
  const table = Array.from(readme.matchAll(/^\| `([a-z0-9-]+)` \|/gm), ([, id]) => id);
  expect(table.toSorted()).toEqual(rules.map(({ id }) => id).toSorted());
});

test.each(Object.entries(TELLINGS))('the ladder holds, told %s', (_, telling) => {
  expect(tell(parseLadder(ladder, 1), 'dumb-proxy-deadlock', telling)).toEqual([]);
});

test('the commands are scripts of the package', () => {
  const { scripts }: { readonly scripts: Readonly<Record<string, string>> } = JSON.parse(
    readFileSync(new URL('package.json', root), 'utf8'),
  );
  const named = Array.from(readme.matchAll(/npm (?:run )?(demo|test|check)\b/g), ([, script = '']) => script);
  expect(new Set(named)).toEqual(new Set(['demo', 'test', 'check']));
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
});
