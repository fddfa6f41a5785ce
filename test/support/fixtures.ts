/** The shipped captures: fixtures/<situation>/capture.pcap, .pcapng or .pcap.gz; or several files, one for each place of capture. */
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const FIXTURES = new URL('../../fixtures/', import.meta.url);

interface Situation {
  readonly situation: string;
  readonly folder: URL;
  /** Names of the files in the folder. */
  readonly files: readonly string[];
}

export interface CaptureFile {
  readonly name: string;
  /** Unpacked. */
  readonly bytes: Uint8Array;
  /** Octets in the folder. */
  readonly stored: number;
}

export interface Fixture extends Situation {
  /** Name of the one capture. */
  readonly capture: string;
  readonly bytes: Uint8Array;
}

export interface SituationFixture extends Situation {
  readonly captures: readonly CaptureFile[];
}

export const situations: readonly SituationFixture[] = readdirSync(FIXTURES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => fixtureIn(name));

/** Those of one place of capture. */
export const fixtures: readonly Fixture[] = situations.flatMap(({ captures: [first, ...others], ...situation }) =>
  first === undefined || others.length > 0 ? [] : [{ ...situation, capture: first.name, bytes: first.bytes }],
);

function fixtureIn(situation: string): SituationFixture {
  const folder = new URL(`${situation}/`, FIXTURES);
  const files = readdirSync(folder);
  const captures = files.filter((file) => /\.pcap(?:ng)?(?:\.gz)?$/.test(file)).map((name) => captureIn(folder, name));
  if (captures.length === 0) throw new Error(`fixtures/${situation} holds no capture`);
  return { situation, folder, files, captures };
}

function captureIn(folder: URL, name: string): CaptureFile {
  const octets = readFileSync(new URL(name, folder));
  return { name, bytes: new Uint8Array(name.endsWith('.gz') ? gunzipSync(octets) : octets), stored: octets.length };
}
