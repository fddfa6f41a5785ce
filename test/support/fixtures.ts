/** The shipped captures: fixtures/<situation>/capture.pcap or .pcapng. */
import { readdirSync, readFileSync } from 'node:fs';

const FIXTURES = new URL('../../fixtures/', import.meta.url);

export interface Fixture {
  readonly situation: string;
  readonly folder: URL;
  /** Names of the files beside the capture. */
  readonly files: readonly string[];
  /** capture.pcap or capture.pcapng. */
  readonly capture: string;
  readonly bytes: Uint8Array;
}

export const fixtures: readonly Fixture[] = readdirSync(FIXTURES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => fixtureIn(name));

function fixtureIn(situation: string): Fixture {
  const folder = new URL(`${situation}/`, FIXTURES);
  const files = readdirSync(folder);
  const [capture, ...others] = files.filter((file) => file.startsWith('capture.'));
  if (capture === undefined || others.length > 0) throw new Error(`fixtures/${situation} must hold one capture`);
  return { situation, folder, files, capture, bytes: new Uint8Array(readFileSync(new URL(capture, folder))) };
}
