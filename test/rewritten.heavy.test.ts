/**
 * The captures of the lab, told differently: what the connections did is the same, so the verdicts are: rule, severity, hops,
 * confidence. Where octets are taken away they may be surer of less, and the report says what is missing.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createAnalyzer } from '../src/analyze.ts';
import type { Finding, Report } from '../src/model.ts';
import { blindSpots } from '../src/view/overview.ts';
import * as rewrite from './support/rewrite.ts';

const folder = fileURLToPath(new URL('../../shared/lab/', import.meta.url));
const here = existsSync(folder);

function analyzed(capture: Uint8Array): Report {
  const analyzer = createAnalyzer();
  const input = analyzer.open({ name: 'capture' });
  input.push(capture);
  input.end();
  return analyzer.finish();
}

/** Finding, hops by Wireshark's numbers of their connections, request by its ordinal: nothing that a rewriting changes. */
function verdictsOf({ findings }: Report): readonly string[] {
  const told = (finding: Finding, depth: string): readonly string[] => {
    const hops = finding.hops.map(({ role, connection }) => `${role} ${connection.seenIn.map(({ stream }) => stream).join('+')}`);
    const { rule, severity, confidence, exchange } = finding;
    const line = `${depth}${rule} ${severity} ${confidence}, ${hops.join(', ')}, request ${exchange?.ordinal}`;
    return [line, ...finding.children.flatMap((child) => told(child, '  '))];
  };
  return findings.flatMap((finding) => told(finding, '')).toSorted();
}

interface Lab {
  readonly name: string;
  readonly told: rewrite.Told;
  readonly verdicts: readonly string[];
}

function labs(): readonly Lab[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.pcap'));
  return files.toSorted().flatMap((name) => {
    const told = rewrite.readCapture(readFileSync(join(folder, name)));
    return told === undefined ? [] : [{ name, told, verdicts: verdictsOf(analyzed(rewrite.writeCapture(told))) }];
  });
}

const captures = here ? labs() : [];

/** What is missing, and what is too much, a line each. */
function difference({ name, verdicts }: Lab, others: readonly string[]): readonly string[] {
  return [
    ...verdicts.filter((line) => !others.includes(line)).map((line) => `${name} - ${line}`),
    ...others.filter((line) => !verdicts.includes(line)).map((line) => `${name} + ${line}`),
  ];
}

/**
 * Captures that begin in the middle of a connection, with the first segment of it. When its second half comes first, nobody can
 * tell the first half from one that was sent before the capture began and once more in it, and the message is lost.
 */
const STARTED_LATE: readonly string[] = [
  'hang-capture-starts-late/proxy.pcap',
  'multi/ring-three-parts-gzip/proxy.2.pcap',
  'multi/ring-three-parts-gzip/proxy.3.pcap',
];

/** Alarms of whole captures that 200 octets of each frame do not tell any more, and why. */
const TOLD_BY_CUT_OCTETS: readonly (readonly [alarm: string, why: string])[] = [
  ['continue-body-first-proxy/client.pcap: expect-continue-unanswered hang, only 0, request 1', 'Expect stands behind the cut'],
  ['continue-body-first-proxy/proxy.pcap: expect-continue-unanswered hang, only 0, request 1', 'Expect stands behind the cut'],
  [
    'missing-last-chunk-haproxy/client.pcap: chunk-terminator-missing hang, only 0, request 1',
    'Transfer-Encoding stands behind the cut, so the response may have any length',
  ],
  [
    'missing-last-chunk-haproxy/proxy.pcap: chunk-terminator-missing hang, client-side 0, server-side 1, request 1',
    'the same on the client side; on the server side it is told',
  ],
  [
    'pipelined-second-ignored-by-dumb/client.pcap: pipelined-request-dropped hang, only 0, request 2',
    'the second request of a segment is behind the cut, the head before it is seen, and the later one counts as ignored',
  ],
  [
    'pipelined-second-ignored-by-dumb/proxy.pcap: pipelined-request-dropped hang, only 0, request 2',
    'the same; told as the deadlock that it is on both hops',
  ],
  [
    'unframed-transfer-encoding-stripped/proxy.pcap: framing-changed-inconsistently hang, client-side 0, server-side 1, request 1',
    'Transfer-Encoding of the server side stands behind the cut; the client side is told as a response without length',
  ],
];

