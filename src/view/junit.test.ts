import { describe, expect, test } from 'vitest';
import { hostileReport, WORST } from '../../test/support/hostile-report.ts';
import { cleanReport, sampleReport, theHang } from '../../test/support/sample-report.ts';
import { viewOptions } from '../../test/support/view-options.ts';
import type { Finding, Report } from '../model.ts';
import { render } from './index.ts';

const ATTRIBUTES = '(?: [a-z]+="[^"<>]*")*';
const TAG = new RegExp(`</?(?:testsuites|testsuite|testcase|failure|skipped|system-out)${ATTRIBUTES}>`, 'g');

/** The XML, after a look at its form: elements that we know, balanced, characters that XML 1.0 allows, entities that it has. */
function junit(report: Report, showSecrets = false): string {
  const xml = render(report, 'junit', viewOptions(80, { showSecrets }));
  const body = xml.replace('<?xml version="1.0" encoding="UTF-8"?>\n', '');
  expect(body).not.toBe(xml);
  expect(body).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffe\uffff]/u);
  expect(body.replaceAll(TAG, '')).not.toMatch(/[<>]/);
  expect(body.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
  const open: string[] = [];
  for (const [, end, name = ''] of body.matchAll(/<(\/?)([a-z-]+)/g)) {
    if (end === '') open.push(name);
    else expect(open.pop()).toBe(name);
  }
  expect(open).toEqual([]);
  return xml;
}

const caseOf = (xml: string, rule: string): string =>
  new RegExp(`<testcase classname="hopcheck" name="${rule}">[^]*?</testcase>`).exec(xml)?.[0] ?? '';

describe('the suite', () => {
  const xml = junit(sampleReport);

  test('a case per rule, and how many fail', () => {
    expect(xml.match(/<testcase /g)).toHaveLength(3);
    expect(xml).toContain('<testsuite name="proxy.pcap" tests="3" failures="3" errors="0" skipped="0">');
  });

  test('a failure says what, where and what to do', () => {
    const hang = caseOf(xml, 'dumb-proxy-deadlock');
    expect(hang).toContain('<failure type="hang, proven" message="The proxy waits for a close that the origin will not send">');
    expect(hang).toContain('\nF1 hang, proven: The proxy never read request 2.');
    expect(hang).toContain('\n  frame.number in {14,19,21,23,25,26,27,30}\n');
    expect(hang).toContain('\n  nginx: `proxy_http_version 1.1;`');
  });

  test('a finding that another one explains counts for its own rule', () => {
    expect(caseOf(xml, 'request-ignored-on-persistent-connection')).toContain('F3 hang, strong');
  });

  test.each([
    ['proven', true],
    ['strong', true],
    ['likely', false],
    ['possible', false],
  ] as const)('%s: fails %s', (confidence, fails) => {
    const shown = junit({ ...sampleReport, findings: [{ ...theHang, confidence, children: [] }] });
    expect(caseOf(shown, 'dumb-proxy-deadlock').includes('<failure ')).toBe(fails);
    expect(caseOf(shown, 'dumb-proxy-deadlock').includes('<system-out>')).toBe(!fails);
    expect(shown).toContain(`tests="3" failures="${fails ? 1 : 0}"`);
  });

  test.each([
    [undefined, 'violation', true],
    [undefined, 'hygiene', false],
    [undefined, 'info', false],
    ['info', 'info', true],
    ['hang', 'violation', false],
    ['never', 'hang', false],
  ] as const)('--fail-on %s and a proven %s: fails %s, as the exit code does', (failOn, severity, fails) => {
    const findings = [{ ...theHang, severity, confidence: 'proven', children: [] }] as const;
    const shown = render({ ...sampleReport, findings }, 'junit', { ...viewOptions(), failOn });
    expect(shown).toContain(`failures="${fails ? 1 : 0}"`);
  });

  test('a rule with nothing to look at is skipped', () => {
    const rules = [...cleanReport.rules, { id: 'idle-rule', lookedAt: 0 }];
    const shown = junit({ ...cleanReport, rules });
    expect(caseOf(shown, 'idle-rule')).toContain('<skipped message="nothing in the captures that this rule applies to">');
    expect(shown).toContain('tests="4" failures="0" errors="0" skipped="1"');
  });

  test('many findings: twenty told, the rest counted', () => {
    const findings = Array.from({ length: 50 }, (_, index): Finding => ({ ...theHang, id: `F${index + 1}`, children: [] }));
    const shown = caseOf(junit({ ...sampleReport, findings }), 'dumb-proxy-deadlock');
    expect(shown.match(/^F\d+ /gm)).toHaveLength(20);
    expect(shown).toContain('and 30 more (--format json)');
  });
});

test.each(WORST)('captured octets are text: %s', (_name, octets) => {
  for (const showSecrets of [false, true]) junit(hostileReport(octets, `${octets}\ufffe\ud800.pcap`), showSecrets);
});
