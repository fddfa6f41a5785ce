/**
 * The connections of the findings, and others as far as there is room -> one SVG: a bar from what was first to what was last seen of each, a mark for each
 * evidence, and in red the time for which something was owed. Time runs from left to right over all captures.
 */

import type { Finding, Report } from '../model.ts';
import { filterClass } from './html-filters.ts';
import { element, type Markup } from './markup.ts';
import { calendar, duration } from './time.ts';
import { shorten } from './wrap.ts';

const WIDTH = 880;
const LEFT = 330;
const RIGHT = 860;
const ROW = 24;
const MOST_ROWS = 60;
const LABEL = 42;

interface Line {
  readonly label: string;
  /** For the filters; empty for a connection without findings. */
  readonly style: string;
  from: number;
  to: number;
  readonly ticks: Set<number>;
  readonly waits: Set<string>;
}

/** Undefined where no finding has a connection with a time. */
export function timeline(report: Report, findings: readonly Finding[]): Markup | undefined {
  const lines = [...linesOf(report, findings).values()].filter((line) => line.from <= line.to);
  const [start, end] = span(report, lines);
  if (lines.length === 0 || !(end > start)) return undefined;
  const x = (time: number): number => Math.round((LEFT + ((time - start) / (end - start)) * (RIGHT - LEFT)) * 10) / 10;
  const shown = lines.slice(0, MOST_ROWS);
  const height = 30 + shown.length * ROW;
  const svg = element(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${height}`, role: 'img', 'aria-label': `Time line of ${shown.length} connections` },
    element('text', { x: LEFT, y: 14, class: 'dim' }, calendar(report.base, start)),
    element('text', { x: RIGHT, y: 14, class: 'dim', 'text-anchor': 'end' }, `${duration(end - start)} later`),
    shown.map((line, index) => row(line, 24 + index * ROW, x)),
  );
  const rest = Math.max(lines.length, report.connections) - shown.length;
  const caption = `A mark is an evidence; red is the time for which something was owed.${rest > 0 ? ` ${rest} more connections are not drawn.` : ''}`;
  return element(
    'figure',
    {},
    element('div', { class: 'wide', tabindex: 0, role: 'group', 'aria-label': 'Time line' }, svg),
    element('figcaption', {}, caption),
  );
}

function row(line: Line, y: number, x: (time: number) => number): Markup {
  const [from, to] = [x(line.from), x(line.to)];
  const bar = (left: number, right: number, style: string): Markup =>
    element('rect', { x: left, y: y + 5, width: Math.max(1.5, Math.round((right - left) * 10) / 10), height: 9, class: style });
  const waits = [...line.waits].map((wait) => wait.split(' ').map(Number));
  return element(
    'g',
    line.style === '' ? {} : { class: line.style },
    element('text', { x: 8, y: y + 14, ...(line.style === '' ? { class: 'dim' } : {}) }, line.label),
    bar(from, to, 'life'),
    waits.map(([start = 0, end = 0]) => bar(x(start), x(end), 'wait')),
    [...line.ticks].map((time) => element('line', { x1: x(time), y1: y + 2, x2: x(time), y2: y + 17, class: 'tick' })),
  );
}

function span(report: Report, lines: readonly Line[]): readonly [number, number] {
  const known = report.captures.flatMap((capture) => [capture.firstTime, capture.observedUntil]);
  const times = [...known.filter(Number.isFinite), ...lines.flatMap((line) => [line.from, line.to])];
  let [start, end] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const time of times) [start, end] = [Math.min(start, time), Math.max(end, time)];
  return [start, end];
}

/** Those of findings first. */
function linesOf(report: Report, findings: readonly Finding[]): Map<string, Line> {
  const lines = new Map<string, Line>();
  for (const finding of findings) {
    for (const hop of finding.hops) {
      const line = lines.get(hop.connection.key) ?? newLine(`${finding.id} ${hop.client.text} > ${hop.server.text}`, filterClass(finding));
      lines.set(hop.connection.key, line);
    }
    for (const { connection, moment } of finding.evidence) {
      const line = lines.get(connection.key);
      reach(line, moment.time);
      line?.ticks.add(moment.time);
    }
    const { wait } = finding;
    if (wait === undefined) continue;
    const line = lines.get(wait.connection.key);
    for (const moment of [wait.connection.first, wait.connection.last, wait.start, wait.end]) reach(line, moment.time);
    line?.waits.add(`${wait.start.time} ${wait.end.time}`);
  }
  for (const { key, client, server, first, last } of report.outlines) {
    const line = lines.get(key) ?? newLine(`${client.text} > ${server.text}`, '');
    lines.set(key, line);
    reach(line, first.time);
    reach(line, last.time);
  }
  return lines;
}

function newLine(label: string, style: string): Line {
  return {
    label: shorten(label, LABEL),
    style,
    from: Number.POSITIVE_INFINITY,
    to: Number.NEGATIVE_INFINITY,
    ticks: new Set(),
    waits: new Set(),
  };
}

function reach(line: Line | undefined, time: number): void {
  if (line === undefined || !Number.isFinite(time)) return;
  line.from = Math.min(line.from, time);
  line.to = Math.max(line.to, time);
}
