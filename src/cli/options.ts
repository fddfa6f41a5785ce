/**
 * The options as commander hands them on, and the words that they may hold.
 */
import type { Confidence, Severity } from '../model.ts';
import type { Format } from '../view/index.ts';
import type { ColorChoice } from './colour.ts';
import type { NarrowingOptions } from './narrow.ts';

export const READERS = ['auto', 'pcap-parser'] as const;
export const FORMATS: readonly Format[] = ['text', 'json', 'ndjson', 'markdown', 'html', 'sarif', 'junit'];
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export const COLORS: readonly ColorChoice[] = ['auto', 'always', 'never'];

export type Shell = (typeof SHELLS)[number];

/** What came out of a configuration file: the options that it set, and how many rules it hushes. */
export interface Configured {
  /** Of the file. */
  readonly name: string;
  readonly keys: readonly string[];
  readonly ignored: number;
}

/** Options of every command that reads captures. */
export interface ReadingOptions extends NarrowingOptions {
  readonly reader: (typeof READERS)[number];
  readonly point?: readonly string[];
  /** As 8081=http. */
  readonly port?: readonly string[];
  /** Addresses, or address:port. */
  readonly proxy?: readonly string[];
  readonly showSecrets?: true;
  readonly anonymize?: true;
  readonly saltFile?: string;
  /** Budget of a Markdown report. */
  readonly maxChars?: number;
  /** Of the commands that look for findings. */
  readonly failOn?: Severity | 'never';
  readonly color: ColorChoice;
  readonly width?: number;
  readonly quiet?: true;
  readonly verbose?: true;
  /** False with --no-progress. */
  readonly progress: boolean;
  readonly strict?: true;
  /** A path; false with --no-config; true or absent without either. */
  readonly config?: string | boolean;
  readonly configured?: Configured;
  readonly debug?: true;
}

export interface ListOptions extends ReadingOptions {
  readonly format: 'text' | 'ndjson';
}

export interface InfoOptions extends ReadingOptions {
  readonly format: 'text' | 'json';
}

export interface Choice {
  readonly rule?: readonly string[];
  readonly ignore?: readonly string[];
  readonly minConfidence: Confidence;
  /** Seconds. */
  readonly stall?: number;
  /** The path of an accepted report. */
  readonly baseline?: string;
}

export interface AnalyzeOptions extends ReadingOptions, Choice {
  readonly format?: Format;
  /** Of a configuration file: where neither --format nor the ending of an output says one. */
  readonly usualFormat?: Format;
  readonly output?: readonly string[];
  readonly force?: true;
  readonly failOn: Severity | 'never';
  readonly evidence?: string;
  readonly bundle?: string;
}
