/**
 * A finding -> its ladder: one lane per box, one arrow per evidence, and the silence drawn so that it is felt.
 *
 *     seconds   client                    proxy                    origin
 *    3.185934   │                         │ GET /a                      │
 *    frame 19   │                         ├────────────────────────────►│
 *
 * Lanes stand `gap` columns apart; an arrow and its label live between two neighbouring lanes. Rows are made as plain text
 * and painted at the end, so that colour never counts as width.
 */

import type { Finding, Report, Wait } from '../model.ts';
import { type Crossing, type Crossings, crossingMarks } from './crossings.ts';
import { boxesOf, frameMark, owedInWords } from './overview.ts';
import { safeLines, type ViewOptions } from './safe.ts';
import { silenceBetween } from './silence.ts';
import { duration, offset } from './time.ts';
import { cutEnd, padStart, widthOf, wrap } from './wrap.ts';

const INDENT = 2;
const WIDEST_GAP = 56;
const NARROWEST_GAP = 12;
const MOST_STEPS = 40;
const LABEL_LINES = 6;

/** Nanoseconds of quiet that are drawn, and how many rows they take: more silence, more rows. */
const SILENCES: readonly (readonly [from: number, rows: number])[] = [
  [300e9, 11],
  [30e9, 9],
  [5e9, 7],
  [1e9, 5],
  [0.5e9, 3],
];

interface Grid {
  readonly lanes: number;
  /** Columns from one lane to the next. */
  readonly gap: number;
  readonly gutter: number;
}

interface Step {
  readonly time: number;
  /** As `frameMark` calls it. */
  readonly frame: string;
  /** Between which lanes: 0 is the client's side. */
  readonly space: number;
  readonly rightward: boolean;
  /** Request line or what happened, then its fields. */
  readonly label: readonly string[];
  readonly crossing: Crossing;
  readonly final: boolean;
}

export function drawLadder(finding: Finding, report: Report, crossings: Crossings, options: ViewOptions): string[] {
  const boxes = boxesOf(finding);
  const steps = stepsOf(finding, report, crossings, options);
  const first = steps[0];
  if (first === undefined || boxes.length < 2) return [];
  const gutter = gutterOf(steps, first);
  const grid = { lanes: boxes.length, gutter, gap: gapFor(boxes.length, options.width - INDENT - gutter - 2) };
  if (grid.gap < NARROWEST_GAP) return [];
  const names = boxes.map((box) => box.name);
  const lines = [options.paint('bold', laneHeads(names, grid)), railLine(grid, '│')];
  steps.forEach((step, index) => {
    const before = steps[index - 1];
    if (before !== undefined) lines.push(...drawQuiet(before.time, step.time, finding.wait, grid, options));
    lines.push(...drawStep(step, first.time, grid, options));
  });
  const more = finding.evidence.length - steps.length;
  if (more > 0) return [...lines, options.paint('dim', `${railLine(grid, '┊')}`), `${gutterText('', grid)}${more} more (--format json)`];
  return [...lines, ...drawEnd(finding, steps, first.time, grid, options)];
}

function stepsOf(finding: Finding, report: Report, crossings: Crossings, options: ViewOptions): Step[] {
  const lanes = boxesOf(finding).length;
  return finding.evidence.slice(0, MOST_STEPS).map((evidence) => ({
    time: evidence.moment.time,
    frame: frameMark(report, evidence),
    space: lanes === 3 && evidence.hop === 'server-side' ? 1 : 0,
    rightward: evidence.from === 'client',
    label: safeLines(evidence.text, options),
    crossing: crossings(finding, evidence),
    final: evidence.moment.frame === finding.wait?.end.frame && evidence.moment.time === finding.wait.end.time,
  }));
}

function gutterOf(steps: readonly Step[], first: Step): number {
  return Math.max(9, ...steps.flatMap((step) => [offset(first.time, step.time).length, step.frame.length]));
}

function gapFor(lanes: number, columns: number): number {
  return Math.min(WIDEST_GAP, Math.floor((columns - 1) / (lanes - 1)));
}

/** The first name at its lane, the last one ending at its lane, the one between centred. */
function laneHeads(names: readonly string[], grid: Grid): string {
  let line = gutterText('seconds', grid);
  names.forEach((name, lane) => {
    const shift = lane === 0 ? 0 : lane === names.length - 1 ? name.length - 1 : Math.floor(name.length / 2);
    line = line.padEnd(gutterText('', grid).length + lane * grid.gap - shift) + name;
  });
  return line;
}

