/**
 * What the CLI needs of the world around it, as an interface: the process gives the real one (main.ts), tests a fake.
 */
import { plain } from '../view/safe.ts';
import type { Interrupt } from './signals.ts';

/** 0 analysed, 1 findings at or above --fail-on, 2 usage, internal error or an input that could not be read. Never another. */
export type ExitCode = 0 | 1 | 2;

/** An input: its path, - for standard input, and what it is called in reports and messages. */
export interface CaptureName {
  readonly path: string;
  readonly name: string;
  /** The point of capture that it belongs to; undefined: its own. */
  readonly point?: string;
  /** Why it belongs there, when nobody said so. */
  readonly assumed?: string;
}

export interface Output {
  readonly isTerminal: boolean;
  /** Width of the terminal; undefined where there is none. */
  readonly columns: number | undefined;
  write(text: string): void;
}

export interface Io {
  /** Report, and nothing else. */
  readonly stdout: Output;
  /** Progress, warnings, errors. */
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Standard input is a pipe, a socket or a file, so that reading it makes sense without being asked to. */
  readonly stdinPiped: boolean;
  readonly interrupt: Interrupt;
  /** The wall clock in epoch seconds. */
  readonly now: () => number;
}

/** Anything that stops a command with one clear line: wrong usage, an output that must not be written, an unreadable input. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** One line on standard error; whatever `text` holds, it stays one line and moves no cursor. */
export function say(io: Pick<Io, 'stderr'>, text: string): void {
  io.stderr.write(`hopcheck: ${plain(text)}\n`);
}
