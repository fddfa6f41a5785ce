import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { newCaptureFacts } from '../capture/read-capture.ts';
import type { CaptureFacts } from '../model.ts';
import { fakeIo, pcapOf } from './fakes.ts';
import { Narrowing, type NarrowingOptions } from './narrow.ts';
import { parseTime } from './narrow-options.ts';
import { run } from './run.ts';

const demo = fileURLToPath(new URL('../../fixtures/figure-4-15/capture.pcap', import.meta.url));

interface Narrowed {
  readonly code: number;
  readonly summary: { readonly verdict: string; readonly connections: number };
  readonly capture: {
    readonly frames: number;
    readonly firstTime: string;
    readonly observedUntil: string;
    readonly complete: boolean;
    readonly issues: readonly { readonly code: string; readonly count: number; readonly message: string }[];
  };
  readonly findings: readonly object[];
}

async function analyze(...argv: readonly string[]): Promise<Narrowed> {
  const io = fakeIo();
  const code = await run(['-f', 'json', ...argv, demo], io);
  expect(io.stderr.text).toBe('');
  const { summary, captures, findings } = JSON.parse(io.stdout.text);
  const faults = findings.filter(({ severity }: { severity: string }) => severity !== 'info');
  return { code, summary, capture: captures[0], findings: faults };
}

function issuesOf({ capture }: Narrowed): readonly (readonly [string, number])[] {
  return capture.issues.map(({ code, count }) => [code, count]);
}

/** What the hang shows about the exchange before it. */
const RELAYED = { rule: 'connection-relayed-request' };

describe('the figure, narrowed', () => {
  test('to a host: its connections alone, and what was left out is counted', async () => {
    const narrowed = await analyze('--host', '10.0.1.10');
    expect(narrowed.summary).toMatchObject({ connections: 3, verdict: expect.stringContaining('narrowed by --host 10.0.1.10') });
    expect(issuesOf(narrowed)).toEqual([['narrowed-host', 17]]);
    expect(narrowed.capture.frames).toBe(48);
  });

  test('to all of its hosts: as if it were not narrowed, but for the words', async () => {
    const plain = await analyze();
    const narrowed = await analyze('--host', '10.0.1.1', '--host', '10.0.2.1', '--from', '+0', '--to', '+60', '--max-bytes', '1M');
    expect(narrowed.findings).toEqual(plain.findings);
    expect(narrowed.capture).toEqual(plain.capture);
    expect(narrowed.summary.verdict.startsWith(plain.summary.verdict)).toBe(true);
  });

  test('to a time: what is known ends there', async () => {
    const narrowed = await analyze('--to', '+5');
    expect(Number(narrowed.capture.observedUntil)).toBeCloseTo(Number(narrowed.capture.firstTime) + 5, 6);
    expect(issuesOf(narrowed)).toEqual([
      ['narrowed-time', 16],
      ['narrowed-end', 1],
    ]);
    expect(narrowed.findings).toMatchObject([{ wait: { ended: 'capture-end' } }, RELAYED]);
  });

  test('from a time on: frames keep their numbers', async () => {
    const narrowed = await analyze('--from', '2026-11-22T21:20:05Z');
    expect(issuesOf(narrowed)).toEqual([['narrowed-time', 13]]);
    expect(narrowed.findings).toMatchObject([
      { rule: 'dumb-proxy-deadlock', displayFilter: expect.stringMatching(/\b(2[0-9])\b/) },
      RELAYED,
    ]);
  });

  test('to a number of bytes: the frame that is cut there is no damage', async () => {
    const narrowed = await analyze('--max-bytes', '5000', '--strict');
    expect(narrowed.code).toBe(0);
    expect(narrowed.capture).toMatchObject({ frames: 20, bytes: 5000, complete: true });
    expect(issuesOf(narrowed)).toEqual([['narrowed-end', 1]]);
  });

  test('until the hang', async () => {
    const narrowed = await analyze('--until', 'hang');
    expect(narrowed.code).toBe(1);
    expect(narrowed.capture.complete).toBe(true);
    expect(narrowed.capture.frames).toBeLessThan(48);
    expect(narrowed.findings).toMatchObject([{ severity: 'hang' }, RELAYED]);
  });
});

test('inputs behind the end are not opened', async () => {
  const io = fakeIo();
  const several = ['--max-bytes', String(readFileSync(demo).length), demo, 'none.pcap'];
  await run(['messages', '-f', 'ndjson', ...several], io);
  expect(io.stderr.lines).toEqual(['hopcheck: not read because of --max-bytes: none.pcap']);
});

test.each([
  ['a name', ['--host', 'example.com'], /--host.*An IPv4 or IPv6 address/],
  ['a time that is none', ['--from', 'noon'], /--from.*Epoch seconds/],
  ['times the wrong way round', ['--from', '+9', '--to', '+3'], /--from \+9 is later than --to \+3/],
  ['no bytes', ['--max-bytes', '0'], /--max-bytes.*A number of bytes/],
  ['until something else', ['--until', 'noon'], /--until.*Allowed choices are hang/],
  ['until a hang at several points', ['--until', 'hang', '--point', `a=${demo}`, '--point', `b=${demo}`], /--until wants one point/],
])('nonsense is refused in one line: %s', async (_name, argv, line) => {
  const io = fakeIo();
  expect(await run(argv.includes('--point') ? argv : [...argv, demo], io)).toBe(2);
  expect(io.stderr.lines).toHaveLength(1);
  expect(io.stderr.text).toMatch(line);
});

describe('--to and frames out of order', () => {
  function read(options: NarrowingOptions, times: readonly number[]): { facts: CaptureFacts; kept: number; enough: string | undefined } {
    const narrowing = new Narrowing(options);
    const facts = newCaptureFacts(0, 'a', 'p', 0);
    let kept = 0;
    const reader = narrowing.reader(undefined)?.(facts, { seconds: Number.NaN }, () => kept++);
    reader?.push(pcapOf(times));
    reader?.end();
    return { facts, kept, enough: narrowing.enough };
  }

  const late = (count: number): number[] => Array.from({ length: count }, () => 1000);

  test.each([
    ['one frame that claims the future', [1, 2, 1000, 3, 4], 4, undefined],
    ['fifteen of them', [1, ...late(15), 2, ...late(15)], 2, undefined],
    ['sixteen in a row end it', [1, ...late(16), 2], 1, '--to'],
    ['a second behind it is not late', [1, ...late(0), ...Array.from({ length: 40 }, () => 10.9), 2], 2, undefined],
  ] as const)('%s', (_name, times, kept, enough) => {
    expect(read({ to: parseTime('+9') }, times)).toMatchObject({ kept, enough, facts: { complete: true } });
  });
});
