#!/usr/bin/env node
/**
 * Benchmarks: cpu and memory of hopcheck beside other programs on the same captures, and the counts that must be right
 * before a speed means anything.
 *
 *   node bench/compare.mjs [--size 500MB] [--connections 200000] [--pairs 5] [--mixes mixed,many] [--peers tshark,tcptrace] [--dir DIR]
 *
 * Captures come from ../shared/bench/make-captures.mjs and are kept in DIR (by default a folder of the system's temporary
 * one). hopcheck and a peer run in turn, A B A B; the figure is the median of the ratios of neighbours, in cpu seconds (user
 * and system), since wall time says little on a shared machine. Needs GNU time; peers that are not installed are left out.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const generator = path.join(root, '..', 'shared', 'bench', 'make-captures.mjs');
const { values: options } = parseArgs({
  options: {
    size: { type: 'string', default: '500MB' },
    connections: { type: 'string', default: '200000' },
    pairs: { type: 'string', default: '5' },
    mixes: { type: 'string', default: 'mixed,many' },
    peers: { type: 'string', default: 'tshark,tcptrace' },
    dir: { type: 'string', default: path.join(os.tmpdir(), 'hopcheck-bench') },
  },
});

const PEERS = {
  tshark: (capture) => ['tshark', '-r', capture, '-q', '-z', 'http,tree'],
  tcptrace: (capture) => ['tcptrace', '-n', capture],
  tcpflow: (capture) => ['tcpflow', '-r', capture, '-o', path.join(options.dir, 'tcpflow-out')],
  httpry: (capture) => ['httpry', '-r', capture],
  node: () => [process.execPath, '-e', ''],
};

if (!existsSync(generator)) {
  console.error('bench: ../shared/bench is not here, so there are no captures to measure with');
  process.exit(2);
}
mkdirSync(options.dir, { recursive: true });
console.log(`${os.cpus().length} x ${os.cpus()[0]?.model}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`);

let right = true;
for (const mix of options.mixes.split(',')) {
  const { capture, truth } = make(mix);
  spawnSync('cat', [capture], { stdio: ['ignore', 'ignore', 'inherit'] }); // into the page cache
  right = checkCounts(mix, capture, truth) && right;
  const own = [
    process.execPath,
    path.join(root, 'bin', 'hopcheck.js'),
    '-q',
    '-o',
    path.join(options.dir, 'report.json'),
    '--force',
    capture,
  ];
  for (const peer of options.peers.split(',')) {
    const command = PEERS[peer]?.(capture);
    if (command === undefined || spawnSync('which', [command[0]]).status !== 0) console.log(`${mix}: ${peer} is not installed`);
    else comparePair(mix, peer, own, command);
  }
}
process.exitCode = right ? 0 : 1;

function make(mix) {
  const amount = mix === 'many' ? ['--connections', options.connections] : ['--size', options.size];
  const capture = path.join(options.dir, `${mix}-${amount[1]}.pcap`);
  if (!existsSync(`${capture}.json`)) {
    console.log(`${mix}: making ${capture}`);
    const made = spawnSync(process.execPath, [generator, '--mix', mix, ...amount, '--hangs', '3', '--out', capture], { encoding: 'utf8' });
    if (made.status !== 0) throw new Error(made.stderr);
    writeFileSync(`${capture}.json`, made.stderr);
  }
  return { capture, truth: JSON.parse(readFileSync(`${capture}.json`, 'utf8')) };
}

/** Requests, responses and connections with HTTP as the generator wrote them; the TLS and DNS between them is not in its truth. */
function checkCounts(mix, capture, truth) {
  const run = spawnSync(process.execPath, [path.join(root, 'bin', 'hopcheck.js'), 'messages', '--format', 'ndjson', '-q', capture], {
    encoding: 'latin1',
    maxBuffer: 2 ** 30,
  });
  const lines = run.stdout.trimEnd().split('\n');
  const { summary } = JSON.parse(lines.pop() ?? '{}');
  const connections = new Set(lines.map((line) => /^\{"stream":(\d+)/.exec(line)?.[1])).size;
  const pairs = Object.entries({ ...summary, connections }).flatMap(([name, got]) => (name in truth ? [[name, got, truth[name]]] : []));
  const equal = pairs.every(([, got, want]) => got === want);
  console.log(`${mix}: ${pairs.map(([name, got, want]) => `${name} ${got} of ${want}`).join(', ')}: ${equal ? 'equal' : 'DIFFERENT'}`);
  return equal;
}

function comparePair(mix, peer, own, command) {
  const ratios = [];
  const figures = { own: [], peer: [] };
  for (let pair = 0; pair < Number(options.pairs); pair++) {
    const a = measure(own);
    const b = measure(command);
    ratios.push(a.cpu / b.cpu);
    figures.own.push(a);
    figures.peer.push(b);
  }
  const show = (runs) =>
    `${median(runs.map((run) => run.cpu)).toFixed(2)} s, ${Math.max(...runs.map((run) => run.mebibytes)).toFixed(0)} MiB`;
  const spread = `${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)}`;
  console.log(`${mix}: hopcheck ${show(figures.own)}; ${peer} ${show(figures.peer)}; cpu ratio ${median(ratios).toFixed(3)} (${spread})`);
}

function measure(command) {
  const run = spawnSync('/usr/bin/time', ['-f', 'measured %U %S %M', ...command], { encoding: 'latin1', maxBuffer: 2 ** 30 });
  const [, user, system, kibibytes] = /measured ([\d.]+) ([\d.]+) (\d+)\s*$/.exec(run.stderr) ?? [];
  if (user === undefined) throw new Error(`no figures from ${command.join(' ')}: ${run.stderr.slice(-300)}`);
  return { cpu: Number(user) + Number(system), mebibytes: Number(kibibytes) / 1024 };
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
