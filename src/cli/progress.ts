/**
 * One line on standard error that says how far the reading is; only on a terminal, and gone before anything else is printed.
 */
import { plain } from '../view/safe.ts';
import type { Io } from './io.ts';

export interface Reading {
  readonly name: string;
  readonly octets: number;
  /** Of the whole input; undefined for a pipe. */
  readonly total: number | undefined;
  readonly frames: number;
}

const FIRST_AFTER_MS = 400;
const EVERY_MS = 100;

export class Progress {
  /** Findings so far. */
  findings = 0;
  #shown = false;
  #next = Date.now() + FIRST_AFTER_MS;
  readonly #io: Pick<Io, 'stderr'>;
  readonly #enabled: boolean;

  constructor(io: Pick<Io, 'stderr'>, wanted: boolean) {
    this.#io = io;
    this.#enabled = wanted && io.stderr.isTerminal;
  }

  show(reading: Reading): void {
    if (!this.#enabled) return;
    const now = Date.now();
    if (now < this.#next) return;
    this.#next = now + EVERY_MS;
    this.#shown = true;
    const line = progressLine(reading, this.findings).slice(0, (this.#io.stderr.columns ?? 80) - 1);
    this.#io.stderr.write(`\r\u001b[2K${line}`);
  }

  clear(): void {
    if (!this.#shown) return;
    this.#shown = false;
    this.#io.stderr.write('\r\u001b[2K');
  }
}

function progressLine({ name, octets, total, frames }: Reading, findings: number): string {
  const share =
    total === undefined || total === 0 ? '' : ` of ${megabytes(total)} (${Math.min(100, Math.floor((100 * octets) / total))} %)`;
  return `${megabytes(octets)} MB${share}, ${frames} frames, ${findings} findings: ${plain(name)}`;
}

function megabytes(octets: number): string {
  return (octets / 1e6).toFixed(1);
}
