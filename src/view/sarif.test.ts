import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostileReport, WORST } from '../../test/support/hostile-report.ts';
import { cleanReport, exonerated, sampleReport, theHang } from '../../test/support/sample-report.ts';
import { sarifSchema } from '../../test/support/sarif-schema.ts';
import { viewOptions } from '../../test/support/view-options.ts';
import type { Finding, Report, Severity } from '../model.ts';
import { render } from './index.ts';

const ajv = new Ajv2020({ allErrors: true, validateFormats: false });
const valid = ajv.compile(sarifSchema);

function sarifOf(report: Report, showSecrets = false) {
  const text = render(report, 'sarif', viewOptions(80, { showSecrets }));
  expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  const log = JSON.parse(text);
  expect(valid(log) ? [] : valid.errors).toEqual([]);
  return log.runs[0];
}

const named = (...names: readonly string[]): Report => ({
  ...sampleReport,
  captures: names.flatMap((name) => sampleReport.captures.map((capture) => ({ ...capture, name }))),
});

describe('the log', () => {
  const run = sarifOf(sampleReport);

  test('a result per finding, worst first', () => {
    expect(
      run.results.map((result: { ruleId: string; level: string; rank: number }) => [result.ruleId, result.level, result.rank]),
    ).toEqual([
      ['dumb-proxy-deadlock', 'error', 100],
      ['connection-header-relayed', 'warning', 75],
    ]);
    expect(run.results[0].partialFingerprints).toEqual({
      'hopcheckFinding/v1': 'dumb-proxy-deadlock/10.0.1.1/10.0.2.20/logo.gif',
      primaryLocationLineHash: 'dumb-proxy-deadlock/10.0.1.1/10.0.2.20/logo.gif',
    });
  });

  test('the rules of the report, with help where something was found', () => {
    expect(run.tool.driver.rules.map((rule: { id: string }) => rule.id)).toEqual(sampleReport.rules.map((rule) => rule.id));
    for (const result of run.results) expect(run.tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId);
    expect(run.tool.driver.rules[0].shortDescription.text).toBe(theHang.title);
    expect(run.tool.driver.rules[0].help.text).toContain('\nBasis: HTTP: The Definitive Guide figure 4-15; RFC 9112 section 9.3');
    expect(run.tool.driver.rules[2]).toEqual({
      id: 'request-ignored-on-persistent-connection',
      shortDescription: { text: 'request ignored on persistent connection' },
      fullDescription: { text: 'request ignored on persistent connection' },
      help: { text: 'hopcheck explain request-ignored-on-persistent-connection' },
    });
  });

  test('places are frames of a capture', () => {
    const { locations, relatedLocations } = run.results[0];
    expect(locations).toEqual([
      {
        physicalLocation: {
          artifactLocation: { uri: 'proxy.pcap', index: 0 },
          region: { startLine: 1, byteOffset: 24 + 200 * 14, byteLength: 200 },
        },
        message: { text: 'frame 14, client: GET /index.html HTTP/1.1 | Connection: keep-alive' },
      },
    ]);
    expect(relatedLocations).toHaveLength(7);
    expect(relatedLocations[6].message.text).toBe('frame 30, proxy: RST: request 2 was never read');
  });

  test('a frame whose record is not known any more is a place in words', () => {
    const [evidence] = theHang.evidence.map((each) => ({ ...each, record: undefined }));
    const findings = [{ ...theHang, evidence: evidence === undefined ? [] : [evidence] }];
    const [place] = sarifOf({ ...sampleReport, findings }).results[0].locations;
    expect(place.physicalLocation).toEqual({ artifactLocation: { uri: 'proxy.pcap', index: 0 }, region: { startLine: 1 } });
    expect(place.message.text).toMatch(/^frame 14, /);
  });

  test.each<[Severity, string]>([
    ['hang', 'error'],
    ['will-hang', 'error'],
    ['loss', 'error'],
    ['violation', 'warning'],
    ['hygiene', 'note'],
    ['info', 'none'],
  ])('%s is of level %s', (severity, level) => {
    expect(sarifOf({ ...sampleReport, findings: [{ ...theHang, severity }] }).results[0].level).toBe(level);
  });

  test('nothing found, no captures, no evidence', () => {
    expect(sarifOf(cleanReport).results).toEqual([]);
    expect(sarifOf({ ...cleanReport, captures: [], rules: [] }).artifacts).toEqual([]);
    expect(sarifOf({ ...sampleReport, findings: [{ ...exonerated, evidence: [], message: [] }] }).results).toHaveLength(1);
  });

  test.each([
    ['fixtures/a b/100%.pcap', 'fixtures/a%20b/100%25.pcap'],
    ['/tmp/x.pcap', 'tmp/x.pcap'],
    ['./x#1?.pcap', 'x%231%3F.pcap'],
    ['c:\\captures\\x.pcap', 'c%3A/captures/x.pcap'],
    ['日本.pcap', '%E6%97%A5%E6%9C%AC.pcap'],
    ['javascript:alert(1)', 'javascript%3Aalert(1)'],
    ['-', '-'],
    ['', 'capture'],
  ])('a capture named %j is at %s', (name, uri) => {
    expect(sarifOf(named(name)).artifacts[0].location.uri).toBe(uri);
  });

  test('the same capture twice', () => {
    expect(sarifOf(named('a.pcap', 'a.pcap')).artifacts).toHaveLength(2);
  });

  test('at most 5,000 results, a cause before its repetitions, and a word about the rest', () => {
    const repeated = Array.from({ length: 5100 }, (_, index): Finding => ({ ...theHang, id: `F${index + 1}`, children: [] }));
    const other: Finding = { ...theHang, id: 'F9000', group: 'G9', rule: 'slow-close', severity: 'hygiene' };
    const many = sarifOf({ ...sampleReport, findings: [...repeated, other] });
    expect(many.results).toHaveLength(5000);
    expect(many.results[1].properties.id).toBe('F9000');
    expect(many.invocations[0].toolExecutionNotifications[0].message.text).toContain('101 results left out');
  });
});

describe('captured octets', () => {
  test.each(WORST)('%s', (_name, octets) => {
    for (const showSecrets of [false, true]) sarifOf(hostileReport(octets, `${octets}.pcap`), showSecrets);
  });

  test('make no link', () => {
    const run = sarifOf(hostileReport('[click](http://e.example) [x\\](1)'));
    expect(JSON.stringify(run.results)).not.toMatch(/(?<!\\\\)\[[^\][]*\]\(/);
    expect(run.results[0].message.text).toContain('\\[click](http://e.example)');
  });

  test('any name', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 0x10ffff })).map((points) => String.fromCodePoint(...points)),
        (name) => void sarifOf(hostileReport('x', name)),
      ),
      { numRuns: 60 },
    );
  });
});
