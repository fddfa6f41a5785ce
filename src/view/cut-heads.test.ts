import { expect, test } from 'vitest';
import { unansweredExchange as hung, sampleReport, theHang } from '../../test/support/sample-report.ts';
import { viewOptions } from '../../test/support/view-options.ts';
import type { Evidence, Finding, Report } from '../model.ts';
import { markCutHeads } from './cut-heads.ts';
import { render } from './index.ts';
import { safeText } from './safe.ts';

const CUT = 'http://www.joes-hard';

/** The second request of the hang, captured with a short snaplen. */
function cutReport(cutFrames: number): Report {
  const request = hung.request && { ...hung.request, target: CUT, version: '', oddities: ['head-cut'] };
  const text: Evidence['text'] = [
    { kind: 'method', octets: 'GET' },
    ' ',
    { kind: 'target', octets: CUT },
    ' ',
    { kind: 'version', octets: '' },
  ];
  const message: Finding['message'] = ['the proxy never read ', { kind: 'target', octets: CUT }, ' of 10.0.1.10'];
  const evidence = theHang.evidence.map((each, index) => (index === 4 ? { ...each, text } : each));
  const finding = { ...theHang, exchange: { ...hung, request }, message, because: [message], evidence };
  return {
    ...sampleReport,
    verdict: ['1 hang: ', ...message],
    captures: sampleReport.captures.map((capture) => ({ ...capture, health: { ...capture.health, cutFrames } })),
    findings: [finding],
  };
}

const said = (text: Evidence['text'] | undefined): string => safeText(text ?? [], viewOptions());

test('a head that was cut off reads as such, wherever it is named', () => {
  const report = markCutHeads(cutReport(3));
  const [finding] = report.findings;
  expect(said(report.verdict)).toBe('1 hang: the proxy never read http://www.joes-hard [cut off in the capture] of 10.0.1.10');
  expect(said(finding?.message)).toContain('joes-hard [cut off in the capture] of');
  expect(said(finding?.because[0])).toContain('joes-hard [cut off in the capture] of');
  expect(said(finding?.evidence[4]?.text)).toBe('GET http://www.joes-hard [cut off in the capture]');
  expect(said(finding?.evidence[0]?.text)).toBe('GET /index.html HTTP/1.1 | Connection: keep-alive');
});

test('a whole capture is left alone', () => {
  const report = cutReport(0);
  expect(markCutHeads(report)).toBe(report);
});

test('a response head that lost its fields', () => {
  const report = cutReport(1);
  const response = hung.previous?.response && { ...hung.previous.response, oddities: ['head-cut'] };
  const previous = hung.previous && { ...hung.previous, response };
  const findings = report.findings.map((finding) => ({ ...finding, exchange: { ...hung, ...finding.exchange, previous } }));
  expect(said(markCutHeads({ ...report, findings }).findings[0]?.evidence[3]?.text)).toMatch(
    /^HTTP\/1\.1 200 OK .*\[cut off in the capture\]$/,
  );
});

test.each(['text', 'markdown'] as const)('%s says so', (format) => {
  const shown = render(cutReport(3), format, viewOptions(200));
  expect(shown).toContain('GET http://www.joes-hard [cut off in the capture]');
  expect(shown).not.toContain('GET http://www.joes-hard  ');
});
