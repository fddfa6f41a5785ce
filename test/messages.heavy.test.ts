/**
 * Messages as Wireshark's two runs agree on them, and requests as Zeek's baselines log them, on every foreign capture. What we
 * see differently stands here with its reason; a reason that explains nothing any more fails as well.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { createAnalyzer } from '../src/analyze.ts';
import { CaptureError } from '../src/errors.ts';
import type { Message } from '../src/model.ts';

const CAPTURES = new URL('../../shared/captures/', import.meta.url);
const ORACLE = new URL('oracle.json', CAPTURES);
const absent = existsSync(ORACLE) ? undefined : '../shared/captures is not here';

const NOT_READ = 'decode: a tunnel or link type that is not read';
const URGENT = 'flow: Wireshark reassembles no message across urgent octets; we read them where they stand, and say so (urgent-octets)';
const HOLE = 'Wireshark waits for the octets of a hole that is never filled; when it does not wait, it lists the same (below)';
const CUT_HEAD = 'a head that the capture never completes is listed as cut short';
const UNKNOWN_METHOD = 'Wireshark takes only methods that it knows';
const NO_VERSION = 'without a version only GET and its like are taken for HTTP/0.9, and only with a path';
const ONE_LINE = 'an HTTP/0.9 request is complete at the end of its line';
const FOLDED = 'a folded field counts (RFC 9112 section 5.2)';
const BARE_CR = 'a bare CR ends no line (RFC 9112 section 2.2)';

/** By capture, or by capture and stream. */
const DIFFERENCES: Readonly<Record<string, string>> = {
  'formats/zeek.traces.quickstart.pcap 1': UNKNOWN_METHOD,
  'http/pcapplusplus.4KHttpRequests.pcap 0': HOLE,
  'http/pcapplusplus.4KHttpRequests.pcap 1': HOLE,
  'http/pcapplusplus.4KHttpRequests.pcap 6': HOLE,
  'http/pcapplusplus.4KHttpRequests.pcap 11': HOLE,
  'http/pcapplusplus.4KHttpRequests.pcap 12': HOLE,
  'http/pcapplusplus.4KHttpRequests.pcap 35': CUT_HEAD,
  'http/pcapplusplus.4KHttpRequests.pcap 53': CUT_HEAD,
  'http/pcapplusplus.4KHttpRequests.pcap 66': HOLE,
  'http/pcapplusplus.4KHttpRequests.pcap 84': CUT_HEAD,
  'http/pcapplusplus.650HttpResponses.pcap 157': HOLE,
  'http/pcapplusplus.http-packets.pcap': HOLE,
  'http/suricata.http-evader-058.pcap': FOLDED,
  'http/suricata.http-evader-075.pcap': BARE_CR,
  'http/suricata.http-evader-251.pcap': FOLDED,
  'http/suricata.http-evader-269.pcap': FOLDED,
  'http/suricata.http-evader-385.pcap': BARE_CR,
  'http/suricata.http-evader-388.pcap': BARE_CR,
  'http/zeek.http.http-09-content-length-confusion.pcap': ONE_LINE,
  'http/zeek.http.methods.pcap 3': NO_VERSION,
  'http/zeek.http.methods.pcap 16': NO_VERSION,
  'malformed/ndpi.fuzz-2006-09-29-28586.pcap 17': CUT_HEAD,
  'malformed/zeek.261.variant-09-te_obs_fold.pcap': FOLDED,
  'transport/suricata.tcp-urgp-01-oob.tcp-urgent1.pcap': URGENT,
  'transport/suricata.tcp-urgp-04-2byte-XY.tcp-urgent-2byte-XY.pcap': URGENT,
  'transport/zeek.http.zero-length-bodies-with-drops.pcap': HOLE,
};

/** Wireshark that does not wait for late segments: message starts with their frames, by stream. */
function unorderedSight(name: string): ReadonlyMap<number, readonly string[]> {
  const fields = ['tcp.stream', 'frame.number', 'http.request.method', 'http.response.code'];
  const { stdout } = spawnSync(
    'tshark',
    [
      ...['-r', fileURLToPath(new URL(name, CAPTURES)), '-o', 'tcp.reassemble_out_of_order:FALSE', '-o', 'http.desegment_body:FALSE'],
      ...['-Y', 'http.request or http.response', '-T', 'fields', ...fields.flatMap((field) => ['-e', field])],
    ],
    { encoding: 'latin1' },
  );
  const streams = new Map<number, string[]>();
  for (const line of stdout.trim().split('\n')) {
    const [stream = '', frame, methods = '', statuses = ''] = line.split('\t');
    const starts = [...methods.split(','), ...statuses.split(',')].filter((start) => start !== '');
    streams.set(Number(stream), [...(streams.get(Number(stream)) ?? []), ...starts.map((start) => `${start} @${frame}`)]);
  }
  return streams;
}

