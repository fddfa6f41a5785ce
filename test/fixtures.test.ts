/**
 * The reports of the shipped captures, as files to read: report.md for tickets, report.txt for terminals, report.json for
 * programs, and for some of them every format. They are what `hopcheck -f markdown fixtures/<situation>/capture.pcap` prints, but
 * for the version. `npm run shots` writes them again.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readCapture } from '../src/capture/read-capture.ts';
import { RedactionKey } from '../src/cli/secrets.ts';
import { analyze, type Format, type Report, render } from '../src/index.ts';
import { fixtures } from './support/fixtures.ts';
import { readFrames } from './support/read-frames.ts';
import { viewOptions } from './support/view-options.ts';

/** Octets of all captures in fixtures/. */
const BUDGET = 300_000;
const IN_EVERY_FORMAT = ['figure-4-15', 'book-ipv6', 'book-two-clients'];

const OTHER_FORMATS: readonly (readonly [string, Format])[] = [
  ['report.html', 'html'],
  ['report.ndjson', 'ndjson'],
  ['report.sarif', 'sarif'],
  ['report.xml', 'junit'],
];

describe.each(fixtures.map((fixture) => [fixture.situation, fixture] as const))('%s', (situation, fixture) => {
  const { folder, capture, bytes, files } = fixture;
  const key = new RedactionKey();
  key.offer(bytes);
  const view = viewOptions(80, { hash: key.hash });
  const golden = (name: string): string => fileURLToPath(new URL(name, folder));
  const reported = (octets: AsyncIterable<Uint8Array> | Uint8Array = bytes): Promise<Report> =>
    analyze(octets, { name: `fixtures/${situation}/${capture}` });

  const formats: readonly (readonly [string, Format])[] = [
    ['report.md', 'markdown'],
    ['report.json', 'json'],
    ['report.txt', 'text'],
    ...(IN_EVERY_FORMAT.includes(situation) ? OTHER_FORMATS : []),
  ];
  test.each(formats)('%s', async (name, format) => {
    await expect(render(await reported(), format, view)).toMatchFileSnapshot(golden(name));
  });

  test('the report is the same whatever pieces the capture comes in', async () => {
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

  test('its README says what it shows, how it was made and who may use it, and nothing lies around', () => {
    expect(files.toSorted()).toEqual([capture, 'README.md', ...formats.map(([name]) => name)].sort());
    const readme = readFileSync(new URL('README.md', folder), 'utf8');
    expect(readme.match(/^#+ .*$/gm)).toEqual([`# ${situation}`, '## Made', '## May be used']);
    expect(readme).toContain('MIT');
  });
});

async function* piecesOf(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

test('together they are small', () => {
  expect(fixtures.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThan(BUDGET);
});
