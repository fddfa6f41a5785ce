/**
 * `npm run shots`: everything in the docs that was printed by hopcheck is printed again. Golden reports of fixtures/, the
 * report in README.md, and the pictures in docs/pictures/: the demo in a terminal of 80 columns, and its page, light and dark.
 *
 * Needs Chromium for the pictures; without it they stay as they are.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

const BROWSER = '/usr/bin/chromium';
const PICTURES = 'docs/pictures';
const DEMO = 'fixtures/figure-4-15';

const COLOURS = new Map([
  ['1', 'font-weight: bold'],
  ['2', 'opacity: .65'],
  ['31', 'color: #ff7b72'],
  ['33', 'color: #e3b341'],
  ['36', 'color: #56d4dd'],
]);

const SGR = new RegExp(`${String.fromCharCode(27)}\\[(\\d+)m`, 'g');

run('scripts/build.mjs', '--cli');
run(
  'node_modules/vitest/vitest.mjs',
  'run',
  '--project',
  'light',
  'test/fixtures.test.ts',
  '--update',
  '--testNamePattern',
  ' report[.][a-z]+$',
);
showInReadme();
if (existsSync(BROWSER)) await takePictures();
else console.log(`${BROWSER} is not installed: the pictures stay as they are`);

/** The beginning of the report, up to its reasons, is the first block of text in the README. */
function showInReadme() {
  const report = readFileSync(`${DEMO}/report.txt`, 'utf8');
  const beginning = report.slice(0, report.indexOf('    Because\n'));
  const readme = readFileSync('README.md', 'utf8');
  writeFileSync(
    'README.md',
    readme.replace(/```text\n.*?```/s, () => `\`\`\`text\n${beginning}\`\`\``),
  );
}

async function takePictures() {
  const folder = mkdtempSync(join(tmpdir(), 'hopcheck-shots-'));
  mkdirSync(PICTURES, { recursive: true });
  const browser = await chromium.launch({ executablePath: BROWSER, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const capture = `${DEMO}/capture.pcap`;
    const page = join(folder, 'report.html');
    hopcheck(capture, '-o', page);
    for (const colorScheme of ['light', 'dark'])
      await shoot(browser, page, `report-${colorScheme}.png`, { width: 1000, height: 1150 }, colorScheme);
    const terminal = join(folder, 'terminal.html');
    writeFileSync(terminal, inTerminal(hopcheck(capture, '--color', 'always', '--width', '80').split('\n').slice(0, 48).join('\n')));
    await shoot(browser, terminal, 'terminal.png', { width: 760, height: 900 }, 'dark');
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
}

async function shoot(browser, file, name, viewport, colorScheme) {
  const page = await browser.newPage({ viewport, colorScheme });
  await page.goto(pathToFileURL(file).href);
  await page.screenshot({ path: join(PICTURES, name) });
  await page.close();
  console.log(`${PICTURES}/${name}`);
}

/** What a terminal does with the few codes that hopcheck prints. */
function inTerminal(text) {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const coloured = escaped.replaceAll(SGR, (_, code) => (COLOURS.has(code) ? `<span style="${COLOURS.get(code)}">` : '</span>'));
  const style = 'margin: 0; padding: 14px 18px; background: #0d1117; color: #e6edf3; font: 14px/1.25 "DejaVu Sans Mono", monospace';
  return `<!doctype html><meta charset="utf-8"><title>hopcheck</title><body style="margin: 0; background: #0d1117"><pre style='${style}'>${coloured}</pre>`;
}

function hopcheck(...args) {
  const { stdout, status, stderr } = spawnSync(process.execPath, ['bin/hopcheck.js', ...args, '--fail-on', 'never'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

function run(script, ...args) {
  const { status } = spawnSync(process.execPath, [script, ...args], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`${script} failed`);
}
