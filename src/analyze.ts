/**
 * The wiring: captures in, a report out. Each point of capture has a chain of its own from the capture to the http stage;
 * the points meet as records in the proxy stage.
 */
import { type CaptureReader, type CaptureReaderFactory, newCaptureFacts, readCapture } from './capture/read-capture.ts';
import { type Counts, CountsByFile } from './counts.ts';
import { newAddresses } from './decode/addresses.ts';
import { type DecodeFacts, newDecodeFacts } from './decode/decode-facts.ts';
import { decodeFrames } from './decode/decode-frames.ts';
import { tunnelsOf } from './decode/seen.ts';
import { assembleFlows, type FlowStage } from './flow/assemble-flows.ts';
import { type ExchangeStage, parseExchanges } from './http/parse-exchanges.ts';
import { linkTypeName } from './link-types.ts';
import type {
  AddressBook,
  CaptureFacts,
  CaptureReport,
  Connection,
  ConnectionLookup,
  ConnectionOutline,
  Exchange,
  ExchangeSink,
  Finding,
  Frame,
  Issue,
  Message,
  Moment,
  Relay,
  Report,
  Rule,
  Segment,
  Stage,
  TimeBase,
} from './model.ts';
import { JoinedPoints } from './proxy/join-points.ts';
import { matchRelays, type RelaySink } from './proxy/match-relays.ts';
import { applyRules } from './rules/apply-rules.ts';
import { rules as defaultRules } from './rules/index.ts';
import { Verdict } from './verdict/decide-findings.ts';
import { verdictSentence } from './verdict/sentence.ts';

export interface AnalyzerOptions {
  /** The rules to apply; all of hopcheck's own by default. */
  readonly rules?: readonly Rule[];
  /** Keep every header field on the messages, not only those of connection management. */
  readonly keepFields?: boolean;
  readonly version?: string;
  /** Several points of capture will be opened: wait for all of them before hops are paired, and set their clocks by each other. */
  readonly joinPoints?: boolean;
  /** Looks at the segments whose answer is true, and leaves out the others: narrowing, as --host does it. */
  readonly keep?: (segment: Segment, addresses: AddressBook) => boolean;
  /** A finding as soon as it stands, and again with `revised` when it changes. */
  readonly onFinding?: (finding: Finding, revised: boolean) => void;
  /** Every message when it ends. */
  readonly onMessage?: (message: Message, exchange: Exchange) => void;
  /** Every client-side exchange of a proxy when it ends. */
  readonly onRelay?: (relay: Relay) => void;
}

export interface CaptureSource {
  readonly name: string;
  /** The point of capture; files of one point are parts of one ring, in order. By default a point of its own. */
  readonly point?: string;
  /** Why it belongs to that point, when nobody said so: the report tells it. */
  readonly assumed?: string;
  readonly reader?: CaptureReaderFactory;
}

export interface CaptureInput {
  /** Octets of the file, cut anywhere; the memory may be reused afterwards. Throws CaptureError when it cannot be read on. */
  push(bytes: Uint8Array): void;
  end(): void;
  readonly facts: CaptureFacts;
}

export interface Analyzer {
  open(source: CaptureSource): CaptureInput;
  /** The wall clock of a live capture: proves that it went on though nothing was captured. */
  tick(epochSeconds: number): void;
  /** Ends the input and gives the report; once. */
  finish(): Report;
  /** The file that holds a frame of a point, and Wireshark's number in it. */
  locate(point: number, frame: number): { readonly capture: number; readonly frame: number };
  readonly base: TimeBase;
}

export function createAnalyzer(options: AnalyzerOptions = {}): Analyzer {
  return new Analysis(options);
}

class Analysis implements Analyzer {
  readonly base: TimeBase = { seconds: Number.NaN };
  private readonly options: AnalyzerOptions;
  private readonly rules: readonly Rule[];
  private readonly points = new Map<string, Point>();
  private readonly captures: CaptureFacts[] = [];
  private readonly outlines: ConnectionOutline[] = [];
  private readonly verdict: Verdict;
  private readonly ruleStage: ReturnType<typeof applyRules>;
  private readonly proxy: ReturnType<typeof matchRelays>;
  private readonly joined: JoinedPoints | undefined;

