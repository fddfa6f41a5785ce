/**
 * A report -> Markdown for a ticket: verdict, who sent what, which box erred and what to change in the first 25 lines, the
 * rest folded away.
 *
 * Captured text stands in code spans whose fence is longer than any run of backticks inside; our own text is escaped, so
 * that nothing in it is a link, a mention or markup. Above the budget detail goes in a fixed order, and the page says so.
 */

import type { Evidence, Finding, Report, Text } from '../model.ts';
import { changeOf, type Remedies, remediesOf, signatureInWords } from './change.ts';
import { evidenceFrames, filterFor } from './contract.ts';
import { type Crossings, crossingMarks, crossingsOf } from './crossings.ts';
import { markCutHeads } from './cut-heads.ts';
import { framesInWords } from './frame-list.ts';
import { drawMermaid } from './mermaid.ts';
import {
  assumptions,
  blindSpots,
  boxAtFault,
  captureMark,
  capturesInWords,
  counted,
  countsInWords,
  endsOf,
  type FindingGroup,
  faultsAndNotes,
  frameMark,
  groupFindings,
  issueInWords,
  issuesOf,
  lookedAtInWords,
  otherTraffic,
  owedInWords,
  reasonOf,
  saidInVerdict,
  waysOf,
  zeroInWords,
} from './overview.ts';
import { plain, type SafePiece, type Secrecy, safeLines, safePieces, type ViewOptions } from './safe.ts';
import { calendar, duration, offset } from './time.ts';
import { shorten } from './wrap.ts';

const BUDGET = 60_000;
const HEAD_ROWS = 9;
const MOST_CAPTURES = 20;
/** Of a head in a table. */
const LINES_OF_A_HEAD = 6;
const LONGEST_LINE = 160;

/** What every part of the page is made from. */
interface Page {
  readonly report: Report;
  readonly crossings: Crossings;
  readonly remedies: Remedies;
  readonly options: ViewOptions;
}

/** A part of the page. Where the budget is short, parts of the highest rank go first, the last of them before the others. */
interface Part {
  readonly rank: number;
  readonly name: string;
  readonly text: string;
}

const NEVER_DROPPED = 0;
const FINDING = 1;
const FILTER = 2;
const HEALTH = 3;
const EXONERATIONS = 4;
const DIAGRAM = 5;
const EVIDENCE = 6;

export function renderMarkdown(given: Report, options: ViewOptions): string {
  const report = markCutHeads(given);
  const crossings = crossingsOf(report);
  const page = { report, crossings, remedies: remediesOf(report, crossings), options };
  const [faults, notes] = faultsAndNotes(report.findings);
  const groups = groupFindings(report, faults);
  const parts: Part[] = [
    { rank: NEVER_DROPPED, name: 'head', text: head(page, groups[0]?.first) },
    ...groups.slice(0, 1).flatMap(({ first }) => diagramParts(report, first, options)),
    ...groups.flatMap((group, index) => findingParts(page, group, index === 0 ? HEAD_ROWS : 0)),
    ...aLineEach('Notes', report, notes, options),
    ...aLineEach('Looked at and cleared', report, report.exonerations, options),
    { rank: HEALTH, name: 'capture health', text: captureHealth(report) },
    { rank: NEVER_DROPPED, name: 'tool', text: code(`${report.tool.name} ${report.tool.version}`) },
  ];
  return `${withinBudget(parts, options.maxChars ?? BUDGET).join('\n\n')}\n`;
}

/** The parts that stay, and a last one that names what went. */
function withinBudget(parts: readonly Part[], budget: number): string[] {
  const NOTE = 200;
  const order = parts.map((_, index) => index).sort((a, b) => (parts[b]?.rank ?? 0) - (parts[a]?.rank ?? 0) || b - a);
  const dropped = new Set<number>();
  let size = parts.reduce((sum, part) => sum + part.text.length + 2, 0);
  for (const index of order) {
    const part = parts[index];
    if (part === undefined || part.rank === NEVER_DROPPED || size <= budget - (dropped.size > 0 ? NOTE : 0)) break;
    dropped.add(index);
    size -= part.text.length + 2;
  }
  const kept = parts.filter((_, index) => !dropped.has(index)).map((part) => part.text);
  if (dropped.size === 0) return kept;
  const names = [...new Set(parts.filter((_, index) => dropped.has(index)).map((part) => part.name))];
  return [
    ...kept,
    `Left out for length: ${names.join(', ')} (${counted(dropped.size, 'part')}). The whole report: ${code('--format json')}`,
  ];
}

// ------------------------------------------------------------------------------------------------ the first screen

