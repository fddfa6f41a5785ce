/**
 * Every classic capture of ../shared, read by our reader and by pcap-parser.
 *
 * Compared: each frame's number, time, captured and wire length, file offset, link type and a hash of its octets; the time
 * base; and whether the file is complete. pcap-parser stops at the first damage, ours goes on behind it: from that offset on
 * only ours has frames. Then the number of frames against `capinfos` of Wireshark 4.0.17, for pcapng too: no difference is
 * known, and captures of link types that capinfos refuses have no number there.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readCapture } from '../src/capture/read-capture.ts';
import { readWithPcapParser } from '../src/cli/pcap-parser-reader.ts';
import { type Reading, readFrames } from './support/read-frames.ts';

const SHARED = new URL('../../shared/', import.meta.url);
const FOLDERS = ['lab/', 'captures/'];
const CLASSIC = new Set([0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1]);
const ABSENT = 'skipped: ../shared is absent';

interface Oracle {
  readonly captures: Readonly<Record<string, { readonly capinfos: { readonly ok: boolean; readonly packets?: number } }>>;
}

const present = existsSync(SHARED);
const captures = present ? FOLDERS.flatMap(list).filter((path) => /\.p?cap(ng)?$/.test(path)) : [];
const readings = new Map<string, Reading>();

function list(folder: string): readonly string[] {
  return readdirSync(new URL(folder, SHARED), { recursive: true, encoding: 'utf8' }).map((path) => folder + path);
}

function bytesOf(path: string): Uint8Array {
  const { buffer, byteOffset, byteLength } = readFileSync(new URL(path, SHARED));
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function isClassic(path: string): boolean {
  const bytes = bytesOf(path);
  return bytes.length >= 4 && CLASSIC.has(new DataView(bytes.buffer, bytes.byteOffset).getUint32(0));
}

function ours(path: string): Reading {
  const known = readings.get(path);
  if (known !== undefined) return known;
  const reading = readFrames(readCapture, bytesOf(path), { chunks: [65_536, 1, 4099] });
  readings.set(path, reading);
  return reading;
}

/** Where pcap-parser stopped, as a file offset. */
function damageOffset({ facts }: Reading): number {
  const offsets = facts.issues.filter(({ code }) => code !== 'frame-cut' && code !== 'time-backwards').map(({ offset }) => offset ?? 0);
  return facts.complete ? Number.POSITIVE_INFINITY : Math.min(...offsets);
}

describe.skipIf(!present)(`both readers agree on every classic capture${present ? '' : ` (${ABSENT})`}`, () => {
  const classic = captures.filter(isClassic);

  test('there are captures to compare', () => {
    expect(classic.length).toBeGreaterThan(600);
  });

  test.each(classic)('%s', (path) => {
    const mine = ours(path);
    const theirs = readFrames(readWithPcapParser, bytesOf(path), { chunks: [65_536] });
    const damage = damageOffset(theirs);
    expect(damageOffset(mine)).toBe(damage);
    expect(theirs.frames).toEqual(mine.frames.filter(({ offset }) => offset < damage));
    expect([theirs.base, theirs.facts.complete, theirs.error]).toEqual([mine.base, mine.facts.complete, undefined]);
  });
});

describe.skipIf(!present)(`as many frames as capinfos counts${present ? '' : ` (${ABSENT})`}`, () => {
  const oracle: Oracle = present ? JSON.parse(readFileSync(new URL('captures/oracle.json', SHARED), 'utf8')) : { captures: {} };
  const counted = Object.entries(oracle.captures).filter(([, { capinfos }]) => capinfos.packets !== undefined);

  test.each(counted)('%s', (name, { capinfos }) => {
    const { frames, facts } = ours(`captures/${name}`);
    expect(frames.length).toBe(capinfos.packets);
    expect(facts.frames).toBe(frames.length);
    expect(facts.complete).toBe(capinfos.ok);
  });
});
