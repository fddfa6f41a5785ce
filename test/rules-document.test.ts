/**
 * docs/rules.md: the pages of all rules as one document, for those who read on the web. A page stays beside its rule and is
 * edited there; `npm run docs` makes the document anew.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Rule } from '../src/model.ts';
import { rules } from '../src/rules/index.ts';

const root = new URL('../', import.meta.url);

function pageOf({ id }: Rule): string {
  return readFileSync(new URL(`src/rules/${id}.md`, root), 'utf8').trim();
}

/** Its headings one level deeper, so that the page is a chapter; what looks like one inside a code block is none. */
function chapter(page: string): string {
  const parts = page.split(/^(```[^\n]*\n[\s\S]*?^```)$/m);
  return parts.map((part, index) => (index % 2 === 1 ? part : part.replaceAll(/^#/gm, '##'))).join('');
}

function entry({ id, title }: Rule): string {
  return `- [\`${id}\`](#${id}): ${title}`;
}

function document(): string {
  const faults = rules.filter(({ exonerates }) => exonerates !== true);
  const clearing = rules.filter(({ exonerates }) => exonerates === true);
  return [
    '# The rules',
    'What hopcheck looks for, a chapter each: what happens, what is flagged, what looks alike and is clean, what to do.\n' +
      '`hopcheck explain RULE` prints the same page. The ladders are stories of captures; the tests make packets of them.',
    'This page is made of those in [src/rules/](../src/rules/) by `npm run docs`; do not edit it.',
    `${faults.length} rules find faults:`,
    faults.map(entry).join('\n'),
    `${clearing.length} rules exonerate: they say that a silence is no fault of a connection, and whose it is.`,
    clearing.map(entry).join('\n'),
    ...rules.map((rule) => chapter(pageOf(rule))),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

test('docs/rules.md is what the pages are', async () => {
  await expect(document()).toMatchFileSnapshot('../docs/rules.md');
});

test('a chapter has its headings one level deeper, and its code as it was', () => {
  expect(chapter('# id\n\n## Flagged\n\n```\n# no heading\n```\n\n## Clean')).toBe(
    '## id\n\n### Flagged\n\n```\n# no heading\n```\n\n### Clean',
  );
});
