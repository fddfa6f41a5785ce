import { expect, test } from 'vitest';
import { NO_PAIRS } from '../../test/support/records.ts';
import type { CaptureReport, Issue, Report } from '../model.ts';
import { adviceFor } from './advice.ts';

const NOTHING_LACKS = { connections: 4, continued: 0, synSeen: 4, bothDirections: 4, gaps: 0, duplicates: 0 };
const ALL_READ = { cutFrames: 0, dropped: undefined, encrypted: 0, http2: 0, quic: 0, tunnels: [] };
const HEALTH = { ...NOTHING_LACKS, ...ALL_READ };

interface Lacking {
  readonly health?: Partial<CaptureReport['health']>;
  readonly cutFrames?: number;
  readonly codes?: readonly string[];
  readonly relays?: number;
}

function adviceOn({ health = {}, cutFrames = 0, codes = [], relays = 1 }: Lacking): readonly string[] {
  const issues = codes.map((code): Issue => ({ code, message: '', count: 1 }));
  const capture: CaptureReport = {
    index: 0,
    name: 'a',
    point: 'p1',
    format: 'pcap',
    linkTypes: [],
    firstFrame: 0,
    frames: 10,
    bytes: 1000,
    firstTime: 0,
    lastTime: 1,
    complete: true,
    dropped: undefined,
    cutFrames,
    interfaces: [],
    names: [],
    comments: 0,
    issues,
    observedUntil: 1,
    health: { ...HEALTH, ...health },
  };
  const report: Report = {
    tool: { name: 'hopcheck', version: '0' },
    base: { seconds: 0 },
    captures: [capture],
    verdict: [],
    connections: 4,
    exchanges: 5,
    relays,
    outlines: [],
    proxies: [],
    pairing: NO_PAIRS,
    rules: [],
    findings: [],
    groups: [],
    exonerations: [],
    locate: (_point, frame) => ({ capture: 0, frame }),
  };
  return adviceFor(capture, report);
}

test.each<[string, Lacking, RegExp]>([
  ['lost frames', { health: { dropped: 3, gaps: 2 } }, /-B 16384/],
  ['gaps, and nothing that says why', { health: { gaps: 2 } }, /-B 16384/],
  ['cut frames, which make the gaps', { cutFrames: 1, health: { gaps: 1 } }, /-s 0/],
  ['a cut file', { codes: ['capture-cut'] }, /-U, and wait 3 s/],
  ['connections without a beginning', { health: { synSeen: 3 } }, /start it first/],
  ['one direction', { health: { bothDirections: 3 } }, /-i any/],
  ['TLS alone', { health: { encrypted: 4 } }, /where TLS ends/],
  ['one hop', { relays: 0 }, /both sides of the proxy/],
  ['two interfaces, one after the other', { relays: 0, codes: ['interfaces-unsorted'] }, /reordercap IN OUT/],
  ['no TCP', { health: { connections: 0, synSeen: 0, bothDirections: 0 } }, /the filter and the interface/],
])('%s: one line of advice', (_name, lacking, advice) => {
  expect(adviceOn(lacking)).toEqual([expect.stringMatching(advice)]);
});

test.each<[string, Lacking]>([
  ['a capture that lacks nothing', {}],
  ['a packed file that is cut: its capture is not to blame', { codes: ['packing-cut', 'capture-cut'] }],
])('%s: none', (_name, lacking) => {
  expect(adviceOn(lacking)).toEqual([]);
});

test('what was left out here is no fault of the capture', () => {
  expect(adviceOn({ health: { connections: 0, synSeen: 0, bothDirections: 0 }, codes: ['narrowed-host'] })).toEqual([]);
  expect(adviceOn({ health: { synSeen: 1 }, relays: 0, codes: ['narrowed-time'] })).toEqual([]);
});
