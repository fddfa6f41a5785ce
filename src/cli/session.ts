/**
 * What every command that reads captures needs, made from its options: how values are shown, and the reading itself.
 */
import type { Analyzer, AnalyzerOptions } from '../analyze.ts';
import type { CaptureReaderFactory } from '../capture/read-capture.ts';
import type { CaptureReport, Exchange, Finding, Report } from '../model.ts';
import type { Survey } from '../survey.ts';
import { Anonymizer } from '../view/anonymize.ts';
import { Pseudonyms, type Role } from '../view/pseudonyms.ts';
import type { ViewOptions } from '../view/safe.ts';
import { isColoured, paintInColour, paintNothing } from './colour.ts';
import type { FrameRing } from './frame-ring.ts';
import { hasHyperlinks } from './hyperlinks.ts';
import { isReadOnce } from './input-file.ts';
import { type Outcome, type ReadOptions, readInputs, readSideBySide, type Target } from './inputs.ts';
import { type CaptureName, type ExitCode, type Io, type Output, Refusal, say } from './io.ts';
import { LiveClock } from './live-clock.ts';
import { Narrowing } from './narrow.ts';
import { portsOf, proxyOf } from './narrow-options.ts';
import type { ReadingOptions } from './options.ts';
import { severalPoints } from './plan-points.ts';
import { Progress } from './progress.ts';
import { RedactionKey, readSalt } from './secrets.ts';

/** Also of a terminal that does not know its size and says 0, such as a serial line. */
const WIDTH_ELSEWHERE = 80;
/** What a first reading has to say is said by the second. */
const NOWHERE: Output = { isTerminal: false, columns: undefined, write: () => undefined };

/** Who talks to whom. */
export type Ends = Pick<Exchange, 'client' | 'server'>;

type PointHints = Pick<AnalyzerOptions, 'keep' | 'httpPorts'>;

export class Session {
  readonly key = new RedactionKey();
  readonly #pseudonyms = new Pseudonyms();
  readonly clock = new LiveClock();
  readonly progress: Progress;
  readonly narrowing: Narrowing;
  /** Set where what comes through a pipe is looked at again. */
  ring: FrameRing | undefined;
  readonly #io: Io;
  readonly #options: ReadingOptions;
  readonly #anonymizer: Anonymizer | undefined;

  constructor(io: Io, options: ReadingOptions) {
    this.#io = io;
    this.#options = options;
    if (options.anonymize === true && options.showSecrets === true)
      throw new Refusal('--anonymize hides what --show-secrets shows: choose one');
    if (options.saltFile !== undefined) this.key.offer(readSalt(options.saltFile));
    if (options.anonymize === true) this.#anonymizer = new Anonymizer(this.#pseudonyms, this.key.hash);
    this.narrowing = new Narrowing(options);
    this.progress = new Progress(io, options.progress && options.quiet !== true);
  }

