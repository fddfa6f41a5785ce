/**
 * Findings -> the table at the end of the text view, drawn by cli-table3.
 *
 * Cells are safe text already and are wrapped here: cli-table3 knows no word that it may not cut, counts hyperlinks as text,
 * colours its own borders, and takes seconds for a thousand rows. Hence its styles are off, and rows end at 200.
 */

import Table from 'cli-table3';
import { boxesOf, type FindingGroup } from './overview.ts';
import type { Paint } from './safe.ts';
import { wrap } from './wrap.ts';

const MOST_ROWS = 200;
/** Below this there is no room for a table. */
export const NARROWEST_TABLE = 60;
/** From this many columns up, confidence and place have columns of their own. */
const WIDE = 100;

interface Row {
  readonly id: string;
  readonly severity: string;
  readonly confidence: string;
  readonly rule: string;
  readonly where: string;
  readonly what: string;
  readonly style: string | readonly string[];
}

export const SEVERITY_STYLES: Readonly<Record<string, string | readonly string[]>> = {
  hang: ['bold', 'red'],
  'will-hang': ['bold', 'red'],
  loss: 'red',
  violation: 'yellow',
  hygiene: 'cyan',
  info: 'dim',
};

/** A column: its head, its lines in a row, its least width, and its share of the columns that are left. */
interface Column {
  readonly head: string;
  readonly cell: (row: Row) => readonly string[];
  readonly least: number;
  readonly share: number;
  readonly painted?: boolean;
}

const NARROW_COLUMNS: readonly Column[] = [
  { head: 'id', cell: (row) => [row.id], least: 4, share: 0 },
  { head: 'severity', cell: (row) => [row.severity, row.confidence], least: 9, share: 0, painted: true },
  { head: 'rule, where', cell: (row) => [row.rule, row.where], least: 14, share: 0.45 },
  { head: 'what', cell: (row) => [row.what], least: 12, share: 0.55 },
];

const WIDE_COLUMNS: readonly Column[] = [
  { head: 'id', cell: (row) => [row.id], least: 4, share: 0 },
  { head: 'severity', cell: (row) => [row.severity], least: 9, share: 0, painted: true },
  { head: 'confidence', cell: (row) => [row.confidence], least: 10, share: 0 },
  { head: 'rule', cell: (row) => [row.rule], least: 14, share: 0.25 },
  { head: 'where', cell: (row) => [row.where], least: 14, share: 0.25 },
  { head: 'what', cell: (row) => [row.what], least: 12, share: 0.5 },
];

export function drawTable(groups: readonly FindingGroup[], width: number, paint: Paint): string[] {
  const columns = width < WIDE ? NARROW_COLUMNS : WIDE_COLUMNS;
  const shown = groups.slice(0, MOST_ROWS).map(rowOf);
  const widths = columnWidths(columns, width, Math.max(4, ...shown.map((row) => row.id.length)));
  const table = new Table({
    head: columns.map((column) => column.head),
    colWidths: widths.map((inner) => inner + 2),
    style: { head: [], border: [] },
  });
  for (const row of shown) table.push(columns.map((column, index) => cellText(column, row, widths[index] ?? 1, paint)));
  const more = groups.length - shown.length;
  return [...table.toString().split('\n'), ...(more > 0 ? [`... and ${more} more (--format json)`] : [])];
}

function rowOf({ first, count }: FindingGroup): Row {
  const [nearest, ...others] = boxesOf(first).map((box) => box.endpoints[0] ?? '');
  return {
    id: first.id,
    severity: first.severity,
    confidence: first.confidence,
    rule: first.rule,
    where: (others.length > 0 ? others : [nearest ?? '']).join(' > '),
    what: count > 1 ? `${first.title} (${count} times)` : first.title,
    style: SEVERITY_STYLES[first.severity] ?? 'reset',
  };
}

/** Inner widths; with padding and borders they fill `width`. */
function columnWidths(columns: readonly Column[], width: number, idWidth: number): number[] {
  const least = columns.map((column, index) => (index === 0 ? Math.min(idWidth, 8) : column.least));
  const free = Math.max(0, width - columns.length * 3 - 1 - least.reduce((sum, each) => sum + each, 0));
  return columns.map((column, index) => (least[index] ?? 0) + Math.floor(free * column.share));
}

function cellText(column: Column, row: Row, width: number, paint: Paint): string {
  const lines = column.cell(row).flatMap((text) => wrap(text, width));
  return lines.map((line) => (column.painted === true ? paint(row.style, line) : line)).join('\n');
}
