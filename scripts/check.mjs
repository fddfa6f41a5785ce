/**
 * `npm run check`: everything that must hold before a change goes in, each step with its time. Every step runs, also after
 * one that failed. The last line counts the tests; a step that is no test adds one to the failed when it fails.
 *
 * TEST_COUNTS=FILE, written by `npm test`, stands for the light suites: they are counted and not run again.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runTests, summary } from './tests.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const STEPS = [
  ['format and lint', () => runTool('node_modules/@biomejs/biome/bin/biome', 'check')],
  ['types', () => runTool('node_modules/typescript/bin/tsc', '-p', '.')],
  ['build', () => runTool('scripts/build.mjs')],
  ['light tests', () => countedBefore() ?? runTests('light', [])],
  ['heavy tests', () => runTests('heavy', [])],
  ['unused code', () => runTool('node_modules/knip/bin/knip.js')],
  ['package', () => runTool('node_modules/publint/src/cli.js', '--strict')],
];

const total = { passed: 0, failed: 0, failures: [], skipped: [] };
const times = [];
for (const [name, step] of STEPS) {
  console.log(`\n--- ${name}`);
  const began = performance.now();
  const { passed = 0, failed, failures = failed ? [name] : [], skipped = [], files = [] } = await step();
  total.passed += passed;
  total.failed += failed;
  total.failures.push(...failures);
  total.skipped.push(...skipped);
  times.push(line((performance.now() - began) / 1000, `${name}: ${failed === 0 ? 'ok' : 'FAILED'}`));
  const slow = files.filter(({ seconds }) => seconds >= 1).sort((one, other) => other.seconds - one.seconds);
  times.push(...slow.map((file) => `          ${line(file.seconds, file.name)}`));
}

console.log(`\n--- times\n${times.join('\n')}\n`);
console.log(summary(total));
process.exit(total.failed === 0 ? 0 : 1); // not exitCode: a worker that does not end must not keep the run open

function runTool(script, ...args) {
  const { status } = spawnSync(process.execPath, [script, ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
  return { failed: status === 0 ? 0 : 1 };
}

/** Undefined when `npm test` did not run before, or broke off. */
function countedBefore() {
  if (!process.env.TEST_COUNTS) return undefined;
  const text = readFileSync(process.env.TEST_COUNTS, 'utf8');
  if (text === '') return undefined;
  const counts = JSON.parse(text);
  console.log(`counted before\n${summary(counts)}`);
  return { ...counts, files: [] };
}

function line(seconds, text) {
  return `${seconds.toFixed(1).padStart(7)} s  ${text}`;
}
