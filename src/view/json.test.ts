import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostileReport, WORST } from '../../test/support/hostile-report.ts';
import { cleanReport, sampleReport, theHang } from '../../test/support/sample-report.ts';
import { viewOptions } from '../../test/support/view-options.ts';
import type { Report } from '../model.ts';
import { findingJson } from './contract.ts';
import { captureLine, findingLine, render, summaryLine } from './index.ts';

const schema = JSON.parse(readFileSync(new URL('report.schema.json', import.meta.url), 'utf8'));
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
ajv.addSchema(schema);

function errorsOf(value: unknown, part = ''): unknown {
  return ajv.validate(`urn:hopcheck:report:1${part}`, value) ? [] : ajv.errors;
}

const rendered = (report: Report, showSecrets = false) => render(report, 'json', viewOptions(80, { showSecrets }));

const { fields: _fields, direction: _direction, ...unnamed } = theHang;

/** Reports without everything that may be absent. */
const EMPTY: Report = { ...cleanReport, captures: [], base: { seconds: Number.NaN }, rules: [], proxies: [], verdict: ['nothing read'] };
const BARE: Report = {
  ...sampleReport,
  captures: sampleReport.captures.map((capture) => ({
    ...capture,
    format: undefined,
    firstTime: Number.NaN,
    lastTime: Number.NaN,
    observedUntil: Number.NaN,
    health: { ...capture.health, dropped: 3 },
    issues: [{ code: 'capture-cut', message: 'cut', offset: 9, frame: 7, count: 1 }],
  })),
  findings: [{ ...unnamed, wait: undefined, evidence: [], children: [] }],
};

describe('the schema', () => {
  test.each([
    ['the hang', sampleReport],
    ['a clean report', cleanReport],
    ['nothing at all', EMPTY],
    ['all that may be absent', BARE],
  ])('holds for %s', (_name, report) => {
    expect(errorsOf(JSON.parse(rendered(report)))).toEqual([]);
  });

  test('refuses what it does not know', () => {
    const report = JSON.parse(rendered(sampleReport));
    expect(errorsOf({ ...report, surprise: 1 })).not.toEqual([]);
    expect(errorsOf({ ...report, summary: { ...report.summary, findings: { hang: 0 } } })).not.toEqual([]);
    report.findings[0].evidence[0].time = 1795382406.181451;
    expect(errorsOf(report)).not.toEqual([]);
  });

  test('holds for NDJSON lines, each with its type', () => {
    const lines = render(sampleReport, 'ndjson', viewOptions()).split('\n').slice(0, -1);
    const types = lines.map((line) => {
      const { type, schema: name, tool, ...value } = JSON.parse(line);
      const part = type === 'exoneration' ? 'finding' : type;
      expect(errorsOf(value, `#/$defs/${part}`)).toEqual([]);
      expect([name, tool?.name]).toEqual(type === 'summary' ? ['hopcheck-report/1', 'hopcheck'] : [undefined, undefined]);
      return type;
    });
    expect(types).toEqual(['capture', 'finding', 'finding', 'exoneration', 'summary']);
  });
});

