/**
 * `hopcheck compare BEFORE AFTER`: captures or JSON reports -> what a change made better or worse. Exit code 1 when something is
 * new from --fail-on up: then it is no fix.
 */
import { createAnalyzer } from '../analyze.ts';
import { type Comparison, compareReports, type Outline } from '../compare.ts';
import type { Severity } from '../model.ts';
import { failsAt } from '../ranks.ts';
import { type ComparisonFormat, renderComparison } from '../view/comparison.ts';
import { jsonPieces } from '../view/json.ts';
import { choose, choosersOf, wantedBy } from './choice.ts';
import { refuseUnknownRules } from './explain.ts';
import { type ExitCode, type Io, Refusal, say } from './io.ts';
import type { Choice, ReadingOptions } from './options.ts';
import { isJson, outlineOf, readReport } from './report-file.ts';
import { Session } from './session.ts';
import { versionOfPackage } from './version.ts';

export interface CompareOptions extends ReadingOptions, Choice {
  readonly format: ComparisonFormat;
  readonly failOn: Severity | 'never';
}

export async function compare(paths: readonly [before: string, after: string], options: CompareOptions, io: Io): Promise<ExitCode> {
  refuseUnknownRules([...(options.rule ?? []), ...(options.ignore ?? [])]);
  if (paths[0] === '-' && paths[1] === '-') throw new Refusal('- is named twice');
  const outlines: Outline[] = [];
  let code: ExitCode = 0;
  for (const path of paths) {
    if (path !== '-' && isJson(path)) {
      outlines.push(readReport(path));
      if (options.anonymize === true && options.quiet !== true)
        say(io, `${path}: compared as it is, so that it fits only if it was made with --anonymize, too`);
    } else {
      const read = await analyzed(path, options, io);
      if (read.code !== 0) code = read.code;
      if (read.outline !== undefined) outlines.push(read.outline);
    }
  }
  const [before, after] = outlines;
  if (before === undefined || after === undefined) return 2;
  const comparison = compareReports(before, after);
  io.stdout.write(renderComparison(comparison, options.format, new Session(io, options).view));
  return code !== 0 ? code : worse(comparison, options.failOn) ? 1 : 0;
}

async function analyzed(path: string, options: CompareOptions, io: Io): Promise<{ code: ExitCode; outline: Outline | undefined }> {
  const session = new Session(io, options);
  const analyzer = createAnalyzer({ version: versionOfPackage(), ...session.analyzerOptions });
  const name = path === '-' ? 'stdin' : path;
  const outcome = await session.read([{ path, name }], analyzer, () => undefined);
  if (outcome.analysed === 0) return { code: 2, outline: undefined };
  const report = session.told(choose(analyzer.finish(), wantedBy(options), choosersOf(options)));
  const outline = outlineOf(name, [...jsonPieces(report, session.plainView)].join(''));
  return { code: session.exitCode(outcome, report, 0), outline };
}

function worse({ changes }: Comparison, failOn: Severity | 'never'): boolean {
  const fails = failsAt(failOn);
  return changes.some(({ fate, after }) => fate === 'new' && after !== undefined && fails(after));
}
