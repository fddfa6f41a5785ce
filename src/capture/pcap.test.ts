import { describe, expect, test } from 'vitest';
import { join, type PcapHeaderFields, pcapHeader, record, text } from '../../test/support/capture-bytes.ts';
import { type HowToRead, type Reading, readFrames } from '../../test/support/read-frames.ts';
import { readCapture } from './read-capture.ts';

const read = (bytes: Uint8Array, how?: HowToRead): Reading => readFrames(readCapture, bytes, how);
const octets = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => (at * 7 + 1) & 0xff);
const frame60 = octets(60);
const good = join(
  pcapHeader(),
  record(frame60),
  record(frame60, { seconds: 1_700_000_001 }),
  record(octets(99), { seconds: 1_700_000_002 }),
);

describe('dialects', () => {
  test.each<[string, PcapHeaderFields, number]>([
    ['little-endian microseconds', { little: true, magic: 0xa1b2c3d4 }, 123_456_000],
    ['big-endian microseconds', { little: false, magic: 0xa1b2c3d4 }, 123_456_000],
    ['little-endian nanoseconds', { little: true, magic: 0xa1b23c4d }, 123_456],
    ['big-endian nanoseconds', { little: false, magic: 0xa1b23c4d }, 123_456],
    ['version 2.3 with the lengths as today', { version: [2, 3] }, 123_456_000],
  ])('%s', (_name, header, time) => {
    const little = header.little ?? true;
    const { frames, facts, base, error } = read(
      join(
        pcapHeader(header),
        record(frame60, { little, fraction: 123_456 }),
        record(octets(8), { little, seconds: 1_700_000_001, wire: 1514 }),
      ),
    );
    expect(error).toBeUndefined();
    expect(base).toBe(1_700_000_000);
    expect(frames).toMatchObject([
      { number: 1, time, offset: 24, captured: 60, wireLength: 60, linkType: 1 },
      { number: 2, time: 1e9, offset: 100, captured: 8, wireLength: 1514, linkType: 1 },
    ]);
    expect(facts).toMatchObject({
      format: 'pcap',
      linkTypes: ['EN10MB'],
      frames: 2,
      bytes: 124,
      firstTime: time,
      lastTime: 1e9,
      cutFrames: 1,
    });
    expect(facts).toMatchObject({ complete: true, dropped: undefined, issues: [{ code: 'frame-cut', frame: 2, offset: 100, count: 1 }] });
  });

  test('modified pcap of Alexey Kuznetsov: eight more octets in each record header', () => {
    const patched = (seconds: number): Uint8Array => join(record(octets(0), { seconds, captured: 60, wire: 60 }), octets(8), frame60);
    const { frames, facts } = read(join(pcapHeader({ magic: 0xa1b2cd34 }), patched(1_700_000_000), patched(1_700_000_003)));
    const { hash } = read(good).frames[0] ?? { hash: Number.NaN };
    expect(frames).toMatchObject([
      { offset: 24, captured: 60, hash },
      { offset: 108, captured: 60, hash, time: 3e9 },
    ]);
    expect(facts.complete).toBe(true);
  });

  test.each<[string, PcapHeaderFields]>([
    ['before version 2.3 the wire length comes first', { version: [2, 2] }],
    ['DG/UX wrote version 543.0 in that order', { version: [543, 0] }],
    ['in version 2.3 it may', { version: [2, 3] }],
  ])('%s', (_name, header) => {
    const { frames } = read(
      join(pcapHeader(header), record(frame60, { captured: 1514, wire: 60 }), record(octets(5), { captured: 5, wire: 5 })),
    );
    expect(frames).toMatchObject([
      { captured: 60, wireLength: 1514 },
      { captured: 5, wireLength: 5 },
    ]);
  });

  test('link type without the bits for the frame check sequence', () => {
    const { frames, facts } = read(join(pcapHeader({ linkType: 0x24000000 | 113 }), record(frame60)));
    expect(frames).toMatchObject([{ linkType: 113 }]);
    expect(facts.linkTypes).toEqual(['LINUX_SLL']);
  });

  test.each([0, 60, 0xffff_ffff])('the snap length %d of the header is not believed', (snapLength) => {
    const { frames, facts } = read(join(pcapHeader({ snapLength }), record(octets(99))));
    expect(frames).toMatchObject([{ captured: 99 }]);
    expect(facts).toMatchObject({ complete: true, issues: [] });
  });
});