  constructor(options: AnalyzerOptions) {
    this.options = options;
    this.rules = options.rules ?? defaultRules;
    this.joined = options.joinPoints === true ? new JoinedPoints() : undefined;
    this.verdict = new Verdict((finding, revised) => options.onFinding?.(finding, revised));
    this.ruleStage = applyRules(this.rules, (subject, kind, found, final) => this.verdict.decide(subject, kind, found, final));
    const sink: RelaySink = {
      exchange: (exchange, context) => this.ruleStage.exchange(exchange, context),
      relay: (relay) => {
        this.ruleStage.relay(relay);
        if (relay.clientSide.ended) options.onRelay?.(relay);
      },
      connection: (connection, context) => {
        if (context !== undefined) this.ruleStage.connection(connection, context);
        const read = connection.protocol === 'http' || connection.protocol === 'tunnel';
        if (!read) this.ruleStage.stuck(connection);
        else if (this.outlines.length < MOST_OUTLINES) this.outlines.push(outlineOf(connection));
      },
      hops: (hops) => this.ruleStage.hops(hops),
      profile: (profile, final) => this.ruleStage.profile(profile, final),
    };
    this.proxy = matchRelays(this.lookup(), sink, options.onRelay !== undefined);
  }

  open({ name, point: pointName, assumed, reader = readCapture }: CaptureSource): CaptureInput {
    const index = this.captures.length;
    const point = this.pointOf(pointName ?? `p${this.points.size + 1}`);
    const facts = newCaptureFacts(index, name, point.name, point.frames);
    this.captures.push(facts);
    if (assumed !== undefined) facts.issues.push({ code: 'point-assumed', message: assumed, count: 1 });
    let input: CaptureReader | undefined = reader(facts, this.base, point.frame);
    point.begin(facts);
    return {
      facts,
      push: (bytes) => input?.push(bytes),
      end: () => {
        const open = input;
        input = undefined;
        open?.end();
      },
    };
  }

  tick(epochSeconds: number): void {
    if (Number.isNaN(this.base.seconds)) return;
    for (const point of this.points.values()) point.tick((epochSeconds - this.base.seconds) * 1e9);
  }

  finish(): Report {
    for (const point of this.points.values()) point.finish();
    this.joined?.tell(this.proxy);
    this.proxy.finish();
    const { findings, exonerations, groups } = this.verdict.finish();
    const points = [...this.points.values()];
    const connections = sum(points, (point) => point.flow.facts.connections) - (this.joined?.copies.connections ?? 0);
    const exchanges = sum(points, (point) => point.http.facts.exchanges) - (this.joined?.copies.exchanges ?? 0);
    const { relays } = this.proxy.facts;
    return {
      tool: { name: 'hopcheck', version: this.options.version ?? '0' },
      base: this.base,
      captures: this.captures.map((facts) => this.captureReport(facts)),
      verdict: verdictSentence(findings, { connections, exchanges, relays }),
      connections,
      exchanges,
      relays,
      outlines: this.outlines,
      proxies: this.proxy.proxies(),
      pairing: this.proxy.quality(),
      rules: this.rules
        .filter(({ exonerates }) => exonerates !== true)
        .map(({ id }) => ({ id, lookedAt: this.ruleStage.lookedAt.get(id) ?? 0 })),
      findings,
      groups,
      exonerations,
      locate: (point, frame) => this.locate(point, frame),
    };
  }

  locate(point: number, frame: number): { readonly capture: number; readonly frame: number } {
    const files = [...this.points.values()][point]?.files ?? [];
    const file = files.findLast((facts) => facts.firstFrame < frame) ?? files[0];
    return { capture: file?.index ?? 0, frame: frame - (file?.firstFrame ?? 0) };
  }

  private pointOf(name: string): Point {
    const known = this.points.get(name);
    if (known !== undefined) return known;
    const index = this.points.size;
    const point = new Point(index, name, this.joined?.point(index) ?? this.proxy, this.options);
    this.points.set(name, point);
    return point;
  }

  private lookup(): ConnectionLookup {
    const pointAt = (index: number): Point | undefined => [...this.points.values()][index];
    return {
      snapshot: (identity) => this.joined?.snapshot(identity) ?? pointAt(identity.point)?.http.snapshot(identity),
      doubt: (one, other) => this.joined?.doubt(one, other) ?? SAME_ORDER,
      encrypted: (point, addresses) => pointAt(point)?.http.encryptedFrom(addresses) ?? false,
      connecting: (point, addresses) => pointAt(point)?.flow.table.connecting(addresses) ?? false,
      unanswered: (point, addresses) => pointAt(point)?.flow.table.unanswered(addresses) ?? [],
    };
  }