describe('the report as JSON', () => {
  const report = JSON.parse(rendered(sampleReport));

  test('keys stand in the order of the contract', () => {
    expect(Object.keys(report)).toEqual(['schema', 'tool', 'captures', 'summary', 'findings', 'exonerations']);
    expect(Object.keys(report.findings[0]).join(' ')).toBe(
      'id fingerprint group rule severity confidence title message connections exchange wait fields direction evidence ' +
        'displayFilter because wouldChangeOurMind basis remedies partOf children',
    );
  });

  test('the wait, to the nanosecond', () => {
    expect(report.findings[0].wait).toEqual({
      debt: 'response-head',
      debtor: 'server',
      start: '1795382406.240148000',
      end: '1795382414.200349000',
      seconds: 7.960201,
      ended: 'server-close',
      by: 'RST',
    });
  });

  test('evidence can be typed into Wireshark', () => {
    expect(report.findings[0].displayFilter).toBe('frame.number in {14,19,21,23,25,26,27,30}');
    expect(report.findings[0].evidence[1]).toEqual({
      capture: 0,
      frame: 19,
      hop: 'server-side',
      from: 'client',
      time: '1795382406.185934000',
      offset: 24 + 200 * 19,
      text: 'GET /index.html HTTP/1.1 | Connection: keep-alive',
    });
    expect(report.findings[0].connections[1]).toEqual({
      role: 'server-side',
      client: '10.0.2.1:43776',
      server: '10.0.2.20:80',
      seenIn: [{ capture: 0, stream: 3 }],
    });
  });

  test('frames of a ring are numbered within their file, and the filter is for the first one', () => {
    const ring = {
      base: sampleReport.base,
      locate: (_: number, frame: number) => ({ capture: frame > 25 ? 1 : 0, frame: frame > 25 ? frame - 25 : frame }),
    };
    const json = findingJson(ring, { ...theHang, evidence: [...theHang.evidence, ...theHang.evidence] }, viewOptions());
    expect(json.evidence.map(({ capture, frame }) => `${capture}/${frame}`).slice(3, 7)).toEqual(['0/23', '0/25', '1/1', '1/2']);
    expect(json.displayFilter).toBe('frame.number in {14,19,21,23,25}');
  });

  test('the summary counts the top level, also what a group only counts', () => {
    expect(report.summary.findings).toEqual({ hang: 1, violation: 2 });
    expect(report.summary.groups).toEqual([
      { id: 'G1', rule: 'dumb-proxy-deadlock', count: 1 },
      { id: 'G2', rule: 'connection-header-relayed', count: 2 },
    ]);
  });

  test('an issue has the frame number of its file', () => {
    const captures = BARE.captures.map((capture) => ({ ...capture, firstFrame: 5 }));
    expect(JSON.parse(rendered({ ...BARE, captures })).captures[0].issues).toEqual([
      { code: 'capture-cut', message: 'cut', offset: 9, frame: 2, count: 1 },
    ]);
  });

  test('a finding that is told again is a revision', () => {
    expect(JSON.parse(findingLine(sampleReport, theHang, true, viewOptions())).type).toBe('revision');
    expect(JSON.parse(findingLine(sampleReport, theHang, false, viewOptions())).type).toBe('finding');
  });

  test('lines end once', () => {
    const capture = sampleReport.captures[0];
    const lines = [
      capture === undefined ? '' : captureLine(sampleReport, capture, viewOptions()),
      summaryLine(sampleReport, viewOptions()),
    ];
    for (const line of lines) expect(line.indexOf('\n')).toBe(line.length - 1);
  });
});

describe('captured octets in JSON', () => {
  /** Nothing but printable characters and our own line ends; and it survives a trip through UTF-8. */
  function expectHarmless(text: string): void {
    expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    expect(new TextDecoder('utf-8', { fatal: true }).decode(new TextEncoder().encode(text))).toBe(text);
    expect(errorsOf(JSON.parse(text))).toEqual([]);
  }

  test.each(WORST)('%s', (_name, octets) => {
    expectHarmless(rendered(hostileReport(octets), true));
    expectHarmless(rendered(hostileReport(octets)));
  });

  test('a file name with bidi controls and a lone surrogate', () => {
    const text = rendered(hostileReport('x', 'a\u202eb\ud800.pcap'));
    expectHarmless(text);
    expect(JSON.parse(text).captures[0].name).toBe('a\u202eb\ufffd.pcap');
  });

  test('any octets; the target is kept octet by octet with showSecrets', () => {
    const octets = fc.array(fc.integer({ min: 0, max: 255 })).map((codes) => String.fromCharCode(...codes));
    fc.assert(
      fc.property(octets, (input) => {
        const text = rendered(hostileReport(input), true);
        expectHarmless(text);
        expect(JSON.parse(text).findings[0].exchange.target).toBe(input);
      }),
      { numRuns: 40 },
    );
  });

  test('no secret is left by default', () => {
    const secret = 'hunter2hunter2';
    const text = rendered(hostileReport(`/?password=${secret}`));
    expect(text.replaceAll(/"method": "[^"]*"/g, '')).toContain('password=<redacted 14 octets #');
    expect(JSON.parse(text).findings[0].exchange.target).not.toContain(secret);
  });
});
