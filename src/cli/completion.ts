/**
 * `hopcheck completion SHELL`: the command table -> a completion script for bash, zsh or fish. What it offers is written into
 * the script, so that pressing tab starts no Node.
 */
import type { CommandRow, OptionRow } from './command-table.ts';
import type { Shell } from './options.ts';

export function completionScript(shell: Shell, table: readonly CommandRow[]): string {
  const lines = shell === 'bash' ? bash(table) : shell === 'zsh' ? zsh(table) : fish(table);
  return `${lines.join('\n')}\n`;
}

function namesOf(table: readonly CommandRow[]): string[] {
  return table.map(({ name }) => name).filter((name) => name !== '');
}

// ------------------------------------------------------------------------------------------------ bash

function bash(table: readonly CommandRow[]): string[] {
  return [
    '# hopcheck completion for bash: source <(hopcheck completion bash)',
    '_hopcheck() {',
    '  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command= words= files= word',
    '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
    `    case $word in ${namesOf(table).join('|')}) command=$word; break ;; esac`,
    '  done',
    '  case $command:$previous in',
    ...table.flatMap(bashValues),
    '  *)',
    '    case $command in',
    ...table.flatMap((row) => bashCommand(row, table)),
    '    esac ;;',
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '  if [[ $files && $current != -* ]]; then compopt -o filenames 2>/dev/null; COMPREPLY+=($(compgen -f -- "$current")); fi',
    '}',
    'complete -F _hopcheck hopcheck',
  ];
}

/** What follows an option that takes a value. */
function bashValues({ name, options }: CommandRow): string[] {
  return options
    .filter(({ value }) => value !== '')
    .map(({ flags, words }) => {
      const offer = words.length > 0 ? `words='${words.join(' ')}'` : 'files=yes';
      return `  ${flags.map((flag) => `${name}:${flag}`).join('|')}) ${offer} ;;`;
    });
}

function bashCommand({ name, operands, options }: CommandRow, table: readonly CommandRow[]): string[] {
  const offered = [
    ...(name === '' ? namesOf(table) : []),
    ...options.flatMap(({ flags }) => flags),
    ...operands.flatMap(({ words }) => words),
  ];
  return [`    ${name === '' ? "''" : name}) words='${offered.join(' ')}'${takesFiles(operands) ? ' files=yes' : ''} ;;`];
}

function takesFiles(operands: CommandRow['operands']): boolean {
  return operands.some(({ words }) => words.length === 0);
}

// ------------------------------------------------------------------------------------------------ zsh

function zsh(table: readonly CommandRow[]): string[] {
  const [main, ...others] = table;
  return [
    '#compdef hopcheck',
    '# hopcheck completion for zsh: hopcheck completion zsh > ~/.zfunc/_hopcheck',
    '_hopcheck() {',
    '  local -a commands',
    `  commands=(${others.map(({ name, description }) => zshQuoted(`${name}:${description}`)).join(' ')})`,
    '  local command=${words[2]}',
    '  case $command in',
    ...others.flatMap((row) => [`  ${row.name})`, '    shift words; (( CURRENT-- ))', ...zshArguments(row, '    '), '    return ;;']),
    '  esac',
    '  if (( CURRENT == 2 )) && [[ ${words[2]} != -* ]]; then _describe -t commands command commands; fi',
    ...(main === undefined ? [] : zshArguments(main, '  ')),
    '}',
    'if [[ ${funcstack[1]} = _hopcheck ]]; then _hopcheck "$@"; else compdef _hopcheck hopcheck; fi',
  ];
}

function zshArguments({ options, operands }: CommandRow, indent: string): string[] {
  const specs = [
    ...options.flatMap(zshOption),
    ...operands.map(({ name, words }) =>
      zshQuoted(`${name.includes('...') ? '*' : ''}:${name.replaceAll(/[^a-z]/g, '')}:${zshAction(words)}`),
    ),
  ];
  return [`${indent}_arguments \\`, ...specs.map((spec, index) => `${indent}  ${spec}${index < specs.length - 1 ? ' \\' : ''}`)];
}

function zshOption({ flags, value, words, description }: OptionRow): string[] {
  const told = `[${description.replaceAll(/[[\]]/g, '\\$&')}]`;
  const action = value === '' ? '' : `:${value.replaceAll(':', '\\:')}:${zshAction(words)}`;
  return flags.map((flag) => zshQuoted(`*${flag}${told}${action}`));
}

function zshAction(words: readonly string[]): string {
  return words.length === 0 ? '_files' : `(${words.join(' ')})`;
}

function zshQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

// ------------------------------------------------------------------------------------------------ fish

function fish(table: readonly CommandRow[]): string[] {
  const names = namesOf(table).join(' ');
  return [
    '# hopcheck completion for fish: hopcheck completion fish > ~/.config/fish/completions/hopcheck.fish',
    ...table.flatMap((row) => {
      const when = row.name === '' ? `not __fish_seen_subcommand_from ${names}` : `__fish_seen_subcommand_from ${row.name}`;
      const words = row.operands.flatMap((operand) => operand.words);
      return [
        ...(row.name === '' ? [] : [`complete -c hopcheck -n __fish_use_subcommand -a ${row.name} -d ${fishQuoted(row.description)}`]),
        ...(words.length === 0 ? [] : [`complete -c hopcheck -f -n ${fishQuoted(when)} -a ${fishQuoted(words.join(' '))}`]),
        ...row.options.map((option) => fishOption(option, when)),
      ];
    }),
  ];
}

function fishOption({ flags, value, words, description }: OptionRow, when: string): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const takes = value === '' ? '' : words.length === 0 ? ' -r' : ` -x -a ${fishQuoted(words.join(' '))}`;
  return `complete -c hopcheck -n ${fishQuoted(when)} ${names.join(' ')}${takes} -d ${fishQuoted(description)}`;
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
