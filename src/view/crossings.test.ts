import { describe, expect, test } from 'vitest';
import { sampleReport, theHang } from '../../test/support/sample-report.ts';
import type { Finding } from '../model.ts';
import { crossingMarks, crossingsOf } from './crossings.ts';

const [deadlock, relayed] = sampleReport.findings;

/** What is said of the forwarded request (frame 19) and of the forwarded response (frame 23) of the hang. */
function marksWith(...others: readonly Finding[]): string[] {
  const crossings = crossingsOf({ ...sampleReport, findings: [theHang, ...others] });
  return theHang.evidence.slice(0, 4).flatMap((evidence) => crossingMarks(crossings(theHang, evidence)).map(Object.values).map(String));
}

describe('equal octets on both hops', () => {
  test('are no proof of relaying', () => {
    expect(marksWith()).toEqual(['same on both hops,Connection', 'same on both hops,Connection']);
  });

  test('are one where a finding says so, in its direction only', () => {
    expect(relayed?.direction).toBe('request');
    expect(marksWith(...sampleReport.findings.slice(1))).toEqual(['relayed,Connection', 'same on both hops,Connection']);
  });

  test.each([
    ['another rule', { rule: 'half-close-not-relayed' }, 'same on both hops,Connection'],
    ['another field', { fields: ['Keep-Alive'] }, 'same on both hops,Connection'],
    ['another connection', { hops: (deadlock?.hops ?? []).slice(0, 1) }, 'same on both hops,Connection'],
    ['another rule that says so', { rule: 'proxy-connection-relayed' }, 'relayed,Connection'],
    ['both directions', { direction: 'both' as const }, 'relayed,Connection'],
  ])('a finding of %s', (_what, change, mark) => {
    expect(marksWith(...sampleReport.findings.slice(1).map((finding) => ({ ...finding, ...change })))[0]).toBe(mark);
  });

  test('a finding counts as a child too', () => {
    const crossings = crossingsOf({ ...sampleReport, findings: [{ ...theHang, children: sampleReport.findings.slice(1) }] });
    const marks = theHang.evidence.slice(1, 2).map((evidence) => crossings(theHang, evidence));
    expect(marks).toEqual([{ relayed: ['Connection'], same: [] }]);
  });
});