  /** How the times of a point were corrected, told with its first file. */
  private clockIssues(point: Point | undefined, facts: CaptureFacts): readonly Issue[] {
    if (point === undefined || point.files[0] !== facts) return [];
    const found = this.joined?.clocks.find((clock) => clock.point === point.index);
    if (found === undefined || Math.abs(found.clock.offset) < SAME_CLOCK) return [];
    const reference = [...this.points.values()][found.reference]?.name ?? '';
    const seconds = (nanoseconds: number): string => (nanoseconds / 1e9).toFixed(6);
    const { offset, drift, uncertainty, pairs, basis } = found.clock;
    const drifting = Math.abs(drift) < SAME_SPEED ? '' : `, drifting by ${(drift * 1e6).toFixed(1)} ppm`;
    const moved = `${offset > 0 ? '+' : ''}${seconds(offset)} s, give or take ${seconds(uncertainty)} s${drifting}`;
    const from = basis === 'same-connections' ? 'connections that both saw' : 'exchanges seen at both';
    return [
      {
        code: 'clock-offset',
        message: `times of ${point.name} are told by the clock of ${reference} (${moved}, from ${from})`,
        count: pairs,
      },
    ];
  }

  private captureReport(facts: CaptureFacts): CaptureReport {
    const point = this.points.get(facts.point);
    const counts = point?.countsOf(facts) ?? {};
    const count = (name: string): number => counts[name] ?? 0;
    return {
      ...facts,
      issues: [...facts.issues, ...(point?.orderIssues(facts) ?? []), ...countedIssues(counts), ...this.clockIssues(point, facts)],
      observedUntil: Math.max(facts.lastTime, point?.files.at(-1) === facts ? point.observedUntil : Number.NEGATIVE_INFINITY),
      health: {
        connections: count('connections'),
        continued: count('continued'),
        synSeen: count('synSeen'),
        bothDirections: count('bothDirections'),
        gaps: count('gaps'),
        duplicates: count('duplicates'),
        cutFrames: facts.cutFrames,
        dropped: facts.dropped,
        encrypted: count('encrypted'),
        http2: count('http2'),
        quic: count('quic'),
        tunnels: named(counts, TUNNEL).map(([name, headers]) => ({ name, headers })),
      },
    };
  }
}

const MOST_OUTLINES = 100;

function outlineOf({ key, client, server, first, last }: Connection): ConnectionOutline {
  return { key, client, server, first, last };
}

/** Doubt about the order of two frames of the same clock, in nanoseconds. */
const SAME_ORDER = 2e6;
/** A clock that drifts by less is not worth a word: 1e-6 is a part per million. */
const SAME_SPEED = 1e-6;
/** A point that differs by less from another one is not worth a word. */
const SAME_CLOCK = 1e6;

/** Frames of several interfaces race each other: files that overlap by less may be parts of one ring. */
const RACE = 1e9;

/** One place of capture: its chain and its clock. */
class Point {
  readonly index: number;
  readonly name: string;
  readonly files: CaptureFacts[] = [];
  readonly flow: FlowStage;
  readonly http: ExchangeStage;
  /** Fed with every frame, file after file. */
  readonly frame: (frame: Frame) => void;
  private readonly decode: Stage<Frame>;
  private readonly decoded: DecodeFacts = newDecodeFacts();
  private readonly byFile = new CountsByFile();
  private lastFrame = 0;
  /** The latest word on the time came from the clock and not from a frame. */
  private ticked = false;
  private lastTime = Number.NEGATIVE_INFINITY;

  constructor(index: number, name: string, sink: ExchangeSink, { keepFields = false, onMessage, keep }: AnalyzerOptions) {
    this.index = index;
    this.name = name;
    const addresses = newAddresses();
    const messages: ExchangeSink = onMessage === undefined ? sink : withMessages(sink, onMessage);
    let http: ExchangeStage | undefined;
    this.flow = assembleFlows(index, name, addresses, (table) => {
      http = parseExchanges(table, { keepFields }, messages);
      return http;
    });
    if (http === undefined) throw new Error('the flow stage did not make its sink');
    const stage: ExchangeStage = http;
    this.http = stage;
    const take = (segment: Segment): void => this.flow.push(segment);
    const takeKept = (segment: Segment): void => {
      if (keep?.(segment, addresses) === false) this.flow.tick(segment.frame.time);
      else take(segment);
    };
    const number = (segment: Segment, quoted: boolean): void => {
      if (keep?.(segment, addresses) !== false) this.flow.number(segment, quoted);
    };
    this.decode = decodeFrames(addresses, this.decoded, keep === undefined ? take : takeKept, number);
    this.frame = (frame) => {
      const segments = this.decoded.segments;
      this.decode.push(frame);
      if (this.decoded.segments === segments) this.flow.tick(frame.time); // no segment, but its time counts all the same
      this.lastFrame = frame.number;
      this.ticked = false;
      if (frame.time > this.lastTime) this.lastTime = frame.time;
      if (frame.time >= stage.due) stage.advance({ frame: frame.number, time: frame.time });
    };
  }

