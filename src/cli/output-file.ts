/**
 * -o FILE: a report -> a file of mode 0600, whole or not at all, never over an existing file without --force.
 *
 * It is written to a new file in the same folder, which then gets the name: by a hard link, which fails where something
 * has the name already, or with --force by rename. Nothing is ever written through a symbolic link.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import type { Format } from '../view/index.ts';
import { Refusal } from './io.ts';
import { codeOf, whyNotWritten } from './system-error.ts';

const ENDINGS: ReadonlyMap<string, Format> = new Map([
  ['.txt', 'text'],
  ['.json', 'json'],
  ['.ndjson', 'ndjson'],
  ['.jsonl', 'ndjson'],
  ['.md', 'markdown'],
  ['.markdown', 'markdown'],
  ['.html', 'html'],
  ['.sarif', 'sarif'],
  ['.xml', 'junit'],
]);

export interface PlannedOutput {
  readonly path: string;
  readonly format: Format;
}

/** What decides about outputs. */
export interface OutputOptions {
  readonly format: Format | undefined;
  /** Of a configuration file. */
  readonly usualFormat: Format | undefined;
  readonly force: boolean;
  readonly inputs: readonly string[];
}

/** --format decides for all of them; without it the ending of each name. Refuses what could not be written at the end. */
export function planOutputs(paths: readonly string[], options: OutputOptions): PlannedOutput[] {
  return paths.map((path) => {
    if (paths.filter((other) => other === path).length > 1) throw new Refusal(`${path}: named twice as an output`);
    refuseOutput(path, options.force, options.inputs);
    return { path, format: options.format ?? ENDINGS.get(extname(path).toLowerCase()) ?? options.usualFormat ?? 'text' };
  });
}

/** Throws Refusal where a file of that name must not or cannot be made. */
export function refuseOutput(path: string, force: boolean, inputs: readonly string[]): void {
  if (path === '-') throw new Refusal('-: a file is wanted; without -o the report goes to standard output');
  const folder = statOf(dirname(path), statSync);
  if (folder?.isDirectory() !== true) throw new Refusal(`${path}: there is no folder ${dirname(path)}`);
  const present = statOf(path, lstatSync);
  if (present === undefined) return;
  if (!present.isFile()) throw new Refusal(`${path}: is not a regular file, choose another name`);
  const same = (input: string): boolean => {
    const stats = statOf(input, statSync);
    return stats !== undefined && stats.dev === present.dev && stats.ino === present.ino;
  };
  if (inputs.some(same)) throw new Refusal(`${path}: is an input, choose another name`);
  if (!force) throw new Refusal(`${path}: exists, --force replaces it`);
}

function statOf(path: string, stat: (path: string) => Stats): Stats | undefined {
  try {
    return stat(path);
  } catch {
    return undefined;
  }
}

/** `pieces` are written one behind the other. Throws Refusal when it cannot be written; then nothing has changed. */
export function writeWhole(path: string, pieces: Iterable<string>, force: boolean): void {
  const file = new NewFile(path);
  try {
    for (const piece of pieces) file.write(new TextEncoder().encode(piece));
    file.commit(force);
  } catch (error) {
    file.abandon();
    throw error;
  }
}

/** A file that comes into being as a whole. Its methods throw Refusal when the system refuses; then call `abandon`. */
export class NewFile {
  readonly #path: string;
  readonly #temporary: string;
  #fd: number | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#temporary = join(dirname(path), `.${basename(path).slice(0, 100)}.${randomBytes(6).toString('hex')}.tmp`);
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);
    this.#fd = this.#try(() => openSync(this.#temporary, flags, 0o600));
  }

  write(bytes: Uint8Array): void {
    const fd = this.#fd;
    if (fd === undefined) return;
    this.#try(() => {
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    });
  }

  /** Gives it its name. */
  commit(force: boolean): void {
    const fd = this.#fd;
    if (fd === undefined) return;
    this.#fd = undefined;
    this.#try(() => {
      fsyncSync(fd);
      closeSync(fd);
      if (force) renameSync(this.#temporary, this.#path);
      else linkNew(this.#temporary, this.#path);
    });
  }

  abandon(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    forget(this.#temporary);
  }

  #try<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      const why = whyNotWritten(error);
      throw why === undefined ? error : new Refusal(`${this.#path}: ${why}`);
    }
  }
}

function linkNew(temporary: string, path: string): void {
  try {
    linkSync(temporary, path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw new Refusal(`${path}: exists, --force replaces it`);
    // a file system without hard links
    if (statOf(path, lstatSync) !== undefined) throw new Refusal(`${path}: exists, --force replaces it`);
    renameSync(temporary, path);
    return;
  }
  unlinkSync(temporary);
}

function forget(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // it was not made, or has its name already
  }
}
