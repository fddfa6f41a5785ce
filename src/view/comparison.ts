/**
 * A comparison -> text, Markdown or JSON. The verdict first: what is new, what is gone, what remains.
 *
 * Everything in it may come from a file that somebody sent, so all of it is escaped like captured text.
 */
import { type Cause, type Change, type Comparison, causeOf, type Fate, type Outline } from '../compare.ts';
import { SEVERITIES } from '../ranks.ts';
import { jsonText } from './json.ts';
import { code, prose } from './markdown.ts';
import { counted, severityCount } from './overview.ts';
import { plain, type ViewOptions } from './safe.ts';
import { SEVERITY_STYLES } from './table.ts';
import { wrap } from './wrap.ts';

export type ComparisonFormat = 'text' | 'markdown' | 'json';

const SCHEMA = 'hopcheck-comparison/1';
const MOST_LISTED = 100;

const HEADINGS: Readonly<Record<Fate, string>> = {
  new: 'New',
  remains: 'Still there',
  unseen: 'Not seen again, but not looked at either',
  gone: 'Gone',
};

const FATES: readonly Fate[] = ['new', 'remains', 'unseen', 'gone'];

export function renderComparison(comparison: Comparison, format: ComparisonFormat, options: ViewOptions): string {
  if (format === 'json') return `${jsonText(comparisonJson(comparison), 2)}\n`;
  return format === 'markdown' ? markdown(comparison) : text(comparison, options);
}

/** "1 hang gone; 2 violations remain; nothing new" */
export function comparisonVerdict({ changes, before, after }: Comparison): string {
  if (changes.length === 0) return 'nothing found before, nothing found after';
  const said = [
    countOf(changes, 'new', 'new') ?? 'nothing new',
    countOf(changes, 'gone', 'gone') ?? 'nothing gone',
    countOf(changes, 'remains', 'still there'),
    countOf(changes, 'unseen', 'not seen again, which proves nothing: no such traffic in the second capture'),
  ].filter((part) => part !== undefined);
  const empty = after.exchanges === 0 && before.exchanges > 0 ? '; the second capture has no HTTP exchange at all' : '';
  return said.join('; ') + empty;
}

function countOf(changes: readonly Change[], fate: Fate, how: string): string | undefined {
  const causes = changes.filter((change) => change.fate === fate).map(causeOf);
  const counts = SEVERITIES.map((severity) => [severity, causes.filter((cause) => cause.severity === severity).length] as const);
  const told = counts.filter(([, count]) => count > 0).map(([severity, count]) => severityCount(severity, count));
  return causes.length === 0 ? undefined : `${told.join(', ')} ${how}`;
}

function looked({ connections, exchanges }: Outline): string {
  return `${counted(connections, 'connection')}, ${counted(exchanges, 'exchange')}`;
}

/** "hang, proven -> violation, strong" where it changed. */
function howBad({ before, after }: Change): string {
  const told = [before, after].flatMap((cause) => (cause === undefined ? [] : [`${cause.severity}, ${cause.confidence}`]));
  return [...new Set(told)].join(' -> ');
}

function times({ before, after }: Change): string {
  if (before === undefined || after === undefined) {
    const count = (after ?? before)?.count ?? 0;
    return count > 1 ? `, ${count} times` : '';
  }
  return before.count === after.count && after.count === 1 ? '' : `, ${before.count} -> ${after.count} times`;
}

function whereOf(cause: Cause): string {
  return cause.servers.join(' > ');
}

/** Servers that are not the same before and after. */
function moved({ before, after }: Change): string {
  if (before === undefined || after === undefined || whereOf(before) === whereOf(after)) return '';
  return `, was at ${whereOf(before)}`;
}

// ------------------------------------------------------------------------------------------------ for people

function text(comparison: Comparison, options: ViewOptions): string {
  const { before, after, changes } = comparison;
  const worst = changes.find((change) => change.fate === 'new') ?? changes.find((change) => change.fate === 'remains');
  const style = worst === undefined ? 'bold' : (SEVERITY_STYLES[causeOf(worst).severity] ?? 'bold');
  const lines = [
    ...wrap(comparisonVerdict(comparison), options.width).map((line) => options.paint(style, line)),
    ...wrap(`before: ${plain(before.name)} (${looked(before)})`, options.width).map((line) => options.paint('dim', line)),
    ...wrap(`after: ${plain(after.name)} (${looked(after)})`, options.width).map((line) => options.paint('dim', line)),
    ...FATES.flatMap((fate) =>
      section(
        changes.filter((change) => change.fate === fate),
        HEADINGS[fate],
        options,
      ),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function section(changes: readonly Change[], heading: string, options: ViewOptions): string[] {
  if (changes.length === 0) return [];
  const lines = changes.slice(0, MOST_LISTED).flatMap((change) => {
    const cause = causeOf(change);
    const route = cause.route === '' ? '' : ` ${cause.route}`;
    return [
      ...wrap(plain(`${howBad(change)}: ${cause.rule}${route}`), options.width, '  - ', '    '),
      ...wrap(plain(`${cause.title}; at ${whereOf(cause)}${moved(change)}${times(change)}`), options.width, '    '),
    ];
  });
  const more = changes.length - MOST_LISTED;
  return ['', options.paint('bold', heading), ...lines, ...(more > 0 ? [`  ... and ${more} more (--format json)`] : [])];
}

function markdown(comparison: Comparison): string {
  const { before, after, changes } = comparison;
  const rows = changes.slice(0, MOST_LISTED).map((change) => {
    const cause = causeOf(change);
    const cells = [HEADINGS[change.fate], howBad(change).replace('->', '→'), cell(cause.rule), cell(cause.route), cell(whereOf(cause))];
    return `| ${cells.join(' | ')} | ${change.before?.count ?? 0} | ${change.after?.count ?? 0} |`;
  });
  const more = changes.length - MOST_LISTED;
  return [
    '# hopcheck: before and after',
    '',
    `> ${prose(comparisonVerdict(comparison))}`,
    '',
    `- before: ${code(plain(before.name))} (${looked(before)})`,
    `- after: ${code(plain(after.name))} (${looked(after)})`,
    ...(rows.length === 0
      ? []
      : ['', '| | how bad | rule | route | where | before | after |', '| --- | --- | --- | --- | --- | ---: | ---: |']),
    ...rows,
    ...(more > 0 ? ['', `and ${more} more: \`--format json\` has all`] : []),
    '',
  ].join('\n');
}

function cell(text: string): string {
  return code(plain(text).replaceAll('|', '\\x7c'));
}

// ------------------------------------------------------------------------------------------------ for machines

function comparisonJson(comparison: Comparison): unknown {
  const { before, after, changes } = comparison;
  const outline = ({ name, connections, exchanges }: Outline) => ({ name, connections, exchanges });
  return {
    schema: SCHEMA,
    verdict: comparisonVerdict(comparison),
    before: outline(before),
    after: outline(after),
    changes: changes.map((change) => ({ fate: change.fate, before: change.before ?? null, after: change.after ?? null })),
  };
}
