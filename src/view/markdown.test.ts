import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostileReport, WORST } from '../../test/support/hostile-report.ts';
import { cleanReport, sampleReport, theHang } from '../../test/support/sample-report.ts';
import { viewOptions } from '../../test/support/view-options.ts';
import type { Finding } from '../model.ts';
import { code, prose, renderMarkdown } from './markdown.ts';
import { drawMermaid, entities } from './mermaid.ts';

/** What is left for Markdown to act on: no code spans, no fenced diagram, no escaped characters, none of our own markup. */
function live(markdown: string): string {
  return markdown
    .replaceAll(/^```mermaid\n[^`]*\n```$/gm, '')
    .split('\n')
    .map((line) => withoutCode(line).replaceAll(/\\[^\w\s]/g, ''))
    .join('\n')
    .replaceAll(/^(?:#{1,2} |> |\|.*\|$|<\/?details>$|<summary>[\w ,]*<\/summary>$)/gm, '')
    .replaceAll(/\*\*[\w ]+:?\*\*/g, '');
}

/** Code spans by the rule of CommonMark: a run of backticks up to the next run of the same length. */
function withoutCode(line: string): string {
  const opening = /(\\.)|(`+)/g;
  let rest = '';
  let at = 0;
  for (let match = opening.exec(line); match !== null; match = opening.exec(line)) {
    if (match[2] === undefined) continue;
    const closing = [...line.matchAll(/`+/g)].find((run) => run.index > (match?.index ?? 0) && run[0] === match?.[2]);
    if (closing === undefined) continue;
    rest += line.slice(at, match.index);
    at = closing.index + closing[0].length;
    opening.lastIndex = at;
  }
  return rest + line.slice(at);
}

function expectInert(markdown: string): void {
  expect(markdown).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  expect(live(markdown)).not.toMatch(/[`<@[\]!~$#*|]|:\/\//);
  for (const row of markdown.split('\n').filter((line) => line.startsWith('| '))) expect(row.split('|')).toHaveLength(6);
}

describe('the page', () => {
  const page = renderMarkdown(sampleReport, viewOptions());

  test('verdict, box, remedy and who sent what stand in the first 25 lines', () => {
    const screen = page.split('\n').slice(0, 25).join('\n');
    expect(screen).toContain('> The proxy 10.0.1.1:8080 ignored `GET /logo.gif` for 7.96 s');
    expect(screen).toContain(
      '- **Which box:** the proxy owed a response for 7.96 s, until it reset the connection (`10.0.1.1:8080` / `10.0.2.1:43776`)',
    );
    expect(screen).toContain('- **What to change:** nginx: `proxy_http_version 1.1;` `proxy_set_header Connection "";`');
    expect(screen).toContain(
      '| 0.004483 | 19 | proxy → origin | `GET /index.html HTTP/1.1` `Connection: keep-alive`; relayed: `Connection` |',
    );
    expect(screen).toContain('| 8.018898 | 30 | proxy → client | RST: request 2 was never read |');
  });

  test('what was left out of the first screen is folded below', () => {
    const evidence = [...theHang.evidence, ...theHang.evidence];
    const long = renderMarkdown({ ...sampleReport, findings: [{ ...theHang, evidence }] }, viewOptions());
    expect(long.split('\n').slice(0, 25).join('\n')).toContain('| | | | 7 more below |');
    expect(long).toContain('<summary>Evidence of F1</summary>');
  });

  test('nothing found: what was looked at and what was not visible', () => {
    const clean = renderMarkdown(cleanReport, viewOptions());
    expect(clean).toMatch(/^# hopcheck: no findings\n/);
    expect(clean).toContain('**What was looked at:** 5 connections, 6 exchanges, 2 seen on two hops');
    expect(clean).toContain('- exchanges, their relays, and connections: 1 rule looked at 6 records, 2 looked at 2 records');
    expect(clean).toContain('**What could not be seen**');
  });

  test.each([60_000, 20_000, 6_000])('a budget of %d characters is kept, and what went is named', (maxChars) => {
    const findings = Array.from(
      { length: 300 },
      (_, index): Finding => ({ ...theHang, id: `F${index}`, group: `G${index}`, children: [] }),
    );
    const short = renderMarkdown({ ...sampleReport, findings }, viewOptions(80, { maxChars }));
    expect(short.length).toBeLessThanOrEqual(maxChars);
    expect(short).toMatch(/Left out for length: .*evidence.* The whole report: `--format json`\n$/);
    expectInert(short);
  });

  test('a page within the budget names nothing', () => {
    expect(page).not.toContain('Left out');
  });
});

describe('the diagram', () => {
  test('arrows, silence and boxes', () => {
    expect(drawMermaid(theHang, sampleReport, viewOptions()).slice(3, 6)).toEqual([
      '    participant B2 as origin',
      '    B0->>B1: frame 14 GET /index.html HTTP/1.1, Connection#58; keep-alive',
      '    B1->>B2: frame 19 GET /index.html HTTP/1.1, Connection#58; keep-alive',
    ]);
    expect(drawMermaid(theHang, sampleReport, viewOptions())).toContain('    Note over B0,B2: 7.96 s of silence');
  });

  test('a long first line loses its middle, and the fields stay', () => {
    const text = [{ kind: 'target' as const, octets: `http://e.example/${'a'.repeat(60)}/z` }, ' | Connection: ', 'keep-alive'];
    const evidence = theHang.evidence.slice(0, 1).map((each) => ({ ...each, text }));
    expect(drawMermaid({ ...theHang, evidence }, sampleReport, viewOptions()).at(-1)).toMatch(
      /^ {4}B0->>B1: frame 14 http#58;\/\/e\.example\/a+#8230;a+\/z, Connection#58; keep-alive$/,
    );
  });

  test('at most 30 arrows and 4,000 characters', () => {
    const evidence = Array.from({ length: 10 }, () => theHang.evidence).flat();
    const lines = drawMermaid({ ...theHang, evidence, wait: undefined }, sampleReport, viewOptions());
    expect(lines).toHaveLength(4 + 30);
    const text = [{ kind: 'reason' as const, octets: '#'.repeat(60) }];
    const heavy = drawMermaid({ ...theHang, evidence: evidence.map((each) => ({ ...each, text })) }, sampleReport, viewOptions());
    expect(heavy.join('\n').length).toBeLessThanOrEqual(4000);
  });

  test('nothing but letters, digits and harmless marks is left of a label', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 0x10ffff })).map((points) => String.fromCodePoint(...points)),
        (text) => void expect(entities(text)).toMatch(/^(?:[A-Za-z0-9 .,/=_()-]|#\d+;)*$/),
      ),
    );
  });
});

