import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostileReport, WORST } from '../../test/support/hostile-report.ts';
import { cleanReport, sampleReport, theHang } from '../../test/support/sample-report.ts';
import { viewOptions } from '../../test/support/view-options.ts';
import type { Finding, Report } from '../model.ts';
import { STYLE, STYLE_HASH } from './html-style.ts';
import { render } from './index.ts';

const page = (report: Report, showSecrets = false): string => render(report, 'html', viewOptions(80, { showSecrets }));

const ELEMENTS =
  'html head title main header nav section h1 h2 h3 p ul li dl dt dd div span strong code bdi a br table caption thead tbody tr th td ' +
  'figure figcaption details summary body svg text line rect polygon g fieldset legend label input';
const ATTRIBUTES =
  'lang class id href tabindex role aria-label aria-labelledby scope viewBox x y x1 y1 x2 y2 width height points text-anchor type checked';
const TAG = new RegExp(`</?(?:${ELEMENTS.replaceAll(' ', '|')})(?: (?:${ATTRIBUTES.replaceAll(' ', '|')})="[^"<>]*")*>`, 'g');
const HEAD = /<meta (?:charset|http-equiv|name)="[\w-]+"(?: content="[^"]*")?>|^<!doctype html>|<style>[^<]*<\/style>/g;

/** Nothing but elements and attributes that we know, links within the page only, and no character that does anything. */
function expectInert(html: string): void {
  expect(html).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  expect(html.replaceAll(HEAD, '').replaceAll(TAG, '')).not.toMatch(/[<>]/);
  for (const [, target] of html.matchAll(/ href="([^"]*)"/g)) expect(target).toMatch(/^#F\d+$/);
}

