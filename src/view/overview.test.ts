import { describe, expect, test } from 'vitest';
import { sampleReport, theHang } from '../../test/support/sample-report.ts';
import { viewOptions } from '../../test/support/view-options.ts';
import type { Finding, Report, Severity } from '../model.ts';
import { render } from './index.ts';
import { blindSpots, countsInWords, groupFindings, issueInWords, lookedAtInWords, reasonOf, waysOf } from './overview.ts';

let made = 0;

function finding(severity: Severity, confidence: Finding['confidence']): Finding {
  made++;
  return { ...theHang, id: `F${made}`, group: `G${made}`, severity, confidence, children: [] };
}

function withFindings(...findings: readonly Finding[]) {
  return { ...sampleReport, findings, groups: [] };
}

describe('counts in words', () => {
  test.each([
    [[], 'no findings'],
    [[finding('hang', 'proven'), finding('violation', 'strong'), finding('violation', 'proven')], '1 hang, 2 violations'],
    [[finding('hang', 'possible'), finding('violation', 'strong')], '1 violation; 1 hang possible'],
    [[finding('hang', 'likely'), finding('hang', 'likely')], 'nothing certain; 2 hangs likely'],
    [[finding('loss', 'likely'), finding('hang', 'possible')], 'nothing certain; 1 hang, 1 loss likely or possible'],
  ])('%#: never more than the verdict says', (findings, words) => {
    expect(countsInWords(withFindings(...findings))).toBe(words);
  });
});

test('what is sure is told first, then the worst, then the surest', () => {
  const findings = [
    finding('hang', 'possible'),
    finding('violation', 'strong'),
    finding('hang', 'likely'),
    finding('hang', 'strong'),
    finding('hang', 'proven'),
  ];
  const order = groupFindings(sampleReport, findings).map(({ first }) => `${first.severity} ${first.confidence}`);
  expect(order).toEqual(['hang proven', 'hang strong', 'violation strong', 'hang likely', 'hang possible']);
});

describe('reasons with weights', () => {
  test.each([
    [
      'the hops belong together: method +1, target +7.1, authority +2; margin 20 bits, server side 10.0.2.1:43776',
      'the hops belong together; margin 20 bits, server side 10.0.2.1:43776',
      ['method +1', 'target +7.1', 'authority +2'],
    ],
    [
      'it was relayed (a field +2, all others unchanged, none added +3, a value -1.5)',
      'it was relayed',
      ['a field +2', 'all others unchanged, none added +3', 'a value -1.5'],
    ],
    ['evidence: 6 (a +4, b +3, c +0.5); 3 are needed', 'evidence: 6; 3 are needed', ['a +4', 'b +3', 'c +0.5']],
    ['two weights stay: a +1, b +2', 'two weights stay: a +1, b +2', []],
    ['nothing to add up', 'nothing to add up', []],
  ])('%s', (text, said, parts) => {
    expect(reasonOf([text])).toEqual({ said: [said], parts });
  });

  test('a text with captured octets stays as it is', () => {
    const text = ['a +1, b +2, c +3: ', { kind: 'target', octets: '/' }] as const;
    expect(reasonOf(text)).toEqual({ said: text, parts: [] });
  });
});

describe('what was looked at', () => {
  test.each([
    ['by no rule', [], [], ['no rule found anything that it applies to', 'no proxy was recognised']],
    [
      'by some rules, the most records first, and what there was nothing of',
      [
        { id: 'a', lookedAt: 1 },
        { id: 'b', lookedAt: 9 },
        { id: 'c', lookedAt: 0 },
        { id: 'd', lookedAt: 9 },
      ],
      [['10.0.1.1', '10.0.2.1']],
      [
        'exchanges, their relays, and connections: 2 rules looked at 9 records, 1 looked at 1 record',
        'nothing to look at for 1 rule: c',
        'proxies: 10.0.1.1 / 10.0.2.1',
      ],
    ],
  ])('%s', (_what, rules, proxies, words) => {
    expect(lookedAtInWords({ ...sampleReport, rules, proxies })).toEqual(words);
  });
});

