/**
 * A report -> what every view for people says first: counts by severity, groups, whose move it was, what was not visible.
 */

import type { CaptureReport, ConnectionIdentity, DebtKind, Evidence, Finding, Report, Severity, Text, Wait } from '../model.ts';
import { CONFIDENCES, isSure, SEVERITIES } from '../ranks.ts';
import { type Secrecy, safeText } from './safe.ts';
import { calendar, duration } from './time.ts';

const DEBTS: Readonly<Record<DebtKind, string>> = {
  'request-head': 'the rest of a request head',
  'request-body': 'the rest of a request body',
  continue: 'a 100 (Continue)',
  'response-head': 'a response',
  'response-body': 'the rest of a response body',
  close: 'the close of the connection',
};

/** The findings of one cause: people read the surest one, the first of those, and how many there are. */
export interface FindingGroup {
  readonly first: Finding;
  readonly count: number;
}

/** Findings that are faults, and notes, which people read a line each. */
export function faultsAndNotes(findings: readonly Finding[]): readonly [faults: readonly Finding[], notes: readonly Finding[]] {
  return [findings.filter(({ severity }) => severity !== 'info'), findings.filter(({ severity }) => severity === 'info')];
}

/** In the order of the verdict: what is sure before what is not, then the worst severity, then the best confidence, then as found. */
export function groupFindings(report: Report, findings: readonly Finding[]): FindingGroup[] {
  const seen = new Map<string, Finding[]>();
  for (const finding of findings) {
    const members = seen.get(finding.group);
    if (members === undefined) seen.set(finding.group, [finding]);
    else members.push(finding);
  }
  const counts = new Map(report.groups.map((group) => [group.id, group.count]));
  return [...seen]
    .flatMap(([id, members]) => {
      const best = members.toSorted((a, b) => weightOf(a) - weightOf(b)).slice(0, 1);
      return best.map((first) => ({ first, count: Math.max(members.length, counts.get(id) ?? 0) }));
    })
    .sort((a, b) => weightOf(a.first) - weightOf(b.first));
}

function weightOf(finding: Finding): number {
  return (isSure(finding) ? 0 : 100) + SEVERITIES.indexOf(finding.severity) * 10 + CONFIDENCES.indexOf(finding.confidence);
}

/** Findings on top, those that their group only counts included; worst first, without those that are absent. */
export function severityCounts(report: Report): Partial<Record<Severity, number>> {
  return countGroups(groupFindings(report, report.findings));
}

function countGroups(groups: readonly FindingGroup[]): Partial<Record<Severity, number>> {
  const counts = new Map<Severity, number>();
  for (const { first, count } of groups) counts.set(first.severity, (counts.get(first.severity) ?? 0) + count);
  return Object.fromEntries(SEVERITIES.flatMap((severity) => (counts.has(severity) ? [[severity, counts.get(severity)]] : [])));
}

/** " [2]" behind what stands in the second of several captures; nothing where there is one alone. */
export function captureMark({ captures }: Pick<Report, 'captures'>, index: number): string {
  return captures.length > 1 ? ` [${index + 1}]` : '';
}

/** "frame 14", "frame 14 [2]" in the second of several captures. */
export function frameMark(report: Pick<Report, 'captures' | 'locate'>, { connection, moment }: Evidence): string {
  const { capture, frame } = report.locate(connection.point, moment.frame);
  return `frame ${frame}${captureMark(report, capture)}`;
}

/** The captures by name, with the marks by which the rest of the report calls them: at most three. */
export function capturesInWords(report: Report, show: (name: string) => string, showMark = (mark: string) => mark): string {
  const names = report.captures.slice(0, 3).map((capture, index) => `${show(capture.name)}${showMark(captureMark(report, index))}`);
  const more = report.captures.length - names.length;
  return `${names.join(', ') || 'no capture'}${more > 0 ? ` and ${more} more` : ''}`;
}

