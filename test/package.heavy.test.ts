/** The packed tarball, installed into an empty folder, as a user gets it. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'hopcheck-package-'));
const NO_NETWORK = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT/;
let obstacle: string | undefined;

function run(program: string, ...args: readonly string[]) {
  return spawnSync(program, args, { cwd: folder, encoding: 'utf8' });
}

beforeAll(() => {
  if (!['dist/cli/main.js', 'dist/index.js'].every((file) => existsSync(join(root, file)))) {
    obstacle = 'dist/ is not built as a whole: npm run build';
    return;
  }
  const packed = run('npm', 'pack', root, '--ignore-scripts');
  expect(packed.status, packed.stderr).toBe(0);
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? 'no tarball';
  const installed = run('npm', 'install', '--prefix', folder, '--no-audit', '--no-fund', join(folder, tarball));
  if (NO_NETWORK.test(installed.stderr)) obstacle = 'the package registry cannot be reached';
  else expect(installed.status, installed.stderr).toBe(0);
});

beforeEach((context) => {
  context.skip(obstacle !== undefined, obstacle);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('hopcheck demo finds the hang', () => {
  const demo = run(join(folder, 'node_modules/.bin/hopcheck'), 'demo');
  expect(demo.stdout).toContain('dumb-proxy-deadlock');
  expect(demo.stderr).toBe('');
  expect(demo.status).toBe(1);
});

test('the library loads', () => {
  const loaded = run(process.execPath, '--input-type=module', '-e', "console.log(typeof (await import('hopcheck')).analyze)");
  expect(loaded.stderr).toBe('');
  expect(loaded.stdout).toBe('function\n');
});

test('its types need no others', () => {
  writeFileSync(
    join(folder, 'user.mts'),
    "import { analyze } from 'hopcheck';\nexport const used: (...args: never) => unknown = analyze;\n",
  );
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const compiled = run(
    process.execPath,
    compiler,
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2023',
    '--types',
    '',
    'user.mts',
  );
  expect(compiled.stdout).toBe('');
  expect(compiled.status).toBe(0);
});
