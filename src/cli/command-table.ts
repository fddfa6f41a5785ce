/**
 * Commander's commands -> what completions and the man page need of them: one table, so that neither can name an option that
 * is not there.
 */
import type { Argument, Command, Option } from 'commander';

export interface CommandRow {
  /** Empty for the command that runs without a name. */
  readonly name: string;
  readonly description: string;
  readonly operands: readonly Operand[];
  readonly options: readonly OptionRow[];
}

interface Operand {
  readonly name: string;
  readonly words: readonly string[];
}

export interface OptionRow {
  /** Short and long, as far as there are. */
  readonly flags: readonly string[];
  /** What its value is called; empty for a flag. */
  readonly value: string;
  readonly words: readonly string[];
  readonly description: string;
  /** Its default as text; empty without one. */
  readonly preset: string;
  readonly group: string;
}

/** Operands and options that name rules. */
const OF_RULES = new Set(['rule', 'ignore']);

/** The default command first, then the others in their order; options that are hidden stay so. */
export function commandTable(program: Command, ruleIds: readonly string[]): CommandRow[] {
  return [program, ...program.commands].map((command) => ({
    name: command === program ? '' : command.name(),
    description: command.description(),
    operands: command.registeredArguments.map((argument) => ({
      name: nameOf(argument),
      words: argument.name() === 'rule' ? ruleIds : (argument.argChoices ?? []),
    })),
    options: command.options.filter((option) => !option.hidden).map((option) => optionRow(option, ruleIds)),
  }));
}

function nameOf(argument: Argument): string {
  const name = argument.name() + (argument.variadic ? '...' : '');
  return argument.required ? `<${name}>` : `[${name}]`;
}

function optionRow(option: Option, ruleIds: readonly string[]): OptionRow {
  const words = OF_RULES.has(option.attributeName()) ? ruleIds : (option.argChoices ?? []);
  const { defaultValue } = option;
  return {
    flags: [option.short, option.long].filter((flag) => flag !== undefined && flag !== null),
    value: /[<[](.*?)[>\]]/.exec(option.flags)?.[1] ?? '',
    words,
    description: option.description,
    preset: typeof defaultValue === 'string' ? defaultValue : '',
    group: option.helpGroupHeading?.replace(/:$/, '') ?? 'Options',
  };
}