test('behind holes the messages, and the frames that carried them, are those of a Wireshark that does not wait', (context) => {
  context.skip(absent !== undefined, absent);
  context.skip(spawnSync('tshark', ['--version']).status !== 0, 'tshark is not installed');
  const differing: string[] = [];
  for (const name of Object.keys(oracle).filter((name) => Object.keys(DIFFERENCES).some((key) => key.startsWith(name) && isHole(key)))) {
    const wanted = unorderedSight(name);
    for (const { stream, agree } of oracle[name]?.http?.streams ?? []) {
      const known = DIFFERENCES[`${name} ${stream}`] ?? DIFFERENCES[name];
      if (!agree || (known !== undefined && known !== HOLE)) continue;
      const got = (seen.get(name)?.whole.get(stream) ?? []).join(', ');
      if (got !== (wanted.get(stream) ?? []).join(', ')) differing.push(`${name} ${stream}: ${got} not ${wanted.get(stream)}`);
    }
  }
  expect(differing).toEqual([]);
});

function isHole(key: string): boolean {
  return DIFFERENCES[key] === HOLE;
}

const NO_TARGET = 'Zeek takes a start line of two words for a method and a version, Wireshark and we for a method and a target';
const ANSWERED = 'a server that speaks HTTP/1.x answers HTTP/0.9 with a status line, which we pair with the request';
const REPEATED = 'Zeek logs one request less; Wireshark lists it';

/** Captures whose Zeek baseline differs from what we list, and why. */
const ZEEK_DIFFERENCES: Readonly<Record<string, string>> = {
  'formats/zeek.tunnels.teredo_bubble_with_payload.pcap': NOT_READ,
  'http/zeek.http.methods.pcap': `${ANSWERED}; ${NO_TARGET}; ${NO_VERSION}`,
  'http/zeek.http.no-uri.pcap': NO_TARGET,
  'http/zeek.wikipedia.pcap': REPEATED,
};

interface OracleMessage {
  readonly kind: 'request' | 'response';
  readonly method?: string;
  readonly uri?: string;
  readonly version: string;
  readonly status?: number | null;
  readonly headFrame: number;
  readonly headers?: Readonly<Record<string, readonly string[]>>;
}

interface ZeekRow {
  readonly method?: string;
  readonly uri?: string;
  readonly status?: string;
  readonly origP: string;
}

interface Expected {
  readonly http: {
    readonly streams: readonly { readonly stream: number; readonly agree: boolean; readonly messages: readonly OracleMessage[] }[];
  } | null;
  readonly zeek?: readonly { readonly http?: readonly ZeekRow[] }[];
}

/** Name of a field, and how oracle.json calls it. */
const COMPARED = [
  ['connection', 'connection'],
  ['keep-alive', 'keepAlive'],
  ['proxy-connection', 'proxyConnection'],
  ['content-length', 'contentLength'],
  ['transfer-encoding', 'transferEncoding'],
] as const;
/** The oracle cuts what is longer. */
const URI_LENGTH = 200;
const VALUE_LENGTH = 240;

interface Seen {
  /** A line per message, by stream. */
  readonly streams: ReadonlyMap<number, readonly string[]>;
  /** What was read leniently, by stream and line. */
  readonly oddities: ReadonlyMap<string, string>;
  /** "method @frame" and "status @frame" of the messages whose head is whole, by stream, in order of the frames. */
  readonly whole: ReadonlyMap<number, readonly string[]>;
  /** "port method target", and the status of the answer. */
  readonly requests: readonly string[];
}

function lineOf(start: string, headFrame: number, values: (name: string, key: string) => readonly string[]): string {
  const fields = COMPARED.map(
    ([name, key]) =>
      `${name}=${values(name, key)
        .map((value) => value.trim().slice(0, VALUE_LENGTH))
        .join('|')}`,
  );
  return `${start} @${headFrame} ${fields.join(' ')}`;
}

