/** A report with given octets in every place where a capture can put octets: for tests of the views. */

import type { Finding, Report, RequestMessage, Text, Wire } from '../../src/model.ts';
import { exonerated, sampleReport, theHang } from './sample-report.ts';

const KINDS: readonly Wire['kind'][] = ['method', 'target', 'field-name', 'field-value', 'version', 'reason', 'octets'];

/** Each kind of Wire once, with a field that is shown and one that is not. */
export function everyWire(octets: string): Text {
  const shown: Wire = { kind: 'field-value', name: 'connection', octets };
  const hidden: Wire = { kind: 'field-value', name: 'cookie', octets };
  return [...KINDS.map((kind): Wire => ({ kind, octets })), ' and ', shown, ', ', hidden, ' end'];
}

export function hostileReport(octets: string, name = 'proxy.pcap'): Report {
  const text = everyWire(octets);
  const hostile = (finding: Finding): Finding => ({
    ...finding,
    message: text,
    because: [text, [octetsOnly(octets)]],
    evidence: finding.evidence.map((evidence) => ({ ...evidence, text })),
    exchange: finding.exchange && { ...finding.exchange, request: requestOf(finding, octets) },
    children: finding.children.map(hostile),
  });
  return {
    ...sampleReport,
    verdict: text,
    captures: sampleReport.captures.map((capture) => ({ ...capture, name, issues: [{ code: 'odd', message: name, count: 2 }] })),
    findings: sampleReport.findings.map((finding) => hostile(finding)),
    exonerations: [hostile(exonerated)],
  };
}

function octetsOnly(octets: string): Wire {
  return { kind: 'target', octets };
}

function requestOf(finding: Finding, octets: string): RequestMessage | undefined {
  const request = finding.exchange?.request ?? theHang.exchange?.request;
  return request === undefined ? undefined : { ...request, method: octets, target: octets };
}

/** Latin-1 inputs that have broken terminals, browsers and ticket systems. */
export const WORST: ReadonlyArray<readonly [name: string, octets: string]> = [
  ['colour and cursor', '\u001b[31mred\u001b[2J\u001b[H'],
  ['a hyperlink', '\u001b]8;;http://evil.example/\u0007click\u001b]8;;\u0007'],
  ['the clipboard', '\u001b]52;c;ZXZpbA==\u0007'],
  ['C1 controls', '\u009b31m\u0085\u008d\u009d8;;x\u009c'],
  ['line ends and NUL', 'a\r\nb\nc\u0000d\te\u000bf\u007f'],
  ['a script', '</script><script>alert(1)</script>'],
  ['a details end', '</details><img src=x onerror=alert(1)>'],
  ['an image', '![x](http://e.example/p.png)'],
  ['a link and a footnote', '[x](javascript:alert(1)) [^1] <http://e.example>'],
  ['mentions', '@user @org/team #123 owner/repo#1 GH-5'],
  ['a table row', '| a | b |'],
  ['escaped pipes', 'a\\|b\\\\|c'],
  ['backticks', '`` ` ``` x ````'],
  ['a fence', '\n```\n# heading\n~~~'],
  ['mermaid', '%%{init: {"theme":"x"}}%% end;\nparticipant X as Y'],
  ['mermaid arrows', 'A->>B: x #59; ; Note over A: y <br/>'],
  ['html entities', '&lt;b&gt; &#x40;user'],
  ['mathematics', '$$\\unicode{x}$$ ~~s~~ __b__'],
  ['latin-1', 'caf\u00e9 \u00a0\u00ad\u00ff'],
  ['a word without end', 'x'.repeat(5000)],
  ['many spaces', ' '.repeat(300)],
  ['nothing', ''],
];
