import { describe, expect, test } from 'vitest';
import {
  describeInterface,
  enhancedPacket,
  join,
  long,
  block as makeBlock,
  obsoletePacket,
  option,
  section,
  simplePacket,
  statistics,
  text,
} from '../../test/support/capture-bytes.ts';
import { type Reading, readFrames } from '../../test/support/read-frames.ts';
import { readCapture } from './read-capture.ts';

const read = (...parts: readonly Uint8Array[]): Reading => readFrames(readCapture, join(...parts));
const octets = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => (at * 7 + 1) & 0xff);
const frame60 = octets(60);
const NOTHING = new Uint8Array(0);
const start = join(section(), describeInterface());

describe('blocks', () => {
  test.each([true, false])('all three kinds of packet, in byte order little=%s', (little) => {
    const { frames, facts, base } = read(
      section({ little }),
      describeInterface({ little, linkType: 113 }),
      describeInterface({ little, linkType: 1 }),
      makeBlock(0x0bad, octets(20), { little }),
      enhancedPacket(frame60, { little, id: 1, stamp: 1_700_000_000_000_005n }),
      obsoletePacket(octets(61), { little, stamp: 1_700_000_000_000_006n, wire: 99 }),
      makeBlock(0x4000_0bad, octets(3), { little }),
      simplePacket(octets(33), { little }),
      makeBlock(4, octets(8), { little }),
      enhancedPacket(octets(1), { little, stamp: 1_700_000_002_000_000n, options: option(1, text('a comment'), { little }) }),
    );
    expect(base).toBe(1_700_000_000);
    expect(frames).toMatchObject([
      { number: 1, time: 5000, captured: 60, wireLength: 60, linkType: 1, offset: 28 + 20 + 20 + 32 },
      { number: 2, time: 6000, captured: 61, wireLength: 99, linkType: 113 },
      { number: 3, time: 6000, captured: 33, wireLength: 33, linkType: 113 },
      { number: 4, time: 2e9, captured: 1, wireLength: 1, linkType: 113 },
    ]);
    expect(facts).toMatchObject({ format: 'pcapng', linkTypes: ['LINUX_SLL', 'EN10MB'], frames: 4, cutFrames: 1, complete: true });
    expect(facts.issues.map(({ code }) => code)).toEqual(['frame-cut', 'time-missing']);
  });

  test('a simple packet is cut at the snap length of the first interface', () => {
    const { frames } = read(
      section(),
      describeInterface({ snapLength: 40 }),
      simplePacket(octets(40), { wire: 1514 }),
      enhancedPacket(frame60),
    );
    expect(frames).toMatchObject([{ captured: 40, wireLength: 1514, time: 0 }, { captured: 60 }]);
  });

  test('a new section has byte order and interfaces of its own', () => {
    const { frames, facts } = read(
      start,
      enhancedPacket(frame60),
      section({ little: false }),
      describeInterface({ little: false, linkType: 276 }),
      enhancedPacket(frame60, { little: false, stamp: 1_700_000_001_000_000n }),
    );
    expect(frames).toMatchObject([
      { number: 1, linkType: 1, time: 0 },
      { number: 2, linkType: 276, time: 1e9 },
    ]);
    expect(facts).toMatchObject({ linkTypes: ['EN10MB', 'LINUX_SLL2'], complete: true, issues: [] });
  });

  test('frames lost, summed over interfaces: the last counter of each counts', () => {
    const counters = [statistics(0, 3n), statistics(1, 10n), statistics(0, 5n), statistics(7, 99n)];
    expect(read(start, describeInterface(), ...counters).facts.dropped).toBe(15);
    expect(read(start, statistics(0, 3n), start, statistics(0, 4n)).facts.dropped).toBe(7);
    expect(read(start, statistics(0, 0n)).facts.dropped).toBe(0);
    expect(read(start, enhancedPacket(frame60)).facts.dropped).toBeUndefined();
  });

  test('a length that is no multiple of four counts as padded', () => {
    const { frames, facts } = read(start, makeBlock(0x0bad, octets(5), { length: 17 }), enhancedPacket(frame60));
    expect(frames).toHaveLength(1);
    expect(facts.issues).toEqual([]);
  });

  test('the 100,000th interface', () => {
    const { frames } = read(section(), ...Array<Uint8Array>(100_000).fill(describeInterface()), enhancedPacket(frame60, { id: 99_999 }));
    expect(frames).toHaveLength(1);
  });
});