/** The oracle has decoded UTF-8, and escapes what does not show; we keep octets, a character each. */
function octetsOf(text: string): string {
  const plain = text.replace(/\\u([0-9A-F]{4})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
  return String.fromCharCode(...new TextEncoder().encode(plain));
}

function oracleLine(message: OracleMessage): string {
  const { version, headFrame, headers = {} } = message;
  const start =
    message.kind === 'request'
      ? `> ${message.method} ${octetsOf(message.uri ?? '').slice(0, URI_LENGTH)} ${version}`
      : `< ${version} ${message.status}`;
  return lineOf(start, headFrame, (_, key) => (headers[key] ?? []).map(octetsOf));
}

function ourLine(message: Message): string {
  const { version, headFrame, fields } = message;
  const start =
    message.kind === 'request'
      ? `> ${message.method} ${message.target.slice(0, URI_LENGTH)} ${version}`
      : `< ${version} ${message.status || null}`;
  return lineOf(start, headFrame, (name) => fields.filter((field) => field.name.toLowerCase() === name).map(({ value }) => value));
}

function read(name: string): Seen {
  const streams = new Map<number, string[]>();
  const oddities = new Map<string, string>();
  const whole = new Map<number, string[]>();
  const requests = new Map<object, string>();
  const analyzer = createAnalyzer({
    rules: [],
    keepFields: true,
    onMessage(message, exchange) {
      const stream = exchange.connection.seenIn[0]?.stream ?? -1;
      const lines = streams.get(stream) ?? [];
      const line = ourLine(message);
      streams.set(stream, [...lines, line]);
      oddities.set(`${stream} ${line}`, message.oddities.join(', '));
      if (!message.oddities.includes('head-cut')) whole.set(stream, [...(whole.get(stream) ?? []), startOf(message)]);
      if (exchange.request === undefined) return;
      const status = exchange.response?.status ?? 0;
      requests.set(exchange, `${exchange.client.port} ${exchange.request.method} ${plain(exchange.request.target)} ${status}`);
    },
  });
  const input = analyzer.open({ name });
  try {
    input.push(readFileSync(new URL(name, CAPTURES)));
    input.end();
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
  }
  analyzer.finish();
  for (const starts of whole.values()) starts.sort((one, other) => frameOf(one) - frameOf(other));
  return { streams, oddities, whole, requests: [...requests.values()] };
}

function startOf(message: Message): string {
  return `${message.kind === 'request' ? message.method : message.status} @${message.headFrame}`;
}

function frameOf(start: string): number {
  return Number(start.split('@')[1]);
}

/** As Zeek writes it: octets decoded once, and its own escapes undone. */
function plain(target: string): string {
  return target.replace(/(?:%|\\x)([0-9a-f]{2})/gi, (_, octet) => String.fromCharCode(Number.parseInt(octet, 16)));
}

function sameLines(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((line) => other.includes(line));
}

let oracle: Readonly<Record<string, Expected>> = {};
const seen = new Map<string, Seen>();

beforeAll(() => {
  if (absent !== undefined) return;
  oracle = JSON.parse(readFileSync(ORACLE, 'utf8')).captures;
  for (const name of Object.keys(oracle)) seen.set(name, read(name));
});

/** What one stream lists differently, a line each: `-` Wireshark alone, `+` we alone, with what was odd about it. */
function differenceOf(wanted: readonly string[], got: readonly string[], odd: (line: string) => string): readonly string[] {
  return [
    ...wanted.filter((line) => !got.includes(line)).map((line) => `  - ${line}`),
    ...got.filter((line) => !wanted.includes(line)).map((line) => `  + ${line}${odd(line)}`),
  ];
}

test('messages are those of Wireshark, or the table says why not and message-differences.txt what', async (context) => {
  context.skip(absent !== undefined, absent);
  const unused = new Set(Object.keys(DIFFERENCES));
  const unexplained: string[] = [];
  const explained: string[] = [];
  const score = { equal: 0, more: 0, of: 0 };
  for (const [name, { http }] of Object.entries(oracle)) {
    for (const { stream, agree, messages } of http?.streams ?? []) {
      if (!agree) continue;
      score.of++;
      const { streams, oddities } = seen.get(name) ?? {};
      const wanted = messages.map(oracleLine);
      const got = streams?.get(stream) ?? [];
      if (sameLines(wanted, got)) {
        score.equal++;
        continue;
      }
      if (wanted.every((line) => got.includes(line))) score.more++;
      const odd = (line: string): string => oddities?.get(`${stream} ${line}`)?.replace(/.+/, ' ($&)') ?? '';
      const difference = differenceOf(wanted, got, odd);
      const key = [`${name} ${stream}`, name].find((key) => key in DIFFERENCES);
      if (key === undefined) unexplained.push(`${name} ${stream}`, ...difference);
      else {
        unused.delete(key);
        explained.push(`${name} ${stream}: ${DIFFERENCES[key]}`, ...difference);
      }
    }
  }
  const { equal, more, of } = score;
  console.log(
    `${equal} of ${of} streams equal to the letter, ${more} with all of Wireshark's messages and more, ${of - equal - more} others`,
  );
  expect((equal + more) / of).toBeGreaterThan(0.985);
  expect(unexplained).toEqual([]);
  expect([...unused]).toEqual([]);
  await expect(`${explained.join('\n')}\n`).toMatchFileSnapshot('message-differences.txt');
});

test('requests and answers are those of the Zeek baselines, or the table says why not', (context) => {
  context.skip(absent !== undefined, absent);
  const unused = new Set(Object.keys(ZEEK_DIFFERENCES));
  const unexplained: string[] = [];
  for (const [name, { zeek = [] }] of Object.entries(oracle)) {
    const rows = zeek.find(({ http }) => http !== undefined)?.http;
    if (rows === undefined) continue;
    const asked = rows.filter(({ method }) => method !== undefined);
    const wanted = asked.map(({ origP, method, uri = '', status = '0' }) => `${origP} ${method} ${plain(uri)} ${status}`);
    const got = seen.get(name)?.requests ?? [];
    if (sameLines(wanted, got)) continue;
    if (name in ZEEK_DIFFERENCES) unused.delete(name);
    else unexplained.push(name, ...differenceOf(wanted, got, () => ''));
  }
  expect(unexplained).toEqual([]);
  expect([...unused]).toEqual([]);
});
