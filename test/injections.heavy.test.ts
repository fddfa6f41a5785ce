/**
 * What the captures of `mutate.mjs craft` try to inject, in every format: no raw control octet, no secret, and nothing that a
 * terminal, a ticket system, a browser, a spreadsheet or a program would act on. In a browser: html.heavy.test.ts.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { fakeIo } from '../src/cli/fakes.ts';
import { FORMATS } from '../src/cli/options.ts';
import { run } from '../src/cli/run.ts';
import type { Format } from '../src/index.ts';
import { alive, html } from './support/rendered-markdown.ts';

const MAKER = fileURLToPath(new URL('../../shared/tools/mutate.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'hopcheck-'));
afterAll(() => rmSync(folder, { recursive: true }));

const made = existsSync(MAKER) && spawnSync(process.execPath, [MAKER, 'craft', '-o', folder]).status === 0;
const captures = made ? readdirSync(join(folder, 'inject')) : [];

/** By format: what of an output would do something, or is not what it should be. */
const FAULTS: Readonly<Record<Format, (output: string) => readonly unknown[]>> = {
  text: () => [],
  markdown: (output) => alive(html(output)),
  html: (output) => output.match(/<(?:script|img|iframe|object|embed|link|base|form)\b|<[^>]*(?:\son\w+=|="javascript:)/gi) ?? [],
  json: (output) => polluted(JSON.parse(output)),
  ndjson: (output) =>
    output
      .trimEnd()
      .split('\n')
      .flatMap((line) => polluted(JSON.parse(line))),
  sarif: (output) => [...polluted(JSON.parse(output)), ...linksIn(JSON.parse(output))],
  junit: (output) => output.match(/<(?!\/?(?:testsuites?|testcase|failure|skipped|system-out)\b|\?xml)/g) ?? [],
};

/** Objects that are none of ours: a key of the capture became one of a program. */
function polluted(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = Object.entries(value).filter(([key]) => key === '__proto__' || key === 'constructor');
  return [...own, ...Object.values(value).flatMap(polluted)];
}

/** `[text](target)` in a message of SARIF is a link. */
function linksIn(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    key === 'text' && typeof each === 'string' ? (each.match(/(?<!\\)\[[^[\]]*\]\(/g) ?? []) : linksIn(each),
  );
}

test('there are nineteen of them', (context) => {
  context.skip(!made, '../shared is not here');
  expect(captures).toHaveLength(19);
});

test.each(FORMATS)('nothing of them is alive, raw or secret in %s', async (format) => {
  for (const name of captures) {
    for (const options of [[], ['--anonymize']]) {
      const io = fakeIo();
      await run([join(folder, 'inject', name), '-f', format, '--fail-on', 'never', ...options], io);
      const output = io.stdout.text + io.stderr.text;
      expect(io.stdout.text, name).not.toBe('');
      expect(output.match(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u), name).toBeNull();
      expect(output.match(/.{0,30}(?:SECRET|U0VDUkVU).{0,30}/), name).toBeNull();
      expect(FAULTS[format](io.stdout.text), name).toEqual([]);
    }
  }
});
