import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { block, describeInterface, enhancedPacket, join as joinOctets, option, section, text } from '../../test/support/capture-bytes.ts';
import { rules } from '../rules/index.ts';
import { fakeIo } from './fakes.ts';
import { run, sayFailure } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'hopcheck-run-'));
afterAll(() => rmSync(folder, { recursive: true }));

const demo = fileURLToPath(new URL('../../fixtures/figure-4-15/capture.pcap', import.meta.url));

describe('usage', () => {
  test.each([
    ['an unknown option', ['--bogus', 'x'], /^hopcheck: unknown option '--bogus'/],
    ['an unknown format', ['-f', 'yaml', 'x'], /argument 'yaml' is invalid\. Allowed choices are text, json, ndjson, markdown/],
    ['a format that the command does not have', ['messages', '-f', 'json', 'x'], /Allowed choices are text, ndjson/],
    ['an unknown severity', ['--fail-on', 'bad', 'x'], /Allowed choices are hang, will-hang, loss, violation, hygiene, info/],
    ['a width that is no number', ['--width', 'wide', 'x'], /A number of columns/],
    [
      'a port with another protocol',
      ['--port', '443=tls', 'x'],
      /'443=tls' is invalid\. A port and what is spoken on it, as 8081=http; noth/,
    ],
    ['an option before the command', ['-q', 'demo'], /^hopcheck: --quiet goes behind the command: hopcheck demo --quiet/],
    ['an unknown rule', ['--rule', 'no-such-rule', 'x'], /^hopcheck: there is no rule no-such-rule.*hopcheck rules lists them/],
    ['an unknown rule to explain', ['explain', '../../package'], /^hopcheck: there is no rule \.\.\/\.\.\/package/],
    ['no capture for messages', ['messages'], /^hopcheck: name a capture, or - for a pipe/],
    ['standard input twice', ['-', '-'], /^hopcheck: - is named twice/],
    [
      'an output in a folder that is not there',
      ['-o', '/no/such/folder/a.json', 'x'],
      /^hopcheck: \/no\/such\/folder\/a\.json: there is no folder/,
    ],
    ['standard output as a file', ['-o', '-', demo], /^hopcheck: -: a file is wanted; without -o/],
    ['a point to compare', ['compare', '--point', 'a=b', demo, demo], /unknown option '--point'/],
    ['the help of no command', ['help', 'x'], /Allowed choices are analyze, messages/],
    ['a baseline that is not there', ['--baseline', 'none.json', demo], /^hopcheck: none\.json: no such file/],
    ['a mistyped command', ['mesages'], /^hopcheck: mesages: no such file; hopcheck help lists the commands/],
    ['a missing capture', ['none.pcap'], /^hopcheck: none\.pcap: no such file/],
  ])('%s: one line, exit 2, nothing on standard output', async (_name, argv, line) => {
    const io = fakeIo();
    expect(await run(argv, io)).toBe(2);
    expect(io.stderr.text).toMatch(line);
    expect(io.stderr.lines).toHaveLength(1);
    expect(io.stdout.text).toBe('');
  });

  test('no argument on a terminal: the help with the pipe line on top, exit 2', async () => {
    const io = fakeIo({ columns: 80 });
    expect(await run([], io)).toBe(2);
    expect(io.stderr.lines[0]).toMatch(/^tcpdump .* -w - .*\| hopcheck -$/);
    expect(io.stderr.text).toContain('--fail-on');
    expect(io.stdout.text).toBe('');
  });

  test.each([[['--help']], [['messages', '--help']]])('%s goes to standard output, exit 0', async (argv) => {
    const io = fakeIo();
    expect(await run(argv, io)).toBe(0);
    expect(io.stdout.text).toContain('Usage: hopcheck');
    expect(io.stderr.text).toBe('');
  });

  test.each([
    ['help', ['help'], ['--help']],
    ['help of a command', ['help', 'relays'], ['relays', '--help']],
  ])('%s', async (_name, argv, same) => {
    expect(await output(argv, 0)).toBe(await output(same, 0));
  });

  test('the pipe line stands where captures are analyzed, and nowhere else', async () => {
    expect(await output(['--help'], 0)).toMatch(/^tcpdump /);
    expect(await output(['explain', '--help'], 0)).toMatch(/^Usage: /);
  });

  test('--version', async () => {
    const io = fakeIo();
    const { version }: { version: string } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(await run(['--version'], io)).toBe(0);
    expect(io.stdout.text).toBe(`${version}\n`);
  });
});

