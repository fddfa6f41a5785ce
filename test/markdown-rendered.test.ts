/** The Markdown report as a ticket system shows it: rendered as GitHub's Markdown, raw HTML let through, and nothing captured is alive. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyze, type Report, render } from '../src/index.ts';
import { fixtures } from './support/fixtures.ts';
import { hostileReport, WORST } from './support/hostile-report.ts';
import { alive, html } from './support/rendered-markdown.ts';
import { cleanReport, sampleReport } from './support/sample-report.ts';
import { viewOptions } from './support/view-options.ts';

function rendered(report: Report): string {
  const markdown = render(report, 'markdown', viewOptions(80, { showSecrets: true }));
  return html(markdown);
}

test('what is alive would be seen', () => {
  const living = alive(html('[a](http://e) <img src=x> <script>x</script> @user https://e.example #12'));
  expect(living.join(' ')).toMatch(/<a href.*<img src=x> <script>.*@user.*#12/);
});

test.each(fixtures.map((fixture) => [fixture.situation, fixture] as const))('%s', async (situation, { bytes }) => {
  const page = rendered(await analyze(bytes, { name: `${situation}.pcap` }));
  expect(alive(page)).toEqual([]);
  expect(page).toMatch(/<h1>hopcheck: .*<\/h1>\s*<blockquote>/);
});

test('its tables, folded parts and diagram are what they are meant to be', () => {
  const page = rendered(sampleReport);
  expect(page).toMatch(/<table>\s*<thead>\s*<tr>\s*<th align="right">seconds<\/th>/);
  expect(page).toMatch(/<details>\s*<summary>[^<]+<\/summary>\s*<(?:table|ul)>/);
  expect(page).toContain('<pre><code class="language-mermaid">sequenceDiagram');
  expect(alive(rendered(cleanReport))).toEqual([]);
});

describe('captured text is dead', () => {
  test.each(WORST)('%s', (_name, octets) => {
    expect(alive(rendered(hostileReport(octets, `${octets}.pcap`)))).toEqual([]);
  });

  test('whatever is put together from what Markdown knows', () => {
    const mark = fc.constantFrom(
      ...['`', '``', '|', '\\', '@user', '#1', '<b>', '<!--', ']]>', '[x](y)', '![x](y)', '~~', '$', '*', '_', '\n', '\n\n', '    '],
      ...[' ', 'a', 'http://e', 'www.e.example', 'a@e.example', '&lt;', '</details>', '- ', '> ', '---', '[^1]', '- [ ] '],
    );
    const text = fc.array(mark).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (octets, name) => void expect(alive(rendered(hostileReport(octets, name)))).toEqual([])),
      { numRuns: 25 },
    );
  });
});
