import { expect, test } from 'vitest';
import { rules } from '../rules/index.ts';
import { type CommandRow, commandTable } from './command-table.ts';
import { makeProgram } from './commands.ts';
import { completionScript } from './completion.ts';
import { fakeIo } from './fakes.ts';
import { manualPage } from './manual.ts';
import { SHELLS } from './options.ts';
import { run } from './run.ts';

const table = commandTable(
  makeProgram(fakeIo(), () => undefined),
  rules.map(({ id }) => id),
);

function row(name: string): CommandRow | undefined {
  return table.find((each) => each.name === name);
}

test('the table has the commands with their options, choices and operands', () => {
  expect(table.map(({ name }) => name).slice(0, 3)).toEqual(['', 'analyze', 'messages']);
  expect(row('')?.options.find(({ flags }) => flags.includes('--fail-on'))).toMatchObject({
    value: 'severity',
    words: expect.arrayContaining(['hang', 'never']),
    preset: 'violation',
    group: 'Findings',
  });
  expect(row('')?.options.find(({ flags }) => flags.includes('--output'))).toMatchObject({
    flags: ['-o', '--output'],
    value: 'file',
    words: [],
  });
  expect(row('explain')?.operands).toEqual([{ name: '<rule>', words: rules.map(({ id }) => id) }]);
  expect(row('compare')?.operands.map(({ name }) => name)).toEqual(['<before>', '<after>']);
});

const facts = { version: '1', description: 'Finds it.', pipe: '.tcpdump' };
const names = table.flatMap(({ name, options }) => [name, ...options.flatMap(({ flags }) => flags)]).filter((name) => name !== '');

test.each(SHELLS)('the script for %s offers every command and option', (shell) => {
  const script = completionScript(shell, table);
  const offered = (name: string): boolean => {
    const option = name.replace(/^-+/, '');
    const flag = name.startsWith('--') ? `-l ${option}` : `-s ${option}`;
    return script.includes(shell === 'fish' && name.startsWith('-') ? ` ${flag} ` : name);
  };
  expect(names.filter((name) => !offered(name))).toEqual([]);
});

test('the man page names every command and option, and escapes what roff would take for its own', () => {
  const page = manualPage(table, facts);
  const told = page.replaceAll('\\-', '-');
  expect(names.filter((name) => !told.includes(name))).toEqual([]);
  expect(page).toContain('\\&.tcpdump');
  expect(page.match(/^\.(?!TH|SH|SS|B|I|br|PP|nf|fi|RS|RE|TP)/gm)).toBeNull();
});

test('both are commands', async () => {
  const io = fakeIo();
  expect(await run(['manual'], io)).toBe(0);
  expect(io.stdout.text).toMatch(/^\.TH HOPCHECK 1 /);
  expect(await run(['completion', 'fish'], io)).toBe(0);
  expect(io.stdout.text).toContain('complete -c hopcheck');
  expect(await run(['completion', 'tcsh'], io)).toBe(2);
});
