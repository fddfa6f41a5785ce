import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { join, pcapHeader, record, section, text } from '../../test/support/capture-bytes.ts';
import { readFrames } from '../../test/support/read-frames.ts';
import { readCapture } from '../capture/read-capture.ts';
import { readWithPcapParser } from './pcap-parser-reader.ts';

const frame60 = new Uint8Array(60).fill(7);
const good = join(pcapHeader(), record(frame60), record(text('two'), { seconds: 1_700_000_001, wire: 1514 }), record(frame60));

describe('reads what our own reader reads', () => {
  test.each([
    ['little-endian microseconds', true, 0xa1b2c3d4],
    ['big-endian microseconds', false, 0xa1b2c3d4],
    ['little-endian nanoseconds, which pcap-parser alone refuses', true, 0xa1b23c4d],
    ['big-endian nanoseconds', false, 0xa1b23c4d],
  ])('%s', (_name, little, magic) => {
    const records = [record(frame60, { little, fraction: 123_456 }), record(text('two'), { little, wire: 99, seconds: 1_700_000_009 })];
    const bytes = join(pcapHeader({ little, magic, linkType: 0x24000000 | 276 }), ...records);
    const reading = readFrames(readWithPcapParser, bytes, { firstFrame: 41 });
    expect(reading).toEqual(readFrames(readCapture, bytes, { firstFrame: 41 }));
    expect(reading.frames).toHaveLength(2);
    expect(reading.facts.linkTypes).toEqual(['LINUX_SLL2']);
  });

  test('however the input is cut, also at its end', () => {
    const records = fc.array(
      fc.tuple(fc.uint8Array({ maxLength: 100 }), fc.integer({ min: 1_700_000_000, max: 1_700_000_005 })).map(([bytes, seconds]) => {
        return record(bytes, { seconds, wire: bytes.length + (seconds % 3) });
      }),
      { maxLength: 20 },
    );
    const chunkings = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(records, chunkings, fc.nat(), (parts, chunks, at) => {
        const whole = join(pcapHeader(), ...parts);
        const bytes = whole.subarray(0, 24 + (at % (whole.length - 23)));
        const ours = readFrames(readCapture, bytes);
        const theirs = readFrames(readWithPcapParser, bytes, { chunks });
        expect(theirs.frames).toEqual(ours.frames);
        expect(theirs.facts.complete).toBe(ours.facts.complete);
        expect(theirs.facts.issues.map(({ code, offset, frame }) => [code, offset, frame])).toEqual(
          ours.facts.issues.map(({ code, offset, frame }) => [code, offset, frame]),
        );
      }),
      { numRuns: 10_000 },
    );
  }, 120_000);
});

describe('stops at a damage and says so', () => {
  test.each<[string, Uint8Array, string]>([
    ['a captured length of 4 GiB', record(frame60, { captured: 0xffff_fff0 }), 'record-length'],
    ['zeros', new Uint8Array(100), 'padding'],
    ['joined files', good, 'file-header'],
    ['a cut frame', record(frame60).subarray(0, 50), 'capture-cut'],
    ['a cut record header', record(frame60).subarray(0, 5), 'capture-cut'],
  ])('%s', (_name, junk, code) => {
    for (const chunks of [[1000], [1], [7]]) {
      const { frames, facts, error } = readFrames(readWithPcapParser, join(good, junk), { chunks });
      expect(error).toBeUndefined();
      expect(frames).toEqual(readFrames(readCapture, good).frames);
      expect(facts).toMatchObject({ complete: false, bytes: good.length + junk.length });
      expect(facts.issues.filter((issue) => issue.code !== 'frame-cut')).toMatchObject([{ code, offset: good.length, frame: 4, count: 1 }]);
    }
  });

  test('100,000 records behind the damage cost nothing', () => {
    const many = join(...Array<Uint8Array>(100_000).fill(record(frame60)));
    expect(
      readFrames(readWithPcapParser, join(good, record(frame60, { captured: 0xffff_fff0 }), many), { chunks: [65_536] }).frames,
    ).toHaveLength(3);
  });
});

test.each<[string, Uint8Array, string]>([
  ['pcapng', section(), 'pcap-parser cannot read pcapng: leave out --reader pcap-parser (at byte 0)'],
  ['text', text('GET / HTTP/1.0'), 'not a pcap or pcapng file: starts with 0x47455420, which is the text "GET " (at byte 0)'],
  [
    'version 3.4, which pcap-parser alone accepts',
    pcapHeader({ version: [3, 4] }),
    'pcap version 3.4: pcap-parser reads 2.3 and 2.4 (at byte 4)',
  ],
  [
    'version 3.0',
    pcapHeader({ version: [3, 0] }),
    'pcap-parser: unsupported version 3.0. pcap-parser only parses libpcap file format 2.4 (at byte 0)',
  ],
  ['version 2.2', pcapHeader({ version: [2, 2] }), 'pcap version 2.2: pcap-parser reads 2.3 and 2.4 (at byte 4)'],
  ['modified pcap', pcapHeader({ magic: 0xa1b2cd34 }), 'pcap-parser: unknown magic number: 34cdb2a1 (at byte 0)'],
  ['half a header', pcapHeader().subarray(0, 13), '13 bytes: the capture header is cut off'],
  ['nothing', new Uint8Array(0), '0 bytes: no capture header; did the capturing program have time to write? try tcpdump -U'],
])('refuses %s', (_name, bytes, message) => {
  for (const chunks of [[1000], [1]]) {
    const { error, facts, frames } = readFrames(readWithPcapParser, bytes, { chunks });
    expect(error?.message).toBe(message);
    expect(facts.complete).toBe(false);
    expect(frames).toEqual([]);
  }
});