describe('clock', () => {
  const FIRST = 1_700_000_000n;
  const SECOND_AND_A_BIT = 1_234_567_891n;

  /** Nanoseconds since FIRST, the slow and exact way. */
  const exact = (stamp: bigint, ticks: bigint): number => Number((stamp * 1_000_000_000n) / ticks - FIRST * 1_000_000_000n);

  test.each([0, 1, 3, 6, 7, 9, 0x80, 0x81, 0x89, 0x8a, 0x94, 0x9e])('if_tsresol %d is exact', (resolution) => {
    const ticks = (resolution & 0x80) !== 0 ? 2n ** BigInt(resolution & 0x7f) : 10n ** BigInt(resolution);
    const resolutionOption = option(9, Uint8Array.of(resolution));
    const stamps = [FIRST * ticks, FIRST * ticks + (SECOND_AND_A_BIT * ticks) / 1_000_000_000n, (FIRST + 86_400n * 30n) * ticks - 1n];
    const { frames, base } = read(
      section(),
      describeInterface({ options: resolutionOption }),
      ...stamps.map((stamp) => enhancedPacket(frame60, { stamp })),
    );
    expect(base).toBe(Number(FIRST));
    expect(frames.map(({ time }) => time)).toEqual(stamps.map((stamp) => exact(stamp, ticks)));
  });

  test('picoseconds are rounded down to nanoseconds', () => {
    // 64 bits of picoseconds end in 1970.
    const stamps = [100n * 10n ** 12n + 1999n, 101n * 10n ** 12n - 1n];
    const { frames, base } = read(
      section(),
      describeInterface({ options: option(9, Uint8Array.of(12)) }),
      ...stamps.map((stamp) => enhancedPacket(frame60, { stamp })),
    );
    expect(base).toBe(100);
    expect(frames.map(({ time }) => time)).toEqual([1, 999_999_999]);
  });

  test('if_tsoffset is added, also a negative one', () => {
    const shifted = (offset: bigint): Uint8Array =>
      describeInterface({ options: join(option(9, Uint8Array.of(9)), option(14, long(offset))) });
    const stamp = (FIRST + 100n) * 1_000_000_000n;
    const { frames, base } = read(
      section(),
      shifted(-100n),
      shifted(7n),
      enhancedPacket(frame60, { stamp }),
      enhancedPacket(frame60, { id: 1, stamp }),
    );
    expect(base).toBe(Number(FIRST));
    expect(frames.map(({ time }) => time)).toEqual([0, 107e9]);
  });

  test.each([
    ['two interfaces, one behind the other, to be sorted later', [0, 1], 1_500_000n, []],
    ['one of two interfaces, a usual race', [1, 1], 900_000n, []],
    ['one of two interfaces, more than a second', [1, 1], 1_500_000n, ['time-backwards']],
  ] as const)('the order of time: %s', (_what, [first, second], back, codes) => {
    const stamp = 1_700_000_000_000_000n;
    const { facts } = read(
      section(),
      describeInterface(),
      describeInterface(),
      enhancedPacket(frame60, { id: first, stamp }),
      enhancedPacket(frame60, { id: second, stamp: stamp - back }),
    );
    expect(facts.issues.map(({ code }) => code)).toEqual(codes);
  });

  test('of one interface a step back is the usual race', () => {
    const stamp = 1_700_000_000_000_000n;
    const { facts } = read(start, enhancedPacket(frame60, { stamp }), enhancedPacket(frame60, { stamp: stamp - 900_000n }));
    expect(facts.issues).toEqual([]);
  });

  test('interfaces with different resolutions share one time', () => {
    const { frames } = read(
      section(),
      describeInterface(),
      describeInterface({ options: option(9, Uint8Array.of(9)) }),
      enhancedPacket(frame60, { stamp: FIRST * 1_000_000n + 1n }),
      enhancedPacket(frame60, { id: 1, stamp: FIRST * 1_000_000_000n + 1_001n }),
    );
    expect(frames.map(({ time }) => time)).toEqual([1000, 1001]);
  });

  test.each([0, 18, 20, 64, 127, 0xbf, 0xff])('an absurd resolution of %d gives numbers', (resolution) => {
    const { frames, base } = read(
      section(),
      describeInterface({ options: option(9, Uint8Array.of(resolution)) }),
      enhancedPacket(frame60, { stamp: 0xffff_ffff_ffff_ffffn }),
      enhancedPacket(frame60, { stamp: 0x0020_0000_0000_0001n }),
    );
    expect(frames).toHaveLength(2);
    expect([base, ...frames.map(({ time }) => time)].every(Number.isFinite)).toBe(true);
  });
});

