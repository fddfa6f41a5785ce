/** Evidence of what comes through a pipe: that of a file as long as a ring of frames holds it, and what it says when it does not. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { concat } from './support/packet.ts';
import { pcapOf, type WireFrame } from './support/pcap.ts';
import { GET, OK, Wire } from './support/wire.ts';

const program = fileURLToPath(new URL('../bin/hopcheck.js', import.meta.url));
const demo = readFileSync(new URL('../fixtures/figure-4-15/capture.pcap', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'hopcheck-'));
afterAll(() => rmSync(folder, { recursive: true }));

const START = 1_700_000_000;
/** Frames of 1 kB that are not of IP: as many as fill the ring with half as much again. */
const FILLER = 96 * 1024;
/** The eighth is the request that is not answered. */
const FRAMES_OF_A_HANG = 13;

interface Ended {
  readonly status: number | null;
  readonly said: string;
}

function hopcheck(input: Uint8Array, ...argv: readonly string[]): Ended {
  const args = [program, ...argv, '--fail-on', 'never', '-o', join(folder, 'report.md'), '--force'];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, input, encoding: 'utf8', maxBuffer: 1 << 26 });
  return { status, said: stderr };
}

/** A request on a kept connection that nobody answers. */
function hang(host: string, start: number): readonly WireFrame[] {
  return new Wire({ start })
    .host('client', '10.0.9.1')
    .host(host, host)
    .open('c', 'client', host, 80)
    .say('c', 'client', GET('/a', 'Host: o.test', 'Cookie: sid=tiptop-secret'))
    .say('c', 'server', OK('hi'))
    .say('c', 'client', GET('/b', 'Host: o.test', 'Cookie: sid=tiptop-secret'))
    .wait(30)
    .close('c', 'client')
    .frames();
}

test.each([
  ['--evidence', 'evidence.pcapng'],
  ['--evidence', 'evidence.pcapng.gz'],
  ['--bundle', 'ticket.zip'],
])('a pipe that is held as a whole: %s %s is that of a file', (option, name) => {
  expect(existsSync(fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))), 'dist is missing: npm run build').toBe(true);
  writeFileSync(join(folder, 'stdin'), demo);
  const [ofFile, ofPipe] = ['of-file-', 'of-pipe-'].map((which) => which + name);
  const file = hopcheck(new Uint8Array(), 'stdin', option, ofFile ?? '');
  const pipe = hopcheck(demo, '-', option, ofPipe ?? '');
  expect([file.status, pipe.status, pipe.said]).toEqual([0, 0, file.said.replaceAll('of-file-', 'of-pipe-')]);
  expect(readFileSync(join(folder, ofPipe ?? '')).equals(readFileSync(join(folder, ofFile ?? '')))).toBe(true);
});

test('of a longer pipe the end is held, and the evidence that is gone is named', () => {
  const filler = new Uint8Array(1024).fill(0x88);
  const between = Array.from({ length: FILLER }, (_, index) => ({ time: (START + 40) * 1e6 + index, bytes: filler, wireLength: 1024 }));
  const [early, late] = [hang('10.0.9.2', START), hang('10.0.9.3', START + 50)];
  expect([early.length, late.length]).toEqual([FRAMES_OF_A_HANG, FRAMES_OF_A_HANG]);
  const input = concat(pcapOf([...early, ...between]), pcapOf(late).subarray(24));
  const { status, said } = hopcheck(input, '-', '--evidence', 'late.pcapng');
  expect([status, said]).toEqual([0, expect.stringContaining(`late.pcapng: written, ${FRAMES_OF_A_HANG} frames of the connections`)]);
  const [, first, gone] =
    /^hopcheck: stdin: of a pipe the last 64 MiB are held, so frames 1 to (\d+) are missing, evidence among them: ([\d, ]+)$/m.exec(said) ??
    [];
  expect(Number(first)).toBeGreaterThan(FILLER / 3);
  expect(Number(first)).toBeLessThan(FILLER / 2);
  expect(gone?.split(', ').every((frame) => Number(frame) <= FRAMES_OF_A_HANG)).toBe(true);
  const octets = readFileSync(join(folder, 'late.pcapng')).toString('latin1');
  expect(octets).toContain(`stdin: of a pipe the last 64 MiB are held, so frames 1 to ${first} are missing`);
  expect(octets).toContain(`[frame ${FRAMES_OF_A_HANG + FILLER + 8} of stdin]`);
  expect(octets).not.toContain('tiptop-secret');
});
