/** Every rule has its page, every page its sections, and every ladder in it is told and judged. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Rule } from '../src/model.ts';
import { rules } from '../src/rules/index.ts';
import { type Ladder, parseLadder, TELLINGS, tell } from './support/ladder.ts';

const RULES = new URL('../src/rules/', import.meta.url);
const SECTIONS = ['What happens', 'Flagged', 'Clean', 'What to do'];
/** Columns: pages are read in terminals, by `hopcheck explain`. */
const WIDTH = 80;

const pages = readdirSync(RULES).filter((name) => name.endsWith('.md'));

function pageOf(rule: Rule): string {
  return pages.includes(`${rule.id}.md`) ? readFileSync(new URL(`${rule.id}.md`, RULES), 'utf8') : '';
}

/** The ladders of a section. */
function laddersOf(page: string, section: string): readonly Ladder[] {
  const ladders: Ladder[] = [];
  let [inside, start] = ['', 0];
  let text: string[] | undefined;
  for (const [index, line] of page.split('\n').entries()) {
    if (line.startsWith('## ')) inside = line.slice(3);
    if (inside !== section) continue;
    if (line === '```' && text !== undefined) {
      ladders.push(parseLadder(text.join('\n'), start));
      text = undefined;
    } else if (line.startsWith('```')) [text, start] = [[], index + 1];
    else text?.push(line);
  }
  return ladders;
}

test('every page belongs to a rule, and every rule has one', () => {
  expect(pages.sort()).toEqual(rules.map(({ id }) => `${id}.md`).sort());
});

describe.each(rules.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  const page = pageOf(rule);

  test('the page has its sections in their order, below its id and a first paragraph', () => {
    const headings = page.match(/^#+ .*$/gm);
    expect(headings).toEqual([`# ${id}`, ...SECTIONS.map((section) => `## ${section}`)]);
    expect(page).toMatch(/^# .*\n\n[A-Z`][^#]{80,}\n\n## /);
  });

  test('it ends with its basis', () => {
    const basis = page.slice(page.lastIndexOf('\n\n')).replaceAll(/\s+/g, ' ').trim();
    expect(basis).toBe(`Basis: ${rule.basis.join('; ')}.`);
  });

  test('it names every product of the remedies', () => {
    const advice = page.slice(page.indexOf('## What to do')).toLowerCase();
    const products = rule.remedies.map(({ product }) => product.replace(/,.*$/, '').toLowerCase());
    expect(products.filter((product) => !advice.includes(product))).toEqual([]);
  });

  test('it names every setting of the remedies', () => {
    const advice = page.slice(page.indexOf('## What to do'));
    const settings = rule.remedies.flatMap(({ text }) => text.match(/[$\w]+(?:[_.][a-z]\w*)+/gi) ?? []);
    expect(settings.filter((setting) => !advice.includes(setting))).toEqual([]);
  });

  test('it fits into a terminal', () => {
    expect(page.split('\n').filter((line) => line.length > WIDTH)).toEqual([]);
    expect(page).not.toMatch(/[^\n -~]/);
  });

  test('it shows what is flagged, and at least two cases that look alike and are clean', () => {
    const [flagged, clean] = [laddersOf(page, 'Flagged'), laddersOf(page, 'Clean')];
    expect(flagged.length).toBeGreaterThan(0);
    expect(flagged.filter(({ expected }) => !expected.some((one) => one.rule === id))).toEqual([]);
    expect(clean.length).toBeGreaterThan(1);
    expect(clean.filter(({ expected }) => expected.some((one) => one.rule === id))).toEqual([]);
  });

  const told = ['Flagged', 'Clean'].flatMap((section) =>
    laddersOf(page, section).flatMap((ladder) => Object.keys(TELLINGS).map((telling) => ({ section, line: ladder.line, telling, ladder }))),
  );
  test.each(told)('$section, line $line, $telling', ({ ladder, telling }) => {
    const how = TELLINGS[telling];
    expect(how && tell(ladder, id, how)).toEqual([]);
  });
});
