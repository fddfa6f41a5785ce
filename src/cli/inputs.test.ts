/** Files only. Pipes are tested with the whole program (test/cli.heavy.test.ts): a worker thread closes, when it ends, the descriptors that a socket has closed already. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type FakeIo, type FakeTarget, fakeIo, fakeTarget, pcapOf } from './fakes.ts';
import { type Outcome, readInputs } from './inputs.ts';
import { LiveClock } from './live-clock.ts';
import { Narrowing } from './narrow.ts';
import { Progress } from './progress.ts';
import { RedactionKey } from './secrets.ts';

const folder = mkdtempSync(join(tmpdir(), 'hopcheck-inputs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const good = fileOf('good.pcap', pcapOf([1, 2, 3]));

function fileOf(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

interface Run {
  readonly io: FakeIo;
  readonly target: FakeTarget;
  readonly done: Promise<Outcome>;
}

function read(paths: readonly string[], settings: { quiet?: boolean; verbose?: boolean } = {}): Run {
  const io = fakeIo();
  const target = fakeTarget();
  const done = readInputs(
    paths.map((path) => ({ path, name: path.replace(`${folder}/`, '') })),
    target,
    {
      io,
      key: new RedactionKey(),
      reader: undefined,
      narrowing: new Narrowing({}),
      progress: new Progress(io, true),
      clock: new LiveClock(),
      quiet: settings.quiet === true,
      verbose: settings.verbose === true,
      debug: false,
      flush: () => undefined,
    },
  );
  return { io, target, done };
}

describe('bad inputs: one clear line each, and the others are read', () => {
  mkdirSync(join(folder, 'folder'));
  const cases: readonly (readonly [name: string, path: string, line: string])[] = [
    ['missing', join(folder, 'none.pcap'), 'hopcheck: none.pcap: no such file'],
    ['a folder', join(folder, 'folder'), 'hopcheck: folder: is a directory, name the captures in it'],
    ['below a file', join(good, 'x'), 'hopcheck: good.pcap/x: no such file'],
    ['empty', fileOf('empty.pcap', ''), 'hopcheck: empty.pcap: is empty: nothing was captured, or tcpdump still holds it, which -U avoids'],
    [
      'text',
      fileOf('text.txt', 'GET / HTTP/1.1\r\n\r\n'),
      'hopcheck: text.txt: not a pcap or pcapng file: starts with 0x47455420, which is the text "GET " (at byte 0)',
    ],
    ['one octet', fileOf('one', 'a'), 'hopcheck: one: 1 byte: no capture header (at byte 0)'],
    ['a device', '/dev/zero', 'hopcheck: /dev/zero: is a device, not a capture'],
    ['a name with controls', `${folder}/a\u001b[2J\n`, 'hopcheck: a\\x1b[2J\\x0a: no such file'],
    ['a very long name', `${folder}/${'x'.repeat(300)}`, `hopcheck: ${'x'.repeat(300)}: the name is too long`],
  ];

  test.each(cases)('%s', async (_name, path, line) => {
    const { io, target, done } = read([path, good]);
    expect(await done).toEqual({ analysed: 1, unreadable: 1, damaged: 0 });
    expect(io.stderr.lines).toEqual([line]);
    expect(target.captures.at(-1)?.frames).toBe(3);
  });

  test('all of them', async () => {
    const { io, done } = read(cases.map(([, path]) => path));
    expect(await done).toEqual({ analysed: 0, unreadable: cases.length, damaged: 0 });
    expect(io.stderr.lines).toHaveLength(cases.length);
  });
});

describe('damage', () => {
  const cut = fileOf('cut.pcap', pcapOf([1, 2, 3]).subarray(0, 24 + 76 + 40));

  test('a capture that is cut is analysed and said', async () => {
    const { io, done } = read([cut]);
    expect(await done).toEqual({ analysed: 1, unreadable: 0, damaged: 1 });
    expect(io.stderr.lines).toHaveLength(1);
    expect(io.stderr.text).toMatch(/^hopcheck: cut\.pcap: .*\(at byte 100\)$/m);
  });

  test('--quiet says nothing of it', async () => {
    const { io, done } = read([cut], { quiet: true });
    expect((await done).damaged).toBe(1);
    expect(io.stderr.text).toBe('');
  });
});
