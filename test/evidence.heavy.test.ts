/** tshark as the judge of the evidence: it reads every file, sees the comments on the frames that they are about, and the checksums. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { fakeIo } from '../src/cli/fakes.ts';
import { run } from '../src/cli/run.ts';
import { fixtures } from './support/fixtures.ts';
import { Wire } from './support/wire.ts';

const installed = spawnSync('tshark', ['--version']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'hopcheck-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Rows of cells; several values of a field are one cell. */
function fields(path: string, ...names: readonly string[]): string[][] {
  const checks = ['-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE'];
  const { stdout, status } = spawnSync('tshark', ['-r', path, ...checks, '-T', 'fields', ...names.flatMap((name) => ['-e', name])], {
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((row) => row.split('\t'));
}

async function evidenceOf(path: string, ...options: readonly string[]): Promise<string> {
  const file = join(folder, 'evidence.pcapng');
  await run([path, '-q', '--force', '--evidence', file, ...options], fakeIo());
  return file;
}

test.for(fixtures.map((fixture) => [fixture.situation, fixture] as const))(
  '%s: comments stand on the right frames',
  async ([, { capture, folder: of }], context) => {
    context.skip(!installed, 'tshark is not installed');
    const path = fileURLToPath(new URL(capture, of));
    const io = fakeIo();
    await run([path, '-f', 'json'], io);
    const { findings } = JSON.parse(io.stdout.text);
    const file = await evidenceOf(path);
    const times = new Map(fields(path, 'frame.number', 'frame.time_epoch').map(([number = '', time = '']) => [number, time]));
    const commented = fields(file, 'frame.time_epoch', 'frame.comment').filter(([, comment = '']) => comment !== '');
    const named = commented.flatMap(([time, comment = '']) =>
      Array.from(comment.matchAll(/\[frame (\d+) of /g), ([, number = '']) => [times.get(number), time]),
    );
    expect(named.filter(([was, is]) => was !== is)).toEqual([]);
    for (const { id } of findings) expect(commented.some(([, comment = '']) => comment.includes(`${id} `))).toBe(true);
  },
);

test('checksums that were right stay right, whatever was overwritten or made anew', async (context) => {
  context.skip(!installed, 'tshark is not installed');
  const wire = new Wire().open('c', 'client', 'server', 80);
  for (const length of [1, 2, 3, 1459, 1460])
    wire
      .say(
        'c',
        'client',
        `POST /a HTTP/1.1\r\nHost: o.test\r\nCookie: ${'s'.repeat(length)}\r\nContent-Length: ${length}\r\n\r\n${'b'.repeat(length)}`,
      )
      .say('c', 'server', `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n${'\xff'.repeat(length)}`);
  const path = join(folder, 'capture.pcap');
  writeFileSync(path, wire.say('c', 'client', 'GET /b HTTP/1.1\r\nHost: o.test\r\n\r\n').wait(30).close('c', 'client').pcap());
  for (const options of [[], ['--anonymize']]) {
    const states = fields(await evidenceOf(path, ...options), 'ip.checksum.status', 'tcp.checksum.status');
    expect(states.length).toBeGreaterThan(20);
    expect(states.filter(([ip, tcp]) => ip !== '1' || tcp !== '1')).toEqual([]);
  }
});
