/**
 * `hopcheck info`: captures -> what can be seen in them at all, without a verdict on HTTP.
 */
import { createAnalyzer } from '../analyze.ts';
import type { CaptureHealth, CaptureReport, Report } from '../model.ts';
import { captureJson, jsonText } from '../view/json.ts';
import { assumptions, captureMark, counted, issuesOf } from '../view/overview.ts';
import { plain, safeWire, type ViewOptions } from '../view/safe.ts';
import { calendar, duration } from '../view/time.ts';
import { wrap } from '../view/wrap.ts';
import { adviceFor } from './advice.ts';
import type { CaptureName, ExitCode, Io } from './io.ts';
import type { InfoOptions } from './options.ts';
import { Session } from './session.ts';

export async function info(inputs: readonly CaptureName[], options: InfoOptions, io: Io): Promise<ExitCode> {
  const session = new Session(io, options);
  const joinPoints = await session.joinPoints(inputs);
  const analyzer = createAnalyzer({ ...session.analyzerOptions, rules: [], joinPoints });
  const outcome = await session.readPoints(inputs, analyzer, joinPoints, () => undefined);
  const report = session.told(analyzer.finish());
  if (outcome.analysed > 0) io.stdout.write(options.format === 'json' ? infoJson(report, session.view) : infoText(report, session.view));
  return session.exitCode(outcome, report, 0);
}

/** The `captures` of a report, as its schema describes them, each with `advice`. */
function infoJson(report: Report, view: ViewOptions): string {
  const captures = report.captures.map((capture) => ({ ...captureJson(report, capture, view), advice: adviceFor(capture, report) }));
  return `${jsonText({ captures }, 2)}\n`;
}

function infoText(report: Report, view: ViewOptions): string {
  const assumed = assumptions(report).flatMap((text) => wrap(plain(text), view.width, '  ', '    '));
  const texts = report.captures.map((capture) => captureText(capture, report, view));
  return [...texts, ...(assumed.length === 0 ? [] : [`${[view.paint('bold', 'assumed'), ...assumed].join('\n')}\n`])].join('\n');
}

type Row = readonly [label: string, value: string];

function captureText(capture: CaptureReport, report: Report, view: ViewOptions): string {
  const rows: readonly Row[] = [
    ...fileRows(capture, report),
    ...blockRows(capture, view),
    ...connectionRows(capture.health),
    ...notReadRows(capture.health),
    ...issuesOf(capture).map((issue) => ['issue', issueText(issue)] as const),
    ...adviceFor(capture, report).map((advice) => ['advice', advice] as const),
  ];
  const lines = rows.flatMap(([label, value], index) => {
    const head = `  ${(rows[index - 1]?.[0] === label ? '' : label).padEnd(LABEL)}`;
    return wrap(plain(value), view.width, head, ' '.repeat(head.length));
  });
  return `${[view.paint('bold', plain(capture.name) + captureMark(report, capture.index)), ...lines].join('\n')}\n`;
}

const LABEL = 14;
/** Names for addresses that are listed. */
const MOST_NAMES = 20;

function fileRows(capture: CaptureReport, { base, captures }: Report): readonly Row[] {
  const { dropped } = capture.health;
  const lost = dropped === undefined ? 'the file does not tell how many were lost while capturing' : `${dropped} lost while capturing`;
  return [
    ['format', `${capture.format ?? 'unknown'}, ${capture.linkTypes.join(', ') || 'no link type'}`],
    ...(captures.length > 1 ? [['point', capture.point] as const] : []),
    ['size', `${capture.bytes} bytes, ${capture.complete ? 'complete' : 'breaks off or has unreadable parts'}`],
    ['frames', `${capture.frames}, ${capture.cutFrames} of them cut, ${lost}`],
    ['time', timeText(capture, base)],
    ['blind', 'the last 2 s: tcpdump may lose its last block, so silence there proves nothing'],
  ];
}

/** What pcapng tells beside frames. */
function blockRows({ interfaces, names, comments }: CaptureReport, view: ViewOptions): readonly Row[] {
  const others = names.length - MOST_NAMES;
  return [
    ...interfaces.map(({ name, linkType, snapLength, dropped }) => {
      const facts = [
        linkType,
        ...(snapLength === 0 ? [] : [`up to ${snapLength} octets`]),
        ...(dropped === undefined ? [] : [`${dropped} lost`]),
      ];
      return ['interface', `${name === undefined ? 'without a name' : safeWire(name, view)}, ${facts.join(', ')}`] as const;
    }),
    ...names.slice(0, MOST_NAMES).map(({ address, name }) => ['name', `${address} is ${safeWire(name, view)}`] as const),
    ...(others > 0 ? [['name', `${others} more in --format json`] as const] : []),
    ...(comments > 0 ? [['comments', `${comments}, in the file`] as const] : []),
  ];
}

function connectionRows({ connections, continued, synSeen, bothDirections, gaps, duplicates, encrypted }: CaptureHealth): readonly Row[] {
  const share = connections === 0 ? '' : ` (${Math.round((100 * encrypted) / connections)} %)`;
  return [
    ['connections', `${connections}, ${synSeen} from their start, ${Math.max(0, connections - bothDirections)} in one direction only`],
    ...(continued > 0 ? [['connections', `${continued} more go on from the file before`] as const] : []),
    ['encrypted', `${counted(encrypted, 'connection')}${share}`],
    ['gaps', `${gaps}, ${counted(duplicates, 'segment')} captured twice`],
  ];
}

function notReadRows({ http2, quic, tunnels }: CaptureHealth): readonly Row[] {
  return [
    ...(http2 > 0 ? [['not read', `${counted(http2, 'connection')} of HTTP/2`] as const] : []),
    ...(quic > 0 ? [['not read', `${counted(quic, 'datagram')} of QUIC, which carries HTTP/3`] as const] : []),
    ...tunnels.map(({ name, headers }) => ['tunnels', `${counted(headers, 'header')} of ${name}`] as const),
  ];
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