function head(page: Page, first: Finding | undefined): string {
  const { report, crossings, options } = page;
  const lines = [`# hopcheck: ${countsInWords(report)}`, '', `> ${markdown(report.verdict, options)}`];
  if (first === undefined) return [...lines, '', ...nothingFound(report)].join('\n');
  const box = boxAtFault(first);
  const change = changeOf(first, report, crossings);
  return [
    ...lines,
    '',
    ...(box === undefined ? [] : [`- **Which box:** ${whichBox(first, options)}`]),
    ...change.flatMap(({ label, text, items }) => [
      `- **${label}:** ${markdown(text, options)}`.trimEnd(),
      ...items.map((item) => `  - ${prose(item)}`),
    ]),
    `- **How sure:** ${first.confidence} (rule ${code(first.rule)}), in ${capturesInWords(report, (name) => code(plain(name)), prose)}`,
    '',
    ...evidenceTable(page, first, HEAD_ROWS),
  ].join('\n');
}

function whichBox(finding: Finding, options: ViewOptions): string {
  const box = boxAtFault(finding);
  const where = box?.endpoints.map(code).join(' / ') ?? '';
  const signature = signatureInWords(finding, box);
  return `${owedInWords(finding) ?? `the ${box?.name}`} (${where})${signature === undefined ? '' : `; ${markdown(signature, options)}`}`;
}

function nothingFound(report: Report): string[] {
  const looked = `${counted(report.connections, 'connection')}, ${counted(report.exchanges, 'exchange')}, ${report.relays} seen on two hops`;
  return [
    `**What was looked at:** ${looked}`,
    '',
    ...lookedAtInWords(report).map((line) => `- ${prose(line)}`),
    '',
    '**What could not be seen**',
    '',
    ...blindSpots(report).map((spot) => `- ${prose(spot)}`),
  ];
}

/** Around a long silence the first rows and the last ones matter, so rows are left out in the middle. */
function evidenceTable(page: Page, finding: Finding, most: number): string[] {
  const { evidence } = finding;
  const start = evidence[0]?.moment.time ?? 0;
  const rows = evidence.map((each) => evidenceRow(page, finding, each, start));
  const early = Math.ceil(most / 2);
  const shown =
    rows.length <= most ? rows : [...rows.slice(0, early), `| | | | ${rows.length - most} more below |`, ...rows.slice(early - most)];
  return ['| seconds | frame | who | sent |', '| ---: | ---: | --- | --- |', ...shown];
}

function evidenceRow(page: Page, finding: Finding, evidence: Evidence, start: number): string {
  const frame = frameMark(page.report, evidence).replace('frame ', '');
  const lines = safeLines(evidence.text, page.options).slice(0, LINES_OF_A_HEAD);
  // What was captured is shown as code, what we say of a frame is not.
  const show = evidence.text.every((part) => typeof part === 'string') ? prose : cell;
  const text = lines.map((line) => show(shorten(line, LONGEST_LINE))).join(' ');
  const marks = crossingMarks(page.crossings(finding, evidence)).map(({ what, fields }) => `; ${what}: ${cell(fields)}`);
  return `| ${offset(start, evidence.moment.time)} | ${prose(frame)} | ${endsOf(finding, evidence).join(' → ')} | ${text}${marks.join('')} |`;
}

// ------------------------------------------------------------------------------------------------ the parts behind it

function diagramParts(report: Report, finding: Finding, secrecy: Secrecy): Part[] {
  const lines = drawMermaid(finding, report, secrecy);
  return lines.length === 0 ? [] : [{ rank: DIAGRAM, name: 'the diagram', text: ['```mermaid', ...lines, '```'].join('\n') }];
}

/** `told`: so many rows of evidence at most stand in the head already. */
function findingParts(page: Page, { first, count }: FindingGroup, told: number): Part[] {
  const { report, remedies, options } = page;
  const times = count > 1 ? `, ${count} times` : '';
  const filters = evidenceFrames(report, first).map(
    ({ capture, frames }) => `In Wireshark${prose(captureMark(report, capture))}: ${code(filterFor(frames))}`,
  );
  const texts = [
    `## ${first.id} ${first.severity}, ${first.confidence}: ${prose(first.title)}${times}`,
    saidInVerdict(report, first, options) ? '' : markdown(first.message, options),
    where(report, first),
    section(
      'What to do',
      remedies(first).map((text) => markdown(text, options)),
    ),
    section(
      'Because',
      first.because.map(reasonOf).map(({ said, parts }) => [markdown(said, options), ...parts.map(prose)].join('\n  - ')),
    ),
    section('What would change our mind', first.wouldChangeOurMind.map(prose)),
    section(
      'It also explains',
      first.children.map((child) => `${child.id} ${child.severity}, ${child.confidence}: ${prose(child.title)}`),
    ),
    first.basis.length === 0 ? '' : `Basis: ${first.basis.map(prose).join('; ')}`,
    first.partOf === undefined ? '' : `Part of ${first.partOf}.`,
  ];
  return [
    { rank: FINDING, name: 'findings', text: texts.filter((text) => text !== '').join('\n\n') },
    ...filters.map((text) => ({ rank: FILTER, name: 'display filters', text })),
    ...(first.evidence.length <= told
      ? []
      : [{ rank: EVIDENCE, name: 'evidence', text: details(`Evidence of ${first.id}`, evidenceTable(page, first, 100)) }]),
  ];
}