/** "1 hang, 2 violations", "1 violation; 1 hang possible", "nothing certain; 1 hang likely": never more than the verdict says, and notes only where there is nothing else. */
export function countsInWords(report: Report): string {
  const all = groupFindings(report, report.findings);
  const faults = all.filter(({ first }) => first.severity !== 'info');
  const groups = faults.length > 0 ? faults : all;
  if (groups.length === 0) return 'no findings';
  const doubtful = groups.filter(({ first }) => !isSure(first));
  const certain = groups.length === doubtful.length ? 'nothing certain' : severitiesInWords(groups.filter(({ first }) => isSure(first)));
  if (doubtful.length === 0) return certain;
  const degrees = new Set(doubtful.map(({ first }) => first.confidence));
  return `${certain}; ${severitiesInWords(doubtful)} ${degrees.size === 1 ? [...degrees].join('') : 'likely or possible'}`;
}

function severitiesInWords(groups: readonly FindingGroup[]): string {
  return Object.entries(countGroups(groups))
    .map(([severity, count]) => severityCount(severity, count))
    .join(', ');
}

export function severityCount(severity: string, count: number): string {
  const plural = new Map([
    ['hang', 'hangs'],
    ['loss', 'losses'],
    ['violation', 'violations'],
  ]);
  return `${count} ${count === 1 ? severity : (plural.get(severity) ?? severity)}`;
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** What the ends of the hops of a finding are called, from the client on. */
export interface Box {
  readonly name: 'client' | 'proxy' | 'origin' | 'server';
  /** Its endpoints, the one nearer to the client first. */
  readonly endpoints: readonly string[];
}

export function boxesOf(finding: Finding): Box[] {
  const near = finding.hops.find((hop) => hop.role === 'client-side');
  const far = finding.hops.find((hop) => hop.role === 'server-side');
  if (near !== undefined && far !== undefined) {
    return [
      { name: 'client', endpoints: [near.client.text] },
      { name: 'proxy', endpoints: [near.server.text, far.client.text] },
      { name: 'origin', endpoints: [far.server.text] },
    ];
  }
  const hop = near ?? far ?? finding.hops[0];
  if (hop === undefined) return [];
  return [
    { name: hop === far ? 'proxy' : 'client', endpoints: [hop.client.text] },
    { name: hop === far ? 'origin' : hop === near ? 'proxy' : 'server', endpoints: [hop.server.text] },
  ];
}

/** A connection of a finding: who talked to whom, and as which streams of which captures it is seen. */
export interface Way {
  readonly from: string;
  readonly client: string;
  readonly to: string;
  readonly server: string;
  readonly seen: string;
}

/** A connection may go on through all the parts of a ring. */
const MOST_STREAMS = 4;

export function waysOf(report: Pick<Report, 'captures'>, finding: Finding): Way[] {
  const names = boxesOf(finding).map((box) => box.name);
  return finding.hops.map(({ role, client, server, connection }) => {
    const at = role === 'server-side' ? names.length - 2 : 0;
    const streams = connection.seenIn.slice(0, MOST_STREAMS).map((place) => streamMark(report, place));
    const more = connection.seenIn.length - streams.length;
    const seen = streams.join(', ') + (more > 0 ? ` and in ${counted(more, 'other file')}` : '');
    return { from: names[at] ?? 'client', client: client.text, to: names[at + 1] ?? 'server', server: server.text, seen };
  });
}

/** Wireshark's number, unless connections were left out that it counts. */
function streamMark(report: Pick<Report, 'captures'>, { capture, stream }: ConnectionIdentity['seenIn'][number]): string {
  const narrowed = report.captures[capture]?.issues.some(({ code }) => code === 'narrowed-host') === true;
  return (narrowed ? 'a stream whose number is not known because of --host' : `tcp.stream ${stream}`) + captureMark(report, capture);
}

/** When the seconds of its evidence begin, so that logs can be laid beside them. */
export function zeroInWords(report: Pick<Report, 'base'>, { evidence }: Finding): string | undefined {
  const [first] = evidence;
  return first === undefined ? undefined : `0 s is ${calendar(report.base, first.moment.time)}`;
}

/** Who sent an evidence to whom, by name. */
export function endsOf(finding: Finding, { hop, from }: Evidence): readonly [sender: string, receiver: string] {
  const names = boxesOf(finding).map((box) => box.name);
  const near = names.length === 3 && hop === 'server-side' ? 1 : 0;
  const [client, server] = [names[near] ?? 'client', names[near + 1] ?? 'server'];
  return from === 'client' ? [client, server] : [server, client];
}

/** The box that had to move: the debtor, unless it waited for the one behind it. */
export function boxAtFault(finding: Finding): Box | undefined {
  return finding.owedBehind === true ? boxesOf(finding).at(-1) : debtorOf(finding);
}

/** Who owed something where there is a debt, else the one that stands between, else the sender. */
function debtorOf(finding: Finding): Box | undefined {
  const boxes = boxesOf(finding);
  if (finding.wait === undefined) return boxes.length === 3 ? boxes[1] : boxes[finding.direction === 'response' ? 1 : 0];
  const beyondProxy = boxes.length === 3 && finding.hops[0]?.role === 'server-side';
  return boxes[(finding.wait.debtor === 'server' ? 1 : 0) + (beyondProxy ? 1 : 0)];
}

/** "the proxy owed a response for 7.96 s, until it reset the connection"; undefined where nothing was owed. */
export function owedInWords(finding: Finding): string | undefined {
  const { wait } = finding;
  const debtor = debtorOf(finding);
  if (wait === undefined || debtor === undefined) return undefined;
  const owed = `the ${debtor.name} owed ${DEBTS[wait.debt]} for ${duration(wait.end.time - wait.start.time)}${endingOf(wait)}`;
  return finding.owedBehind === true ? `${owed}; it was itself waiting for the ${boxAtFault(finding)?.name}` : owed;
}

function endingOf(wait: Wait): string {
  if (wait.ended === 'answered') return ', until it was paid';
  if (wait.ended === 'capture-end') return ' and still did when the capture ended';
  const who = (wait.ended === 'server-close') === (wait.debtor === 'server') ? 'it' : 'the other side';
  return `, until ${who} ${wait.by === 'RST' ? 'reset' : 'closed'} the connection`;
}

/** The verdict ends with the message of the finding that it is about: no need to say it again right below. */
export function saidInVerdict(report: Report, finding: Finding, secrecy: Secrecy): boolean {
  return safeText(report.verdict, secrecy).endsWith(safeText(finding.message, secrecy));
}

/** A reason, and the weights that it adds up where there are more than two: they are read better below each other. */
export interface Reason {
  readonly said: Text;
  readonly parts: readonly string[];
}

/** "the hops belong together: method +1, target +7.1, authority +2; margin 20 bits" */
export function reasonOf(text: Text): Reason {
  const [only] = text;
  if (text.length !== 1 || typeof only !== 'string') return { said: text, parts: [] };
  const items = only.split(/(?<= [+-]\d{1,3}(?:\.\d)?), /);
  const last = items.at(-1)?.match(/^(.* [+-]\d{1,3}(?:\.\d)?)(?:\)|(?=;)|$)(.*)$/s);
  const first = items[0]?.match(/^(.*?)(?: \(|: )([^(:]+)$/s);
  if (items.length < 3 || !first || !last) return { said: text, parts: [] };
  return { said: [`${first[1]}${last[2]}`], parts: [first[2] ?? '', ...items.slice(1, -1), last[1] ?? ''] };
}

/** What else was in a capture, where it was; empty for most captures. */
export function otherTraffic({ continued, http2, quic, tunnels }: CaptureReport['health']): string[] {
  const facts: [number, string][] = [
    [continued, `${counted(continued, 'connection')} from the file before`],
    [http2, `${counted(http2, 'connection')} of HTTP/2, not read`],
    [quic, `${counted(quic, 'QUIC datagram')}, not read`],
    ...tunnels.map(({ name, headers }): [number, string] => [headers, `${counted(headers, 'header')} of ${name}`]),
  ];
  const seen = facts.flatMap(([count, text]) => (count > 0 ? [text] : []));
  return seen.length === 0 ? [] : [seen.join(', ')];
}

/** What the silence of a report without findings is worth: by how many rules how much was looked at, and what none could look at. */
export function lookedAtInWords({ rules, proxies }: Report): string[] {
  const counts = new Map<number, number>();
  for (const { lookedAt } of rules) counts.set(lookedAt, (counts.get(lookedAt) ?? 0) + 1);
  const idle = rules.filter(({ lookedAt }) => lookedAt === 0).map(({ id }) => id);
  const busy = [...counts]
    .filter(([records]) => records > 0)
    .sort(([one], [other]) => other - one)
    .map(([records, count], index) => `${index === 0 ? counted(count, 'rule') : count} looked at ${counted(records, 'record')}`);
  return [
    busy.length === 0 ? 'no rule found anything that it applies to' : `exchanges, their relays, and connections: ${busy.join(', ')}`,
    ...(idle.length > 0 && busy.length > 0 ? [`nothing to look at for ${counted(idle.length, 'rule')}: ${idle.join(', ')}`] : []),
    proxies.length === 0 ? 'no proxy was recognised' : `proxies: ${proxies.map((addresses) => addresses.join(' / ')).join(', ')}`,
  ];
}

const ASSUMED = 'point-assumed';
const MOST_MARKS = 5;

/** What is told of each file by itself. */
export function issuesOf({ issues }: CaptureReport): CaptureReport['issues'] {
  return issues.filter(({ code }) => code !== ASSUMED);
}

/** What is strange, where in the file it begins, and how often. */
export function issueInWords({ message, offset, count }: CaptureReport['issues'][number]): string {
  const place = offset === undefined || message.includes('(at byte ') ? '' : ` (at byte ${offset})`;
  return `${message}${place}${count > 1 ? `, ${count} times` : ''}`;
}

/** Why files were taken for one place of capture or for several, in sentences: once where it is the same of all. */
export function assumptions(report: Report): string[] {
  const files = new Map<string, string[]>();
  for (const { index, issues } of report.captures) {
    for (const { code, message } of issues) {
      if (code === ASSUMED) files.set(message, [...(files.get(message) ?? []), captureMark(report, index).trim() || 'the file']);
    }
  }
  return [...files].map(([message, marks]) => {
    const named = marks.length > MOST_MARKS ? [...marks.slice(0, MOST_MARKS), `and ${marks.length - MOST_MARKS} more`] : marks;
    return `${named.join(' ')}: ${message}`;
  });
}

/** What the captures could not show, in sentences; never empty. */
export function blindSpots(report: Report): string[] {
  const spots = report.captures.flatMap((capture) => {
    const where = report.captures.length > 1 ? `${captureMark(report, capture.index).trim()} ` : '';
    return captureBlindSpots(capture).map((spot) => where + spot);
  });
  if (report.relays === 0)
    spots.push('no exchange was seen on two hops: what a proxy did on its other side is not in here (capture on its host, with -i any)');
  return [...spots, 'the last 2 s of a capture: tcpdump may lose its last block, so nothing is concluded from silence there'];
}

const WHERE_PLAIN = '; there is no other (capture where TLS has ended: most often between the proxy and its servers)';

function isAllEncrypted({ connections, encrypted }: CaptureReport['health']): boolean {
  return encrypted >= connections;
}

function captureBlindSpots({ health, complete, dropped, format }: CaptureReport): string[] {
  const lost = health.dropped ?? dropped;
  const late = health.connections - health.synSeen;
  const oneSided = health.connections - health.bothDirections;
  const spots: [boolean, string][] = [
    [!complete, 'what came after the place where the file breaks off'],
    [late > 0, `how ${counted(late, 'connection')} began: the capture starts in the middle`],
    [oneSided > 0, `the other direction of ${counted(oneSided, 'connection')}`],
    [health.encrypted > 0, `inside ${counted(health.encrypted, 'encrypted connection')}${isAllEncrypted(health) ? WHERE_PLAIN : ''}`],
    [health.http2 > 0, `inside ${counted(health.http2, 'HTTP/2 connection')}`],
    [health.quic > 0, `inside ${counted(health.quic, 'QUIC datagram')} (HTTP/3)`],
    [health.gaps > 0, `octets missing at ${counted(health.gaps, 'place')}`],
    [health.cutFrames > 0, `the end of ${counted(health.cutFrames, 'cut frame')} (capture with -s 0)`],
    [lost !== undefined && lost > 0, `${counted(lost ?? 0, 'frame')} that the capturing program lost (capture with -B 16384)`],
    [lost === undefined && format !== undefined, 'whether frames were lost while capturing: the file does not tell'],
  ];
  return spots.flatMap(([applies, text]) => (applies ? [text] : []));
}