describe('captured text is inert', () => {
  test.each(WORST)('%s', (_name, octets) => {
    for (const showSecrets of [false, true]) {
      expectInert(renderMarkdown(hostileReport(octets, `${octets}.pcap`), viewOptions(80, { showSecrets })));
    }
  });

  test('any text', () => {
    const marks = fc.constantFrom(
      '`',
      '``',
      '|',
      '\\',
      '@user',
      '#1',
      '<b>',
      '[x](y)',
      '!',
      '~~',
      '$',
      '*',
      '_',
      '\n',
      ' ',
      'a',
      'http://e',
    );
    const text = fc.array(marks).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (octets, name) =>
        expectInert(renderMarkdown(hostileReport(octets, name), viewOptions(80, { showSecrets: true }))),
      ),
      { numRuns: 60 },
    );
  });

  test('our bars between the fields of a head part code spans, captured ones are an escape', () => {
    const text = ['GET', ' | Connection: ', { kind: 'field-value' as const, name: 'connection', octets: 'a | b' }];
    const evidence = theHang.evidence.slice(0, 1).map((each) => ({ ...each, text }));
    expect(renderMarkdown({ ...sampleReport, findings: [{ ...theHang, evidence }] }, viewOptions())).toContain(
      '`GET` `Connection: a \\x7c b`',
    );
  });

  test.each([
    ['a', '`a`'],
    ['`', '`` ` ``'],
    ['a``b', '``` a``b ```'],
    [' a', '`  a `'],
  ])('code %j is %s', (text, span) => {
    expect(code(text)).toBe(span);
  });

  test.each([
    ['plain words', 'plain words'],
    ['set `Connection: close` there', 'set `Connection: close` there'],
    ['<b> *x* [y]', '\\<b\\> \\*x\\* \\[y\\]'],
    ['ask @user about #12 at http://e/', 'ask `@user` about `#12` at `http://e/`'],
  ])('prose %j is %s', (text, markdown) => {
    expect(prose(text)).toBe(markdown);
  });
});