async function output(argv: readonly string[], code: number): Promise<string> {
  const io = fakeIo();
  expect([await run(argv, io), io.stderr.text]).toEqual([code, '']);
  return io.stdout.text;
}

const objects = (ndjson: string): Record<string, unknown>[] =>
  ndjson
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('the demo capture', () => {
  test('analyzed: a hang, exit 1, in every format', async () => {
    expect(await output(['demo'], 1)).toContain('hang');
    const json = JSON.parse(await output(['analyze', demo, '-f', 'json'], 1));
    expect(json).toMatchObject({
      schema: 'hopcheck-report/1',
      captures: [{ name: demo }],
      findings: expect.arrayContaining([expect.objectContaining({ rule: 'dumb-proxy-deadlock' })]),
    });
    expect(await output([demo, '-f', 'markdown'], 1)).toMatch(/^#/);
    const lines = objects(await output([demo, '-f', 'ndjson'], 1));
    expect(lines[0]).toMatchObject({ type: 'finding', id: 'N1' });
    expect(lines.slice(-2)).toMatchObject([{ type: 'capture', name: demo }, { type: 'summary' }]);
  });

  test('--rule and --ignore decide on the exit code, too', async () => {
    const { findings }: { findings: { rule: string; severity: string }[] } = JSON.parse(await output([demo, '-f', 'json'], 1));
    const hangs = findings.filter(({ severity }) => severity === 'hang').map(({ rule }) => rule);
    expect(hangs).not.toEqual([]);
    expect(await output([demo, ...hangs.flatMap((rule) => ['--rule', rule])], 1)).toContain(hangs[0]);
    expect(await output([demo, '--fail-on', 'hang', ...hangs.flatMap((rule) => ['--ignore', rule])], 0)).toContain('--ignore');
  });

  test('a terminal that does not know its width has 80 columns', async () => {
    const [unsized, usual] = [fakeIo({ columns: 0 }), fakeIo({ columns: 80 })];
    for (const io of [unsized, usual]) await run([demo, '--color', 'never'], io);
    expect(unsized.stdout.text).toBe(usual.stdout.text);
  });

  test('the JUnit view fails where the exit code does', async () => {
    expect(await output([demo, '-f', 'junit'], 1)).toContain('failures="1"');
    expect(await output([demo, '-f', 'junit', '--fail-on', 'info'], 1)).toContain('failures="2"');
    expect(await output([demo, '-f', 'junit', '--fail-on', 'never'], 0)).toContain('failures="0"');
  });

  test('--stall leaves out what was waited for less', async () => {
    expect(await output([demo, '--stall', '7.9'], 1)).toMatch(/^1 hang/);
    const others = ['via-missing', 'connection-relayed-request'].flatMap((rule) => ['--ignore', rule]);
    expect(await output([demo, '--stall', '8', ...others], 0)).toMatch(/^nothing is left to tell/);
  });

  test('messages and their summary', async () => {
    const lines = objects(await output(['messages', '--format', 'ndjson', demo], 0));
    const messages = lines.slice(0, -1);
    expect(messages.length).toBeGreaterThan(0);
    for (const message of messages)
      expect(message).toMatchObject({ stream: expect.any(Number), src: expect.stringMatching(/:\d+$/), headers: expect.any(Object) });
    expect(lines.at(-1)).toMatchObject({ summary: { messages: messages.length, frames: 48, connections: 5, exchanges: 6 } });
    expect((await output(['messages', demo], 0)).split('\n')).toHaveLength(messages.length + 3);
    expect(objects(await output(['messages', '-f', 'ndjson', demo, demo], 0))[0]).toHaveProperty('capture', 0);
  });

  test('relays', async () => {
    const lines = objects(await output(['relays', '-f', 'ndjson', demo], 0));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines[0]).toMatchObject({
      client: { client: expect.any(String), server: expect.any(String), ordinal: 1 },
      attempts: [{ role: 'forward', ordinal: 1 }],
      confidence: expect.stringMatching(/^(proven|strong|likely|possible)$/),
    });
    expect(await output(['relays', demo], 0)).toContain('forward');
  });

  test('info', async () => {
    const json = JSON.parse(await output(['info', '-f', 'json', demo], 0));
    expect(json).toMatchObject({ captures: [{ name: demo, complete: true, health: { connections: 5 } }] });
    expect(await output(['info', demo], 0)).toMatch(/connections +5, /);
    const lines = (await output(['info', demo, '--width', '60'], 0)).split('\n').slice(1);
    expect(lines.filter((line) => line.length > 60)).toEqual([]);
    expect(lines).toContain('  encrypted     1 connection (20 %)');
    expect(lines).toContain('                how many were lost while capturing');
  });

  test('info of what pcapng tells beside frames, made safe', async () => {
    const file = join(folder, 'blocks.pcapng');
    const names = option(1, joinOctets(Uint8Array.of(10, 0, 1, 1), text('\x1b[31mproxy\0')));
    const blocks = [describeInterface({ linkType: 276, options: option(2, text('any')) }), block(4, names), block(10, text('12345678'))];
    writeFileSync(file, joinOctets(section(), ...blocks, enhancedPacket(text('frame'), { options: option(1, text('look')) })));
    const told = await output(['info', file, '--width', '200'], 0);
    expect(told).toMatch(/interface +any, LINUX_SLL2/);
    expect(told).toMatch(/name +10\.0\.1\.1 is \\x1b\[31mproxy/);
    expect(told).toMatch(/comments +1/);
    expect(told).toMatch(/secrets-embedded: the capture carries TLS secrets; TLS is not decrypted by hopcheck/);
    const anonymous = await output(['info', '--anonymize', file], 0);
    expect(anonymous).not.toMatch(/proxy|interface +any/);
  });
});

describe('rules', () => {
  test('each is listed, and has a page', async () => {
    const list = await output(['rules'], 0);
    expect(list.split('\n')).toHaveLength(rules.length + 1);
    for (const rule of rules) {
      expect(list).toContain(`${rule.id} `);
      expect(await output(['explain', rule.id], 0)).toContain('\n');
    }
  });

  test('on a terminal the list keeps within its width, and tells faults from silences', async () => {
    const io = fakeIo({ columns: 80 });
    expect(await run(['rules'], io)).toBe(0);
    expect(Math.max(...io.stdout.lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    const [faults = '', silences = ''] = io.stdout.text.split('\nSilences that are no fault:\n');
    for (const { id, exonerates } of rules) expect(exonerates === true ? silences : faults).toMatch(new RegExp(`^${id} `, 'm'));
  });

  test('a wrong name is told with those near it', async () => {
    const io = fakeIo();
    expect(await run(['explain', 'proxy-deadlock'], io)).toBe(2);
    expect(io.stderr.text).toBe('hopcheck: there is no rule proxy-deadlock; near it: dumb-proxy-deadlock, hopcheck rules lists them\n');
  });
});

describe('an internal error', () => {
  test.each([
    [false, ['hopcheck: internal error: Error: a\\x0ab; --debug shows where, please report it']],
    [true, ['hopcheck: internal error: Error: a\\x0ab', 'Error: a']],
  ])('with --debug %s', (debug, lines) => {
    const io = fakeIo();
    sayFailure(new Error('a\nb'), debug, io);
    expect(io.stderr.lines.slice(0, 2)).toEqual(lines);
    expect(io.stderr.text.includes('run.test.ts')).toBe(debug);
  });
});
