/**
 * What goes into files beside the reports: --evidence and --bundle. Planned before anything is read, written whole or not at all.
 */

import type { Format } from '../view/index.ts';
import type { Told, Written } from './evidence.ts';
import type { CaptureName, Io } from './io.ts';
import { Refusal, say } from './io.ts';
import type { AnalyzeOptions } from './options.ts';
import { NewFile, refuseOutput } from './output-file.ts';

const REPORTS: readonly (readonly [name: string, format: Format])[] = [
  ['report.md', 'markdown'],
  ['report.html', 'html'],
  ['report.json', 'json'],
];

/** Throws Refusal for what could not be written at the end. */
export function planTicketFiles({ evidence, bundle, force }: AnalyzeOptions, inputs: readonly CaptureName[]): void {
  const paths = inputs.map(({ path }) => path);
  for (const path of [evidence, bundle]) if (path !== undefined) refuseOutput(path, force === true, paths);
  if (evidence !== undefined && evidence === bundle) throw new Refusal(`${evidence}: named twice as an output`);
}

/** Everything that the two options ask for. Throws Refusal. */
export async function writeTicketFiles(
  inputs: readonly CaptureName[],
  told: Told,
  options: AnalyzeOptions,
  io: Io,
  render: (format: Format) => Promise<Iterable<string>>,
): Promise<void> {
  const { evidence, bundle, force = false } = options;
  const { writeEvidence } = await import('./evidence.ts');
  const collect = (write: (bytes: Uint8Array) => void): Promise<Written> => writeEvidence(inputs, told, options, io, write);
  const note = (path: string, written: Written, what = ''): void => {
    if (options.quiet === true) return;
    const rest = written.leftOut === 0 ? '' : `, ${written.leftOut} left out that could not be shown without more than may be shown`;
    say(io, `${path}: written, ${what}${written.frames} frames of the connections of the findings${rest}`);
    for (const gone of written.gone) say(io, gone);
  };
  if (evidence !== undefined) {
    const written = await whole(evidence, force, (write) => (evidence.endsWith('.gz') ? gzipped(write, collect) : collect(write)));
    note(evidence, written);
  }
  if (bundle === undefined) return;
  note(bundle, await whole(bundle, force, (write) => zipped(write, render, collect)), 'a zip of the report and ');
}

type Collect = (write: (bytes: Uint8Array) => void) => Promise<Written>;

async function whole<T>(path: string, force: boolean, fill: (write: (bytes: Uint8Array) => void) => Promise<T>): Promise<T> {
  const file = new NewFile(path);
  try {
    const result = await fill((bytes) => file.write(bytes));
    file.commit(force);
    return result;
  } catch (error) {
    file.abandon();
    throw error;
  }
}

async function gzipped(write: (bytes: Uint8Array) => void, collect: Collect): Promise<Written> {
  const { Gzip } = await import('fflate');
  const gzip = new Gzip({ mtime: EPOCH }, (bytes) => write(bytes));
  const written = await collect((bytes) => gzip.push(bytes));
  gzip.push(new Uint8Array(), true);
  return written;
}

/** The same bytes whenever they are written: a zip cannot name a time before 1980. */
const EPOCH = new Date(1980, 0, 1);

async function zipped(
  write: (bytes: Uint8Array) => void,
  render: (format: Format) => Promise<Iterable<string>>,
  collect: Collect,
): Promise<Written> {
  const { Zip, ZipDeflate } = await import('fflate');
  let failure: Error | undefined;
  const zip = new Zip((error, bytes) => {
    if (error === null) write(bytes);
    else failure = error;
  });
  const entry = (name: string): { push(bytes: Uint8Array, last?: boolean): void } => {
    const file = new ZipDeflate(name, { level: 6 });
    file.mtime = EPOCH;
    file.os = 3; // Unix: the permissions in attrs count
    file.attrs = 0o600 << 16;
    zip.add(file);
    return file;
  };
  for (const [name, format] of REPORTS) {
    const file = entry(name);
    for (const piece of await render(format)) file.push(new TextEncoder().encode(piece));
    file.push(new Uint8Array(), true);
  }
  const file = entry('evidence.pcapng');
  const written = await collect((bytes) => file.push(bytes));
  file.push(new Uint8Array(), true);
  zip.end();
  if (failure !== undefined) throw failure;
  return written;
}
