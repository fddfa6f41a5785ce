import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as pathOf } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { describeInterface, enhancedPacket, join, pcapHeader, record, section } from '../../test/support/capture-bytes.ts';
import { fixtures } from '../../test/support/fixtures.ts';
import { peekAt } from './peek.ts';

const folder = mkdtempSync(pathOf(tmpdir(), 'hopcheck-peek-'));
afterAll(() => rmSync(folder, { recursive: true }));

const frame = new Uint8Array(1000).fill(0x42);
const SECONDS = 1_700_000_000;
/** A frame each second; half a megabyte, more than is looked at. */
const many = Array.from({ length: 500 }, (_, index) => index);
const classic = join(pcapHeader(), ...many.map((index) => record(frame, { seconds: SECONDS + index })));
const blocks = join(
  section(),
  describeInterface(),
  ...many.map((index) => enhancedPacket(frame, { stamp: BigInt(SECONDS + index) * 1_000_000n })),
);

function fileOf(bytes: Uint8Array): string {
  const path = pathOf(folder, 'capture');
  writeFileSync(path, bytes);
  return path;
}

test.each<[string, Uint8Array, number]>([
  ['pcap', classic, SECONDS + 499],
  ['pcap that is cut', classic.subarray(0, -10), SECONDS + 498],
  ['a small pcap', classic.subarray(0, 24 + 1016 * 3), SECONDS + 2],
  ['pcap with one frame', classic.subarray(0, 24 + 1016), SECONDS],
  ['pcapng', blocks, SECONDS + 499],
  ['packed', gzipSync(classic), Number.NaN],
])('the times of the first and last frame of %s', async (_name, bytes, ends) => {
  expect(await peekAt(fileOf(bytes))).toMatchObject({ linkType: 'EN10MB', begins: SECONDS, ends });
});

test.each(['none', 'text', 'empty', '-'])('nothing is known of what is no capture: %s', async (what) => {
  const path =
    what === '-' ? '-' : what === 'none' ? pathOf(folder, 'none') : fileOf(new TextEncoder().encode(what === 'text' ? 'GET / HTTP' : ''));
  expect(await peekAt(path)).toMatchObject({ linkType: path, begins: Number.NaN, ends: Number.NaN });
});

test('connections that begin in it, each in one half of a capture', async () => {
  const hang = fixtures.find(({ situation }) => situation === 'figure-4-15')?.bytes ?? new Uint8Array();
  const view = new DataView(hang.buffer, hang.byteOffset);
  let cut = 24;
  for (let number = 0; number < 24; number++) cut += 16 + view.getUint32(cut + 8, true);
  const { accepts: whole } = await peekAt(fileOf(hang));
  const { accepts: first } = await peekAt(fileOf(hang.slice(0, cut)));
  const { accepts: second } = await peekAt(fileOf(join(hang.slice(0, 24), hang.slice(cut))));
  expect(first.size).toBeGreaterThan(0);
  expect([...first, ...second]).toEqual([...whole]);
});

test('connections go on from one half of a capture to the other', async () => {
  const hang = fixtures.find(({ situation }) => situation === 'figure-4-15')?.bytes ?? new Uint8Array();
  const view = new DataView(hang.buffer, hang.byteOffset);
  let cut = 24;
  for (let number = 0; number < 24; number++) cut += 16 + view.getUint32(cut + 8, true);
  const { closes } = await peekAt(fileOf(hang.slice(0, cut)));
  const { opens } = await peekAt(fileOf(join(hang.slice(0, 24), hang.slice(cut))));
  expect([...opens].filter((place) => closes.has(place)).length).toBeGreaterThan(0);
});
