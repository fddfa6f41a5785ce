/** Who may import whom: a stage its own folder and the files directly in src/; nobody but src/cli a Node module or a package. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const SRC = new URL('../src/', import.meta.url);
const STAGES = ['capture', 'decode', 'flow', 'http', 'proxy', 'rules', 'verdict', 'view'];
/** They know the stages, hence no stage knows them. */
const WIRING = ['analyze.ts', 'capture-points.ts', 'file-order.ts', 'index.ts', 'survey.ts'];
const PACKAGES: Readonly<Record<string, readonly string[]>> = { view: ['cli-table3'] };

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'));

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : '';
}

function allowed(path: string, specifier: string): boolean {
  const folder = folderOf(path);
  if (folder === 'cli') return true;
  if (!specifier.startsWith('.')) return PACKAGES[folder]?.includes(specifier) ?? false;
  const target = new URL(specifier, `src:/${path}`).pathname.slice(1);
  const wiring = WIRING.includes(path);
  if (folderOf(target) === '') return wiring || !WIRING.includes(target);
  return folderOf(target) === folder || (wiring && STAGES.includes(folderOf(target)));
}

function breaches(path: string, text: string): readonly string[] {
  const imports = text.matchAll(/^(?:import|export|\}).*?\bfrom\s+['"](.+?)['"]|\bimport\s*\(?\s*['"](.+?)['"]/gm);
  const specifiers = Array.from(imports, ([, from, bare]) => from ?? bare ?? '');
  return specifiers.filter((specifier) => !allowed(path, specifier)).map((specifier) => `src/${path} imports ${specifier}`);
}

test.each([
  ['flow/assemble.ts', "import type { Frame } from '../decode/ip.ts';"],
  ['flow/assemble.ts', "import {\n  decode,\n} from '../decode/ip.ts';"],
  ['flow/assemble.ts', "export * from '../../test/support/wire.ts';"],
  ['http/head.ts', "const { inflate } = await import('node:zlib');"],
  ['http/head.ts', "import Table from 'cli-table3';"],
  ['rules/index.ts', "import { analyze } from '../analyze.ts';"],
  ['octets.ts', "import { ip } from './decode/ip.ts';"],
  ['octets.ts', "import 'node:buffer';"],
  ['index.ts', "import { main } from './cli/main.ts';"],
])('is a breach: %s: %s', (path, text) => {
  expect(breaches(path, text)).toHaveLength(1);
});

test.each([
  ['flow/assemble.ts', "import { Ranges } from './ranges.ts';\nimport { CaptureError } from '../errors.ts';"],
  ['view/text.ts', "import Table from 'cli-table3';"],
  ['analyze.ts', "import { readCapture } from './capture/read.ts';"],
  ['index.ts', "export { analyze } from './analyze.ts';"],
  ['cli/main.ts', "import { open } from 'node:fs/promises';"],
])('is allowed: %s: %s', (path, text) => {
  expect(breaches(path, text)).toEqual([]);
});

test('every import in src/ is allowed', () => {
  expect(files.flatMap((path) => breaches(path, readFileSync(new URL(path, SRC), 'utf8')))).toEqual([]);
});

test('every folder in src/ is a stage or the CLI', () => {
  const folders = new Set(files.map(folderOf).filter((folder) => folder !== ''));
  expect([...folders].filter((folder) => !STAGES.includes(folder) && folder !== 'cli')).toEqual([]);
});

test('reads without a bounds check stand in files marked hot', () => {
  const unmarked = files.filter((path) => {
    const text = readFileSync(new URL(path, SRC), 'utf8');
    return text.includes(']!') && !text.includes('Hot:');
  });
  expect(unmarked).toEqual([]);
});
