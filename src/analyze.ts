/**
 * The wiring: captures in, a report out. Each point of capture has a chain of its own from the capture to the http stage;
 * the points meet as records in the proxy stage.
 */
import { type CaptureInput, type CaptureSource, LINK_TYPE, type Point, type PointOptions, Points, TUNNEL } from './capture-points.ts';
import type { Counts } from './counts.ts';
import { HeldRelays } from './held-relays.ts';
import type {
  CaptureFacts,
  CaptureReport,
  Connection,
  ConnectionIdentity,
  ConnectionLookup,
  ConnectionOutline,
  Finding,
  Issue,
  Relay,
  Report,
  Rule,
  TimeBase,
} from './model.ts';
import type { KnownProxy } from './proxy/habits.ts';
import { JoinedPoints } from './proxy/join-points.ts';
import { matchRelays, type RelaySink } from './proxy/match-relays.ts';
import { applyRules } from './rules/apply-rules.ts';
import { checkRules } from './rules/check-rules.ts';
import { rules as defaultRules } from './rules/index.ts';
import type { Survey } from './survey.ts';
import { Verdict } from './verdict/decide-findings.ts';
import { onlyCounted, verdictSentence } from './verdict/sentence.ts';

export interface AnalyzerOptions extends PointOptions {
  /** The rules to apply; all of hopcheck's own by default. */
  readonly rules?: readonly Rule[];
  readonly version?: string;
  /** Hosts that are known to be proxies: what they are asked is looked for on a next hop from the beginning. A hint. */
  readonly knownProxies?: readonly KnownProxy[];
  /**
   * Several points of capture will be opened, and set their clocks by each other. With the survey of an earlier reading they are
   * read side by side (`furthestBehind`) in flat memory; with true, findings wait for all of them.
   */
  readonly joinPoints?: boolean | Survey;
  /** A finding as soon as it stands, and again with `revised` when it changes. */
  readonly onFinding?: (finding: Finding, revised: boolean) => void;
  /** Every client-side exchange of a proxy when it ends. */
  readonly onRelay?: (relay: Relay) => void;
}

export interface Analyzer {
  open(source: CaptureSource): CaptureInput;
  /** The wall clock of a live capture: proves that it went on though nothing was captured. */
  tick(epochSeconds: number): void;
  /** Ends the input and gives the report; once. */
  finish(): Report;
  /** The file that holds a frame of a point, and Wireshark's number in it. */
  locate(point: number, frame: number): { readonly capture: number; readonly frame: number };
  /** Of these points the one to read on, when points are read side by side: the others would have to wait for it. */
  furthestBehind(points: readonly string[]): string | undefined;
  readonly base: TimeBase;
}

export function createAnalyzer(options: AnalyzerOptions = {}): Analyzer {
  return new Analysis(options);
}

class Analysis implements Analyzer {
  private readonly options: AnalyzerOptions;
  private readonly rules: readonly Rule[];
  private readonly points: Points;
  private readonly outlines: ConnectionOutline[] = [];
  private readonly verdict: Verdict;
  private readonly ruleStage: ReturnType<typeof applyRules>;
  private readonly proxy: ReturnType<typeof matchRelays>;
  private readonly joined: JoinedPoints | undefined;
  private readonly held: HeldRelays | undefined;

