#!/usr/bin/env node
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
/**
 * Benchmark: what reading alone costs, capture and decode, beside a bare walk over the records of the same file.
 *
 *   node bench/reading.mjs [--rounds 7] [--limit 2] CAPTURE.pcap ...
 *
 * CAPTURE is classic, little endian, microseconds, as ../shared/bench/make-captures.mjs writes it. All three read the file
 * with the same readSync loop, in turn in one process that is warm; the figure is the median of the ratios of neighbours, in
 * cpu seconds (user and system). Exit 1 when capture and decode take more than `limit` times the walk, or when one of them
 * sees another number of frames.
 */
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: options, positionals: captures } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '7' }, limit: { type: 'string', default: '2' } },
});
if (captures.length === 0) {
  console.error('usage: node bench/reading.mjs [--rounds N] [--limit N] CAPTURE.pcap ...');
  process.exit(2);
}

const CHUNK = 1 << 20;
const FILE_HEADER = 24;
const RECORD_HEADER = 16;
/** Off the start of a page, as src/cli/input-file.ts has it. */
const buffer = new Uint8Array(176 + 2 * CHUNK);

const { readCapture, newCaptureFacts, decodeFrames, newDecodeFacts, newAddresses } = await loadStages();
console.log(`${os.cpus().length} x ${os.cpus()[0]?.model}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`);
let within = true;
for (const capture of captures) within = compare(capture) && within;
process.exitCode = within ? 0 : 1;

async function loadStages() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'hopcheck-bench-'));
  const outfile = path.join(folder, 'stages.mjs');
  const contents = [
    "export { newCaptureFacts, readCapture } from './src/capture/read-capture.ts';",
    "export { newAddresses } from './src/decode/addresses.ts';",
    "export { newDecodeFacts } from './src/decode/decode-facts.ts';",
    "export { decodeFrames } from './src/decode/decode-frames.ts';",
  ].join('\n');
  await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile,
    logLevel: 'error',
  });
  const stages = await import(pathToFileURL(outfile).href);
  rmSync(folder, { recursive: true });
  return stages;
}

function compare(capture) {
  const ways = { walk: () => walk(capture), capture: () => stages(capture, false), 'capture and decode': () => stages(capture, true) };
  const seconds = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  const frames = new Set();
  for (let round = -1; round < Number(options.rounds); round++) {
    for (const [name, way] of Object.entries(ways)) {
      const before = process.cpuUsage();
      frames.add(way());
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) seconds[name].push((user + system) / 1e6); // the first round warms up
    }
  }
  const ratios = (name) => seconds[name].map((value, round) => value / seconds.walk[round]);
  const show = (name) => `${name} ${median(seconds[name]).toFixed(3)} s (${median(ratios(name)).toFixed(2)} times the walk)`;
  const spread = ratios('capture and decode').toSorted((a, b) => a - b);
  const figure = median(spread);
  const good = figure <= Number(options.limit) && frames.size === 1;
  console.log(
    `${path.basename(capture)}: ${[...frames].join(' or ')} frames; walk ${median(seconds.walk).toFixed(3)} s, ${show('capture')}, ` +
      `${show('capture and decode')}, spread ${spread[0].toFixed(2)} to ${spread.at(-1).toFixed(2)}: ${good ? 'within' : 'NOT WITHIN'} ${options.limit}`,
  );
  return good;
}

/** Lengths and times of the records, and nothing else; what a chunk cuts is moved to the front of the next one. */
function walk(capture) {
  const view = new DataView(buffer.buffer);
  const fd = openSync(capture, 'r');
  let [frames, held, skip, last] = [0, 0, FILE_HEADER, 0];
  for (;;) {
    const count = readSync(fd, buffer, 176 + held, CHUNK, null);
    if (count === 0) break;
    const end = 176 + held + count;
    let at = 176 + skip;
    skip = 0;
    while (end - at >= RECORD_HEADER) {
      const length = view.getUint32(at + 8, true);
      if (length > end - at - RECORD_HEADER) break;
      last = view.getUint32(at, true) * 1e9 + view.getUint32(at + 4, true) * 1e3;
      frames++;
      at += RECORD_HEADER + length;
    }
    buffer.copyWithin(176, at, end);
    held = end - at;
  }
  closeSync(fd);
  return last > 0 ? frames : 0;
}

function stages(capture, decoding) {
  const facts = newCaptureFacts(0, capture, 'p1', 0);
  let segments = 0;
  const decode = decodeFrames(newAddresses(), newDecodeFacts(), (segment) => {
    segments += segment.length === 0 ? 0 : 1;
  });
  let octets = 0;
  const count = (frame) => {
    octets += frame.end - frame.start;
  };
  const reader = readCapture(facts, { seconds: Number.NaN }, decoding ? decode.push : count);
  const fd = openSync(capture, 'r');
  for (let read = readSync(fd, buffer, 176, CHUNK, null); read > 0; read = readSync(fd, buffer, 176, CHUNK, null)) {
    reader.push(buffer.subarray(176, 176 + read));
  }
  reader.end();
  closeSync(fd);
  return segments + octets > 0 ? facts.frames : 0;
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