describe('time and number', () => {
  test('frame numbers go on from the files before, offsets do not', () => {
    expect(read(good, { firstFrame: 1000 }).frames).toMatchObject([{ number: 1001, offset: 24 }, { number: 1002 }, { number: 1003 }]);
  });

  test('the base of the analysis stays, also where a frame is earlier', () => {
    const { frames, base, facts } = read(good, { base: 1_700_000_001 });
    expect(base).toBe(1_700_000_001);
    expect(frames.map(({ time }) => time)).toEqual([-1e9, 0, 1e9]);
    expect(facts).toMatchObject({ firstTime: -1e9, lastTime: 1e9 });
  });

  test.each([0, 0xffff_ffff])('all frames at epoch second %d', (seconds) => {
    const { frames, base } = read(join(pcapHeader(), record(frame60, { seconds, fraction: 7 }), record(frame60, { seconds, fraction: 8 })));
    expect(base).toBe(seconds);
    expect(frames.map(({ time }) => time)).toEqual([7000, 8000]);
  });

  test('time that runs backwards by more than a second is an issue, by less it is not', () => {
    const at = (seconds: number, fraction: number): Uint8Array => record(frame60, { seconds, fraction });
    const { facts } = read(join(pcapHeader(), at(100, 5), at(100, 4), at(98, 9), at(97, 1), at(95, 0)));
    expect(facts.issues).toMatchObject([{ code: 'time-backwards', frame: 3, offset: 176, count: 3 }]);
    expect(facts.complete).toBe(true);
  });

  test('a captured length over the wire length is read as captured', () => {
    expect(read(join(pcapHeader(), record(frame60, { wire: 10 }))).frames).toMatchObject([{ captured: 60, wireLength: 60 }]);
  });
});

describe('the end', () => {
  test('only a header: no frames, and nothing is wrong', () => {
    const { frames, facts, error } = read(pcapHeader());
    expect([frames, error]).toEqual([[], undefined]);
    expect(facts).toMatchObject({ format: 'pcap', frames: 0, complete: true, issues: [], firstTime: Number.NaN });
  });

  test.each([
    [1, 'the capture ends after 114 of the 115 bytes of a frame with its header', 176],
    [99, 'the capture ends after 16 of the 115 bytes of a frame with its header', 176],
    [100, 'the capture ends after 15 of the 16 bytes of a record header', 176],
    [114, 'the capture ends after 1 of the 16 bytes of a record header', 176],
    [116, 'the capture ends after 75 of the 76 bytes of a frame with its header', 100],
  ])('%d bytes too short', (missing, message, offset) => {
    const { frames, facts } = read(good.subarray(0, good.length - missing));
    const count = offset === 176 ? 2 : 1;
    expect(frames).toEqual(read(good).frames.slice(0, count));
    expect(facts).toMatchObject({ complete: false, issues: [{ code: 'capture-cut', message, offset, frame: count + 1, count: 1 }] });
  });

  test.each([16, 17, 65_536])('%d zero bytes at the end are padding', (zeros) => {
    const { frames, facts } = read(join(good, new Uint8Array(zeros)));
    expect(frames).toHaveLength(3);
    expect(facts).toMatchObject({ complete: false, issues: [{ code: 'padding', offset: good.length, count: 1 }] });
    expect(facts.issues[0]?.message).toMatch(`${zeros} zero bytes at the end`);
  });
});

