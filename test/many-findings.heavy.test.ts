/** 50,000 findings in one capture: every format tells them within 300 MiB, causes first, and counts them all. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FORMATS } from '../src/cli/options.ts';
import { manyFindings } from './support/many-findings.ts';

const CAUSES = 500;
const MOST_MEMORY = 300;
const program = fileURLToPath(new URL('../bin/hopcheck.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'hopcheck-'));
const capture = join(folder, 'many.pcap');
/** Says on standard error what the process took at most, in MiB. ru_maxrss would not do: a child inherits it from who starts it. */
const measured = encodeURIComponent(
  "import { readFileSync } from 'node:fs';" +
    "process.on('exit', () => console.error('took ' + Math.round(/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1] / 1024)));",
);

beforeAll(() => writeFileSync(capture, Buffer.concat(manyFindings(CAUSES))));
afterAll(() => rmSync(folder, { recursive: true }));

test.skipIf(!existsSync('/proc/self/status')).each(FORMATS)('%s', (format) => {
  const args = ['--import', `data:text/javascript,${measured}`, program, capture, '--fail-on', 'never', '-f', format];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 30 });
  expect([status, stderr]).toEqual([0, expect.stringMatching(/took \d+/)]);
  expect(Number(/took (\d+)/.exec(stderr)?.[1])).toBeLessThan(MOST_MEMORY);
  expect(stdout).toMatch(/truncated-by-close/);
  if (format !== 'ndjson') expect(stdout).toContain(`${CAUSES * 100} lost exchanges: `);
  if (format !== 'json') return;
  const { summary } = JSON.parse(stdout);
  const groups: readonly { readonly count: number }[] = summary.groups;
  expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(CAUSES * 100);
  expect(summary.findings).toEqual({ loss: CAUSES * 100 });
});
