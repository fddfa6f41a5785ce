/**
 * Records of the model -> the plain values of `hopcheck-report/1`. report.schema.json beside this file describes them.
 *
 * Keys stand in a fixed order, what is absent is null, times are decimal strings, and frames are Wireshark's numbers in the
 * capture that is named by its index.
 */

import type {
  CaptureReport,
  ConnectionIdentity,
  Evidence,
  Exchange,
  Finding,
  HopRole,
  Issue,
  PairingQuality,
  Remedy,
  Report,
  Severity,
  Wait,
} from '../model.ts';
import { severityCounts } from './overview.ts';
import { type Secrecy, safeText, safeWire, wireOctets } from './safe.ts';
import { epochSeconds, secondsBetween } from './time.ts';

/** What a finding needs to be told outside of its report. */
export type Context = Pick<Report, 'base' | 'locate'>;

export interface CaptureJson {
  readonly name: string;
  readonly point: string;
  readonly format: string | null;
  readonly linkTypes: readonly string[];
  readonly frames: number;
  readonly bytes: number;
  readonly firstTime: string | null;
  readonly lastTime: string | null;
  readonly observedUntil: string | null;
  readonly complete: boolean;
  readonly health: {
    readonly connections: number;
    readonly continued: number;
    readonly synSeen: number;
    readonly bothDirections: number;
    readonly gaps: number;
    readonly duplicates: number;
    readonly cutFrames: number;
    readonly dropped: number | null;
    readonly encrypted: number;
    readonly http2: number;
    readonly quic: number;
    readonly tunnels: readonly { readonly name: string; readonly headers: number }[];
  };
  readonly interfaces: readonly {
    readonly name: string | null;
    readonly linkType: string;
    readonly snapLength: number | null;
    readonly dropped: number | null;
  }[];
  readonly names: readonly { readonly address: string; readonly name: string }[];
  readonly comments: number;
  readonly issues: readonly Issue[];
}

export interface SummaryJson {
  readonly verdict: string;
  readonly connections: number;
  readonly exchanges: number;
  readonly relays: number;
  readonly proxies: readonly (readonly string[])[];
  readonly pairing: PairingJson;
  readonly findings: Readonly<Partial<Record<Severity, number>>>;
  readonly groups: readonly { readonly id: string; readonly rule: string; readonly count: number }[];
  readonly rules: readonly { readonly id: string; readonly lookedAt: number }[];
}

/** See PairingQuality; the latency is in seconds, and null without pairs. */
type PairingJson = Omit<PairingQuality, 'medianLatency'> & { readonly medianLatency: number | null };

export interface FindingJson {
  readonly id: string;
  readonly fingerprint: string;
  readonly group: string;
  readonly rule: string;
  readonly severity: string;
  readonly confidence: string;
  readonly title: string;
  readonly message: string;
  readonly connections: readonly {
    readonly role: HopRole;
    readonly client: string;
    readonly server: string;
    readonly seenIn: ConnectionIdentity['seenIn'];
  }[];
  readonly exchange: { readonly ordinal: number; readonly method: string | null; readonly target: string | null } | null;
  readonly wait: WaitJson | null;
  readonly fields: readonly string[];
  readonly direction: string | null;
  readonly evidence: readonly EvidenceJson[];
  readonly displayFilter: string | null;
  readonly because: readonly string[];
  readonly wouldChangeOurMind: readonly string[];
  readonly basis: readonly string[];
  readonly remedies: readonly Remedy[];
  readonly partOf: string | null;
  readonly children: readonly FindingJson[];
}

interface WaitJson {
  readonly debt: string;
  readonly debtor: string;
  readonly start: string | null;
  readonly end: string | null;
  readonly seconds: number;
  readonly ended: string;
  readonly by: string | null;
}

interface EvidenceJson {
  readonly capture: number;
  readonly frame: number;
  readonly hop: string;
  readonly from: string;
  readonly time: string | null;
  readonly offset: number | null;
  readonly text: string;
}

export function captureJson(context: Context, capture: CaptureReport, secrecy: Secrecy): CaptureJson {
  const { health } = capture;
  return {
    name: wellFormed(capture.name),
    point: wellFormed(capture.point),
    format: capture.format ?? null,
    linkTypes: [...capture.linkTypes],
    frames: capture.frames,
    bytes: capture.bytes,
    firstTime: epochSeconds(context.base, capture.firstTime),
    lastTime: epochSeconds(context.base, capture.lastTime),
    observedUntil: epochSeconds(context.base, capture.observedUntil),
    complete: capture.complete,
    health: {
      connections: health.connections,
      continued: health.continued,
      synSeen: health.synSeen,
      bothDirections: health.bothDirections,
      gaps: health.gaps,
      duplicates: health.duplicates,
      cutFrames: health.cutFrames,
      dropped: health.dropped ?? null,
      encrypted: health.encrypted,
      http2: health.http2,
      quic: health.quic,
      tunnels: health.tunnels.map(({ name, headers }) => ({ name, headers })),
    },
    interfaces: capture.interfaces.map(({ name, linkType, snapLength, dropped }) => ({
      name: name === undefined ? null : safeWire(name, secrecy),
      linkType,
      snapLength: snapLength === 0 ? null : snapLength,
      dropped: dropped ?? null,
    })),
    names: capture.names.map(({ address, name }) => ({ address, name: safeWire(name, secrecy) })),
    comments: capture.comments,
    issues: capture.issues.map((issue) => issueJson(capture, issue)),
  };
}

