import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { fakeIo } from './fakes.ts';
import { FORMATS } from './options.ts';
import { run } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'hopcheck-'));
afterAll(() => rmSync(folder, { recursive: true }));

const capture = fileURLToPath(new URL('../../fixtures/figure-4-15/capture.pcap', import.meta.url));

/** What tells who it was: addresses, hosts, paths, programs, and the name of the file. */
const TRACES = /\b10\.0\.\d+\.\d+|logo\.gif|index\.html|joes-hardware|user-agent: \w|figure-4-15\/capture/i;

async function output(argv: readonly string[]): Promise<string> {
  const io = fakeIo();
  await run([...argv, capture], io);
  return io.stdout.text;
}

describe('--anonymize', () => {
  test.each([
    ...FORMATS.map((format) => ['-f', format]),
    ['messages'],
    ['messages', '-f', 'ndjson'],
    ['relays'],
    ['relays', '-f', 'ndjson'],
    ['info'],
    ['info', '-f', 'json'],
  ])('leaves no trace in %s %s %s', async (...argv) => {
    expect(await output(argv)).toMatch(TRACES);
    const text = await output([...argv, '--anonymize']);
    expect(text).not.toMatch(TRACES);
    expect(text.length).toBeGreaterThan(100);
  });

  test('what it is about stays: the fields, the frames, and what is equal', async () => {
    const { findings } = JSON.parse(await output(['-f', 'json', '--anonymize']));
    const before = JSON.parse(await output(['-f', 'json']));
    expect(findings[0]).toMatchObject({ displayFilter: before.findings[0].displayFilter, fields: before.findings[0].fields });
    expect(findings[0].fingerprint).not.toBe(before.findings[0].fingerprint);
    expect(findings[0].connections).toMatchObject([
      { client: expect.stringMatching(/^192\.0\.2\.1:/), server: '198.51.100.1:8080' },
      { client: expect.stringMatching(/^198\.51\.100\.2:/), server: '203.0.113.1:80' },
    ]);
    const targets = findings[0].evidence.flatMap(({ text }: { text: string }) => /^GET (\S+ \d+ octets \S+)/.exec(text)?.[1] ?? []);
    expect(targets.length).toBeGreaterThan(new Set(targets).size);
    expect(findings[0].evidence[0].text).toContain('Connection: keep-alive');
  });

  test('relays: the proxy has an address of a proxy on both hops', async () => {
    const [first] = (await output(['relays', '-f', 'ndjson', '--anonymize'])).split('\n').map((line) => JSON.parse(line || 'null'));
    expect(first).toMatchObject({
      client: { client: expect.stringMatching(/^192\.0\.2\.1:/), server: '198.51.100.1:8080' },
      attempts: [{ client: expect.stringMatching(/^198\.51\.100\.2:/), server: '203.0.113.1:80' }],
    });
  });

  test('--show-secrets is the opposite', async () => {
    const io = fakeIo();
    expect(await run(['--anonymize', '--show-secrets', capture], io)).toBe(2);
    expect(io.stderr.lines).toEqual([expect.stringContaining('choose one')]);
  });
});

describe('--salt-file', () => {
  const salt = (octets: string): string => {
    const path = join(folder, `salt-${octets.length}-${octets[0]}`);
    writeFileSync(path, octets);
    return path;
  };
  const hashes = async (path: string): Promise<unknown> => (await output(['--anonymize', '--salt-file', path])).match(/#[0-9a-f]{4}/g);

  test('decides on the hashes', async () => {
    expect(await hashes(salt('a'.repeat(32)))).toEqual(await hashes(salt('a'.repeat(32))));
    expect(await hashes(salt('a'.repeat(32)))).not.toEqual(await hashes(salt('b'.repeat(32))));
  });

  test('is refused when it is missing or short', async () => {
    for (const path of [join(folder, 'none'), salt('short')]) {
      const io = fakeIo();
      expect(await run(['--salt-file', path, capture], io)).toBe(2);
      expect(io.stderr.lines).toEqual([expect.stringMatching(/salt/)]);
    }
  });
});
