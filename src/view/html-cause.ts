/** The first finding of a cause -> its section: who and when as a ladder, what became of the heads, why, and what to do. */

import type { Evidence, Finding } from '../model.ts';
import { evidenceFrames, filterFor } from './contract.ts';
import { crossingMarks } from './crossings.ts';
import { joined, link, list, type Page, part, table, tag } from './html-blocks.ts';
import { filterClass } from './html-filters.ts';
import { headTables } from './html-heads.ts';
import { ladderFigure } from './html-ladder.ts';
import { code, element, type Markup, prose, together, told } from './markup.ts';
import {
  captureMark,
  endsOf,
  type FindingGroup,
  frameMark,
  owedInWords,
  reasonOf,
  saidInVerdict,
  waysOf,
  zeroInWords,
} from './overview.ts';
import { safeLines } from './safe.ts';
import { offset } from './time.ts';

const MOST_EVIDENCE = 200;

export function cause(page: Page, group: FindingGroup): Markup {
  const { first } = group;
  return element(
    'section',
    { id: first.id, class: filterClass(first), 'aria-labelledby': `${first.id}-title` },
    element('h2', { id: `${first.id}-title` }, `${first.id} `, tag(first), ` ${first.title}`),
    tellCause(page, group),
  );
}

/** Closed: it is no fault. */
export function note(page: Page, group: FindingGroup): Markup {
  const { first } = group;
  const summary = element('summary', {}, `${first.id} `, tag(first), ` ${first.title}`);
  return element('details', { id: first.id, class: filterClass(first) }, summary, tellCause(page, group));
}

function tellCause(page: Page, { first, count }: FindingGroup): Markup {
  const { report, crossings, remedies, secrecy } = page;
  const places = evidenceFrames(report, first);
  return together(
    count > 1 ? element('p', { class: 'quiet' }, `Seen ${count} times; told here is the surest.`) : undefined,
    saidInVerdict(report, first, secrecy) ? undefined : element('p', {}, told(first.message, secrecy)),
    connections(page, first),
    ladderFigure(first, report, crossings, secrecy),
    headTables(first, report, crossings, secrecy),
    element('details', {}, element('summary', {}, `Evidence of ${first.id}`), evidenceTable(page, first)),
    part(
      'What to do',
      remedies(first).map((text) => told(text, secrecy)),
    ),
    part(
      'Because',
      first.because.map(reasonOf).map(({ said, parts }) => together(told(said, secrecy), parts.length > 0 ? list(parts) : undefined)),
    ),
    part('What would change our mind', first.wouldChangeOurMind.map(prose)),
    part(
      'It also explains',
      first.children.map((child) => `${child.id} ${child.severity}, ${child.confidence}: ${child.title}`),
    ),
    first.partOf === undefined ? undefined : element('p', {}, 'Part of ', link(first.partOf), '.'),
    first.basis.length === 0 ? undefined : element('p', { class: 'quiet' }, `Basis: ${first.basis.join('; ')}`),
    places.map(({ capture, frames }) =>
      element('p', { class: 'quiet' }, `In Wireshark${captureMark(report, capture)}: `, code(filterFor(frames).replaceAll(',', ', '))),
    ),
  );
}

function connections({ report }: Page, finding: Finding): Markup {
  const lines = waysOf(report, finding).map(({ from, client, to, server, seen }) =>
    together(`${from} `, code(client), ` to ${to} `, code(server), `, ${seen}`),
  );
  const more = [owedInWords(finding), zeroInWords(report, finding)].filter((line) => line !== undefined);
  return list([...lines, ...more]);
}

function evidenceTable(page: Page, finding: Finding): Markup {
  const start = finding.evidence[0]?.moment.time ?? 0;
  const rows = finding.evidence.slice(0, MOST_EVIDENCE).map((evidence) => evidenceRow(page, finding, evidence, start));
  const more = finding.evidence.length - rows.length;
  return together(
    table(`Evidence of ${finding.id}`, ['seconds', 'frame', 'who', 'sent'], rows),
    more > 0 ? element('p', {}, `${more} more in --format json`) : undefined,
  );
}

function evidenceRow({ report, crossings, secrecy }: Page, finding: Finding, evidence: Evidence, start: number): Markup {
  const frame = frameMark(report, evidence).replace('frame ', '');
  const lines = safeLines(evidence.text, secrecy).map((line) => (typeof evidence.text[0] === 'string' ? line : code(line)));
  const marks = crossingMarks(crossings(finding, evidence)).map(({ what, fields }) => element('strong', {}, `${what}: ${fields}`));
  return element(
    'tr',
    {},
    element('td', { class: 'number' }, offset(start, evidence.moment.time)),
    element('td', { class: 'number' }, frame),
    element('td', {}, endsOf(finding, evidence).join(' to ')),
    element('td', {}, joined([...lines, ...marks], element('br', {}))),
  );
}
