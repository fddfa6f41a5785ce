import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  describeInterface,
  enhancedPacket,
  join,
  obsoletePacket,
  option,
  pcapHeader,
  record,
  section,
  simplePacket,
  statistics,
  text,
} from '../../test/support/capture-bytes.ts';
import { type Reading, readFrames } from '../../test/support/read-frames.ts';
import { readCapture } from './read-capture.ts';

describe('what is no capture', () => {
  test.each<[string, Uint8Array | string, string]>([
    ['text', 'GET / HTTP/1.0', 'not a pcap or pcapng file: starts with 0x47455420, which is the text "GET " (at byte 0)'],
    [
      'a ZIP file',
      'PK\x03\x04...',
      'not a pcap or pcapng file: starts with 0x504b0304, which is a ZIP file: unpack it with unzip (at byte 0)',
    ],
    [
      'gzip',
      '\x1f\x8b\x08\x00',
      'not a pcap or pcapng file: starts with 0x1f8b0800, which is a gzip file: unpack it with gzip -d (at byte 0)',
    ],
    [
      'zstd',
      '\x28\xb5\x2f\xfd',
      'not a pcap or pcapng file: starts with 0x28b52ffd, which is a zstd file: unpack it with zstd -d (at byte 0)',
    ],
    ['xz', '\xfd7zXZ\0', 'not a pcap or pcapng file: starts with 0xfd377a58, which is an xz file: unpack it with xz -d (at byte 0)'],
    ['bzip2', 'BZh9', 'not a pcap or pcapng file: starts with 0x425a6839, which is a bzip2 file: unpack it with bzip2 -d (at byte 0)'],
    ['zeros', new Uint8Array(100), 'not a pcap or pcapng file: starts with 0x00000000, which is four zeros (at byte 0)'],
    ['octets that are no text', '\x1b[2J', 'not a pcap or pcapng file: starts with 0x1b5b324a (at byte 0)'],
    ['a quotation mark', 'a"b`', 'not a pcap or pcapng file: starts with 0x61226260 (at byte 0)'],
    ['nothing', '', '0 bytes: no capture header; did the capturing program have time to write? try tcpdump -U'],
    ['one byte', '\xd4', '1 byte: no capture header'],
    ['half a header', pcapHeader().subarray(0, 13), '13 bytes: the capture header is cut off'],
    ['version 9', pcapHeader({ version: [9, 4] }), 'pcap version 9.4: only 2.0 to 2.4 can be read (at byte 4)'],
    ['version 2.5', pcapHeader({ version: [2, 5] }), 'pcap version 2.5: only 2.0 to 2.4 can be read (at byte 4)'],
  ])('%s', (_name, content, message) => {
    const bytes = typeof content === 'string' ? text(content) : content;
    for (const chunks of [[1000], [1]]) {
      const { frames, facts, error } = readFrames(readCapture, bytes, { chunks });
      expect(error?.message).toBe(message);
      expect(frames).toEqual([]);
      expect(facts).toMatchObject({ format: undefined, complete: false, frames: 0 });
    }
  });
});

describe('joined files of both formats', () => {
  const classic = join(pcapHeader(), record(text('one')), record(text('two')));
  const blocks = join(section(), describeInterface({ linkType: 276 }), enhancedPacket(text('three')), enhancedPacket(text('four')));
  const kinds = { classic: 1, blocks: 276 };

  test.each<[string, readonly (keyof typeof kinds)[], 'pcap' | 'pcapng']>([
    ['pcapng behind pcap', ['classic', 'blocks'], 'pcap'],
    ['pcap behind pcapng', ['blocks', 'classic'], 'pcapng'],
    ['to and fro', ['classic', 'blocks', 'classic', 'classic', 'blocks', 'blocks'], 'pcap'],
  ])('%s', (_name, order, format) => {
    const bytes = join(...order.map((kind) => (kind === 'classic' ? classic : blocks)));
    for (const chunks of [[bytes.length], [1], [7]]) {
      const { frames, facts, error } = readFrames(readCapture, bytes, { chunks });
      expect(error).toBeUndefined();
      expect(frames.map(({ number, linkType }) => [number, linkType])).toEqual(
        order.flatMap((kind, index) => [2 * index + 1, 2 * index + 2].map((number) => [number, kinds[kind]])),
      );
      expect(facts).toMatchObject({ format, complete: true, frames: 2 * order.length });
      expect(facts.issues.filter(({ code }) => code === 'file-header')).toMatchObject([
        { offset: (order[0] === 'classic' ? classic : blocks).length },
      ]);
    }
  });
});

