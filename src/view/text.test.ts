import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostileReport, WORST } from '../../test/support/hostile-report.ts';
import { cleanReport, endpoint, sampleReport, theHang } from '../../test/support/sample-report.ts';
import { inColour, viewOptions, withoutColour } from '../../test/support/view-options.ts';
import type { Finding, Report } from '../model.ts';
import { crossingsOf } from './crossings.ts';
import { drawLadder } from './ladder.ts';
import { renderText } from './text.ts';
import { widthOf } from './wrap.ts';

const lines = (report: Report, width = 80, more = {}) => renderText(report, viewOptions(width, more)).split('\n');

function expectFits(text: readonly string[], width: number): void {
  for (const line of text) {
    expect(widthOf(line), line).toBeLessThanOrEqual(width);
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  }
}

describe('width', () => {
  test.each([40, 59, 60, 61, 80, 99, 100, 120, 200])('%d columns are kept', (width) => {
    for (const report of [sampleReport, cleanReport]) expectFits(lines(report, width), width);
  });

  test.each([60, 80, 120, 200])('colour changes no letter at %d columns', (width) => {
    const painted = renderText(sampleReport, viewOptions(width, inColour));
    expect(painted).not.toBe(withoutColour(painted));
    expect(withoutColour(painted)).toBe(renderText(sampleReport, viewOptions(width)));
  });

  test.each([60, 80, 120, 200])('at %d columns the ladder and the table stand', (width) => {
    const text = renderText(sampleReport, viewOptions(width));
    expect(text).toContain('… 7.96 s of silence …');
    expect(text).toContain('└──────┴');
  });

  test('file names in other scripts', () => {
    expectFits(lines(hostileReport('x', '捕獲'.repeat(60)), 60), 60);
    expectFits(lines(hostileReport('x', `e${'\u0301'.repeat(50)}-🚀.pcap`), 80), 80);
  });
});

describe('what is said', () => {
  const text = lines(sampleReport).join('\n');

  test('the verdict comes first', () => {
    expect(text.replaceAll('\n', ' ')).toMatch(/^The proxy 10\.0\.1\.1:8080 ignored GET \/logo\.gif for 7\.96 s: /);
  });

  test.each([
    'F1 HANG, proven: The proxy waits for a close that the origin will not send',
    'client 10.0.1.10:33730 > proxy 10.0.1.1:8080, tcp.stream 0',
    'The proxy owed a response for 7.96 s, until it reset the connection.',
    'What would change our mind',
    'F3 hang, strong: A later request on a kept connection is never answered',
    'seen 2 times, F2 shown',
    'X1 The origin answered every request',
    'drops not told by the file',
    "  tshark -r proxy.pcap -Y 'frame.number in {14,19,21,23,25,26,27,30}'",
    '  hopcheck explain dumb-proxy-deadlock',
  ])('%s', (sentence) => {
    expect(text).toContain(sentence);
  });

  test('no findings: what was looked at and what was not visible', () => {
    const clean = lines(cleanReport).join('\n');
    expect(clean).toContain('no findings in proxy.pcap: 5 connections, 6 exchanges, 2 seen on two hops');
    expect(clean).toContain('What was looked at');
    expect(clean).toMatch(/exchanges, their relays, and connections: 1 rule looked at 6 records,\s+2\s+looked at 2 records/);
    expect(clean).toContain('whether frames were lost while capturing');
    expect(clean).not.toContain('Next');
  });

  test('damage is named', () => {
    const health = {
      connections: 5,
      continued: 2,
      synSeen: 3,
      bothDirections: 4,
      gaps: 2,
      duplicates: 0,
      cutFrames: 1,
      dropped: 7,
      encrypted: 1,
      http2: 1,
      quic: 12,
      tunnels: [
        { name: 'VXLAN', headers: 30 },
        { name: 'GRE', headers: 1 },
      ],
    };
    const captures = cleanReport.captures.map((capture) => ({ ...capture, health, complete: false }));
    const damaged = lines({ ...cleanReport, captures, relays: 0 }).join('\n');
    for (const spot of [
      'breaks off',
      'how 2 connections began',
      'direction of 1 connection',
      '1 encrypted',
      '2 connections from the file before, 1 connection of HTTP/2, not read',
      'inside 1 HTTP/2 connection',
      'inside 12 QUIC datagrams',
      '30 headers of VXLAN',
      '2 places',
      '1 cut frame',
      '7 frames',
      'on two hops',
    ])
      expect(damaged).toContain(spot);
  });

  test('a long filter is broken inside its quotes only', () => {
    const evidence = Array.from({ length: 90 }, (_, index) => ({ ...theHang.evidence[0], moment: { frame: 1000 + index, time: index } }));
    const many: Finding = {
      ...theHang,
      evidence: evidence.flatMap((each) => theHang.evidence.slice(0, 1).map((first) => ({ ...first, moment: each.moment }))),
    };
    const shown = lines({ ...sampleReport, findings: [many] });
    const start = shown.indexOf('  tshark -r proxy.pcap -Y \\');
    const command = shown.slice(start, shown.indexOf('  hopcheck explain dumb-proxy-deadlock')).join('\n');
    expect(command).toMatch(/^ {2}tshark -r proxy\.pcap -Y \\\n {4}'frame\.number in \{1000, 1001,[\d,\s]+1089\}'$/);
  });

  test('a file name is quoted for the shell, and never a command', () => {
    const named = (name: string) =>
      lines({ ...sampleReport, captures: sampleReport.captures.map((each) => ({ ...each, name })) }, 120).join('\n');
    expect(named("it's $(x).pcap")).toContain("tshark -r 'it'\\''s $(x).pcap' -Y");
    expect(named('-r.pcap')).toContain('tshark -r ./-r.pcap -Y');
    expect(named('stdin')).toContain('Wireshark: frame.number in {14');
    expect(named('a\nb.pcap')).toContain('Wireshark: frame.number in {14');
  });

  test('many causes: twelve told, 200 in the table, the rest counted', () => {
    const findings = Array.from(
      { length: 230 },
      (_, index): Finding => ({ ...theHang, id: `F${index + 1}`, group: `G${index + 1}`, children: [] }),
    );
    const shown = lines({ ...sampleReport, findings, groups: [] });
    expect(shown.filter((line) => line.includes('HANG, proven'))).toHaveLength(12);
    expect(shown).toContain('... and 30 more (--format json)');
    expect(shown.some((line) => line.startsWith('│ F200 '))).toBe(true);
    expect(shown.some((line) => line.startsWith('│ F201 '))).toBe(false);
  });
});