describe('damage in the middle', () => {
  const tail = [record(frame60, { seconds: 1_700_000_003 }), record(octets(80), { seconds: 1_700_000_004 })];

  test.each<[string, Uint8Array, number]>([
    ['a captured length of 4 GiB', record(frame60, { captured: 0xffff_ffff }), 76],
    ['one octet more than a frame can have', record(frame60, { captured: 262_145 }), 76],
    ['text between the records', text('the quick brown fox jumps over the lazy dog'), 43],
    ['ones between the records', new Uint8Array(500).fill(0xff), 500],
    ['as many of them as the search covers', new Uint8Array(262_143).fill(0xff), 262_143],
  ])('%s: the reader goes on at the next record', (_name, junk, skipped) => {
    const { frames, facts } = read(join(good, junk, ...tail));
    const at = good.length + junk.length;
    expect(frames).toHaveLength(5);
    expect(frames.slice(3)).toMatchObject([
      { number: 4, offset: at, captured: 60, time: 3e9 },
      { number: 5, offset: at + 76, captured: 80, time: 4e9 },
    ]);
    expect(facts).toMatchObject({ complete: false, issues: [{ code: 'record-length', offset: good.length, frame: 4, count: 1 }] });
    expect(facts.issues[0]?.message).toMatch(`skipped ${skipped} bytes to the next record`);
  });

  test('as the first record', () => {
    const { frames, base } = read(join(pcapHeader(), record(frame60, { captured: 0xffff_fff0 }), ...tail));
    expect(frames).toMatchObject([{ number: 1, offset: 100, time: 0 }, { number: 2 }]);
    expect(base).toBe(1_700_000_003);
  });

  test('the search ends after 256 KiB', () => {
    const { frames, facts } = read(join(good, new Uint8Array(262_144).fill(0xff), ...tail));
    expect(frames).toHaveLength(3);
    expect(facts).toMatchObject({ complete: false, bytes: good.length + 262_144 + 172 });
    expect(facts.issues).toMatchObject([{ code: 'record-length', offset: good.length, count: 1 }]);
    expect(facts.issues[0]?.message).toMatch('the rest is not read');
  });

  test('frames of a capture inside the captured octets are not taken for frames behind the damage', () => {
    const nested = join(record(octets(30), { seconds: 1_500_000_000 }), record(octets(30), { seconds: 1_500_000_001 }));
    const { frames } = read(join(good, record(nested, { captured: 0xffff_ffff }), ...tail));
    expect(frames.slice(3)).toMatchObject([{ captured: 60 }, { captured: 80 }]);
  });

  test('a hole of zeros: the reader goes on behind it', () => {
    const { frames, facts } = read(join(good, new Uint8Array(4096), ...tail));
    expect(frames.slice(3)).toMatchObject([{ offset: good.length + 4096 }, { captured: 80 }]);
    expect(facts.issues).toMatchObject([{ code: 'padding', offset: good.length, count: 1 }]);
  });

  test('a second damage is counted with the first', () => {
    const junk = record(frame60, { captured: 0x8000_0000 });
    const { frames, facts } = read(join(good, junk, ...tail, junk, ...tail));
    expect(frames).toHaveLength(7);
    expect(facts.issues).toMatchObject([{ code: 'record-length', offset: good.length, count: 2 }]);
  });

  test('joined files: the header of the second is read', () => {
    const second = join(pcapHeader({ little: false, magic: 0xa1b23c4d, linkType: 276 }), record(frame60, { little: false, fraction: 5 }));
    const { frames, facts } = read(join(good, second));
    expect(frames[3]).toMatchObject({ number: 4, linkType: 276, time: 5, offset: good.length + 24 });
    expect(facts).toMatchObject({ linkTypes: ['EN10MB', 'LINUX_SLL2'], complete: true });
    expect(facts.issues.find(({ code }) => code === 'file-header')).toMatchObject({ offset: good.length, count: 1 });
  });

  test('what only looks like the header of a second file is an empty frame', () => {
    const empty = record(octets(0), { seconds: 0xa1b2c3d4, fraction: 0x0009_0009 });
    const { frames, facts } = read(join(good, empty, ...tail));
    expect(frames.slice(3)).toMatchObject([{ captured: 0 }, { captured: 60 }, { captured: 80 }]);
    expect(facts.complete).toBe(true);
  });

  test('5,000 frames without octets', () => {
    const { frames, facts } = read(join(good, ...Array<Uint8Array>(5000).fill(record(octets(0), { seconds: 1_700_000_002 }))));
    expect(frames).toHaveLength(5003);
    expect(facts).toMatchObject({ complete: true, issues: [] });
  });
});
