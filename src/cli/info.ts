/**
 * `hopcheck info`: captures -> what can be seen in them at all, without a verdict on HTTP.
 */
import { createAnalyzer } from '../analyze.ts';
import type { CaptureReport, Report } from '../model.ts';
import { captureJson, jsonText } from '../view/json.ts';
import { plain, type ViewOptions } from '../view/safe.ts';
import { calendar, duration } from '../view/time.ts';
import type { CaptureName, ExitCode, Io } from './io.ts';
import type { InfoOptions } from './options.ts';
import { Session } from './session.ts';

export async function info(inputs: readonly CaptureName[], options: InfoOptions, io: Io): Promise<ExitCode> {
  const session = new Session(io, options);
  const analyzer = createAnalyzer({ ...session.analyzerOptions, rules: [] });
  const outcome = await session.read(inputs, analyzer, () => undefined);
  const report = analyzer.finish();
  if (outcome.analysed > 0) io.stdout.write(options.format === 'json' ? infoJson(report) : infoText(report, session.view));
  return session.exitCode(outcome, report, 0);
}

/** The `captures` of a report, as its schema describes them. */
function infoJson(report: Report): string {
  return `${jsonText({ captures: report.captures.map((capture) => captureJson(report, capture)) }, 2)}\n`;
}

function infoText(report: Report, view: ViewOptions): string {
  return report.captures.map((capture) => captureText(capture, report, view)).join('\n');
}

const LABEL = 14;

function captureText(capture: CaptureReport, { base }: Report, view: ViewOptions): string {
  const { health } = capture;
  const rows: readonly (readonly [label: string, value: string])[] = [
    ['format', `${capture.format ?? 'unknown'}, ${capture.linkTypes.join(', ') || 'no link type'}`],
    ['size', `${capture.bytes} bytes, ${capture.complete ? 'complete' : 'breaks off or has unreadable parts'}`],
    ['frames', `${capture.frames}, ${capture.cutFrames} of them cut, ${health.dropped ?? 'unknown how many'} lost while capturing`],
    ['time', timeText(capture, base)],
    ['connections', `${health.connections}, ${health.synSeen} from their start, ${health.bothDirections} in both directions`],
    ['encrypted', String(health.encrypted)],
    ['gaps', `${health.gaps}, ${health.duplicates} segments captured twice`],
    ...capture.issues.map((issue) => ['issue', issueText(issue)] as const),
  ];
  const lines = rows.map(([label, value]) => `  ${label.padEnd(LABEL)}${plain(value)}\n`);
  return `${view.paint('bold', plain(capture.name))}\n${lines.join('')}`;
}

function timeText({ firstTime, lastTime, observedUntil }: CaptureReport, base: Report['base']): string {
  if (Number.isNaN(firstTime)) return 'no frame';
  const quiet = observedUntil > lastTime ? `, then quiet for ${duration(observedUntil - lastTime)}` : '';
  return `${calendar(base, firstTime)}, ${duration(lastTime - firstTime)} long${quiet}`;
}

function issueText({ code, message, offset, count }: CaptureReport['issues'][number]): string {
  const where = offset === undefined || message.includes('(at byte ') ? '' : ` (at byte ${offset})`;
  return `${code}: ${message}${where}${count > 1 ? `, ${count} times` : ''}`;
}