describe('damage', () => {
  const good = join(start, enhancedPacket(frame60));
  const next = enhancedPacket(octets(44), { stamp: 1_700_000_001_000_000n });

  test.each<[string, Uint8Array, string, number]>([
    ['no such interface', enhancedPacket(frame60, { id: 7 }), 'interface-unknown', 1],
    ['the highest interface id', enhancedPacket(frame60, { id: 0xffff_ffff }), 'interface-unknown', 1],
    ['more captured than the block holds', enhancedPacket(frame60, { captured: 100_000 }), 'record-length', 1],
    ['more captured than a frame can have', enhancedPacket(octets(262_145)), 'record-length', 1],
    ['a block too short for an enhanced packet', makeBlock(6, octets(16)), 'block-short', 1],
    ['a block too short for an obsolete packet', makeBlock(2, octets(16)), 'block-short', 1],
    ['a block too short for a simple packet', makeBlock(3, NOTHING), 'block-short', 1],
    ['a block too short for an interface', makeBlock(1, octets(4)), 'block-short', 0],
  ])('%s: the block is skipped, and a packet keeps its number', (_name, bad, code, numbers) => {
    const { frames, facts } = read(good, bad, next);
    expect(frames).toMatchObject([{ number: 1 }, { number: 2 + numbers, captured: 44, time: 1e9 }]);
    expect(facts).toMatchObject({ frames: 2 + numbers, complete: false, issues: [{ code, offset: good.length, count: 1 }] });
  });

  test('packets before any interface', () => {
    const { frames, facts } = read(section(), simplePacket(frame60), enhancedPacket(frame60), describeInterface(), next);
    expect(frames).toMatchObject([{ number: 3, captured: 44 }]);
    expect(facts.issues).toMatchObject([{ code: 'interface-unknown', frame: 1, offset: 28, count: 2 }]);
  });

  test.each([0, 1, 4, 8, 11, 12, 13, 16, 28, 31, 0x7fff_fffc, 0xffff_fffc, 0xffff_ffff])(
    'a block length of %d: on at the next block',
    (length) => {
      const bad = enhancedPacket(frame60, { length });
      const { frames, facts } = read(good, bad, next);
      expect(frames).toMatchObject([
        { number: 1, captured: 60 },
        { number: 2, captured: 44, offset: good.length + bad.length },
      ]);
      expect(facts).toMatchObject({ complete: false, issues: [{ code: 'block-length', offset: good.length, frame: 2, count: 1 }] });
    },
  );

  test('a trailer that differs', () => {
    const { frames, facts } = read(good, enhancedPacket(frame60, { trailer: 4 }), next);
    expect(frames).toMatchObject([{ captured: 60 }, { number: 2, captured: 44 }]);
    expect(facts.issues).toMatchObject([{ code: 'block-length', count: 1 }]);
  });

  test('a section header in the middle without byte-order magic, and one behind it', () => {
    const { frames, facts } = read(good, section({ magic: 0xdeadbeef }), start, next);
    expect(frames).toHaveLength(2);
    expect(facts.issues).toMatchObject([{ code: 'section-header', offset: good.length, count: 1 }]);
  });

  test.each([1, 3, 20, 90])('%d bytes of the last block', (present) => {
    const { frames, facts } = read(good, next.subarray(0, present === 90 ? next.length - 1 : present));
    expect(frames).toHaveLength(1);
    expect(facts).toMatchObject({ complete: false, issues: [{ code: 'capture-cut', offset: good.length, count: 1 }] });
  });

  test.each([true, false])('zeros between blocks and at the end, little=%s', (little) => {
    const packet = enhancedPacket(octets(44), { little, stamp: 1_700_000_001_000_000n });
    const { frames, facts } = read(
      section({ little }),
      describeInterface({ little }),
      packet,
      new Uint8Array(4096),
      packet,
      new Uint8Array(50),
    );
    expect(frames).toHaveLength(2);
    expect(facts.issues).toMatchObject([
      { code: 'padding', count: 2, message: 'zero bytes where a record should be; the reader skipped 4096 bytes to the next record' },
    ]);
  });

  test('an option that is longer than its block: the interface stands, and the packets too', () => {
    const overrun = describeInterface({ options: option(2, text('eth0'), { length: 65_535 }) });
    const { frames, facts } = read(
      section(),
      overrun,
      enhancedPacket(frame60, { options: option(1, text('abcd'), { length: 60_000 }) }),
      next,
    );
    expect(frames.map(({ time }) => time)).toEqual([0, 1e9]);
    expect(facts).toMatchObject({ complete: true, issues: [{ code: 'option-overrun', offset: 28, count: 1 }] });
  });

  test('more link types than anybody has', () => {
    const { facts } = read(section(), ...Array.from({ length: 70 }, (_, linkType) => describeInterface({ linkType: 1000 + linkType })));
    expect(facts.linkTypes).toHaveLength(64);
    expect(facts.issues).toMatchObject([{ code: 'link-type-limit', count: 6 }]);
  });

  test.each<[string, Uint8Array]>([
    ['a thousand empty options', join(...Array<Uint8Array>(1000).fill(option(0x8001, NOTHING)))],
    ['a resolution of the wrong length', option(9, Uint8Array.of(9, 9))],
  ])('%s: the interface stands, with microseconds', (_name, options) => {
    const { frames, facts } = read(section(), describeInterface({ options }), enhancedPacket(frame60), next);
    expect(frames.map(({ time }) => time)).toEqual([0, 1e9]);
    expect(facts.complete).toBe(true);
  });

  test.each<[string, Uint8Array, string]>([
    ['wrong byte-order magic', section({ magic: 0xdeadbeef }), 'section-header'],
    ['version 2', section({ major: 2 }), 'version-unknown'],
    ['a section header of 0 bytes', section({ length: 0 }), 'block-length'],
    ['a section header of 24 bytes', section({ length: 24 }), 'block-length'],
    ['a section header of 4 GiB', section({ length: 0xffff_fffc }), 'block-length'],
    ['a section header with another trailer', section({ trailer: 32 }), 'block-length'],
    ['half a section header', section().subarray(0, 17), 'header-cut'],
  ])('%s at the start cannot be read', (_name, header, code) => {
    const { frames, facts, error } = read(header, ...(code === 'header-cut' ? [] : [describeInterface(), next]));
    expect(frames).toEqual([]);
    expect(error).toMatchObject({ name: 'CaptureError', code });
    expect(facts.complete).toBe(false);
  });
});

