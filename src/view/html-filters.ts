/**
 * Check boxes that hide findings by severity, and those that are not sure. Done by the style sheet alone: a browser that does
 * not know `:has` shows everything.
 */

import type { Finding } from '../model.ts';
import { isSure, SEVERITIES } from '../ranks.ts';
import { element, type Markup } from './markup.ts';
import type { FindingGroup } from './overview.ts';

/** What the boxes act on. */
export function filterClass(finding: Finding): string {
  return `is-${finding.severity} ${isSure(finding) ? 'is-sure' : 'is-unsure'}`;
}

/** Undefined where there is nothing to choose. */
export function filters(groups: readonly FindingGroup[]): Markup | undefined {
  const severities = SEVERITIES.filter((severity) => groups.some(({ first }) => first.severity === severity));
  const unsure = groups.some(({ first }) => !isSure(first)) && groups.some(({ first }) => isSure(first));
  if (severities.length < 2 && !unsure) return undefined;
  return element(
    'fieldset',
    { class: 'filters' },
    element('legend', {}, 'Show'),
    severities.map((severity) => box(`show-${severity}`, severity)),
    unsure ? box('show-unsure', 'likely and possible ones, too') : undefined,
  );
}

function box(id: string, label: string): Markup {
  return element('label', {}, element('input', { type: 'checkbox', id, checked: '' }), ` ${label}`);
}

const HIDDEN = [...SEVERITIES.map((severity) => severity), 'unsure'].map((each) => `main:has(#show-${each}:not(:checked)) .is-${each}`);

export const FILTER_STYLE = `
.filters { border: 1px solid var(--line); border-radius: .4rem; margin: 1rem 0; padding: .2rem .9rem .5rem; }
.filters label { display: inline-block; margin-right: 1.2rem; white-space: nowrap; }
.filters input:focus-visible { outline: 3px solid var(--mark); outline-offset: 2px; }
${HIDDEN.join(',\n')} { display: none; }
@media print { .filters { display: none; } }
`;
