/**
 * The program as a process: exit codes, pipes, signals, colour. It needs dist/ (npm run build).
 */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { describeInterface, enhancedPacket, join as joined, section } from './support/capture-bytes.ts';
import { GET, Wire } from './support/wire.ts';

const bin = fileURLToPath(new URL('../bin/hopcheck.js', import.meta.url));
const built = existsSync(new URL('../dist/cli/main.js', import.meta.url));
const demo = fileURLToPath(new URL('../fixtures/figure-4-15/capture.pcap', import.meta.url));
if (!built) console.warn('skipped: dist/ is not built');

const folder = mkdtempSync(join(tmpdir(), 'hopcheck-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Settings {
  readonly input?: Uint8Array | 'open' | 'null';
  readonly env?: Record<string, string>;
}

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Since the start, or since `since` was called. */
  readonly ms: number;
}

class Run {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
  stdout = '';
  stderr = '';
  #since = performance.now();

  constructor(argv: readonly string[], { input = 'null', env = {} }: Settings = {}) {
    this.child = spawn(process.execPath, [bin, ...argv], { env: { PATH: process.env['PATH'] ?? '', ...env } });
    this.child.stdin.on('error', () => undefined);
    this.child.stdout.on('data', (data) => {
      this.stdout += data;
    });
    this.child.stderr.on('data', (data) => {
      this.stderr += data;
    });
    if (input instanceof Uint8Array) this.child.stdin.end(input);
    else if (input === 'null') this.child.stdin.end();
    this.ended = new Promise((resolve) => {
      this.child.on('close', (code, signal) => {
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr, ms: performance.now() - this.#since });
      });
    });
  }

  kill(signal: 'SIGINT' | 'SIGTERM'): void {
    this.#since = performance.now();
    this.child.kill(signal);
  }

