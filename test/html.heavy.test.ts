/**
 * The HTML view in a real browser: no dialog, no script, no request but the one for the page, nothing that axe-core minds;
 * light and dark, narrow and on paper. Skipped where Chromium is not installed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { analyze, CaptureError, type Report, render } from '../src/index.ts';
import { fixtures } from './support/fixtures.ts';
import { hostileReport, WORST } from './support/hostile-report.ts';
import { cleanReport, sampleReport } from './support/sample-report.ts';
import { viewOptions } from './support/view-options.ts';

const BROWSER = '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];
const MAKER = fileURLToPath(new URL('../../shared/tools/mutate.mjs', import.meta.url));
/** Pictures to look at, when somebody asks for them: SHOTS=folder. */
const SHOTS = process.env['SHOTS'];

const folder = mkdtempSync(join(tmpdir(), 'hopcheck-html-'));
const obstacle = existsSync(BROWSER) ? undefined : `${BROWSER} is not installed`;
let context: BrowserContext;
let page: Page;
/** What a page must not do, as it happens. */
let events: string[] = [];

beforeAll(async () => {
  if (obstacle !== undefined) return;
  context = await chromium.launchPersistentContext(join(folder, 'profile'), { executablePath: BROWSER, headless: true, args: FLAGS });
  page = await context.newPage();
  page.on('dialog', (dialog) => {
    events.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => events.push(`request ${request.url()}`));
  page.on('console', (message) => events.push(`console ${message.text()}`));
  page.on('popup', () => events.push('popup'));
});

beforeEach((test) => {
  test.skip(obstacle !== undefined, obstacle);
  events = [];
});

afterAll(async () => {
  if (obstacle === undefined) await context.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Shows a report, and says what the page did beside loading itself. */
async function show(report: Report, name = 'report'): Promise<string[]> {
  const path = join(folder, `${name}.html`);
  writeFileSync(path, render(report, 'html', viewOptions(80, { showSecrets: true })));
  events = [];
  await page.goto(pathToFileURL(path).href);
  return events.filter((event) => event !== `request ${pathToFileURL(path).href}`);
}

async function complaints(): Promise<string[]> {
  await page.evaluate(axe.source);
  const json = await page.evaluate<string>('axe.run().then((results) => JSON.stringify(results.violations))');
  const violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[] = JSON.parse(json);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
}

const sideways = (): Promise<boolean> => page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');

const SIGHTS = [
  { name: 'light', width: 1100, media: { colorScheme: 'light', media: 'screen' } },
  { name: 'dark', width: 1100, media: { colorScheme: 'dark', media: 'screen' } },
  { name: 'narrow', width: 400, media: { colorScheme: 'light', media: 'screen' } },
  { name: 'print', width: 720, media: { colorScheme: 'light', media: 'print' } },
] as const;

describe.each(SIGHTS)('$name', ({ name, width, media }) => {
  const shown = ['figure-4-15', 'half-dumb-response-relayed', 'book-two-clients', 'hang-snaplen-96', 'healthy-squid'];
  test.each(fixtures.filter(({ situation }) => shown.includes(situation)))('$situation', async ({ situation, bytes }) => {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia(media);
    expect(await show(await analyze(bytes, { name: `${situation}.pcap` }))).toEqual([]);
    expect(await sideways()).toBe(false);
    expect(await complaints()).toEqual([]);
    if (SHOTS === undefined) return;
    mkdirSync(SHOTS, { recursive: true });
    await page.screenshot({ path: join(SHOTS, `${situation}-${name}.png`), fullPage: true });
  });
});

test('the style sheet is let in, and a script would not be', async () => {
  await page.emulateMedia({ media: 'screen', colorScheme: 'light' });
  await show(sampleReport);
  expect(await page.evaluate<string>("getComputedStyle(document.querySelector('.verdict')).borderLeftColor")).toBe('rgb(179, 38, 30)');
  await page.evaluate("document.body.append(Object.assign(document.createElement('script'), { textContent: 'document.title = 1' }))");
  expect(await page.title()).toBe('hopcheck: 1 hang, 2 violations');
  expect(events.join()).toContain('Content Security Policy');
});

test('axe-core looks', async () => {
  await page.emulateMedia({ media: 'screen' });
  await show(sampleReport);
  await page.evaluate("document.documentElement.removeAttribute('lang'); document.querySelector('.wide').removeAttribute('tabindex')");
  expect((await complaints()).map((complaint) => complaint.split(':')[0])).toContain('html-has-lang');
});

test('on paper nothing is folded away', async () => {
  await page.emulateMedia({ media: 'print' });
  await show(sampleReport);
  const height = await page.evaluate<number>("document.querySelector('details table').getBoundingClientRect().height");
  expect(height).toBeGreaterThan(100);
});

test('the evidence is reached and opened by keyboard', async () => {
  await page.emulateMedia({ media: 'screen' });
  await show(sampleReport);
  for (let presses = 0; presses < 20; presses++) {
    await page.keyboard.press('Tab');
    if ((await page.evaluate<string>('document.activeElement.tagName')) === 'SUMMARY') break;
  }
  await page.keyboard.press('Enter');
  expect(await page.evaluate<boolean>("document.querySelector('details').open")).toBe(true);
});

test('the filters hide causes, their rows and their lines, by keyboard too', async () => {
  await page.emulateMedia({ media: 'screen' });
  await show(sampleReport);
  const seen = (): Promise<string[]> =>
    page.evaluate<string[]>(
      "[...document.querySelectorAll('section[id], tbody tr[class^=is], nav li, svg g')].filter((part) => part.getBoundingClientRect().height > 0).map((part) => [part.localName, part.id, part.className.baseVal ?? part.className].join(' '))",
    );
  const before = await seen();
  expect(before.filter((part) => part.includes('is-violation'))).toHaveLength(3);
  await page.focus('#show-violation');
  await page.keyboard.press('Space');
  expect(await seen()).toEqual(before.filter((part) => !part.includes('is-violation')));
  await page.keyboard.press('Space');
  expect(await seen()).toEqual(before);
});

describe('captured text', () => {
  test.each(WORST)('%s', async (_name, octets) => {
    expect(await show(hostileReport(octets, `${octets}.pcap`))).toEqual([]);
    expect(await page.evaluate<number>('document.querySelectorAll(\'script, img, iframe, a:not([href^="#F"])\').length')).toBe(0);
  });

  test('a clean report is as clean', async () => {
    expect(await show(cleanReport)).toEqual([]);
    expect(await complaints()).toEqual([]);
  });

  test('the captures that were made to be nasty', async (context) => {
    context.skip(!existsSync(MAKER), '../shared is not here');
    const captures = join(folder, 'nasty');
    expect(spawnSync(process.execPath, [MAKER, 'craft', '-o', captures]).status).toBe(0);
    let shown = 0;
    for (const name of readdirSync(captures, { recursive: true, encoding: 'utf8' }).filter((file) => /^(?:inject|http).*cap/.test(file))) {
      const report = await reported(readFileSync(join(captures, name)), name);
      if (report === undefined) continue;
      expect(await show(report), name).toEqual([]);
      shown++;
    }
    expect(shown).toBeGreaterThan(20);
  });
});

async function reported(bytes: Uint8Array, name: string): Promise<Report | undefined> {
  try {
    return await analyze(bytes, { name });
  } catch (error) {
    if (error instanceof CaptureError) return undefined;
    throw error;
  }
}