  constructor(options: AnalyzerOptions) {
    this.options = options;
    this.rules = options.rules ?? defaultRules;
    if (options.rules !== undefined) checkRules(options.rules);
    this.verdict = new Verdict(
      (finding, revised) => options.onFinding?.(finding, revised),
      (point, frame) => this.points.all[point]?.places.of(frame),
    );
    this.ruleStage = applyRules(this.rules, (subject, kind, found, final) => this.verdict.decide(subject, kind, found, final));
    this.held = options.onRelay && new HeldRelays(options.onRelay);
    const { asks } = this.ruleStage;
    const sink: RelaySink = {
      asks,
      spared: (kind) => this.ruleStage.spared(kind),
      exchange: (exchange, context) => this.ruleStage.exchange(exchange, context),
      relay: (relay) => {
        this.ruleStage.relay(relay);
        if (relay.clientSide.ended) this.held?.add(relay);
      },
      revised: (relay) => {
        this.ruleStage.revised(relay);
        this.held?.replace(relay);
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
    const survey = typeof options.joinPoints === 'object' ? options.joinPoints : undefined;
    this.joined = options.joinPoints ? new JoinedPoints((identity) => this.live(identity), survey?.compared) : undefined;
    this.proxy = matchRelays(this.lookup(), sink, { explainAll: options.onRelay !== undefined, knownProxies: options.knownProxies ?? [] });
    this.points = new Points((index, readTo) => this.joined?.point(index, readTo) ?? this.proxy, options, survey);
  }

  get base(): TimeBase {
    return this.points.base;
  }

  open(source: CaptureSource): CaptureInput {
    return this.points.open(source, () => this.joined?.tellSettled(this.proxy));
  }

  furthestBehind(points: readonly string[]): string | undefined {
    const readTo = (name: string): number => this.joined?.readTo(this.points.find(name)?.index ?? -1) ?? Number.NEGATIVE_INFINITY;
    return points.toSorted((a, b) => Number(readTo(a) > readTo(b)) - Number(readTo(a) < readTo(b)))[0];
  }

  tick(epochSeconds: number): void {
    this.points.tick(epochSeconds);
  }

  finish(): Report {
    this.points.finish();
    this.joined?.tell(this.proxy);
    this.proxy.finish();
    this.held?.end();
    const { findings, exonerations, groups } = this.verdict.finish();
    const points = this.points.all;
    const connections = sum(points, ({ flow: { facts } }) => facts.connections - facts.translated) - (this.joined?.copies.connections ?? 0);
    const exchanges = sum(points, (point) => point.http.facts.exchanges) - (this.joined?.copies.exchanges ?? 0);
    const { relays } = this.proxy.facts;
    const captures = this.points.captures.map((facts) => this.captureReport(facts));
    // What two points saw of one connection counts there twice.
    const encrypted = Math.min(
      connections,
      sum(captures, ({ health }) => health.encrypted),
    );
    return {
      tool: { name: 'hopcheck', version: this.options.version ?? '0' },
      base: this.base,
      captures,
      verdict: verdictSentence(findings, { connections, exchanges, relays, encrypted }, onlyCounted(findings, groups)),
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
    const files = this.points.all[point]?.files ?? [];
    const file = files.findLast((facts) => facts.firstFrame < frame) ?? files[0];
    return { capture: file?.index ?? 0, frame: frame - (file?.firstFrame ?? 0) };
  }

  private live(identity: ConnectionIdentity): Connection | undefined {
    return this.points.all[identity.point]?.http.snapshot(identity);
  }

  private lookup(): ConnectionLookup {
    const pointAt = (index: number): Point | undefined => this.points.all[index];
    // A proxy may be asked at one point, and ask at another one.
    const anywhere = (index: number, time: number, says: (point: Point, time: number) => boolean): boolean =>
      this.points.all.some((point) =>
        this.joined === undefined ? point.index === index && says(point, time) : says(point, this.joined.timeAt(point.index, time)),
      );
    return {
      snapshot: (identity) => (this.joined === undefined ? this.live(identity) : this.joined.snapshot(identity)),
      doubt: (one, other) => this.joined?.doubt(one, other) ?? SAME_ORDER,
      clockDoubt: (one, other) => this.joined?.clockDoubt(one, other) ?? 0,
      encrypted: (index, addresses, at) => anywhere(index, at, ({ http }, time) => http.encryptedFrom(addresses, time)),
      connecting: (index, addresses, at) => anywhere(index, at, ({ flow }, time) => flow.table.connecting(addresses, time)),
      lostAround: (index, at) => anywhere(index, at, ({ flow }, time) => flow.table.lostAround(time)),
      unanswered: (point, addresses) => pointAt(point)?.flow.table.unanswered(addresses) ?? [],
    };
  }

  /** How the times of a point were corrected, told with its first file. */
  private clockIssues(point: Point | undefined, facts: CaptureFacts): readonly Issue[] {
    if (point === undefined || point.files[0] !== facts) return [];
    const found = this.joined?.clocks.find((clock) => clock.point === point.index);
    if (found === undefined || Math.abs(found.clock.offset) < SAME_CLOCK) return [];
    const reference = this.points.all[found.reference]?.name ?? '';
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
    const point = this.points.find(facts.point);
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

function named(counts: Counts, beginning: string): (readonly [name: string, count: number])[] {
  return Object.entries(counts).flatMap(([name, count]) =>
    name.startsWith(beginning) && count > 0 ? [[name.slice(beginning.length), count] as const] : [],
  );
}

/** What the decode and flow stages could not use. */
const COUNTED: readonly (readonly [count: string, code: string, message: string])[] = [
  ['fragment', 'fragment', 'IP fragments whose datagram was never whole'],
  ['fragmentConflicts', 'fragment-conflict', 'IP fragments that contradict others of their datagram; the first ones count'],
  [
    'urgent',
    'urgent-octets',
    'segments with urgent octets: they are read where they stand, and a receiver may take them out of the stream',
  ],
  ['malformed', 'malformed', 'frames whose headers contradict themselves'],
  ['nested-too-deep', 'nested-too-deep', 'frames with more than 16 headers'],
  ['address-limit', 'address-limit', 'frames of too many different IPv6 addresses'],
  ['conflicting', 'conflicting-octets', 'segments sent again with other octets; the first ones count'],
  ['resetsIgnored', 'reset-ignored', 'resets outside the window'],
  ['implausible', 'implausible', 'segments far outside their connection'],
  [
    'translated',
    'connection-translated',
    'connections captured once more behind a translation of their addresses; the later copy is left out',
  ],
  ['unpaired', 'pending-limit', 'requests behind 10,000 that wait on the same connection: what answers them is not told'],
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

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