function where(report: Report, finding: Finding): string {
  const zero = zeroInWords(report, finding);
  const ways = waysOf(report, finding).map(
    ({ from, client, to, server, seen }) => `- ${from} ${code(client)} to ${to} ${code(server)}, ${prose(seen)}`,
  );
  return [...ways, ...(zero === undefined ? [] : [`- ${prose(zero)}`])].join('\n');
}

function aLineEach(title: string, report: Report, findings: readonly Finding[], options: ViewOptions): Part[] {
  const lines = groupFindings(report, findings).map(({ first, count }) => {
    const frames = framesInWords(report, first);
    const where = frames === '' ? '' : ` (${prose(frames)})`;
    return `- ${first.id} ${prose(first.title)}${count > 1 ? `, ${count} times` : ''}: ${markdown(first.message, options)}${where}`;
  });
  return lines.length === 0 ? [] : [{ rank: EXONERATIONS, name: title.toLowerCase(), text: [`## ${title}`, '', ...lines].join('\n') }];
}

function captureHealth(report: Report): string {
  const captures = report.captures.slice(0, MOST_CAPTURES).flatMap((capture) => {
    const { health } = capture;
    const dropped = health.dropped === undefined ? 'drops not told by the file' : `${health.dropped} dropped`;
    const span =
      capture.frames === 0 ? '' : `, ${calendar(report.base, capture.firstTime)}, ${duration(capture.lastTime - capture.firstTime)} long`;
    return [
      `- ${code(plain(capture.name))}${prose(captureMark(report, capture.index))}: ${counted(capture.frames, 'frame')}${span}${capture.complete ? '' : ', incomplete'}`,
      `  - ${counted(health.connections, 'connection')}, ${health.synSeen} with SYN, ${health.bothDirections} in both directions, ${health.encrypted} encrypted`,
      `  - ${counted(health.gaps, 'gap')}, ${counted(health.duplicates, 'duplicate')}, ${counted(health.cutFrames, 'cut frame')}, ${dropped}`,
      ...otherTraffic(health).map((traffic) => `  - ${traffic}`),
      ...issuesOf(capture)
        .slice(0, MOST_CAPTURES)
        .map((issue) => `  - ${code(issue.code)}: ${prose(issueInWords(issue))}`),
    ];
  });
  const more = report.captures.length - MOST_CAPTURES;
  const health = [
    ...captures,
    ...(more > 0 ? [`- and ${more} more captures`] : []),
    ...assumptions(report).map((text) => `- ${prose(text)}`),
  ];
  if (report.findings.length === 0) return details('Capture health', health);
  return details('Capture health, and what could not be seen', [
    ...health,
    '',
    ...blindSpots(report).map((spot) => `- not seen: ${prose(spot)}`),
  ]);
}

function section(title: string, texts: readonly string[]): string {
  return texts.length === 0 ? '' : [`**${title}**`, '', ...texts.map((text) => `- ${text}`)].join('\n');
}

function details(title: string, lines: readonly string[]): string {
  return ['<details>', `<summary>${title}</summary>`, '', ...lines, '', '</details>'].join('\n');
}

// ------------------------------------------------------------------------------------------------ making text inert

/** Captured parts in code spans, the rest escaped. */
function markdown(text: Text, secrecy: Secrecy): string {
  return inert(safePieces(text, secrecy));
}

/** Our own text, in which `code` is meant as code. */
export function prose(text: string): string {
  return inert([{ text: plain(text), captured: false }]);
}

/** Two code spans that touch would become one run of backticks, so neighbours are joined. */
function inert(pieces: readonly SafePiece[]): string {
  const parts: SafePiece[] = [];
  for (const part of pieces.flatMap((piece) => (piece.captured ? [piece] : ownParts(piece.text)))) {
    const last = parts.at(-1);
    if (last?.captured === part.captured) parts.splice(-1, 1, { ...last, text: last.text + part.text });
    else if (part.text !== '') parts.push(part);
  }
  return parts.map(({ text, captured }) => (captured ? code(text) : escaped(text))).join('');
}

/** Words that Markdown hosts turn into links whatever precedes them: mentions, issue numbers, addresses; and names in snake_case. */
const MEANT_AS_CODE = /@|#\d|:\/\/|www\.|\bGH-\d|\w_\w/i;

function ownParts(text: string): SafePiece[] {
  return text
    .split(/`([^`]+)`/)
    .flatMap((part, index) =>
      index % 2 === 1
        ? [{ text: part, captured: true }]
        : part.split(/(\s+|[;,.]+(?=\s|$))/).map((word) => ({ text: word, captured: MEANT_AS_CODE.test(word) })),
    );
}

function escaped(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]#+!|<>~&$^]/g, '\\$&');
}

/** A code span whose fence is longer than any run of backticks inside. */
export function code(text: string): string {
  if (text.trim() === '') return text;
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 || text.startsWith(' ') || text.endsWith(' ') ? ' ' : '';
  return `${fence}${pad}${text}${pad}${fence}`;
}

/** In a table a pipe ends the cell even inside a code span. */
function cell(text: string): string {
  return code(text.replaceAll('|', '\\x7c'));
}
