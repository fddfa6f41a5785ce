/**
 * A report -> one HTML page that needs nothing else: no script, no font, no picture from outside, and a policy that would
 * refuse them. Verdict first, then each cause with its ladder, then the rest; closed parts are open on paper.
 *
 * Everything goes through markup.ts, where a string can only become text.
 */

import type { CaptureReport, Finding, Report } from '../model.ts';
import { changeOf, remediesOf, signatureInWords } from './change.ts';
import { crossingsOf } from './crossings.ts';
import { markCutHeads } from './cut-heads.ts';
import { joined, link, list, type Page, pair, part, section, table, toneOf } from './html-blocks.ts';
import { cause, note } from './html-cause.ts';
import { filterClass, filters } from './html-filters.ts';
import { STYLE, STYLE_HASH } from './html-style.ts';
import { timeline } from './html-timeline.ts';
import { code, element, type Markup, prose, together, told } from './markup.ts';
import {
  assumptions,
  blindSpots,
  boxAtFault,
  boxesOf,
  captureMark,
  capturesInWords,
  counted,
  countsInWords,
  type FindingGroup,
  groupFindings,
  issueInWords,
  issuesOf,
  lookedAtInWords,
  otherTraffic,
  owedInWords,
} from './overview.ts';
import type { Secrecy } from './safe.ts';
import { calendar, duration } from './time.ts';

/** Causes told in full; the table has more. */
const MOST_TOLD = 50;
const MOST_ROWS = 1000;
const MOST_LISTED = 50;

/** `style-src` with a hash: this sheet, and no style attribute. */
const POLICY = `default-src 'none'; style-src '${STYLE_HASH}'; base-uri 'none'; form-action 'none'`;

export function* htmlPieces(given: Report, secrecy: Secrecy): Generator<string> {
  const report = markCutHeads(given);
  const crossings = crossingsOf(report);
  const page = { report, crossings, remedies: remediesOf(report, crossings), secrecy };
  const groups = groupFindings(report, report.findings);
  yield `<!doctype html>\n<html lang="en">\n${pageHead(report).markup}\n<body>\n<main>\n`;
  yield `${pageTop(page, groups).markup}\n`;
  const told = groups.slice(0, MOST_TOLD);
  const notes = told.filter(({ first }) => first.severity === 'info');
  for (const group of told) if (!notes.includes(group)) yield `${cause(page, group).markup}\n`;
  if (notes.length > 0) yield `${section('Notes', ...notes.map((group) => note(page, group))).markup}\n`;
  for (const part of [overview(page, groups), exonerations(page), health(report)]) if (part !== undefined) yield `${part.markup}\n`;
  yield '</main>\n</body>\n</html>\n';
}

