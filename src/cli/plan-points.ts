/**
 * The captures on the command line -> captures with their points: as --point says, or else as their names and beginnings do.
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { newCaptureFacts, readCapture } from '../capture/read-capture.ts';
import { type CaptureName, Refusal } from './io.ts';
import { type FileStart, groupPoints } from './points.ts';
import { Unpacker } from './unpack.ts';

/** Octets that hold the first frame of any capture that is not strange. */
const BEGINNING = 1 << 16;

/** `NAME=FILE,FILE`: the files of one point, in their order. */
export function parsePoint(value: string): readonly CaptureName[] {
  const equals = value.indexOf('=');
  const [point, files] = [value.slice(0, Math.max(equals, 0)), value.slice(equals + 1).split(',')];
  if (point === '' || files.some((path) => path === '')) throw new Refusal(`--point wants NAME=FILE,FILE and not ${value}`);
  return files.map((path) => ({ path, name: path, point }));
}

/** Points for plain arguments. One input, and whatever is not a file that can be read, is a point of its own. */
export async function planPoints(inputs: readonly CaptureName[]): Promise<readonly CaptureName[]> {
  if (inputs.length < 2 || inputs.some((input) => input.point !== undefined)) return inputs;
  const starts = [];
  for (const { path } of inputs) starts.push(await startOf(path));
  const names = new Map(inputs.map(({ path, name }) => [path, name]));
  return groupPoints(starts).flatMap(({ name: point, paths }) => paths.map((path) => ({ path, name: names.get(path) ?? path, point })));
}

/** More than one point: the hops can only be paired when all of them are known. */
export function severalPoints(inputs: readonly CaptureName[]): boolean {
  return new Set(inputs.map((input) => input.point)).size > 1;
}

async function startOf(path: string): Promise<FileStart> {
  const facts = newCaptureFacts(0, path, 'p', 0);
  const base = { seconds: Number.NaN };
  const reader = readCapture(facts, base, () => {});
  try {
    if (path === '-' || !statSync(path).isFile()) return { path, linkType: path, begins: Number.NaN };
    const unpacker = new Unpacker((bytes) => reader.push(bytes));
    await unpacker.push(readStart(path));
    unpacker.close();
  } catch {
    // Whatever is wrong with it is told when it is read in earnest.
  }
  return { path, linkType: facts.linkTypes[0] ?? path, begins: base.seconds + facts.firstTime / 1e9 };
}

function readStart(path: string): Uint8Array {
  const fd = openSync(path, 'r');
  try {
    const bytes = new Uint8Array(BEGINNING);
    return bytes.subarray(0, readSync(fd, bytes, 0, BEGINNING, 0));
  } finally {
    closeSync(fd);
  }
}