describe.skipIf(!here)('the same verdicts', () => {
  test('there are captures, with hangs in them', () => {
    expect(captures.length).toBeGreaterThan(150);
    expect(captures.filter(({ verdicts }) => verdicts.some((line) => line.includes(' hang '))).length).toBeGreaterThan(50);
  });

  test.each<readonly [string, (told: rewrite.Told) => rewrite.Told]>([
    ['with every segment in two', (told) => rewrite.split(told)],
    ['with every frame twice', rewrite.repeated],
    ['with every segment in two, and every frame twice', (told) => rewrite.repeated(rewrite.split(told))],
    ['three years later, and a fraction', (told) => rewrite.moved(told, 3 * 365 * 86_400 + 0.618_034)],
    ['in other networks', rewrite.readdressed],
    ['on other ports', rewrite.reported],
    ['of other hosts', (told) => rewrite.renamed(told, 'joes-hardware', 'mary-software')],
    ['of a host with a shorter name', (told) => rewrite.rehosted(told, 'www.joes-hardware.com', 'o.test')],
    ['of a host with a longer name', (told) => rewrite.rehosted(told, 'www.joes-hardware.com', 'static.images.cdn.joes-hardware.example')],
    ['with neighbours swapped that are 20 us apart or less', (told) => rewrite.raced(told, 20)],
    ['with neighbours swapped that are 100 us apart or less', (told) => rewrite.raced(told, 100)],
  ])('%s', (_how, how) => {
    const others = captures.map((lab) => ({ lab, told: how(lab.told) }));
    // A rewriting that changes nothing proves nothing.
    expect(others.filter(({ lab, told }) => !isSame(lab.told, told)).length).toBeGreaterThan(100);
    const differences = others.flatMap(({ lab, told }) => difference(lab, verdictsOf(analyzed(rewrite.writeCapture(told)))));
    expect(differences).toEqual([]);
  });

  test('with every segment in two, the second one first', () => {
    const late = new Set(STARTED_LATE);
    const differences = captures.flatMap((lab) =>
      late.has(lab.name) ? [] : difference(lab, verdictsOf(analyzed(rewrite.writeCapture(rewrite.split(lab.told, true))))),
    );
    expect(differences).toEqual([]);
  });

  test.each(STARTED_LATE)('%s begins in the middle of a connection, and says so', (name) => {
    const lab = captures.find((capture) => capture.name === name);
    if (lab === undefined) throw new Error(`${name} is not in the lab`);
    const report = analyzed(rewrite.writeCapture(rewrite.split(lab.told, true)));
    expect(lab.verdicts).toEqual(expect.arrayContaining([...verdictsOf(report)]));
    expect(blindSpots(report)).toContainEqual(expect.stringMatching(/^how \d+ connections? began/));
  });
});

/** What is sure of more than before, or new: `possible` is listed and no more. */
describe.skipIf(!here)('snapped to 200 octets', () => {
  const cut = captures.map((lab) => ({ lab, report: analyzed(rewrite.writeCapture(rewrite.snapped(lab.told, 200))) }));

  test('every hang is there, at its hops, as possible, but for those that the cut octets told', () => {
    const lost = cut.flatMap(({ lab, report }) => {
      const known = new Set(verdictsOf(report).map(withoutConfidence));
      return lab.verdicts
        .filter(isTopAlarm)
        .map(withoutConfidence)
        .filter((line) => !known.has(line))
        .map((line) => `${lab.name}: ${line}`);
    });
    expect(lost).toEqual(TOLD_BY_CUT_OCTETS.map(([line]) => line));
  });

  test('no alarm is surer than possible where it was not there, or not so sure, in the whole capture', () => {
    const surer = cut.flatMap(({ lab, report }) =>
      verdictsOf(report)
        .filter((line) => isAlarm(line) && !line.includes(' possible,') && !lab.verdicts.includes(line))
        .map((line) => `${lab.name}: ${line}`),
    );
    expect(surer).toEqual([]);
  });

  test('each of these reports says that frames were cut', () => {
    for (const { lab, report } of cut) {
      const alarms = lab.verdicts.filter(isTopAlarm);
      if (alarms.every((line) => verdictsOf(report).includes(line))) continue;
      expect(blindSpots(report), lab.name).toContainEqual(expect.stringMatching(/^the end of \d+ cut frames? /));
    }
  });
});

function isAlarm(line: string): boolean {
  return / (?:hang|will-hang|loss) /.test(line);
}

function isTopAlarm(line: string): boolean {
  return isAlarm(line) && !line.startsWith(' ');
}

function withoutConfidence(line: string): string {
  return line.replace(/ (?:proven|strong|likely|possible),/, ',').trim();
}

function isSame(one: rewrite.Told, other: rewrite.Told): boolean {
  const [a, b] = [rewrite.writeCapture(one), rewrite.writeCapture(other)];
  return a.length === b.length && a.every((octet, at) => octet === b[at]);
}