  /** What narrowing and hints ask of the analyzer. */
  get analyzerOptions(): PointHints & Pick<AnalyzerOptions, 'knownProxies'> {
    const knownProxies = (this.#options.proxy ?? []).flatMap((proxy) => proxyOf(proxy) ?? []);
    return { ...this.#asked(this.narrowing), knownProxies };
  }

  #asked({ hosts }: Narrowing): PointHints {
    return { httpPorts: portsOf(this.#options.port ?? []), ...(hosts && { keep: hosts.keep }) };
  }

  /** For standard output. */
  get view(): ViewOptions {
    const color = isColoured(this.#options.color, this.#io.stdout, this.#io.env);
    const hyperlinks = hasHyperlinks(this.#io.stdout, this.#io.env);
    return {
      ...this.plainView,
      color,
      hyperlinks,
      paint: color ? paintInColour : paintNothing,
      width: this.#width(this.#io.stdout.columns),
    };
  }

  /** For files. */
  get plainView(): ViewOptions {
    return {
      width: this.#width(undefined),
      color: false,
      showSecrets: this.#options.showSecrets === true,
      anonymous: this.#options.anonymize === true,
      hash: this.key.hash,
      paint: paintNothing,
      maxChars: this.#options.maxChars,
      failOn: this.#options.failOn,
    };
  }

  /** A report or a finding as it may be told: with --anonymize about nobody. */
  told(report: Report): Report {
    return this.#anonymizer?.report(report) ?? report;
  }

  toldFinding(finding: Finding): Finding {
    return this.#anonymizer?.finding(finding) ?? finding;
  }

  /** Undefined without --anonymize. */
  get pseudonym(): ((address: string) => string) | undefined {
    return this.#anonymizer === undefined ? undefined : (address) => this.#pseudonyms.address(address, 'other');
  }

  /** @param roles what the client and the server of the exchange are, as far as known */
  toldEnds(ends: Ends, [client, server]: readonly [Role, Role] = ['client', 'server']): Ends {
    if (this.#anonymizer === undefined) return ends;
    return { client: this.#pseudonyms.endpoint(ends.client, client), server: this.#pseudonyms.endpoint(ends.server, server) };
  }

  #width(columns: number | undefined): number {
    return this.#options.width ?? (columns || WIDTH_ELSEWHERE);
  }

  /**
   * What `joinPoints` of the analyzer wants: false for one point of capture. Several points are read twice, so that the second
   * time hops can be paired as they are read; a pipe cannot be, nor what a narrowing by times or octets cuts off.
   */
  async joinPoints(inputs: readonly CaptureName[]): Promise<boolean | Survey> {
    if (!severalPoints(inputs)) return false;
    if (!this.narrowing.readsAll || inputs.some(({ path }) => isReadOnce(path))) return true;
    const { surveyPoints } = await import('../survey.ts');
    const narrowing = new Narrowing(this.#options);
    const surveyor = surveyPoints(this.#asked(narrowing));
    const io = { ...this.#io, stderr: NOWHERE };
    await readInputs(inputs, surveyor, { ...(await this.#reading(() => undefined)), io, narrowing, quiet: true, debug: false });
    return surveyor.finish();
  }

  /** @param flush called when what was read has been handed on, and before anything goes to standard error */
  async read(inputs: readonly CaptureName[], target: Target, flush: () => void): Promise<Outcome> {
    return this.#ended(await readInputs(inputs, target, await this.#reading(flush)), target);
  }

  /** @param joinPoints what the analyzer was made with */
  async readPoints(inputs: readonly CaptureName[], analyzer: Analyzer, joinPoints: boolean | Survey, flush: () => void): Promise<Outcome> {
    if (typeof joinPoints === 'boolean') return this.read(inputs, analyzer, flush);
    return this.#ended(await readSideBySide(inputs, analyzer, await this.#reading(flush)), analyzer);
  }

  #ended(outcome: Outcome, target: Target): Outcome {
    const { provenUntil } = this.narrowing;
    if (provenUntil !== undefined) target.tick(target.base.seconds + provenUntil / 1e9);
    return outcome;
  }

  async #reading(flush: () => void): Promise<ReadOptions> {
    const { reader, quiet, verbose, debug } = this.#options;
    return {
      io: this.#io,
      key: this.key,
      narrowing: this.narrowing,
      reader: reader === 'pcap-parser' ? await loadPcapParser() : undefined,
      progress: this.progress,
      clock: this.clock,
      quiet: quiet === true,
      verbose: verbose === true,
      debug: debug === true,
      flush,
      ring: this.ring,
    };
  }

  /** 2 when an input was unreadable, or damaged and --strict; else `analysed`. */
  exitCode(outcome: Outcome, report: Report, analysed: ExitCode): ExitCode {
    const foreign = notUnderstood(report);
    for (const name of foreign) say(this.#io, `${name}: not one of its frames is understood, because of their link type`);
    if (outcome.unreadable > 0 || foreign.length > 0) return 2;
    return this.#options.strict === true && outcome.damaged > 0 ? 2 : analysed;
  }
}

/** Captures of points of which every frame has a link type that is not decoded. */
function notUnderstood({ captures }: Report): readonly string[] {
  const sumOf = (point: string, of: (capture: CaptureReport) => number): number =>
    captures.filter((capture) => capture.point === point).reduce((sum, capture) => sum + of(capture), 0);
  return captures
    .filter(({ point, frames }) => frames > 0 && sumOf(point, foreignFrames) >= sumOf(point, (capture) => capture.frames))
    .map(({ name }) => name);
}

function foreignFrames({ issues }: CaptureReport): number {
  return issues.reduce((sum, { code, count }) => sum + (code === 'link-type-unknown' ? count : 0), 0);
}

async function loadPcapParser(): Promise<CaptureReaderFactory> {
  const { readWithPcapParser } = await import('./pcap-parser-reader.ts');
  return readWithPcapParser;
}
