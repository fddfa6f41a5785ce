/** Parts that the page of the HTML view is put together from: lists, tables, titles, and what they are all made from. */

import type { Finding, Report } from '../model.ts';
import type { Remedies } from './change.ts';
import type { Crossings } from './crossings.ts';
import { type Child, element, type Markup, together } from './markup.ts';
import type { Secrecy } from './safe.ts';

/** What every part of the page is made from. */
export interface Page {
  readonly report: Report;
  readonly crossings: Crossings;
  readonly remedies: Remedies;
  readonly secrecy: Secrecy;
}

export function section(title: string, ...children: readonly Child[]): Markup {
  return element('section', {}, element('h2', {}, title), children);
}

export function part(title: string, items: readonly Child[]): Markup | undefined {
  return items.length === 0 ? undefined : together(element('h3', {}, title), list(items));
}

export function list(items: readonly Child[]): Markup {
  return element(
    'ul',
    {},
    items.map((item) => element('li', {}, item)),
  );
}

export function pair(term: string, ...description: readonly Child[]): Markup {
  return together(element('dt', {}, term), element('dd', {}, description));
}

export function joined(children: readonly Child[], separator: Child): Markup {
  return together(children.map((child, index) => (index === 0 ? child : [separator, child])));
}

export function link(id: string): Markup {
  return element('a', { href: `#${id}` }, id);
}

export function tag(finding: Finding): Markup {
  return element('span', { class: `tag ${toneOf(finding)}` }, `${finding.severity}, ${finding.confidence}`);
}

/** It may be wider than a narrow screen, hence it scrolls, and by keyboard too. */
export function table(label: string, heads: readonly string[], rows: readonly Markup[]): Markup {
  const head = element(
    'tr',
    {},
    heads.map((each) => element('th', { scope: 'col' }, each)),
  );
  return element(
    'div',
    { class: 'wide', tabindex: 0, role: 'group', 'aria-label': label },
    element('table', {}, element('thead', {}, head), element('tbody', {}, rows)),
  );
}

export function toneOf({ severity }: Finding): string {
  if (severity === 'hang' || severity === 'will-hang' || severity === 'loss') return 'bad';
  return severity === 'violation' || severity === 'hygiene' ? 'warn' : '';
}
