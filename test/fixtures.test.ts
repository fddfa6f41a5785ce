/**
 * The reports of the shipped captures, as files to read: report.md for tickets, report.txt for terminals, report.json for
 * programs, and for the hangs of the book every format. They are what `hopcheck -f markdown fixtures/<situation>/capture.pcap`
 * prints, but for the version. `npm run shots` writes them again.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readCapture } from '../src/capture/read-capture.ts';
import { RedactionKey } from '../src/cli/secrets.ts';
import { analyze, createAnalyzer, type Format, type Report, render, type Surveyor, surveyPoints } from '../src/index.ts';
import type { ViewOptions } from '../src/view/safe.ts';
import { type CaptureFile, fixtures, type SituationFixture, situations } from './support/fixtures.ts';
import { readFrames } from './support/read-frames.ts';
import { viewOptions } from './support/view-options.ts';

/** Octets of all captures in fixtures/. */
const BUDGET = 300_000;
const OF_THE_BOOK = /^(?:book-|figure-)/;

const FORMATS: readonly (readonly [string, Format])[] = [
  ['report.md', 'markdown'],
  ['report.json', 'json'],
  ['report.txt', 'text'],
];
const OTHER_FORMATS: readonly (readonly [string, Format])[] = [
  ['report.html', 'html'],
  ['report.ndjson', 'ndjson'],
  ['report.sarif', 'sarif'],
  ['report.xml', 'junit'],
];

function viewOf({ captures }: Pick<SituationFixture, 'captures'>): ViewOptions {
  const key = new RedactionKey();
  for (const { bytes } of captures) key.offer(bytes);
  return viewOptions(80, { hash: key.hash });
}

/** Several places of capture are surveyed first, as the program does it. */
function reportOf({ situation, captures }: SituationFixture): Report {
  const surveyor = surveyPoints();
  if (captures.length > 1) captures.forEach(pushInto(surveyor, situation));
  const analyzer = createAnalyzer(captures.length > 1 ? { joinPoints: surveyor.finish() } : {});
  captures.forEach(pushInto(analyzer, situation));
  return analyzer.finish();
}

function pushInto(reader: Pick<Surveyor, 'open'>, situation: string) {
  return ({ name, bytes }: CaptureFile, index: number): void => {
    const input = reader.open({ name: `fixtures/${situation}/${name}`, point: `p${index + 1}` });
    input.push(bytes);
    input.end();
  };
}

describe.each(situations.map((fixture) => [fixture.situation, fixture] as const))('%s', (situation, fixture) => {
  const { folder, captures, files } = fixture;
  const formats = OF_THE_BOOK.test(situation) ? [...FORMATS, ...OTHER_FORMATS] : FORMATS;
  test.each(formats)('%s', async (name, format) => {
    await expect(render(reportOf(fixture), format, viewOf(fixture))).toMatchFileSnapshot(fileURLToPath(new URL(name, folder)));
  });

  test('its README says what it shows, how it was made and who may use it, and nothing lies around', () => {
    expect(files.toSorted()).toEqual([...captures.map(({ name }) => name), 'README.md', ...formats.map(([name]) => name)].sort());
    const readme = readFileSync(new URL('README.md', folder), 'utf8');
    expect(readme.match(/^#+ .*$/gm)).toEqual([`# ${situation}`, '## Made', '## May be used']);
    expect(readme).toContain('MIT');
  });
});

describe.each(fixtures.map((fixture) => [fixture.situation, fixture] as const))('%s', (situation, { bytes, capture }) => {
  const reported = (octets: AsyncIterable<Uint8Array> | Uint8Array = bytes): Promise<Report> =>
    analyze(octets, { name: `fixtures/${situation}/${capture}` });

  test('the report is the same whatever pieces the capture comes in', async () => {
    const view = viewOptions(80);
    expect(render(await reported(piecesOf(bytes, 61)), 'json', view)).toBe(render(await reported(), 'json', view));
  });

  test('the record of a frame lies where its evidence says: cut out, it is that frame', async () => {
    const { findings, exonerations } = await reported();
    const all = readFrames(readCapture, bytes).frames;
    const header = bytes.subarray(0, all[0]?.offset);
    const evidence = [...findings, ...exonerations].flatMap((finding) => [finding, ...finding.children]).flatMap((each) => each.evidence);
    for (const { moment, record } of evidence) {
      const place = record ?? { offset: -1, length: 0 };
      const cut = bytes.subarray(place.offset, place.offset + place.length);
      const { frames, facts } = readFrames(readCapture, new Uint8Array([...header, ...cut]), { base: 0 });
      const { number, offset, time, ...frame } = all[moment.frame - 1] ?? {};
      expect([facts.complete, frames]).toMatchObject([true, [frame]]);
      expect(frames).toHaveLength(1);
    }
    expect(evidence.length > 0).toBe(findings.length + exonerations.length > 0);
  });
});

async function* piecesOf(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

/** A ticket is read from its top: who sent what, which box erred, what to change. */
describe.each(situations.filter(({ situation }) => OF_THE_BOOK.test(situation)).map((fixture) => [fixture.situation, fixture] as const))(
  'the first 25 lines of the Markdown report of %s',
  (situation, fixture) => {
    const report = reportOf(fixture);
    const screen = render(report, 'markdown', viewOf(fixture)).split('\n').slice(0, 25);
    const [hang] = report.findings;

    test('say which box erred, and for how long', () => {
      const [box = '', ...others] = screen.filter((line) => line.startsWith('- **Which box:** '));
      expect(others).toEqual([]);
      const proxy = hang?.hops.find(({ role }) => role !== 'server-side')?.server.text ?? 'no hop';
      expect(box).toMatch(/^- \*\*Which box:\*\* the (?:proxy|server) owed a response for \d/);
      expect(box).toContain(`\`${proxy}\``);
    });

    test('say what to change, and where', () => {
      const change = screen.filter((line) => line.startsWith('- **What to change:** '));
      if (situation === 'book-lighttpd-client-side') {
        expect(change).toEqual([
          expect.stringMatching(/on the server 10\.0\.1\.1:8080: read the next request of a connection that it keeps/),
        ]);
        return;
      }
      expect(change).toEqual([
        expect.stringMatching(/on the proxy \S+: remove Connection and every field that it names before forwarding/),
      ]);
      expect(change[0]).toMatch(/the same on both hops: "`Connection: [kK]eep-[aA]live`" \(frame \d+(?: \\\[\d\\\])? and frame \d+/);
      expect(screen).toContainEqual(expect.stringMatching(/^- \*\*In its configuration:\*\* it does not say what product it is/));
      expect(screen).toContainEqual(expect.stringMatching(/^ {2}- nginx: `proxy_http_version` 1\.1; `proxy_set_header` Connection "";/));
    });

    test('say who sent what, from the first request on up to the end of the silence', () => {
      const rows = screen.filter((line) => line.startsWith('| ')).slice(2);
      const evidence = hang?.evidence ?? [];
      const told = rows.filter((row) => !row.includes('more below'));
      expect(told.length).toBeGreaterThanOrEqual(Math.min(8, evidence.length));
      const frames = told.map((row) => Number(/^\| [\d.]+ \| (\d+)/.exec(row)?.[1]));
      const shown = (index: number): number =>
        report.locate(evidence.at(index)?.connection.point ?? 0, evidence.at(index)?.moment.frame ?? 0).frame;
      expect([frames[0], frames.at(-1)]).toEqual([shown(0), shown(-1)]);
    });
  },
);

test('together they are small', () => {
  const sizes = situations.flatMap(({ captures }) => captures.map(({ stored }) => stored));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(BUDGET);
});
