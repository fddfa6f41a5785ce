/**
 * `hopcheck CAPTURE...`, the default command: captures -> findings -> the report, and the exit code.
 *
 * With --format ndjson on standard output a finding is a line as soon as it stands. On a live pipe every other format says
 * it in a line on standard error, and the report follows when the pipe ends.
 */
import { type Analyzer, createAnalyzer } from '../analyze.ts';
import type { Finding, Report } from '../model.ts';
import { isSure } from '../ranks.ts';
import type { Format } from '../view/index.ts';
import { safeText, type ViewOptions } from '../view/safe.ts';
import { renderText } from '../view/text.ts';
import { choose, choosersOf, fails, keep, wantedBy } from './choice.ts';
import { refuseUnknownRules } from './explain.ts';
import { isReadOnce } from './input-file.ts';
import { type CaptureName, type ExitCode, type Io, Refusal, say } from './io.ts';
import { LineBatch } from './line-batch.ts';
import type { Narrowing } from './narrow.ts';
import type { AnalyzeOptions } from './options.ts';
import type { PlannedOutput } from './output-file.ts';
import { severalPoints } from './plan-points.ts';
import { Session } from './session.ts';
import { versionOfPackage } from './version.ts';

export async function analyzeCaptures(inputs: readonly CaptureName[], options: AnalyzeOptions, io: Io): Promise<ExitCode> {
  refuseUnknownRules([...(options.rule ?? []), ...(options.ignore ?? [])]);
  if (severalPoints(inputs) && options.until !== undefined)
    throw new Refusal('--until wants one point of capture: with several, findings come last');
  const outputs = await plan(inputs, options);
  const ticket = await ticketFiles(inputs, options);
  const format = options.format ?? options.usualFormat ?? 'text';
  const streamed = format === 'ndjson' && outputs.length === 0 ? await import('../view/ndjson.ts') : undefined;
  const session = new Session(io, options);
  if (ticket !== undefined) session.ring = await ringFor(inputs);
  const lines = new LineBatch(io.stdout);
  const wanted = wantedBy(options, await acceptedBy(options));
  const { view } = session;
  const onFinding = (found: Finding, revised: boolean): void => {
    for (const kept of keep([found], wanted)) {
      const finding = session.toldFinding(kept);
      if (!revised) session.progress.findings++;
      if (finding.severity === 'hang' && isSure(finding)) session.narrowing.foundHang();
      if (streamed !== undefined) lines.add(streamed.findingLine(analyzer, finding, revised, view));
      else if (!revised && session.clock.live && options.quiet !== true) announce(finding);
    }
  };
  const announce = (finding: Finding): void => {
    session.progress.clear();
    say(io, `${finding.severity}, ${finding.confidence}: ${safeText(finding.message, view)} (${finding.id})`);
  };
  const joinPoints = await session.joinPoints(inputs);
  const analyzer: Analyzer = createAnalyzer({ onFinding, version: versionOfPackage(), joinPoints, ...session.analyzerOptions });
  const outcome = await session.readPoints(inputs, analyzer, joinPoints, () => lines.flush());
  if (session.clock.blocks && options.quiet !== true)
    say(io, 'the pipe comes in blocks of 4096 bytes, so findings come late: use tcpdump -U');
  const found = narrowed(choose(analyzer.finish(), wanted, choosersOf(options)), session.narrowing);
  const report = session.told(found);
  lines.flush();
  if (outcome.analysed === 0) return 2;
  if (streamed !== undefined) addAll(lines, closingLines(streamed, report, view));
  else if (outputs.length === 0) addAll(lines, await render(report, format, view));
  lines.flush();
  let written = await writeOutputs(outputs, report, options, session, io);
  const told = { found, told: report, secrecy: session.plainView, pseudonym: session.pseudonym, ring: session.ring };
  if (ticket !== undefined)
    written =
      (await attempt(io, () => ticket(inputs, told, options, io, (format) => render(report, format, session.plainView)))) && written;
  return written ? session.exitCode(outcome, report, fails(report, options.failOn) ? 1 : 0) : 2;
}

/** Fingerprints of the baseline; read before the captures, so that a wrong one costs no reading. */
async function acceptedBy({ baseline }: AnalyzeOptions): Promise<ReadonlySet<string>> {
  if (baseline === undefined) return new Set();
  const { readReport } = await import('./report-file.ts');
  return new Set(readReport(baseline).causes.map((cause) => cause.fingerprint));
}

/** Undefined when neither --evidence nor --bundle is asked for. */
async function ticketFiles(inputs: readonly CaptureName[], options: AnalyzeOptions) {
  if (options.evidence === undefined && options.bundle === undefined) return undefined;
  const { planTicketFiles, writeTicketFiles } = await import('./ticket-files.ts');
  planTicketFiles(options, inputs);
  return writeTicketFiles;
}

/** Undefined where everything can be read twice. */
async function ringFor(inputs: readonly CaptureName[]) {
  if (!inputs.some(({ path }) => isReadOnce(path))) return undefined;
  const { FrameRing } = await import('./frame-ring.ts');
  return new FrameRing();
}

async function plan(inputs: readonly CaptureName[], { output = [], format, usualFormat, force }: AnalyzeOptions): Promise<PlannedOutput[]> {
  if (output.length === 0) return [];
  const { planOutputs } = await import('./output-file.ts');
  return planOutputs(output, { format, usualFormat, force: force === true, inputs: inputs.map((input) => input.path) });
}

/** The report says what it is not about. */
function narrowed(report: Report, { text, to }: Narrowing): Report {
  if (text === undefined) return report;
  return {
    ...report,
    captures: report.captures.map((capture) => ({ ...capture, observedUntil: Math.min(capture.observedUntil, to) })),
    verdict: [...report.verdict, `; narrowed by ${text}: nothing is known of what that leaves out`],
  };
}

/** What a stream of findings still lacks. */
function* closingLines(ndjson: typeof import('../view/ndjson.ts'), report: Report, view: ViewOptions): Generator<string> {
  for (const capture of report.captures) yield ndjson.captureLine(report, capture, view);
  for (const exoneration of report.exonerations) yield ndjson.exonerationLine(report, exoneration, view);
  yield ndjson.summaryLine(report, view);
}

/** Only the view of the usual format is loaded with the program. */
async function render(report: Report, format: Format, view: ViewOptions): Promise<Iterable<string>> {
  if (format === 'text') return [renderText(report, view)];
  const { renderPieces } = await import('../view/index.ts');
  return renderPieces(report, format, view);
}

function addAll(lines: LineBatch, pieces: Iterable<string>): void {
  for (const piece of pieces) lines.add(piece);
}

/** False when one of them could not be written; the others are. */
async function writeOutputs(
  outputs: readonly PlannedOutput[],
  report: Report,
  options: AnalyzeOptions,
  session: Session,
  io: Io,
): Promise<boolean> {
  if (outputs.length === 0) return true;
  const { writeWhole } = await import('./output-file.ts');
  const written: string[] = [];
  for (const { path, format } of outputs) {
    await attempt(io, async () => {
      writeWhole(path, await render(report, format, session.plainView), options.force === true);
      written.push(path);
    });
  }
  if (written.length > 0 && options.quiet !== true)
    say(io, `${written.join(', ')}: written, ${safeText(report.verdict, session.plainView)}`);
  return written.length === outputs.length;
}

/** False when it was refused, which is said. */
async function attempt(io: Io, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    say(io, error.message);
    return false;
  }
}
