/**
 * All rules on captures of other people's traffic: each finding of severity hang, will-hang or loss was looked at packet by
 * packet, and stands here with its reason; ordinary browsing is clean; and what is cleared stays a few lines.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createAnalyzer } from '../src/analyze.ts';
import { CaptureError } from '../src/errors.ts';
import type { Finding, Report } from '../src/model.ts';
import { groupFindings } from '../src/view/overview.ts';

const folder = fileURLToPath(new URL('../../shared/captures/', import.meta.url));
const here = existsSync(folder);

/** At likely or better: of these 600 captures one has one. */
const LIKELY: readonly (readonly [finding: string, why: string])[] = [
  [
    'transport/pcap2har.request_only.pcap closed-without-answer loss',
    'a request for a page, its ACK, and 2.8 s later the FIN of a server that was stopped, in the same instant as on its other connection',
  ],
];

/** What is listed, and makes no headline. */
const POSSIBLE: readonly (readonly [finding: string, why: string])[] = [
  [
    'http/ndpi.netflix.pcap content-length-overstated hang',
    '4344 of 65536 octets, acknowledged, then 68 s without a segment of that connection: it was filtered, or it did stall',
  ],
  [
    'http/suricata.http-evader-078.pcap chunk-terminator-missing loss',
    'Transfer-Encoding: chunked CR SP, and no chunk behind it: who reads the CR as a space (RFC 9112 section 2.2) cannot read the body',
  ],
  [
    'http/suricata.http-sha256-drop-02.pcap request-ignored-on-persistent-connection hang',
    'a browser asks a proxy once more on the connection that carried a 503, gets an ACK and no answer, and leaves after 5 s',
  ],
  [
    'transport/zeek.tcp.retransmit-timeout.pcapng request-ignored-on-persistent-connection hang',
    'three frames by hand: a request, its ACK, and one of nobody five minutes later',
  ],
];

/** Captures of people, and of programs that fetch pages: many exchanges, and nothing wrong with their connections. */
const BROWSING: readonly string[] = [
  'formats/zeek.erspan.pcap',
  'http/pcap2har.pcapr.net.pcap',
  'http/pcapplusplus.4KHttpRequests.pcap',
  'http/pcapplusplus.650HttpResponses.pcap',
  'http/pcapplusplus.example.pcap',
  'http/pcapplusplus.example2.pcap',
  'http/pcapplusplus.http-packets.pcap',
  'http/pcapplusplus.http-packets2.pcap',
  'http/sanders.http_espn.pcapng',
  'http/zeek.http.bro.org.pcap',
  'transport/sanders.tcp_ports.pcapng',
];

const ALARMING = new Set(['hang', 'will-hang', 'loss']);

interface Read {
  readonly path: string;
  readonly report: Report;
}

function read(path: string): Read {
  const analyzer = createAnalyzer();
  const input = analyzer.open({ name: path });
  try {
    input.push(readFileSync(`${folder}${path}`));
    input.end();
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
  }
  return { path, report: analyzer.finish() };
}

function readAll(): readonly Read[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(?:json|md|py)$/.test(entry.name))
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(folder.length).replace(/^\//, ''))
    .sort()
    .map(read);
}

const captures = here ? readAll() : [];

function flat(findings: readonly Finding[]): readonly Finding[] {
  return findings.flatMap((finding) => [finding, ...flat(finding.children)]);
}

function alarms(wanted: (finding: Finding) => boolean): readonly string[] {
  return captures.flatMap(({ path, report }) =>
    flat(report.findings)
      .filter((finding) => ALARMING.has(finding.severity) && wanted(finding))
      .map(({ rule, severity }) => `${path} ${rule} ${severity}`),
  );
}

describe.skipIf(!here)(`captures of other people${here ? '' : ': skipped, ../shared is not here'}`, () => {
  test('what is likely or better is true', () => {
    expect(captures.length).toBeGreaterThan(500);
    expect(alarms(({ confidence }) => confidence !== 'possible')).toEqual(LIKELY.map(([finding]) => finding));
  });

  test('what is possible is worth a look', () => {
    expect(alarms(({ confidence }) => confidence === 'possible')).toEqual(POSSIBLE.map(([finding]) => finding));
  });

  test.each(BROWSING)('%s is clean', (path) => {
    const { exchanges, findings } = captures.find((capture) => capture.path === path)?.report ?? read(path).report;
    expect(exchanges).toBeGreaterThan(20);
    expect(flat(findings).filter(({ severity }) => severity !== 'info' && severity !== 'hygiene')).toEqual([]);
  });

  test('what is cleared: a line for each rule, with its evidence, and no word where there was nothing to suspect', () => {
    const cleared = captures.filter(({ report }) => report.exonerations.length > 0);
    expect(cleared.length).toBeGreaterThan(40);
    expect(cleared.length).toBeLessThan(0.15 * captures.length);
    for (const { path, report } of cleared) {
      const groups = groupFindings(report, report.exonerations);
      expect(new Set(groups.map(({ first }) => first.rule)).size, path).toBe(groups.length);
      expect(
        report.exonerations.filter(({ evidence, severity }) => evidence.length === 0 || severity !== 'info'),
        path,
      ).toEqual([]);
    }
  });
});