  /** Frames of all files so far. */
  get frames(): number {
    return this.files.reduce((frames, file) => Math.max(frames, file.firstFrame + file.frames), 0);
  }

  /** Until when it is known that nothing else came; NaN before the first frame. */
  get observedUntil(): number {
    return this.lastTime === Number.NEGATIVE_INFINITY ? Number.NaN : this.lastTime;
  }

  begin(facts: CaptureFacts): void {
    this.byFile.begin(this.counts());
    this.files.push(facts);
    this.flow.newCapture(facts.index);
  }

  tick(time: number): void {
    if (!(time > this.lastTime)) return;
    this.lastTime = time;
    this.ticked = true;
    this.flow.tick(time);
    if (time >= this.http.due) this.http.advance({ frame: this.lastFrame, time });
  }

  finish(): void {
    const last: Moment = { frame: this.lastFrame, time: this.lastTime };
    this.decode.end();
    this.http.finish(last, this.ticked);
    this.flow.end();
  }

  /** A file of which the end was not known beforehand may begin before it: then it was taken elsewhere. */
  orderIssues(facts: CaptureFacts): readonly Issue[] {
    const before = this.files[this.files.indexOf(facts) - 1];
    if (before === undefined || !(before.lastTime - facts.firstTime > RACE)) return [];
    const by = ((before.lastTime - facts.firstTime) / 1e9).toFixed(3);
    const message = `begins ${by} s before the end of ${before.name}, which is read as the part before it: if they are two places, say so with --point`;
    return [{ code: 'times-overlap', message, count: 1 }];
  }

  /** What the stages counted while that file was read. */
  countsOf(facts: CaptureFacts): Counts {
    return this.byFile.of(this.files.indexOf(facts), this.counts());
  }

  private counts(): Counts {
    const { skipped, fragmentConflicts, unknownLinkTypes, seen } = this.decoded;
    const { encrypted, http2 } = this.http.facts;
    return {
      ...skipped,
      fragmentConflicts,
      ...Object.fromEntries([...unknownLinkTypes].map(([linkType, frames]) => [`${LINK_TYPE}${linkTypeName(linkType)}`, frames])),
      ...Object.fromEntries(tunnelsOf(seen).map(([name, headers]) => [`${TUNNEL}${name}`, headers])),
      quic: seen.quic,
      ...this.flow.facts,
      encrypted,
      http2,
    };
  }
}

/** Beginnings of names of counts. */
const LINK_TYPE = 'link type ';
const TUNNEL = 'tunnel ';

function named(counts: Counts, beginning: string): (readonly [name: string, count: number])[] {
  return Object.entries(counts).flatMap(([name, count]) =>
    name.startsWith(beginning) && count > 0 ? [[name.slice(beginning.length), count] as const] : [],
  );
}

/** What the decode and flow stages could not use. */
const COUNTED: readonly (readonly [count: string, code: string, message: string])[] = [
  ['fragment', 'fragment', 'IP fragments whose datagram was never whole'],
  ['fragmentConflicts', 'fragment-conflict', 'IP fragments that contradict others of their datagram; the first ones count'],
  ['malformed', 'malformed', 'frames whose headers contradict themselves'],
  ['nested-too-deep', 'nested-too-deep', 'frames with more than 16 headers'],
  ['address-limit', 'address-limit', 'frames of too many different IPv6 addresses'],
  ['conflicting', 'conflicting-octets', 'segments sent again with other octets; the first ones count'],
  ['resetsIgnored', 'reset-ignored', 'resets outside the window'],
  ['implausible', 'implausible', 'segments far outside their connection'],
  ['evicted', 'connections-evicted', 'connections given up because too many were open'],
];

function countedIssues(counts: Counts): readonly Issue[] {
  const linkTypes = named(counts, LINK_TYPE).map(([name, count]) => ({
    code: 'link-type-unknown',
    message: `frames of link type ${name} are not understood`,
    count,
  }));
  const gaps = { code: 'gap', message: `${counts['gapOctets'] ?? 0} octets are missing from connections`, count: counts['gaps'] ?? 0 };
  const others = COUNTED.map(([name, code, message]) => ({ code, message, count: counts[name] ?? 0 }));
  return [...linkTypes, gaps, ...others].filter(({ count }) => count > 0);
}

function withMessages(sink: ExchangeSink, onMessage: (message: Message, exchange: Exchange) => void): ExchangeSink {
  return {
    message: onMessage,
    request: (exchange) => sink.request(exchange),
    response: (exchange) => sink.response(exchange),
    waiting: (exchange) => sink.waiting(exchange),
    ended: (exchange) => sink.ended(exchange),
    connection: (connection) => sink.connection(connection),
  };
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