test('a note takes a line, and no place among the causes', () => {
  const [finding] = sampleReport.findings;
  if (finding === undefined) throw new Error('the sample has no findings');
  const note: Finding = {
    ...finding,
    id: 'F9',
    group: 'G9',
    severity: 'info',
    title: 'Only a note',
    message: ['by the way'],
    children: [],
  };
  const text = lines({ ...cleanReport, findings: [note] });
  expect(text.filter((line) => line.includes('F9'))).toEqual([expect.stringContaining('- F9 Only a note: by the way')]);
  expect(text).toContain('What was looked at');
  expect(text).not.toContain('Findings');
});

describe('the ladder', () => {
  const draw = (finding: Finding, width = 80) => drawLadder(finding, sampleReport, crossingsOf(sampleReport), viewOptions(width));

  test('three lanes', () => {
    expect(`\n${draw(theHang).slice(0, 10).join('\n')}\n`).toBe(`
    seconds  client                         proxy                         origin
             │                                │                                │
   0.000000  │ GET /index.html HTTP/1.1       │                                │
             │ Connection: keep-alive         │                                │
   frame 14  ├───────────────────────────────►│                                │
   0.004483  │                                │ GET /index.html HTTP/1.1       │
             │                                │ Connection: keep-alive         │
             │                                │ relayed: Connection            │
   frame 19  │                                ├───────────────────────────────►│
   0.004625  │                                │ HTTP/1.1 200 OK                │
`);
  });

  test('one hop has two lanes, and the end of the capture is told in words', () => {
    const wait = theHang.wait && { ...theHang.wait, ended: 'capture-end' as const, by: undefined };
    const hops = theHang.hops.slice(0, 1).map((hop) => ({ ...hop, role: 'only' as const }));
    const evidence = theHang.evidence.slice(4, 6).map((each) => ({ ...each, hop: 'only' as const }));
    expect(`\n${draw({ ...theHang, hops, evidence, wait }, 60).join('\n')}\n`).toBe(`
    seconds  client                                   server
             │                                             │
   0.000000  │ GET /logo.gif HTTP/1.1                      │
             │ Connection: keep-alive                      │
   frame 25  ├────────────────────────────────────────────►│
   0.047884  │ bare ACK of request 2                       │
   frame 26  │◄────────────────────────────────────────────┤
             ┊                                             ┊
             ┊                                             ┊
             ┊                                             ┊
             ┊            … 7.96 s of silence …            ┊
             ┊                                             ┊
             ┊                                             ┊
             ┊                                             ┊
   7.960201  the server owed a response for 7.96 s and still
             did when the capture ended
`);
  });

  test('the longer the silence, the more rows', () => {
    const rows = [0.2, 0.6, 2, 8, 60, 600].map((seconds) => {
      const start = theHang.wait?.start ?? { frame: 0, time: 0 };
      const end = { frame: 99, time: start.time + seconds * 1e9 };
      const evidence = theHang.evidence.slice(4, 5);
      const drawn = draw({ ...theHang, evidence, wait: theHang.wait && { ...theHang.wait, start, end } });
      return drawn.filter((line) => line.includes('┊')).length;
    });
    expect(rows).toEqual([0, 3, 5, 7, 9, 11]);
  });

  test('IPv6 endpoints need no room in it', () => {
    const hop = theHang.hops.slice(0, 1).map((each) => ({ ...each, client: endpoint('2001:db8:1111:2222:3333:4444:5555:6666', 50000) }));
    expectFits(lines({ ...sampleReport, findings: [{ ...theHang, hops: [...hop, ...theHang.hops.slice(1)] }] }, 60), 60);
  });
});

describe('captured octets in a terminal', () => {
  test.each(WORST)('%s', (_name, octets) => {
    for (const showSecrets of [false, true]) expectFits(lines(hostileReport(octets), 60, { showSecrets }), 60);
  });

  test('any octets and any width', () => {
    const anyText = fc.array(fc.integer({ min: 0, max: 0x10ffff })).map((points) => String.fromCodePoint(...points));
    const octets = fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 300 }).map((codes) => String.fromCharCode(...codes));
    fc.assert(
      fc.property(octets, anyText, fc.integer({ min: 40, max: 200 }), fc.boolean(), (input, name, width, showSecrets) =>
        expectFits(lines(hostileReport(input, name), width, { showSecrets }), width),
      ),
      { numRuns: 40 },
    );
  });
});
