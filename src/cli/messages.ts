/**
 * `hopcheck messages`: captures -> every HTTP message, a line each, in the order in which they end.
 */
import type { Analyzer } from '../analyze.ts';
import { createAnalyzer } from '../analyze.ts';
import type { Exchange, Message, Report } from '../model.ts';
import { jsonText } from '../view/json.ts';
import { counted } from '../view/overview.ts';
import { plain, type Secrecy, safeText, type ViewOptions, wireOctets } from '../view/safe.ts';
import { epochSeconds, offset } from '../view/time.ts';
import { cutEnd, shorten, widthOf } from '../view/wrap.ts';
import type { CaptureName, ExitCode, Io } from './io.ts';
import { LineBatch } from './line-batch.ts';
import type { ListOptions } from './options.ts';
import { type Ends, Session } from './session.ts';

type Place = Pick<Analyzer, 'base' | 'locate'>;

export async function messages(inputs: readonly CaptureName[], options: ListOptions, io: Io): Promise<ExitCode> {
  const session = new Session(io, options);
  const lines = new LineBatch(io.stdout);
  const { view } = session;
  const counts = { requests: 0, responses: 0 };
  const several = inputs.length > 1;
  const width = options.width ?? io.stdout.columns;
  const analyzer = createAnalyzer({
    ...session.analyzerOptions,
    rules: [],
    keepFields: true,
    onMessage(message, exchange) {
      counts[message.kind === 'request' ? 'requests' : 'responses']++;
      if (options.format === 'ndjson')
        lines.add(`${jsonText(messageJson(message, exchange, analyzer, several, view, session.toldEnds(exchange)))}\n`);
      else lines.add(`${messageRow(message, exchange, analyzer, several, view, width)}\n`);
    },
  });
  if (options.format === 'text') lines.add(`${view.paint('bold', cutEnd(heading(several), width ?? Number.POSITIVE_INFINITY))}\n`);
  const outcome = await session.read(inputs, analyzer, () => lines.flush());
  const report = analyzer.finish();
  const summary = {
    frames: report.captures.reduce((sum, capture) => sum + capture.frames, 0),
    connections: report.connections,
    messages: counts.requests + counts.responses,
    ...counts,
    exchanges: report.exchanges,
  };
  if (options.format === 'ndjson') lines.add(`${jsonText({ summary })}\n`);
  else for (const line of closing(summary, several ? session.told(report) : undefined)) lines.add(`${line}\n`);
  lines.flush();
  return session.exitCode(outcome, report, 0);
}

/** The fields of the contract, in its order; a request has a method and target, a response a status. */
export function messageJson(
  message: Message,
  exchange: Exchange,
  place: Place,
  several: boolean,
  secrecy: Secrecy,
  { client, server }: Ends = exchange,
): object {
  const { capture, frame: headFrame } = place.locate(exchange.connection.point, message.headFrame);
  const request = message.kind === 'request';
  const [src, dst] = request ? [client, server] : [server, client];
  return {
    ...(several ? { capture } : {}),
    stream: streamOf(exchange, capture),
    kind: message.kind,
    src: src.text,
    dst: dst.text,
    ordinal: exchange.ordinal,
    ...(request ? { method: message.method, target: wireOctets({ kind: 'target', octets: message.target }, secrecy) } : {}),
    version: message.version,
    ...(request ? {} : { status: message.status === 0 ? null : message.status }),
    headFrame,
    frame: message.complete ? place.locate(exchange.connection.point, message.lastFrame).frame : null,
    time: epochSeconds(place.base, message.headTime),
    headers: headersOf(message, secrecy),
    framing: message.framing,
    bodyBytes: message.bodyOctets,
    complete: message.complete,
    ...(message.oddities.length > 0 ? { oddities: message.oddities } : {}),
  };
}

function streamOf({ connection }: Exchange, capture: number): number | null {
  return (connection.seenIn.find((seen) => seen.capture === capture) ?? connection.seenIn[0])?.stream ?? null;
}

function headersOf(message: Message, secrecy: Secrecy): Record<string, string[]> {
  const headers = new Map<string, string[]>();
  for (const field of message.fields) {
    const name = field.name.toLowerCase();
    const value = wireOctets({ kind: 'field-value', octets: field.value, name }, secrecy);
    const values = headers.get(name);
    if (values === undefined) headers.set(name, [value]);
    else values.push(value);
  }
  return Object.fromEntries(headers);
}

/** Widths of the columns before the start line: frame, seconds, connection, body. */
const COLUMNS = [8, 12, 7, 15] as const;

/** Columns of the start line and of the target in it, however narrow the terminal is. */
const LEAST_TEXT = 12;
const LEAST_TARGET = 8;

interface Summary {
  readonly frames: number;
  readonly connections: number;
  readonly messages: number;
}

/** The files by their marks, and the sum. */
function closing({ frames, connections, messages: ended }: Summary, report: Report | undefined): string[] {
  const files = (report?.captures ?? []).map((capture) => `[${capture.index + 1}] ${plain(capture.name)}`);
  return [...files, `${counted(ended, 'message')} on ${counted(connections, 'connection')} in ${counted(frames, 'frame')}`];
}

function heading(several: boolean): string {
  return row([several ? 'frame [n]' : 'frame', 'seconds', 'stream', 'body'], 'message');
}

function row([frame, seconds, stream, body]: readonly [string, string, string, string], message: string): string {
  const [first, second, third, fourth] = COLUMNS;
  return `${frame.padStart(first)} ${seconds.padStart(second)} ${stream.padStart(third)}  ${body.padEnd(fourth)} ${message}`;
}

function messageRow(
  message: Message,
  exchange: Exchange,
  place: Place,
  several: boolean,
  view: ViewOptions,
  width: number | undefined,
): string {
  const { capture, frame } = place.locate(exchange.connection.point, message.headFrame);
  const cells = [
    several ? `${frame} [${capture + 1}]` : String(frame),
    offset(0, message.headTime),
    `${streamOf(exchange, capture) ?? '?'} ${message.kind === 'request' ? '>' : '<'}`,
    bodyOf(message),
  ] as const;
  const before = row(cells, '');
  if (width === undefined) return before + startLine(message, view) + odditiesOf(message);
  const room = Math.max(LEAST_TEXT, width - widthOf(before) - odditiesOf(message).length);
  return cutEnd(before + startLine(message, view, room) + odditiesOf(message), width);
}

function bodyOf({ framing, bodyOctets, complete }: Message): string {
  const octets = framing === 'none' ? '' : ` ${bodyOctets}`;
  return `${framing}${octets}${complete ? '' : ', cut'}`;
}

/** What was read leniently, by our own codes. */
function odditiesOf({ oddities }: Message): string {
  return oddities.length === 0 ? '' : ` (${oddities.join(', ')})`;
}

/** Within `room` columns, where the target can give them up. */
function startLine(message: Message, view: ViewOptions, room = Number.POSITIVE_INFINITY): string {
  const version = safeText([{ octets: message.version, kind: 'version' }], view);
  if (message.kind === 'response')
    return shorten(`${version} ${message.status} ${safeText([{ octets: message.reason, kind: 'reason' }], view)}`, room);
  const method = safeText([{ octets: message.method, kind: 'method' }], view);
  const target = safeText([{ octets: message.target, kind: 'target' }], view);
  const left = room - widthOf(method) - widthOf(version) - 2;
  return `${method} ${shorten(target, Math.max(LEAST_TARGET, left))} ${version}`;
}
