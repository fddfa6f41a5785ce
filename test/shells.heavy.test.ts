/** The shells themselves read the completion scripts and complete with them; groff reads the man page. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { fakeIo } from '../src/cli/fakes.ts';
import { SHELLS, type Shell } from '../src/cli/options.ts';
import { run } from '../src/cli/run.ts';

const folder = mkdtempSync(join(tmpdir(), 'hopcheck-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function written(name: string, argv: readonly string[]): Promise<string> {
  const io = fakeIo();
  await run(argv, io);
  const path = join(folder, name);
  writeFileSync(path, io.stdout.text);
  return path;
}

/** What a shell types for a line that ends where tab is pressed. */
const COMPLETE: Readonly<Record<Shell, (script: string, words: readonly string[]) => string>> = {
  bash: (script, words) =>
    `source ${script}; COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _hopcheck; printf '%s\\n' "\${COMPREPLY[@]}"`,
  zsh: (script, words) =>
    `compdef() { :; }; source ${script}; _arguments() { print -rl -- "$@"; }; _describe() { print -rl -- $commands; }; words=(${words.map((word) => `'${word}'`).join(' ')}); CURRENT=${words.length}; _hopcheck`,
  fish: (script, words) => `source ${script}; complete -C '${words.join(' ')}'`,
};

function missing(program: string): boolean {
  return spawnSync(program, ['--version']).error !== undefined;
}

const CASES = [
  [['hopcheck', 'comp'], /compare/],
  [['hopcheck', '--fail-on', 'will'], /will-hang/],
  [['hopcheck', 'explain', 'dumb'], /dumb-proxy-deadlock/],
  [['hopcheck', 'messages', '--form'], /--format/],
  [['hopcheck', 'messages', '--format', ''], /ndjson/],
  [['hopcheck', 'completion', 'z'], /zsh/],
] as const;

describe.each(SHELLS)('%s', (shell) => {
  test.for(CASES)('completes %j', async ([words, offered], context) => {
    context.skip(missing(shell), `${shell} is not installed`);
    const script = await written(`completion.${shell}`, ['completion', shell]);
    const flags = shell === 'zsh' ? ['-f'] : shell === 'bash' ? ['--norc', '--noprofile'] : ['--no-config'];
    const { stdout, stderr } = spawnSync(shell, [...flags, '-c', COMPLETE[shell](script, words)], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout).toMatch(offered);
  });
});

test('groff finds nothing to warn of in the man page', async (context) => {
  context.skip(missing('groff'), 'groff is not installed');
  const page = await written('hopcheck.1', ['manual']);
  const { stdout, stderr } = spawnSync('groff', ['-man', '-ww', '-Tascii', page], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(stdout).toContain('--fail-on');
});