// -------------------------------------------------------------------------------------------------------- properties

const octets = fc.uint8Array({ maxLength: 300 });
const seconds = fc.integer({ min: 1_700_000_000, max: 1_700_000_009 });
const stamps = fc.bigInt({ min: 1_700_000_000_000_000n, max: 1_700_000_009_000_000n });
const damages = fc.oneof(
  fc.uint8Array({ maxLength: 50 }),
  fc.constantFrom(new Uint8Array(40), new Uint8Array(64).fill(0xff), pcapHeader(), section(), record(text('long'), { captured: 300_000 })),
);

const records = fc
  .tuple(octets, seconds, fc.nat(2000))
  .map(([bytes, second, cut]) => record(bytes, { seconds: second, wire: bytes.length + cut }));
const pcaps = fc
  .array(fc.oneof({ weight: 9, arbitrary: records }, damages), { maxLength: 20 })
  .map((parts) => join(pcapHeader(), ...parts));

const blocks = fc.oneof(
  fc.tuple(octets, fc.nat(2), stamps).map(([bytes, id, stamp]) => enhancedPacket(bytes, { id, stamp })),
  fc.tuple(octets, stamps).map(([bytes, stamp]) => obsoletePacket(bytes, { stamp, wire: 400 })),
  octets.map((bytes) => simplePacket(bytes)),
  fc.constantFrom(
    statistics(0, 7n),
    describeInterface({ options: option(9, Uint8Array.of(9)) }),
    enhancedPacket(text('odd'), { length: 7 }),
  ),
);
const pcapngs = fc
  .array(fc.oneof({ weight: 9, arbitrary: blocks }, damages), { maxLength: 20 })
  .map((parts) => join(section(), describeInterface(), ...parts));

const captures = fc.oneof(pcaps, pcapngs);
const chunkings = fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 2000 })), { minLength: 1, maxLength: 5 });

/** The same, whatever was thrown. */
const comparable = ({ error, ...rest }: Reading): unknown => ({ ...rest, error: error?.message });

test('any cut of the input into chunks gives the same frames and facts', () => {
  fc.assert(
    fc.property(captures, chunkings, (bytes, chunks) => {
      expect(comparable(readFrames(readCapture, bytes, { chunks }))).toEqual(comparable(readFrames(readCapture, bytes)));
    }),
    { numRuns: 10_000 },
  );
}, 120_000);

test('a prefix of a capture gives a prefix of its frames, and says that it is cut', () => {
  fc.assert(
    fc.property(pcaps, fc.nat(), (bytes, at) => {
      const whole = readFrames(readCapture, bytes);
      const prefix = readFrames(readCapture, bytes.subarray(0, at % (bytes.length + 1)));
      // Behind a damage it takes two records to believe in one, unless the input ends there.
      const damaged = whole.facts.issues.some(({ code }) => code === 'record-length' || code === 'padding');
      if (!damaged) expect(prefix.frames).toEqual(whole.frames.slice(0, prefix.frames.length));
      expect(prefix.frames.length).toBeLessThanOrEqual(whole.frames.length + (damaged ? 1 : 0));
    }),
    { numRuns: 10_000 },
  );
}, 120_000);

test('noise gives frames or a CaptureError, and frames lie within the input', () => {
  const noise = fc.tuple(fc.constantFrom(new Uint8Array(0), pcapHeader(), section()), fc.uint8Array({ maxLength: 2000 }), captures);
  fc.assert(
    fc.property(noise, fc.nat(), ([header, junk, capture], at) => {
      const half = capture.subarray(0, at % (capture.length + 1));
      const bytes = join(header, junk, half, junk);
      const { frames, facts } = readFrames(readCapture, bytes);
      expect(facts.bytes).toBe(bytes.length);
      for (const frame of frames) {
        expect(frame.offset + frame.captured).toBeLessThanOrEqual(bytes.length);
        expect(frame.wireLength).toBeGreaterThanOrEqual(frame.captured);
      }
    }),
    { numRuns: 10_000 },
  );
}, 120_000);

test('octets changed anywhere in a capture give frames in order or a CaptureError', () => {
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(captures, changes, (bytes, edits) => {
      const changed = bytes.slice();
      for (const [at, value] of edits) changed[at % changed.length] = value;
      const { frames } = readFrames(readCapture, changed);
      const offsets = frames.map(({ offset }) => offset);
      expect(offsets).toEqual([...new Set(offsets)].sort((one, other) => one - other));
    }),
    { numRuns: 10_000 },
  );
}, 120_000);
