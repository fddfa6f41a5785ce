#!/usr/bin/env node
/**
 * Benchmark: what the pairing of hops and the rules cost, beside the same run up to the exchanges.
 *
 *   node bench/rules.mjs [--rounds 5] [--limit 0.4] CAPTURE.pcap ...
 *
 * Each run is a process of its own, in turn, as a user starts it: what is compiled and collected is part of the price. The figure
 * is the median of the ratios of neighbours, in cpu seconds (user and system). Exit 1 when pairing and rules cost more than
 * `limit` times the run without them.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: options, positionals: captures } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' }, limit: { type: 'string', default: '0.4' }, run: { type: 'string' } },
});
if (captures.length === 0) {
  console.error('usage: node bench/rules.mjs [--rounds N] [--limit N] CAPTURE.pcap ...');
  process.exit(2);
}

/** How far a run goes: to the exchanges of single hops, to the pairs of hops, or through the rules. */
const WAYS = ['exchanges', 'pairs', 'all'];

if (options.run !== undefined) await run(options.run, ...captures);
else {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'hopcheck-bench-'));
  const stages = await bundle(folder);
  console.log(`${os.cpus().length} x ${os.cpus()[0]?.model}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`);
  const within = captures.map((capture) => compare(capture, stages));
  rmSync(folder, { recursive: true });
  process.exitCode = within.every(Boolean) ? 0 : 1;
}

async function bundle(folder) {
  const outfile = path.join(folder, 'stages.mjs');
  const contents = [
    "export { createAnalyzer } from './src/analyze.ts';",
    "export { Points } from './src/capture-points.ts';",
    "export { readFile } from './src/cli/input-file.ts';",
    "export { SmallHeap } from './src/cli/small-heap.ts';",
  ].join('\n');
  await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile,
    logLevel: 'error',
  });
  return outfile;
}

function compare(capture, stages) {
  const seconds = Object.fromEntries(WAYS.map((way) => [way, []]));
  for (let round = 0; round < Number(options.rounds); round++) for (const way of WAYS) seconds[way].push(secondsOf(way, capture, stages));
  const extra = (way) => seconds[way].map((value, round) => value / seconds.exchanges[round] - 1).sort((a, b) => a - b);
  const figure = median(extra('all'));
  const good = figure <= Number(options.limit);
  const percent = (share) => `${(share * 100).toFixed(0)} %`;
  console.log(
    `${path.basename(capture)}: exchanges ${median(seconds.exchanges).toFixed(2)} s, pairs +${percent(median(extra('pairs')))}, ` +
      `pairs and rules +${percent(figure)} (${percent(extra('all')[0])} to ${percent(extra('all').at(-1))}): ` +
      `${good ? 'within' : 'NOT WITHIN'} ${percent(Number(options.limit))}`,
  );
  return good;
}

function secondsOf(way, capture, stages) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--run', way, capture, stages], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}

async function run(way, capture, stages) {
  const { createAnalyzer, Points, readFile, SmallHeap } = await import(pathToFileURL(stages).href);
  const analysis = way === 'exchanges' ? exchangesOf(Points) : createAnalyzer(way === 'pairs' ? { rules: [] } : {});
  const heap = new SmallHeap();
  const input = analysis.open({ name: capture });
  const fd = openSync(capture, 'r');
  const chunk = (bytes) => {
    heap.read(bytes.length);
    input.push(bytes);
  };
  await readFile(fd, { chunk, stopped: () => false });
  closeSync(fd);
  input.end();
  analysis.finish();
  const { user, system } = process.cpuUsage();
  console.log((user + system) / 1e6);
}

function exchangesOf(Points) {
  const ignore = () => {};
  const sink = { message: ignore, request: ignore, response: ignore, waiting: ignore, ended: ignore, connection: ignore };
  const points = new Points(() => sink, {});
  return { open: (source) => points.open(source, ignore), finish: () => points.finish() };
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
