/**
 * Makes dist/: the library and its types (tsc), the CLI with lazy chunks (esbuild) and its man page, rule pages,
 * schemas, notices.
 *
 * dist/ has the folders of src/, so a path relative to a file directly in src/cli holds in the bundle too:
 * `../rules/ID.md`, `../view/NAME.schema.json`, `../../package.json`. Everything is made in a folder of its own and moved
 * into place at the end: a hopcheck that starts meanwhile does not meet half a build, and a failed build changes nothing.
 *
 * `--cli` leaves the library out: the CLI alone, without a look at types.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

/** Read at run time, hence copied: [folder, ending]. */
const COPIED = [
  ['rules', '.md'],
  ['view', '.schema.json'],
  ['cli', '.schema.json'],
];

/**
 * Loaded by commander and cli-table3 for what is not used here, and takes milliseconds of each start: commands that are programs
 * of their own, colours by name, and an expression of ten thousand characters for emoji, of which safe text has none.
 */
const LEFT_OUT = new Map([
  ['node:child_process', 'module.exports = {};'],
  ['@colors/colors/safe', 'module.exports = {};'],
  ['emoji-regex', 'module.exports = () => /(?!)/g;'],
]);
const leaveOut = {
  name: 'leave-out',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^/ }, ({ path }) => (LEFT_OUT.has(path) ? { path, namespace: 'left-out' } : undefined));
    onLoad({ filter: /^/, namespace: 'left-out' }, ({ path }) => ({ contents: LEFT_OUT.get(path) }));
  },
};

const began = performance.now();
const target = `dist-${process.pid}`;
try {
  await mkdir(target);
  const parts = [bundleCli(target), copyPages(target)];
  if (!process.argv.includes('--cli')) parts.push(emitLibrary(target));
  const broken = (await Promise.allSettled(parts)).find((part) => part.status === 'rejected');
  if (broken !== undefined) throw broken.reason;
  await moveIntoPlace(target);
  console.log(`dist/ built in ${((performance.now() - began) / 1000).toFixed(1)} s`);
} catch (error) {
  console.error(`dist/ not built: ${error.message}`);
  process.exitCode = 1;
} finally {
  await Promise.all([target, `${target}-old`].map((folder) => rm(folder, { recursive: true, force: true })));
}

/** pcap-parser stays outside: bundled, its `new Buffer` prints a deprecation warning that node_modules hides. */
async function bundleCli(folder) {
  const { metafile } = await build({
    entryPoints: { main: 'src/cli/main.ts' },
    outdir: join(folder, 'cli'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    external: ['pcap-parser'],
    plugins: [leaveOut],
    // less to read at each start; names stay, so that a stack trace says where
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 160,
    chunkNames: '[name]-[hash]',
    // commander and cli-table3 are CommonJS and require Node's modules
    banner: { js: "import { createRequire as makeRequire } from 'node:module';\nconst require = makeRequire(import.meta.url);" },
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
  await writeNotices(folder, Object.keys(metafile.inputs));
  const manual = execFileSync(process.execPath, [join(folder, 'cli', 'main.js'), 'manual']);
  await writeFile(join(folder, 'hopcheck.1'), manual);
}

/** The licences of the packages inside the bundle ask to travel with it. */
async function writeNotices(folder, inputs) {
  const packages = new Set(inputs.flatMap((path) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []));
  const notices = [...packages].sort().map(async (path) => {
    const licence = (await readdir(path)).find((name) => /^licen[cs]e/i.test(name));
    if (licence === undefined) throw new Error(`${path} is bundled and has no licence file`);
    return `${path.slice('node_modules/'.length)}\n\n${await readFile(join(path, licence), 'utf8')}`;
  });
  await writeFile(join(folder, 'NOTICES.txt'), (await Promise.all(notices)).join('\n----\n\n'));
}

async function copyPages(folder) {
  for (const [name, ending] of COPIED) {
    await mkdir(join(folder, name), { recursive: true });
    const files = (await readdir(join('src', name))).filter((file) => file.endsWith(ending));
    await Promise.all(files.map((file) => copyFile(join('src', name, file), join(folder, name, file))));
  }
}

async function emitLibrary(folder) {
  const compiler = join('node_modules', 'typescript', 'bin', 'tsc');
  const child = spawn(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', folder], { stdio: 'inherit' });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error('the library has type errors');
}

async function moveIntoPlace(folder) {
  if (existsSync('dist')) await rename('dist', `${folder}-old`);
  await rename(folder, 'dist');
}