function gutterText(text: string, grid: Grid): string {
  return `${' '.repeat(INDENT)}${padStart(text, grid.gutter)}  `;
}

/** All lanes, with nothing between them. */
function rails(grid: Grid, bar: string): string {
  return Array.from({ length: grid.lanes }, () => bar).join(' '.repeat(grid.gap - 1));
}

function railLine(grid: Grid, bar: string): string {
  return gutterText('', grid) + rails(grid, bar);
}

function drawStep(step: Step, start: number, grid: Grid, options: ViewOptions): string[] {
  const room = grid.gap - 3;
  const labels = shortLabel(step.label, room).map((text) => ({ text, style: step.final ? 'red' : undefined }));
  const marks = crossingMarks(step.crossing).flatMap(({ what, fields }) => wrap(`${what}: ${fields}`, room, '', '  '));
  const texts = [...labels, ...marks.map((text) => ({ text, style: 'yellow' }))];
  const rows = texts.map(({ text, style }, row) => {
    const head = gutterText(row === 0 ? offset(start, step.time) : '', grid);
    const filled = ` ${text}${' '.repeat(Math.max(0, grid.gap - 2 - widthOf(text)))}`;
    return head + inSpace(step.space, grid, style === undefined ? filled : options.paint(style, filled));
  });
  return [...rows, gutterText(step.frame, grid) + arrow(step, grid, options)];
}

function shortLabel(label: readonly string[], room: number): string[] {
  const lines = label.flatMap((line) => wrap(line, room, '', '  '));
  if (lines.length <= LABEL_LINES) return lines;
  return [...lines.slice(0, LABEL_LINES - 1), cutEnd(`${lines[LABEL_LINES - 1]} …`, room)];
}

/** One line of lanes with `text`, gap - 1 columns wide, in one of the spaces between them. */
function inSpace(space: number, grid: Grid, text: string, left = '│', right = '│'): string {
  const blank = ' '.repeat(grid.gap - 1);
  const before = `│${blank}`.repeat(space);
  const after = `${blank}│`.repeat(grid.lanes - 2 - space);
  return before + left + text + right + after;
}

function arrow(step: Step, grid: Grid, options: ViewOptions): string {
  const shaft = '─'.repeat(grid.gap - 2);
  const style = step.final ? 'red' : 'cyan';
  return step.rightward
    ? inSpace(step.space, grid, options.paint(style, `${shaft}►`), '├', '│')
    : inSpace(step.space, grid, options.paint(style, `◄${shaft}`), '│', '┤');
}

/** Silence while the debt stood, or just time that passed. */
function drawQuiet(from: number, to: number, wait: Wait | undefined, grid: Grid, options: ViewOptions): string[] {
  const rows = SILENCES.find(([least]) => to - from >= least)?.[1] ?? 0;
  if (rows === 0) return [];
  const silence = silenceBetween(from, to, wait);
  const inWait = silence !== undefined;
  const text = inWait ? ` … ${duration(silence)} of silence … ` : ` ${duration(to - from)} later `;
  const height = inWait ? rows : 3;
  return Array.from({ length: height }, (_, row) => {
    const rail = railLine(grid, '┊');
    if (row !== (height - 1) / 2) return options.paint('dim', rail);
    const lanesAt = gutterText('', grid).length;
    const start = lanesAt + Math.floor((rail.length - lanesAt - text.length) / 2);
    const label = options.paint(inWait ? ['bold', 'red'] : 'dim', text);
    return rail.slice(0, start) + label + rail.slice(start + text.length);
  });
}

/** What happened to the debt, where no evidence shows it. */
function drawEnd(finding: Finding, steps: readonly Step[], start: number, grid: Grid, options: ViewOptions): string[] {
  const { wait } = finding;
  const last = steps.at(-1);
  if (wait === undefined || last === undefined || wait.end.time <= last.time) return [railLine(grid, '│')];
  const said = wrap(owedInWords(finding) ?? '', options.width, gutterText(offset(start, wait.end.time), grid), gutterText('', grid));
  return [...drawQuiet(last.time, wait.end.time, wait, grid, options), ...said.map((line) => options.paint('red', line))];
}