/** What a browser would show, near enough. */
function textOf(html: string): string {
  return html
    .replaceAll(/<(?:style|title)>[^<]*<\/(?:style|title)>/g, '')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

describe('the page', () => {
  const html = page(sampleReport);
  const shown = textOf(html);

  test('its policy allows its style sheet and nothing else', () => {
    expect(STYLE_HASH).toBe(`sha256-${createHash('sha256').update(STYLE).digest('base64')}`);
    expect(html).toContain(
      `default-src &#39;none&#39;; style-src &#39;${STYLE_HASH}&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;`,
    );
    expect(html).toContain(`<style>${STYLE}</style>`);
    expect(html).not.toMatch(/<(?:script|link|img|iframe)| style=/);
  });

  test('the verdict comes before everything else, and is said once', () => {
    expect(shown).toMatch(/^\s*hopcheck: 1 hang, 2 violationsThe proxy 10\.0\.1\.1:8080 ignored GET \/logo\.gif for 7\.96 s/);
    const said = textOf(page({ ...sampleReport, verdict: ['1 hang: ', ...theHang.message] }));
    expect(said.split('The proxy never read request 2.')).toHaveLength(2);
  });

  test.each([
    'the proxy owed a response for 7.96 s, until it reset the connection (10.0.1.1:8080 / 10.0.2.1:43776)',
    'nginx: proxy_http_version 1.1; proxy_set_header Connection "";',
    'proven, by rule dumb-proxy-deadlock',
    'client 10.0.1.10:33730 to proxy 10.0.1.1:8080, tcp.stream 0',
    '7.96 s of silence',
    'relayed: Connection',
    'frame.number in {14, 19, 21, 23, 25, 26, 27, 30}',
    'Seen 2 times; told here is the surest.',
    'X1 The origin answered every request',
    'drops not told by the file',
    'hopcheck 0.1.0',
  ])('%s', (sentence) => {
    expect(shown).toContain(sentence);
  });

  test('ids are there once, and links lead to them', () => {
    const ids = Array.from(html.matchAll(/ id="([^"]*)"/g), ([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, target] of html.matchAll(/ href="#([^"]*)"/g)) expect(ids).toContain(target);
  });

  test('nothing found: what was looked at and what was not visible', () => {
    const clean = textOf(page(cleanReport));
    expect(clean).toContain('hopcheck: no findings');
    expect(clean).toContain('What was looked at');
    expect(clean).toContain('whether frames were lost while capturing');
    expect(clean).not.toContain('All findings');
  });

  test('many causes: fifty told, a thousand in the table, the rest counted', () => {
    const findings = Array.from(
      { length: 1200 },
      (_, index): Finding => ({ ...theHang, id: `F${index + 1}`, group: `G${index + 1}`, children: [] }),
    );
    const many = page({ ...sampleReport, findings, groups: [] });
    expect(many.match(/<section id="F/g)).toHaveLength(50);
    expect(many.match(/<tr class="is-hang is-sure"><td>(?:<a [^>]*>)?F\d/g)).toHaveLength(1000);
    expect(textOf(many)).toContain('200 more causes in --format json');
  });
});

describe('the ladder', () => {
  /** Height of the band that is the silence. */
  const band = (html: string): number => Number(/height="([\d.]+)" class="silence"/.exec(html)?.[1]);

  test('silence is to scale', () => {
    const longer = (seconds: number): Report => {
      const start = theHang.wait?.start ?? { frame: 0, time: 0 };
      const end = { frame: 99, time: start.time + seconds * 1e9 };
      return {
        ...sampleReport,
        findings: [{ ...theHang, evidence: theHang.evidence.slice(0, 5), wait: theHang.wait && { ...theHang.wait, start, end } }],
      };
    };
    expect(band(page(longer(2)))).toBeCloseTo(120, 0);
    expect(band(page(longer(4)))).toBeCloseTo(240, 0);
    expect(band(page(longer(3600)))).toBeLessThanOrEqual(480);
  });

  test('one hop has two lanes', () => {
    const hops = theHang.hops.slice(0, 1).map((hop) => ({ ...hop, role: 'only' as const }));
    const evidence = theHang.evidence.slice(4, 6).map((each) => ({ ...each, hop: 'only' as const }));
    const html = page({ ...sampleReport, findings: [{ ...theHang, hops, evidence }] });
    expect(html.match(/class="lane"/g)).toHaveLength(2);
    expect(html.match(/class="name"[^>]*>(\w+)/g)).toHaveLength(2);
  });
});

describe('the heads side by side', () => {
  const cells = (html: string): string[] =>
    Array.from(html.matchAll(/<tr(?: class="relayed")?><th scope="row">.*?<\/tr>/g), ([row]) =>
      row.replaceAll(/<\/t[hd]>/g, ' | ').replaceAll(/<[^>]*>/g, ''),
    );

  test('each field with what became of it', () => {
    expect(cells(page(sampleReport)).slice(0, 4)).toEqual([
      'first line | GET /index.html HTTP/1.1 | GET /index.html HTTP/1.1 | same on both hops | ',
      'Connection | keep-alive | keep-alive | relayed | ',
      'first line | HTTP/1.1 200 OK | HTTP/1.1 200 OK | same on both hops | ',
      'Content-Length | 588 | 588 | same on both hops | ',
    ]);
  });

  test('changed, removed and added', () => {
    const evidence = theHang.evidence.slice(0, 2).map((each, index) => ({
      ...each,
      text: [
        { kind: 'method' as const, octets: index === 0 ? 'GET' : 'HEAD' },
        index === 0 ? ' | TE: ' : ' | Via: ',
        { kind: 'field-value' as const, name: index === 0 ? 'te' : 'via', octets: 'x' },
      ],
    }));
    expect(cells(page({ ...sampleReport, findings: [{ ...theHang, evidence }] }))).toEqual([
      'first line | GET | HEAD | changed | ',
      'TE | x | none | removed | ',
      'Via | none | x | added | ',
    ]);
  });
});

describe('captured octets are text', () => {
  test.each(WORST)('%s', (_name, octets) => {
    for (const showSecrets of [false, true]) expectInert(page(hostileReport(octets, `${octets}.pcap`), showSecrets));
  });

  test('any octets and any name', () => {
    const anyText = fc.array(fc.integer({ min: 0, max: 0x10ffff })).map((points) => String.fromCodePoint(...points));
    const marks = fc.constantFrom('<', '>', '"', "'", '&', '--', ']]>', '</svg>', 'a', ' ', '\u0000', 'javascript:', '=');
    const octets = fc.array(marks).map((parts) => parts.join(''));
    fc.assert(
      fc.property(octets, anyText, (input, name) => expectInert(page(hostileReport(input, name), true))),
      { numRuns: 60 },
    );
  });

  test('field names of a finding too', () => {
    const hostile = { ...theHang, fields: ['<b>"x"'], id: 'F1' };
    expectInert(page({ ...sampleReport, findings: [hostile] }));
  });
});