  async until(condition: (run: Run) => boolean, ms: number): Promise<void> {
    const limit = performance.now() + ms;
    while (!condition(this) && performance.now() < limit) await pause(20);
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const ended = (argv: readonly string[], settings?: Settings): Promise<Ended> => new Run(argv, settings).ended;
/** Both outputs of a line of bash. */
function shell(line: string): string {
  const env = { PATH: process.env['PATH'], BIN: bin, DEMO: demo, NODE: process.execPath };
  return execFileSync('bash', ['--norc', '-c', `exec 2>&1; ${line}`], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

describe.skipIf(!built)('exit codes', () => {
  const text = join(folder, 'text');
  writeFileSync(text, 'hello, hello');

  test.each([
    ['findings', ['demo'], 1],
    ['findings below --fail-on are none', ['demo', '--rule', 'keep-alive-params-relayed', '--fail-on', 'hang'], 0],
    ['information', ['info', demo], 0],
    ['messages', ['messages', demo], 0],
    ['an input that is no capture', [text], 2],
    ['an input that is no capture beside one that has findings', [text, demo], 2],
    ['usage', ['--nonsense'], 2],
  ])('%s', async (_name, argv, code) => {
    const { code: got, signal, stderr } = await ended(argv);
    expect([got, signal]).toEqual([code, null]);
    expect(stderr).not.toContain('    at ');
  });

  test('a damaged capture: by its findings, and 2 with --strict', async () => {
    const cut = join(folder, 'cut.pcap');
    const whole = readFileSync(demo);
    writeFileSync(cut, whole.subarray(0, whole.length - 10));
    expect((await ended([cut])).code).toBe(1);
    expect((await ended([cut, '--strict'])).code).toBe(2);
    expect((await ended([demo, '--strict'])).code).toBe(1);
  });

  test('standard input that is no pipe: the help, 2', () => {
    expect(shell('$NODE $BIN < /dev/null; echo code $?')).toMatch(/^tcpdump [\s\S]*code 2\n$/);
    expect(shell('$NODE $BIN - < /dev/null; echo code $?')).toBe(
      'hopcheck: stdin: is a terminal or a device, not a pipe: tcpdump -U -w - | hopcheck -\ncode 2\n',
    );
    expect(shell('$NODE $BIN -f json <&-; echo code $?')).toMatch(/code 2\n$/);
  });
});

describe.skipIf(!built)('a file and a pipe', () => {
  test('give the same report, but for name and format', async () => {
    const comparable = (text: string): unknown => {
      const report = JSON.parse(text);
      return { ...report, captures: report.captures.map((capture: object) => ({ ...capture, name: '' })) };
    };
    const file = await ended(['-f', 'json', demo]);
    for (const argv of [
      ['-f', 'json'],
      ['-f', 'json', '-'],
    ]) {
      const pipe = await ended(argv, { input: readFileSync(demo) });
      expect(pipe.code).toBe(file.code);
      expect(comparable(pipe.stdout)).toEqual(comparable(file.stdout));
    }
    expect(comparable(shell('$NODE $BIN -f json < $DEMO || :'))).toEqual(comparable(file.stdout));
    expect(comparable(shell('$NODE $BIN -f json <(cat $DEMO) || :'))).toEqual(comparable(file.stdout));
    expect((await ended(['-f', 'json', demo])).stdout).toBe(file.stdout);
  });

  test('packed or not give the same report, but for name', async () => {
    const withoutName = (text: string): unknown => {
      const report = JSON.parse(text);
      return { ...report, captures: report.captures.map((capture: object) => ({ ...capture, name: '' })) };
    };
    const plain = withoutName((await ended(['-f', 'json', demo])).stdout);
    const bytes = readFileSync(demo);
    const packed = [
      ['gzip', gzipSync(bytes)],
      ['gzip of two members', Buffer.concat([gzipSync(bytes.subarray(0, 5000)), gzipSync(bytes.subarray(5000))])],
      ...(spawnSync('zstd', ['--version']).status === 0 ? [['zstd', execFileSync('zstd', ['-c', demo])] as const] : []),
    ] as const;
    for (const [name, octets] of packed) {
      const path = join(folder, 'packed');
      writeFileSync(path, octets);
      const reports = [await ended(['-f', 'json', path]), await ended(['-f', 'json'], { input: octets })];
      for (const { code, stdout } of reports) {
        expect(code, name).toBe(1);
        expect(withoutName(stdout), name).toEqual(plain);
      }
    }
  });

  test('--until hang and --max-bytes end a pipe that stays open', async () => {
    for (const [argv, code] of [
      [['--until', 'hang', '-f', 'json', '-'], 1],
      [['--max-bytes', '5000', '-f', 'json', '-'], 0],
    ] as const) {
      const run = new Run(argv, { input: 'open' });
      run.child.stdin.write(readFileSync(demo));
      const end = await run.ended;
      expect([end.code, end.signal]).toEqual([code, null]);
      expect(JSON.parse(end.stdout).captures[0].issues).toMatchObject([{ code: 'narrowed-end' }]);
    }
  });

  test('a reader that goes away is no error', () => {
    expect(shell('($NODE $BIN messages -f ndjson $DEMO; echo code $?) | head -1')).toMatch(/^\{"stream":.*\n$/);
    expect(shell('($NODE $BIN messages -f ndjson $DEMO; echo code $? >&2) | true')).toMatch(/^code 0\n$/);
    expect(shell('(cat $DEMO; sleep 0.3; cat $DEMO) | ($NODE $BIN -q -f ndjson -; echo code $? >&2) | true')).toMatch(/^code [01]\n$/);
  });
});

describe.skipIf(!built)('signals', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('%s on an open pipe: the report within half a second', async (signal) => {
    const run = new Run(['-'], { input: 'open' });
    run.child.stdin.write(readFileSync(demo));
    await pause(600);
    run.kill(signal);
    const { code, ms, stdout, stderr } = await run.ended;
    expect(code).toBe(1);
    expect(ms).toBeLessThan(500);
    expect(stdout).toContain('Capture health');
    expect(stderr).toContain(`hopcheck: stdin: ${signal} after`);
  });

  test('what comes within 300 ms after the signal is read, and the inputs behind the pipe are not', async () => {
    const bytes = readFileSync(demo);
    const run = new Run(['info', '-f', 'json', '-', demo], { input: 'open' });
    run.child.stdin.write(bytes.subarray(0, 1500));
    await pause(600);
    run.kill('SIGTERM');
    await pause(100);
    run.child.stdin.write(bytes.subarray(1500));
    const { code, stdout, stderr } = await run.ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout).captures).toMatchObject([{ name: 'stdin', bytes: bytes.length, complete: true }]);
    expect(stderr).toContain(`hopcheck: not read because of SIGTERM: ${demo}`);
  });

  test('before any data: 2, and no waiting for the writer', async () => {
    const run = new Run(['-'], { input: 'open' });
    await pause(500);
    run.kill('SIGINT');
    const { code, ms, stdout } = await run.ended;
    expect([code, stdout]).toEqual([2, '']);
    expect(ms).toBeLessThan(500);
  });
});

describe.skipIf(!built)('a live pipe', () => {
  /** The first frames of the demo, as if the last of them were sent a second ago. */
  async function firstFrames(): Promise<Uint8Array> {
    const report = JSON.parse((await ended(['-f', 'json', demo])).stdout);
    const hang = report.findings.find(({ severity }: { severity: string }) => severity === 'hang');
    const start = Number(hang.wait.start);
    const bytes = readFileSync(demo);
    const shift = Math.floor(Date.now() / 1000 - 1 - start);
    const little = bytes.readUInt32LE(0) === 0xa1b2c3d4 || bytes.readUInt32LE(0) === 0xa1b23c4d;
    const fraction = bytes.readUInt32LE(0) === 0xa1b23c4d || bytes.readUInt32BE(0) === 0xa1b23c4d ? 1e9 : 1e6;
    const read = (at: number): number => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
    let at = 24;
    while (at < bytes.length && read(at) + read(at + 4) / fraction < start + 0.5) {
      if (little) bytes.writeUInt32LE(read(at) + shift, at);
      else bytes.writeUInt32BE(read(at) + shift, at);
      at += 16 + read(at + 8);
    }
    return bytes.subarray(0, at);
  }

  test('a hang is told while it lasts: a line of NDJSON, and a line on standard error with text', async () => {
    const frames = await firstFrames();
    const runs = [new Run(['-f', 'ndjson'], { input: 'open' }), new Run(['-'], { input: 'open' })];
    for (const run of runs) run.child.stdin.write(frames);
    const [ndjson, text] = runs;
    await Promise.all([
      ndjson?.until(({ stdout }) => stdout.includes('"severity":"hang"'), 30_000),
      text?.until(({ stderr }) => stderr.includes('hang'), 30_000),
    ]);
    expect(JSON.parse(ndjson?.stdout.split('\n')[0] ?? '')).toMatchObject({ type: 'finding' });
    expect(text?.stderr).toMatch(/^hopcheck: hang, (proven|strong|likely): .* \(F\d+\)$/m);
    expect(text?.stdout).toBe('');
    for (const run of runs) {
      run.child.stdin.end();
      expect(await run.ended).toMatchObject({ code: expect.toBeOneOf([0, 1]), signal: null });
    }
    expect(text?.stdout).toContain('Capture health');
  });

  test('traffic that never rests keeps nothing back, though the frames of two interfaces are put in order', async () => {
    const start = Date.now() / 1000 - 2;
    const story = new Wire({ start })
      .open('c', 'client', 'server', 80)
      .say('c', 'client', GET('/a'))
      .say('c', 'server', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello')
      .frames();
    const run = new Run(['-f', 'ndjson', '-'], { input: 'open' });
    const packets = story.map(({ bytes, time }) => enhancedPacket(bytes, { stamp: BigInt(Math.round(time)) }));
    run.child.stdin.write(joined(section(), describeInterface(), describeInterface(), ...packets));
    const traffic = setInterval(() => {
      run.child.stdin.write(enhancedPacket(new Uint8Array(60), { id: 1, stamp: BigInt(Date.now()) * 1000n }));
    }, 100);
    await run.until(({ stdout }) => stdout.includes('"severity":"hang"'), 15_000);
    clearInterval(traffic);
    expect(run.stdout).toContain('"severity":"hang"');
    run.child.stdin.end();
    expect((await run.ended).signal).toBeNull();
  });
});

describe.skipIf(!built)('outputs', () => {
  test('-o writes by ending, standard output stays empty, and nothing is overwritten', async () => {
    const [json, markdown] = [join(folder, 'a.json'), join(folder, 'a.md')];
    const first = await ended([demo, '-o', json, '-o', markdown]);
    expect([first.code, first.stdout]).toEqual([1, '']);
    expect(first.stderr).toMatch(/^hopcheck: .*a\.json, .*a\.md: written, 1 hang: .*\n$/);
    expect(JSON.parse(readFileSync(json, 'utf8')).schema).toBe('hopcheck-report/1');
    expect(readFileSync(markdown, 'utf8')).toMatch(/^#/);
    const second = await ended([demo, '-o', json]);
    expect([second.code, second.stderr]).toEqual([2, `hopcheck: ${json}: exists, --force replaces it\n`]);
    expect((await ended([demo, '-o', json, '--force', '-q'])).stderr).toBe('');
  });

  test.each([
    ['no terminal', {}, [], false],
    ['FORCE_COLOR', { FORCE_COLOR: '1' }, [], true],
    ['NO_COLOR', { NO_COLOR: '1' }, [], false],
    ['--color always', { NO_COLOR: '1' }, ['--color', 'always'], true],
    ['--color never', { FORCE_COLOR: '1' }, ['--color', 'never'], false],
  ] as const)('colour: %s', async (_name, env, argv, coloured) => {
    const { stdout } = await ended(['demo', ...argv], { env });
    expect(stdout.includes('\u001b[')).toBe(coloured);
  });
});
