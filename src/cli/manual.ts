/** `hopcheck manual`: the command table -> the man page hopcheck(1), as roff. */
import type { CommandRow, OptionRow } from './command-table.ts';

export interface ManualFacts {
  readonly version: string;
  readonly description: string;
  /** A line to paste. */
  readonly pipe: string;
}

export function manualPage(table: readonly CommandRow[], { version, description, pipe }: ManualFacts): string {
  const [main, ...others] = table;
  const shared = main?.options ?? [];
  const groups = [...new Set(shared.map(({ group }) => group))];
  const lines = [
    `.TH HOPCHECK 1 "" ${quoted(`hopcheck ${version}`)} "User Commands"`,
    '.SH NAME',
    `hopcheck \\- ${roff(description.replace(/\.$/, ''))}`,
    '.SH SYNOPSIS',
    ...table.flatMap(synopsis),
    '.SH DESCRIPTION',
    roff(
      'Without the name of a command, captures are analyzed. The report goes to standard output, warnings and progress to standard error.',
    ),
    '.PP',
    'From a live capture:',
    '.PP',
    '.nf',
    `.RS 4\n${roff(pipe)}\n.RE`,
    '.fi',
    '.SH COMMANDS',
    ...others.flatMap((row) => [
      '.TP',
      `.B ${roff(row.name)} ${roff(row.operands.map(({ name }) => name).join(' '))}`.trimEnd(),
      roff(row.description),
    ]),
    '.SH OPTIONS',
    ...groups.flatMap((group) => [`.SS ${quoted(group)}`, ...shared.filter((option) => option.group === group).flatMap(optionLines)]),
    ...others.flatMap((row) => ownOptions(row, shared)),
    '.SH EXIT STATUS',
    ...[
      ['0', 'analyzed, and nothing found at --fail-on'],
      ['1', 'findings from --fail-on up, at confidence strong or better'],
      ['2', 'wrong usage, an internal error, or an input that could not be read'],
    ].flatMap(([code, meaning]) => ['.TP', `.B ${code}`, roff(meaning ?? '')]),
    '.SH FILES',
    '.TP',
    '.I hopcheck.config.json',
    roff('Defaults for the options, in the folder where hopcheck is started; --config names another file, --no-config none.'),
    '.SH SEE ALSO',
    roff('tcpdump(8), tshark(1), hopcheck explain RULE'),
  ];
  return `${lines.join('\n')}\n`;
}

function synopsis({ name, operands, options }: CommandRow): string[] {
  const words = [name, options.length > 0 ? '[options]' : '', ...operands.map((operand) => operand.name)].filter((word) => word !== '');
  return [`.B hopcheck`, roff(words.join(' ')), '.br'];
}

/** What a command has beyond the options of the default one. */
function ownOptions({ name, options }: CommandRow, shared: readonly OptionRow[]): string[] {
  const told = new Set(shared.map(textOf));
  const own = options.filter((option) => !told.has(textOf(option)));
  return own.length === 0 ? [] : [`.SS ${quoted(`Of ${name}`)}`, ...own.flatMap(optionLines)];
}

function textOf({ flags, value, words, description }: OptionRow): string {
  return [...flags, value, ...words, description].join('|');
}

function optionLines({ flags, value, words, description, preset }: OptionRow): string[] {
  const choices = words.length > 0 && words.length < 12 ? `: ${words.join(', ')}` : '';
  const usual = preset === '' ? '' : ` (${preset})`;
  return [
    '.TP',
    `${flags.map((flag) => `\\fB${roff(flag)}\\fR`).join(', ')}${value === '' ? '' : ` \\fI${roff(value)}\\fR`}`,
    roff(`${description}${choices}${usual}`),
  ];
}

function quoted(text: string): string {
  return `"${roff(text).replaceAll('"', '\\(dq')}"`;
}

/** A line that roff prints as it stands. */
function roff(text: string): string {
  const escaped = text.replaceAll('\\', '\\e').replaceAll('-', '\\-');
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}
