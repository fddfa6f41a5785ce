/** Captures made by a generator that knows what it wrote: every request, response and connection must be counted. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, test } from 'vitest';
import { createAnalyzer } from '../src/analyze.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const generator = `${root}../shared/bench/make-captures.mjs`;

interface Truth {
  readonly packets: number;
  readonly connections: number;
  readonly requests: number;
  readonly responses: number;
  readonly hangs: number;
}

function isTruth(value: unknown): value is Truth {
  return value instanceof Object && 'packets' in value && 'requests' in value && 'responses' in value && 'hangs' in value;
}

beforeEach((context) => {
  context.skip(!existsSync(generator), '../shared is not here');
});

test.each([
  ['mixed', '--size', '20MB', 'pcap'],
  ['mixed', '--size', '20MB', 'pcapng'],
  ['small', '--size', '10MB', 'pcap'],
  ['bulk', '--size', '40MB', 'pcap'],
  ['many', '--connections', '5000', 'pcap'],
])('%s %s %s %s: all counts equal the truth', (mix, amount, value, format) => {
  const made = spawnSync(process.execPath, [generator, '--mix', mix, amount, value, '--format', format, '--hangs', '2', '--out', '-'], {
    maxBuffer: 2 ** 28,
  });
  const truth: unknown = JSON.parse(made.stderr.toString());
  if (!isTruth(truth)) throw new Error('the generator wrote no summary');
  const counts = { request: 0, response: 0 };
  const connections = new Set<string>(); // those that carry HTTP; the noise between them is not in the truth
  const analyzer = createAnalyzer({
    onMessage: ({ kind }, exchange) => {
      counts[kind]++;
      connections.add(exchange.connection.key);
    },
  });
  const input = analyzer.open({ name: mix });
  for (let at = 0; at < made.stdout.length; at += 1_000_003) input.push(made.stdout.subarray(at, at + 1_000_003));
  input.end();
  const report = analyzer.finish();
  expect({ packets: input.facts.frames, connections: connections.size, requests: counts.request, responses: counts.response }).toEqual({
    packets: truth.packets,
    connections: truth.connections,
    requests: truth.requests,
    responses: truth.responses,
  });
  expect(report.findings.filter((finding) => finding.rule === 'dumb-proxy-deadlock')).toHaveLength(truth.hangs);
});
