import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { fakeIo } from './fakes.ts';
import { run } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'hopcheck-'));
afterAll(() => rmSync(folder, { recursive: true }));

const fixture = (name: string): string => fileURLToPath(new URL(`../../fixtures/${name}/capture.pcap`, import.meta.url));
const hang = fixture('figure-4-15');
const healthy = fixture('healthy-squid');

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

async function output(argv: readonly string[], code: number): Promise<string> {
  const io = fakeIo();
  expect([await run(argv, io), io.stderr.text]).toEqual([code, '']);
  return io.stdout.text;
}

const report = file('report.json', await output([hang, '-f', 'json', '--fail-on', 'never'], 0));

describe('compare', () => {
  test('a report and a capture after the fix: the hang is gone, exit 0', async () => {
    expect(await output(['compare', report, healthy], 0)).toMatch(/^nothing new; 1 hang, 1 violation gone\n/);
  });

  test('the other way round: it is new, exit 1 unless --fail-on says otherwise', async () => {
    expect(await output(['compare', healthy, report], 1)).toMatch(/^1 hang, 1 violation new; nothing gone\n/);
    expect(await output(['compare', '--fail-on', 'never', healthy, report], 0)).toMatch(/^1 hang, 1 violation new/);
    expect(await output(['compare', '--ignore', 'dumb-proxy-deadlock', healthy, healthy], 0)).toMatch(/^nothing found before, nothing/);
  });

  test('--anonymize says that a report stays as it is', async () => {
    const io = fakeIo();
    await run(['compare', '--anonymize', report, healthy], io);
    expect(io.stderr.text).toBe(`hopcheck: ${report}: compared as it is, so that it fits only if it was made with --anonymize, too\n`);
  });

  test('the same: it is still there, exit 0', async () => {
    const json = JSON.parse(await output(['compare', '-f', 'json', hang, report], 0));
    expect(json).toMatchObject({
      changes: [
        { fate: 'remains', after: { rule: 'dumb-proxy-deadlock' } },
        { fate: 'remains', after: { rule: 'connection-relayed-request' } },
      ],
    });
  });
});

describe('a report that is none', () => {
  test.each([
    ['other JSON', '{"a": 1}', /its schema is not hopcheck-report\/1/],
    ['ndjson', '{"type": "finding"}\n{"type": "summary"}\n', /is it ndjson\?/],
    ['cut off', '{"schema": "hopcheck-report/1", "summ', /no JSON/],
    ['without findings', '{"schema": "hopcheck-report/1", "summary": {"rules": []}}', /findings is missing/],
    ['without a summary', '{"schema": "hopcheck-report/1", "findings": []}', /summary\.rules is missing/],
    [
      'a finding without a rule',
      '{"schema": "hopcheck-report/1", "summary": {"rules": []}, "findings": [{"fingerprint": "1"}]}',
      /findings\[0\]/,
    ],
    ['a finding that is a number', '{"schema": "hopcheck-report/1", "summary": {"rules": []}, "findings": [7]}', /findings\[0\]/],
  ])('%s: one line, exit 2', async (_name, text, line) => {
    const io = fakeIo();
    expect(await run(['compare', file('wrong.json', text), healthy], io)).toBe(2);
    expect(io.stderr.lines).toEqual([expect.stringMatching(line)]);
    expect(io.stdout.text).toBe('');
  });
});

describe('--baseline', () => {
  test('hides what it has already, and the exit code forgets it', async () => {
    const text = await output(['--baseline', report, hang], 0);
    expect(text.replaceAll('\n', ' ')).toMatch(/^nothing is left to tell: --baseline hides (\d) of \1 findings/);
  });

  test('an unreadable one costs no reading', async () => {
    const io = fakeIo();
    expect(await run(['--baseline', join(folder, 'none.json'), hang], io)).toBe(2);
    expect(io.stderr.lines).toEqual([expect.stringContaining('none.json: no such file')]);
  });
});