function pageHead(report: Report): Markup {
  return element(
    'head',
    {},
    element('meta', { charset: 'utf-8' }),
    element('meta', { 'http-equiv': 'Content-Security-Policy', content: POLICY }),
    element('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    element('meta', { name: 'color-scheme', content: 'light dark' }),
    element('meta', { name: 'referrer', content: 'no-referrer' }),
    element('title', {}, `hopcheck: ${countsInWords(report)}`),
    { markup: `<style>${STYLE}</style>` },
  );
}

// ------------------------------------------------------------------------------------------------ the first screen

function pageTop(page: Page, groups: readonly FindingGroup[]): Markup {
  const { report, secrecy } = page;
  const first = groups[0]?.first;
  const looked = `${counted(report.connections, 'connection')}, ${counted(report.exchanges, 'exchange')}, ${report.relays} seen on two hops`;
  return together(
    element('h1', {}, `hopcheck: ${countsInWords(report)}`),
    element('p', { class: `verdict ${first === undefined ? '' : toneOf(first)}` }, told(report.verdict, secrecy)),
    first === undefined ? undefined : inShort(page, first),
    element('p', { class: 'quiet' }, `${capturesInWords(report, (name) => name)}: ${looked}`),
    groups.length < 2
      ? undefined
      : element(
          'nav',
          { 'aria-label': 'Findings' },
          element(
            'ul',
            {},
            groups
              .slice(0, MOST_TOLD)
              .map((group) => element('li', { class: filterClass(group.first) }, link(group.first.id), ` ${titleOf(group)}`)),
          ),
        ),
    filters(groups),
  );
}

function inShort({ report, crossings, secrecy }: Page, finding: Finding): Markup {
  const box = boxAtFault(finding);
  const owed = owedInWords(finding);
  const signature = signatureInWords(finding, box);
  const said = signature === undefined ? '' : together('; ', told(signature, secrecy));
  const change = changeOf(finding, report, crossings);
  return element(
    'dl',
    {},
    box === undefined ? undefined : pair('Which box', owed ?? `the ${box.name}`, ' (', joined(box.endpoints.map(code), ' / '), ')', said),
    change.map(({ label, text, items }) => pair(label, told(text, secrecy), items.length === 0 ? undefined : list(items.map(prose)))),
    pair('How sure', `${finding.confidence}, by rule `, code(finding.rule)),
  );
}

function titleOf({ first, count }: FindingGroup): string {
  return `${first.severity}, ${first.confidence}: ${first.title}${count > 1 ? `, ${count} times` : ''}`;
}

// ------------------------------------------------------------------------------------------------ the whole report

function overview({ report }: Page, groups: readonly FindingGroup[]): Markup {
  if (groups.length === 0) return section('What was looked at', list(lookedAtInWords(report)));
  const rows = groups.slice(0, MOST_ROWS).map((group, index) => {
    const { first } = group;
    const where = boxesOf(first).map((box) => box.endpoints[0] ?? '');
    return element(
      'tr',
      { class: filterClass(first) },
      element('td', {}, index < MOST_TOLD ? link(first.id) : first.id),
      [`${first.severity}, ${first.confidence}`, code(first.rule), where.join(' > '), group.count].map((cell) => element('td', {}, cell)),
    );
  });
  const more = groups.length - rows.length;
  return section(
    'All findings',
    table('All findings', ['id', 'how bad, how sure', 'rule', 'where', 'times'], rows),
    more > 0 ? element('p', {}, `${more} more causes in --format json`) : undefined,
    timeline(
      report,
      groups.map((group) => group.first),
    ),
  );
}

function exonerations({ report, secrecy }: Page): Markup | undefined {
  const groups = groupFindings(report, report.exonerations);
  if (groups.length === 0) return undefined;
  const lines = groups
    .slice(0, MOST_LISTED)
    .map(({ first, count }) =>
      together(`${first.id} ${first.title}${count > 1 ? `, ${count} times` : ''}: `, told(first.message, secrecy)),
    );
  const more = groups.length - lines.length;
  return section('Looked at and cleared', list(more > 0 ? [...lines, `${more} more in --format json`] : lines));
}

function health(report: Report): Markup {
  const more = report.captures.length - MOST_LISTED;
  return section(
    'Capture health',
    report.captures.slice(0, MOST_LISTED).map((capture) => captureHealth(report, capture)),
    more > 0 ? element('p', {}, `${more} more captures in --format json`) : undefined,
    part('What was assumed', assumptions(report)),
    part('What could not be seen', blindSpots(report)),
    element('p', { class: 'quiet' }, `${report.tool.name} ${report.tool.version}`),
  );
}

function captureHealth(report: Report, capture: CaptureReport): Markup {
  const { health } = capture;
  const span =
    capture.frames === 0 ? '' : `, ${calendar(report.base, capture.firstTime)}, ${duration(capture.lastTime - capture.firstTime)} long`;
  return together(
    element('h3', {}, element('bdi', {}, capture.name), captureMark(report, capture.index), capture.complete ? '' : ', incomplete'),
    list([
      `${[capture.format ?? 'not read', ...capture.linkTypes].join(', ')}, ${counted(capture.bytes, 'octet')}, ${counted(capture.frames, 'frame')}${span}`,
      `${counted(health.connections, 'connection')}: ${health.synSeen} with SYN, ${health.bothDirections} in both directions, ${health.encrypted} encrypted`,
      `${counted(health.gaps, 'gap')}, ${counted(health.duplicates, 'duplicate')}, ${counted(health.cutFrames, 'cut frame')}, ${health.dropped === undefined ? 'drops not told by the file' : `${health.dropped} dropped`}`,
      ...otherTraffic(health),
      ...issuesOf(capture)
        .slice(0, MOST_LISTED)
        .map((issue) => together(code(issue.code), `: ${issueInWords(issue)}`)),
    ]),
  );
}
