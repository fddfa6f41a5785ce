/**
 * `hopcheck rules` and `hopcheck explain`: the list of the rules, and the page of one.
 */
import { readFileSync } from 'node:fs';
import type { Rule } from '../model.ts';
import { rules } from '../rules/index.ts';
import { wrap } from '../view/wrap.ts';
import { type ColorChoice, isColoured, paintInColour, paintNothing } from './colour.ts';
import { type ExitCode, type Io, Refusal } from './io.ts';

interface PageOptions {
  readonly color: ColorChoice;
}

/** A line each; on a terminal within its width, and those that find no fault apart. */
export function listRules(io: Io): ExitCode {
  const width = Math.max(0, ...rules.map((rule) => rule.id.length)) + 2;
  const { columns } = io.stdout;
  const list = (some: readonly Rule[]): string[] =>
    some.flatMap(({ id, title }) =>
      wrap(title, Math.max(width + LEAST_TITLE, columns ?? Number.POSITIVE_INFINITY), id.padEnd(width), ' '.repeat(width)),
    );
  const [faults, silences] = [false, true].map((exonerates) => list(rules.filter((rule) => (rule.exonerates === true) === exonerates)));
  const between = columns === undefined ? [] : ['', 'Silences that are no fault:'];
  io.stdout.write(`${[...(faults ?? []), ...between, ...(silences ?? [])].join('\n')}\n`);
  return 0;
}

/** Columns of a title, however narrow the terminal is. */
const LEAST_TITLE = 20;

/** Throws Refusal for an unknown id. */
export function explain(id: string, { color }: PageOptions, io: Io): ExitCode {
  refuseUnknownRules([id]);
  const paint = isColoured(color, io.stdout, io.env) ? paintInColour : paintNothing;
  const page = readFileSync(new URL(`../rules/${id}.md`, import.meta.url), 'utf8');
  io.stdout.write(page.replaceAll(/^#+ .*$/gm, (heading) => paint('bold', heading)));
  return 0;
}

/** @param where begins the message */
export function refuseUnknownRules(ids: readonly string[], where = ''): void {
  for (const id of ids) {
    if (!rules.some((rule) => rule.id === id))
      throw new Refusal(`${where}there is no rule ${id}${suggestion(id)}, hopcheck rules lists them`);
  }
}

/** Rules that share most words with the one asked for. */
function suggestion(id: string): string {
  const words = id.toLowerCase().split(/[^a-z0-9]+/);
  const shared = (rule: Rule): number => words.filter((word) => word.length > 2 && rule.id.split('-').includes(word)).length;
  const most = Math.max(...rules.map(shared));
  const near = most === 0 ? [] : rules.filter((rule) => shared(rule) === most).slice(0, 3);
  return near.length === 0 ? '' : `; near it: ${near.map((rule) => rule.id).join(', ')}`;
}
