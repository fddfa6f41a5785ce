/** Mermaid's own parser, in a browser: every diagram of the Markdown reports is one that it draws, whatever was captured. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { analyze, type Report, render } from '../src/index.ts';
import { fixtures } from './support/fixtures.ts';
import { hostileReport, WORST } from './support/hostile-report.ts';
import { viewOptions } from './support/view-options.ts';

const BROWSER = '/usr/bin/chromium';
const MERMAID = fileURLToPath(new URL('../node_modules/mermaid/dist/mermaid.min.js', import.meta.url));
const obstacle = existsSync(BROWSER) ? undefined : `${BROWSER} is not installed`;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  if (obstacle !== undefined) return;
  browser = await chromium.launch({ executablePath: BROWSER, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] });
  page = await browser.newPage();
  await page.addScriptTag({ path: MERMAID });
});

beforeEach((test) => test.skip(obstacle !== undefined, obstacle));

afterAll(async () => {
  if (obstacle === undefined) await browser.close();
});

function diagramOf(report: Report): string | undefined {
  return /^```mermaid\n(.*?)\n```$/ms.exec(render(report, 'markdown', viewOptions(80, { showSecrets: true })))?.[1];
}

/** Type of the diagram, lifelines and texts of what is drawn; mermaid's complaint where it draws nothing. */
function drawn(text: string): Promise<{ type: string; lifelines: string[]; texts: string[]; foreign: number } | string> {
  return page.evaluate<{ type: string; lifelines: string[]; texts: string[]; foreign: number } | string>(
    `(async () => {
      const text = ${JSON.stringify(text)};
      try {
        const { diagramType } = await mermaid.parse(text);
        const { svg } = await mermaid.render('d', text);
        const drawing = new DOMParser().parseFromString(svg, 'text/html');
        const all = (selector) => [...drawing.querySelectorAll(selector)].map((element) => element.textContent);
        return {
          type: diagramType,
          lifelines: [...new Set(all('text.actor'))],
          texts: [...all('.messageText'), ...all('.noteText')],
          foreign: drawing.querySelectorAll('script, img, a, foreignObject').length,
        };
      } catch (error) {
        return String(error);
      }
    })()`,
  );
}

test('a text that is no diagram is refused', async () => {
  expect(await drawn('sequenceDiagram\n    B0->>B1 no colon')).toMatch(/error/i);
});

const hangs = fixtures.filter(({ situation }) => /^(?:figure|book|hang|half|unframed)/.test(situation));

test.each(hangs.map((fixture) => [fixture.situation, fixture] as const))('%s', async (_situation, { bytes }) => {
  const text = diagramOf(await analyze(bytes)) ?? '';
  const arrows = text.match(/->>/g)?.length ?? 0;
  const notes = text.match(/Note over/g)?.length ?? 0;
  const drawing = await drawn(text);
  expect(drawing).toMatchObject({ type: 'sequence', foreign: 0, texts: { length: arrows + notes } });
  expect(arrows).toBeGreaterThan(1);
});

test.each(WORST)('%s is drawn as text, and nothing else', async (_name, octets) => {
  const text = diagramOf(hostileReport(octets)) ?? '';
  expect(text).not.toBe('');
  const drawing = await drawn(text);
  expect(drawing).toMatchObject({ type: 'sequence', foreign: 0 });
});