describe('what a file tells beside frames', () => {
  /** Type, length, address and names of a name resolution block. */
  const nameRecord = (type: number, address: readonly number[], names: string): Uint8Array =>
    option(type, join(Uint8Array.from(address), text(names)));

  test('interfaces, with what each of them lost', () => {
    const { facts } = read(
      section(),
      describeInterface({ linkType: 276, snapLength: 96, options: option(2, text('any\0')) }),
      describeInterface({ snapLength: 0 }),
      statistics(1, 7n),
    );
    expect(facts.interfaces).toEqual([
      { name: { kind: 'host-name', octets: 'any' }, linkType: 'LINUX_SLL2', snapLength: 96, dropped: undefined },
      { name: undefined, linkType: 'EN10MB', snapLength: 0, dropped: 7 },
    ]);
  });

  test('of very many interfaces only the first are listed', () => {
    const { facts } = read(section(), ...Array<Uint8Array>(1000).fill(describeInterface()));
    expect(facts.interfaces).toHaveLength(64);
  });

  test('names for addresses, each once, as octets', () => {
    const records = join(
      nameRecord(1, [10, 0, 1, 1], 'proxy.example\0alias\0'),
      nameRecord(1, [10, 0, 1, 1], 'proxy.example\0'),
      nameRecord(2, [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 'six.example\0'),
      nameRecord(1, [10, 0, 1, 2], '\x1b[31mred\0'),
      nameRecord(9, [1, 2], 'of another kind\0'),
      nameRecord(1, [10, 0], ''),
      Uint8Array.of(0, 0, 0, 0),
      nameRecord(1, [10, 0, 1, 3], 'behind the end\0'),
    );
    const { facts } = read(section(), makeBlock(4, records));
    expect(facts.names.map(({ address, name }) => [address, name.octets])).toEqual([
      ['10.0.1.1', 'proxy.example'],
      ['2001:db8::1', 'six.example'],
      ['10.0.1.2', '\x1b[31mred'],
    ]);
  });

  test('names without an end, and more than anybody needs', () => {
    const many = Array.from({ length: 2000 }, (_, index) => nameRecord(1, [10, 0, index >> 8, index & 255], `host${index}\0`));
    const { facts } = read(section(), makeBlock(4, nameRecord(1, [10, 9, 9, 9], 'x'.repeat(5000))), makeBlock(4, join(...many)));
    expect(facts.names).toHaveLength(1024);
    expect(facts.names[0]?.name.octets).toHaveLength(255);
  });

  test('a record of a name block that claims more than the block has', () => {
    const { facts } = read(section(), makeBlock(4, option(1, text('\x0a\0\0\x01name\0'), { length: 500 })));
    expect(facts).toMatchObject({ names: [], complete: true });
  });

  test('comments of frames are counted, other options are not', () => {
    const comment = option(1, text('look here'));
    const { facts, frames } = read(
      start,
      enhancedPacket(frame60, { options: comment }),
      enhancedPacket(octets(61), { options: join(option(2, octets(4)), comment, comment) }),
      enhancedPacket(octets(62), { options: option(2, octets(4)) }),
      enhancedPacket(frame60),
    );
    expect(frames).toHaveLength(4);
    expect(facts.comments).toBe(3);
  });

  test('secrets of TLS are noticed', () => {
    const { facts } = read(start, makeBlock(10, join(octets(8), text('CLIENT_RANDOM 00 00'))), enhancedPacket(frame60));
    expect(facts.issues).toMatchObject([{ code: 'secrets-embedded', count: 1, message: expect.stringMatching(/TLS is not decrypted/) }]);
    expect(facts.complete).toBe(true);
  });
});
