/** A real tcpdump piped into hopcheck while a hang is played on the loopback interface. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { playHang } from './support/play-hang.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const PROBE = spawnSync('tcpdump', ['-i', 'lo', '-c', '0', '-w', '/dev/null', '--version']);
const reason = existsSync(`${root}dist/cli/main.js`)
  ? PROBE.error !== undefined
    ? 'tcpdump is not installed'
    : process.getuid?.() === 0
      ? undefined
      : 'only root may capture'
  : 'dist is missing: npm run build';

test('the finding comes before the hang ends, and Ctrl-C prints the report', async (context) => {
  context.skip(reason !== undefined, reason);
  const shell = spawn(
    'bash',
    [
      '-c',
      `exec 3>&2; trap '' INT; (trap - INT; exec tcpdump -i lo -U -B 16384 -w - tcp 2>/dev/null) | (trap - INT; exec "${process.execPath}" "${root}bin/hopcheck.js" -f ndjson -)`,
    ],
    {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  let complaints = '';
  let found: (() => void) | undefined;
  const finding = new Promise<'finding'>((resolve) => {
    found = () => resolve('finding');
  });
  shell.stdout.on('data', (text: Buffer) => {
    said += text.toString();
    if (said.includes('"dumb-proxy-deadlock"')) found?.();
  });
  shell.stderr.on('data', (text: Buffer) => {
    complaints += text.toString();
  });
  await delay(1500);
  const hang = await playHang(6);
  const first = await Promise.race([finding, hang.over.then(() => 'end of the hang' as const)]);
  const closed = new Promise<number | null>((resolve) => shell.on('close', resolve));
  if (shell.pid !== undefined) process.kill(-shell.pid, 'SIGINT');
  const code = await closed;
  hang.stop();
  expect(first, complaints).toBe('finding');
  expect(code).toBe(1);
  expect(said).toContain('"type":"summary"');
  expect(complaints).not.toMatch(/Error|at .*\.js/);
});

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
