/**
 * The rules about the life of connections on captures of other people's traffic: what they say there is true, one by one, and they
 * say nothing else. Nothing of severity hang, will-hang or loss is among it.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, test } from 'vitest';
import { createAnalyzer } from '../src/analyze.ts';
import { CaptureError } from '../src/errors.ts';
import type { Finding } from '../src/model.ts';
import { rules } from '../src/rules/index.ts';

const folder = fileURLToPath(new URL('../../shared/captures/', import.meta.url));

const LIFETIME = new Set([
  'keepalive-peer-never-reuses',
  'idle-close-race',
  'keepalive-timeout-inversion',
  'idle-connection-blackholed',
  'unsafe-retry-by-proxy',
  'response-misassociated',
  'half-close-not-relayed',
  'delayed-ack-stall',
  'keepalive-defeated',
  'upstream-connect-stall',
]);

/** Capture, rule, severity and confidence; why it is true. */
const TRUE: readonly (readonly [finding: string, why: string])[] = [
  [
    'http/pcap2har-go.insecure.pcap keepalive-defeated hygiene likely',
    'a reverse proxy with X-Forwarded-For on every request opens 21 connections for 21 requests, each of which says Connection: close',
  ],
];

beforeEach((context) => {
  context.skip(!existsSync(folder), '../shared is not here');
});

function alarms(path: string): readonly string[] {
  const analyzer = createAnalyzer({ rules: rules.filter(({ id }) => LIFETIME.has(id)) });
  const input = analyzer.open({ name: path });
  try {
    input.push(readFileSync(`${folder}${path}`));
    input.end();
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
  }
  const all = (findings: readonly Finding[]): readonly Finding[] => findings.flatMap((each) => [each, ...all(each.children)]);
  return all(analyzer.finish().findings).map(({ rule, severity, confidence }) => `${path} ${rule} ${severity} ${confidence}`);
}

test('every finding on foreign captures is one of the list', { timeout: 600_000 }, () => {
  const captures = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(?:json|md|py)$/.test(entry.name))
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(folder.length).replace(/^\//, ''));
  expect(captures.length).toBeGreaterThan(500);
  const found = captures.sort().flatMap(alarms);
  expect([...new Set(found)]).toEqual(TRUE.map(([finding]) => finding));
});
