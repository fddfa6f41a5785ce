/**
 * What every command that reads captures needs, made from its options: how values are shown, and the reading itself.
 */
import type { CaptureReaderFactory } from '../capture/read-capture.ts';
import type { ViewOptions } from '../view/safe.ts';
import { isColoured, paintInColour, paintNothing } from './colour.ts';
import { type Outcome, readInputs, type Target } from './inputs.ts';
import type { CaptureName, ExitCode, Io } from './io.ts';
import { LiveClock } from './live-clock.ts';
import type { ReadingOptions } from './options.ts';
import { Progress } from './progress.ts';
import { RedactionKey } from './secrets.ts';

const WIDTH_ELSEWHERE = 80;

export class Session {
  readonly key = new RedactionKey();
  readonly clock = new LiveClock();
  readonly progress: Progress;
  readonly #io: Io;
  readonly #options: ReadingOptions;

  constructor(io: Io, options: ReadingOptions) {
    this.#io = io;
    this.#options = options;
    this.progress = new Progress(io, options.progress && options.quiet !== true);
  }

  /** For standard output. */
  get view(): ViewOptions {
    const color = isColoured(this.#options.color, this.#io.stdout, this.#io.env);
    return { ...this.plainView, color, paint: color ? paintInColour : paintNothing, width: this.#width(this.#io.stdout.columns) };
  }

  /** For files. */
  get plainView(): ViewOptions {
    return {
      width: this.#width(undefined),
      color: false,
      showSecrets: this.#options.showSecrets === true,
      hash: this.key.hash,
      paint: paintNothing,
    };
  }

  #width(columns: number | undefined): number {
    return this.#options.width ?? columns ?? WIDTH_ELSEWHERE;
  }

  /** @param flush called when what was read has been handed on, and before anything goes to standard error */
  async read(inputs: readonly CaptureName[], target: Target, flush: () => void): Promise<Outcome> {
    const { reader, quiet, verbose, debug } = this.#options;
    return readInputs(inputs, target, {
      io: this.#io,
      key: this.key,
      reader: reader === 'pcap-parser' ? await loadPcapParser() : undefined,
      progress: this.progress,
      clock: this.clock,
      quiet: quiet === true,
      verbose: verbose === true,
      debug: debug === true,
      flush,
    });
  }

  /** 2 when an input was unreadable, or damaged and --strict; else `analysed`. */
  exitCode(outcome: Outcome, analysed: ExitCode): ExitCode {
    if (outcome.unreadable > 0) return 2;
    return this.#options.strict === true && outcome.damaged > 0 ? 2 : analysed;
  }
}

async function loadPcapParser(): Promise<CaptureReaderFactory> {
  const { readWithPcapParser } = await import('./pcap-parser-reader.ts');
  return readWithPcapParser;
}
