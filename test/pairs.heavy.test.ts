/**
 * Captures of several proxies made by a generator that knows which exchange continues which: pooled and bound connections,
 * chains, retries, races, redirects, credentials, caches, equal requests of many clients.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createAnalyzer } from '../src/analyze.ts';
import type { Report } from '../src/model.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const generator = `${root}../shared/bench/make-proxied.mjs`;
const scorer = `${root}../shared/tools/score-pairs.mjs`;
const folder = mkdtempSync(join(tmpdir(), 'pairs-'));
const capture = join(folder, 'proxied.pcap');
const truth = join(folder, 'truth.ndjson');

beforeEach((context) => {
  context.skip(!existsSync(generator), '../shared is not here');
  context.skip(!existsSync(`${root}dist/cli/main.js`), 'dist is missing: npm run build');
});

afterAll(() => rmSync(folder, { recursive: true }));

function make(...options: readonly string[]): void {
  const made = spawnSync(process.execPath, [generator, ...options, '--out', capture, '--truth', truth], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(made.stderr);
}

function analyzed(): Report {
  const analyzer = createAnalyzer();
  const input = analyzer.open({ name: 'proxied' });
  input.push(readFileSync(capture));
  input.end();
  return analyzer.finish();
}

/** The scorer exits with 0 when 99.9 % of the decidable pairs are right, and none is wrong or overclaimed at proven. */
test.each([
  ['as it comes', '--seed', '1'],
  ['equal requests and bursts of clients that look alike', '--seed', '7', '--identical', '0.3', '--burst', '0.2'],
  ['a burst of equal requests before any proxy is known', '--exchanges', '5000', '--seed', '507', '--identical', '0.3', '--burst', '0.2'],
  ['retries, races, redirects and credentials', '--seed', '8', '--retry', '0.05', '--hedge', '0.03', '--redirect', '0.05', '--auth', '0.1'],
])('%s: the pairs are right', (_what, ...options) => {
  make('--exchanges', '4000', ...options);
  const own = [process.execPath, `${root}bin/hopcheck.js`, 'relays', '--format', 'ndjson'];
  const { status, stdout } = spawnSync(process.execPath, [scorer, '--truth', truth, capture, '--', ...own], { encoding: 'utf8' });
  expect(status, stdout).toBe(0);
  expect(stdout).toContain('wrong at proven 0');
});

describe('eight healthy proxies and a dumb one', () => {
  test('every planted hang is found, and nothing else hangs or is lost', () => {
    make('--exchanges', '4000', '--seed', '21', '--hangs', '3');
    const worst = analyzed().findings.filter(({ severity }) => ['hang', 'will-hang', 'loss'].includes(severity));
    expect(worst.map(({ rule }) => rule)).toEqual(['dumb-proxy-deadlock', 'dumb-proxy-deadlock', 'dumb-proxy-deadlock']);
  });

  test('the pairing gives a good account of itself', () => {
    make('--exchanges', '4000', '--seed', '22');
    const { pairing, relays } = analyzed();
    expect(pairing.pairs + pairing.ambiguous).toBe(relays);
    expect(pairing).toMatchObject({ reliable: true, nestingViolated: 0 });
    expect(pairing.ambiguous).toBeLessThan(pairing.pairs / 100);
    expect(pairing.medianLatency).toBeGreaterThan(100e3);
    expect(pairing.medianLatency).toBeLessThan(5e6);
    expect(pairing.decidedBy.length).toBeGreaterThan(2);
  });
});