/** An issue carries its frame as the point counts it; outside it is Wireshark's number in the file. */
function issueJson(capture: CaptureReport, issue: Issue): Issue {
  return {
    code: issue.code,
    message: wellFormed(issue.message),
    ...(issue.offset === undefined ? {} : { offset: issue.offset }),
    ...(issue.frame === undefined ? {} : { frame: issue.frame - capture.firstFrame }),
    count: issue.count,
  };
}

export function summaryJson(report: Report, secrecy: Secrecy): SummaryJson {
  return {
    verdict: safeText(report.verdict, secrecy),
    connections: report.connections,
    exchanges: report.exchanges,
    relays: report.relays,
    proxies: report.proxies.map((addresses) => [...addresses]),
    pairing: pairingJson(report.pairing),
    findings: severityCounts(report),
    groups: report.groups.map(({ id, rule, count }) => ({ id, rule, count })),
    rules: report.rules.map(({ id, lookedAt }) => ({ id, lookedAt })),
  };
}

function pairingJson(pairing: PairingQuality): PairingJson {
  const { medianLatency } = pairing;
  return { ...pairing, medianLatency: Number.isNaN(medianLatency) ? null : secondsBetween(0, medianLatency) };
}

export function findingJson(context: Context, finding: Finding, secrecy: Secrecy): FindingJson {
  return {
    id: finding.id,
    fingerprint: finding.fingerprint,
    group: finding.group,
    rule: finding.rule,
    severity: finding.severity,
    confidence: finding.confidence,
    title: wellFormed(finding.title),
    message: safeText(finding.message, secrecy),
    connections: finding.hops.map((hop) => ({
      role: hop.role,
      client: hop.client.text,
      server: hop.server.text,
      seenIn: hop.connection.seenIn.map(({ capture, stream }) => ({ capture, stream })),
    })),
    exchange: finding.exchange === undefined ? null : exchangeJson(finding.exchange, secrecy),
    wait: finding.wait === undefined ? null : waitJson(context, finding.wait),
    fields: [...(finding.fields ?? [])],
    direction: finding.direction ?? null,
    evidence: finding.evidence.map((evidence) => evidenceJson(context, evidence, secrecy)),
    displayFilter: displayFilter(context, finding) ?? null,
    because: finding.because.map((text) => safeText(text, secrecy)),
    wouldChangeOurMind: finding.wouldChangeOurMind.map(wellFormed),
    basis: finding.basis.map(wellFormed),
    remedies: finding.remedies.map(({ product, text }) => ({ product: wellFormed(product), text: wellFormed(text) })),
    partOf: finding.partOf ?? null,
    children: finding.children.map((child) => findingJson(context, child, secrecy)),
  };
}

function exchangeJson(exchange: Exchange, secrecy: Secrecy): FindingJson['exchange'] {
  const { ordinal, request } = exchange;
  if (request === undefined) return { ordinal, method: null, target: null };
  return {
    ordinal,
    method: wellFormed(request.method),
    target: wellFormed(wireOctets({ kind: 'target', octets: request.target }, secrecy)),
  };
}

function waitJson(context: Context, wait: Wait): WaitJson {
  return {
    debt: wait.debt,
    debtor: wait.debtor,
    start: epochSeconds(context.base, wait.start.time),
    end: epochSeconds(context.base, wait.end.time),
    seconds: secondsBetween(wait.start.time, wait.end.time),
    ended: wait.ended,
    by: wait.by ?? null,
  };
}

function evidenceJson(context: Context, evidence: Evidence, secrecy: Secrecy): EvidenceJson {
  const { capture, frame } = context.locate(evidence.connection.point, evidence.moment.frame);
  return {
    capture,
    frame,
    hop: evidence.hop,
    from: evidence.from,
    time: epochSeconds(context.base, evidence.moment.time),
    offset: evidence.record?.offset ?? null,
    text: safeText(evidence.text, secrecy),
  };
}

/** The evidence frames of a finding by capture, that of the first evidence first: sorted, each once. */
export function evidenceFrames(context: Context, finding: Finding): { readonly capture: number; readonly frames: number[] }[] {
  const byCapture = new Map<number, Set<number>>();
  for (const { connection, moment } of finding.evidence) {
    const { capture, frame } = context.locate(connection.point, moment.frame);
    byCapture.set(capture, (byCapture.get(capture) ?? new Set()).add(frame));
  }
  return [...byCapture].map(([capture, frames]) => ({ capture, frames: [...frames].sort((a, b) => a - b) }));
}

export function filterFor(frames: readonly number[]): string {
  return `frame.number in {${frames.join(',')}}`;
}

/** For Wireshark, in the capture of the first evidence; undefined without evidence. */
export function displayFilter(context: Context, finding: Finding): string | undefined {
  const [first] = evidenceFrames(context, finding);
  return first === undefined ? undefined : filterFor(first.frames);
}

/** Lone surrogates have no UTF-8 form. */
export function wellFormed(text: string): string {
  return text.replaceAll(/\p{Cs}/gu, '\ufffd');
}