describe('several captures', () => {
  const [capture] = sampleReport.captures;
  if (capture === undefined) throw new Error('the sample has a capture');
  const both: Report = {
    ...sampleReport,
    captures: [capture, { ...capture, index: 1, name: 'origin.pcap' }],
    locate: (_point, frame) => (frame === 19 ? { capture: 1, frame: 4 } : { capture: 0, frame }),
  };

  test.each([
    ['text', ['proxy.pcap [1], origin.pcap [2]', 'frame 14 [1]', 'frame 4 [2]', "tshark -r origin.pcap -Y 'frame.number in {4}'"]],
    [
      'markdown',
      ['`proxy.pcap` \\[1\\]', '`origin.pcap` \\[2\\]', '| 14 \\[1\\] |', '| 4 \\[2\\] |', '#91;2#93;', '\\[2\\]: `frame.number in {4}`'],
    ],
    ['html', ['proxy.pcap [1], origin.pcap [2]', 'frame 14 [1]', 'frame 4 [2]', '[2]: <code>frame.number in {4}</code>']],
  ] as const)('%s says of each frame in which of them it is', (format, words) => {
    const text = render(both, format, viewOptions(100));
    for (const word of words) expect(text).toContain(word);
  });

  test('one alone needs no mark', () => {
    for (const format of ['text', 'markdown', 'html'] as const) expect(render(sampleReport, format, viewOptions(100))).not.toContain('[1]');
  });

  test('of a group the surest is told, whichever was found first', () => {
    const [likely, proven] = [
      { ...theHang, confidence: 'likely' as const },
      { ...theHang, id: 'F4' },
    ];
    expect(groupFindings(sampleReport, [likely, proven]).map(({ first, count }) => [first.id, count])).toEqual([['F4', 2]]);
  });
});

test('a connection that goes on through many files is told of the first ones', () => {
  const [hop] = theHang.hops;
  const seenIn = Array.from({ length: 9 }, (_, capture) => ({ capture, stream: 7 }));
  const captures = sampleReport.captures.flatMap((capture) => seenIn.map((_, index) => ({ ...capture, index })));
  const hops = hop === undefined ? [] : [{ ...hop, connection: { ...hop.connection, seenIn } }];
  expect(waysOf({ captures }, { ...theHang, hops })[0]?.seen).toBe(
    'tcp.stream 7 [1], tcp.stream 7 [2], tcp.stream 7 [3], tcp.stream 7 [4] and in 5 other files',
  );
});

test.each([
  [{ code: 'capture-cut', message: 'the capture ends', offset: 8918, count: 1 }, 'the capture ends (at byte 8918)'],
  [{ code: 'capture-cut', message: 'it ends (at byte 7)', offset: 7, count: 1 }, 'it ends (at byte 7)'],
  [{ code: 'gap', message: 'octets are missing', count: 3 }, 'octets are missing, 3 times'],
])('an issue says where it is and how often', (issue, words) => {
  expect(issueInWords(issue)).toBe(words);
  const captures = sampleReport.captures.map((capture) => ({ ...capture, issues: [issue] }));
  for (const format of ['text', 'markdown', 'html'] as const)
    expect(render({ ...sampleReport, captures }, format, viewOptions()).replaceAll(/\s+/g, ' ')).toContain(words);
});

test('where all is encrypted, it says where to capture', () => {
  const spotsOf = (connections: number): string =>
    blindSpots({
      ...sampleReport,
      captures: sampleReport.captures.map((capture) => ({ ...capture, health: { ...capture.health, connections, encrypted: 2 } })),
    }).join('\n');
  expect(spotsOf(2)).toContain('inside 2 encrypted connections; there is no other (capture where TLS has ended');
  expect(spotsOf(3)).toMatch(/^inside 2 encrypted connections$/m);
});

test('no stream number is told where connections were left out', () => {
  const issues = [{ code: 'narrowed-host', message: '', count: 3 }];
  const captures = sampleReport.captures.map((capture) => ({ ...capture, issues }));
  expect(waysOf(sampleReport, theHang)[0]?.seen).toMatch(/^tcp\.stream \d+$/);
  expect(waysOf({ captures }, theHang)[0]?.seen).toBe('a stream whose number is not known because of --host');
});
