import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concat, framePacket, type LinkType, parseAddress } from '../../test/support/packet.ts';
import { decodeAll, decodeOne, frameOf, hex } from '../../test/support/segments.ts';
import { octetsOf } from '../octets.ts';
import { newAddresses } from './addresses.ts';
import { newDecodeFacts } from './decode-facts.ts';
import { decodeFrames } from './decode-frames.ts';
import { NESTING_LIMIT } from './walk.ts';

const LINE = '10.0.0.1:40001 > 10.0.0.2:80 PA seq=16909060 ack=-2 len=5 "hello"';
const LINE6 = '2001:db8::1:40001 > fe80::2:80 PA seq=16909060 ack=-2 len=5 "hello"';

function packet(linkType: LinkType, from: string, to: string, text = 'hello', options: Uint8Array = new Uint8Array(0)): Uint8Array {
  const ends = { from: { address: parseAddress(from), port: 40_001 }, to: { address: parseAddress(to), port: 80 } };
  const tcp = { seq: 0x01020304, ack: 0xfffffffe, flags: 0x18, window: 512, options, payload: octetsOf(text) };
  return framePacket({ linkType, ...ends, identification: 1, ...tcp });
}

const v4 = (text?: string): Uint8Array => packet('raw', '10.0.0.1', '10.0.0.2', text);
const v6 = (text?: string): Uint8Array => packet('raw', '2001:db8::1', 'fe80::2', text);
const MACS = '020000000002 020000000001';

/** The same frame with other octets at `at`; negative counts from the end. */
function patched(octets: Uint8Array, at: number, ...values: number[]): Uint8Array {
  const copy = octets.slice();
  copy.set(values, at < 0 ? octets.length + at : at);
  return copy;
}

describe('link types', () => {
  test.each([
    ['NULL, little endian', 0, '02000000', v4(), LINE],
    ['NULL, big endian', 0, '00000002', v4(), LINE],
    ['LOOP', 108, '00000002', v4(), LINE],
    ['NULL, IPv6 of Linux', 0, '0a000000', v6(), LINE6],
    ['NULL, IPv6 of Windows', 0, '17000000', v6(), LINE6],
    ['NULL, IPv6 of NetBSD and OpenBSD', 0, '18000000', v6(), LINE6],
    ['NULL, IPv6 of FreeBSD', 0, '1c000000', v6(), LINE6],
    ['NULL, IPv6 of Darwin', 0, '1e000000', v6(), LINE6],
    ['LOOP, IPv6 of OpenBSD', 108, '00000018', v6(), LINE6],
    ['NULL, AppleTalk', 0, '10000000', v4(), 'not-ip'],
    ['NULL, a family of more than one octet', 0, '02000100', v4(), 'not-ip'],
    ['Ethernet', 1, `${MACS} 0800`, v4(), LINE],
    ['Ethernet, IPv6', 1, `${MACS} 86dd`, v6(), LINE6],
    ['Ethernet, ARP', 1, `${MACS} 0806`, v4(), 'not-ip'],
    ['one VLAN tag', 1, `${MACS} 8100 0064 0800`, v4(), LINE],
    ['one VLAN tag, IPv6', 1, `${MACS} 8100 0064 86dd`, v6(), LINE6],
    ['QinQ', 1, `${MACS} 9100 0064 8100 0065 0800`, v4(), LINE],
    ['802.1ad', 1, `${MACS} 88a8 0064 8100 0065 0800`, v4(), LINE],
    ['802.3 with SNAP', 1, `${MACS} 0035 aaaa03 000000 0800`, v4(), LINE],
    ['802.3 behind a VLAN tag', 1, `${MACS} 8100 0064 0035 aaaa03 000000 0800`, v4(), LINE],
    ['802.3 with the IP access point', 1, `${MACS} 0030 060603`, v4(), LINE],
    ['802.3, spanning tree', 1, `${MACS} 0030 424203`, v4(), 'not-ip'],
    ['neither a length nor an EtherType', 1, `${MACS} 05dd`, v4(), 'not-ip'],
    ['RAW', 101, '', v4(), LINE],
    ['RAW, IPv6', 101, '', v6(), LINE6],
    ['RAW of old BSDs', 12, '', v4(), LINE],
    ['RAW of OpenBSD', 14, '', v6(), LINE6],
    ['IPV4', 228, '', v4(), LINE],
    ['IPV6', 229, '', v6(), LINE6],
    ['LINUX_SLL', 113, '0000 0001 0006 0200000000010000 0800', v4(), LINE],
    ['LINUX_SLL, IPv6', 113, '0004 0001 0006 0200000000010000 86dd', v6(), LINE6],
    ['LINUX_SLL, a VLAN tag', 113, '0000 0001 0006 0200000000010000 8100 0064 0800', v4(), LINE],
    ['LINUX_SLL, 802.2', 113, '0000 0001 0006 0200000000010000 0004 aaaa03 000000 0800', v4(), LINE],
    ['LINUX_SLL2', 276, '0800 0000 00000002 0001 04 06 0200000000010000', v4(), LINE],
    ['LINUX_SLL2, IPv6', 276, '86dd 0000 00000002 0001 04 06 0200000000010000', v6(), LINE6],
    ['LINUX_SLL2, ARP', 276, '0806 0000 00000002 0001 04 06 0200000000010000', v4(), 'not-ip'],
    ['LINUX_SLL2, a VLAN tag', 276, '8100 0000 00000002 0001 04 06 0200000000010000 0064 0800', v4(), LINE],
    ['a link type that is not known', 147, '', v4(), 'link-type-unknown'],
  ])('%s', (_, linkType, header, ip, expected) => {
    expect(decodeOne(concat(hex(header), ip), linkType)).toBe(expected);
  });

  test('frames of link types that are not known are counted by type', () => {
    const { facts } = decodeAll([147, 147, 148].map((linkType) => frameOf(v4(), linkType)));
    expect([...facts.unknownLinkTypes]).toEqual([
      [147, 2],
      [148, 1],
    ]);
  });
});

describe('IPv6 extension headers', () => {
  const tcp = v6().subarray(40);
  const padding = '01040000 0000';
  const address = '20010db8000000000000000000000009';

  test.each([
    ['hop-by-hop', 0, `06 00 ${padding}`, LINE6],
    ['destination options of 16 octets', 60, `06 01 ${padding} 0106000000000000`, LINE6],
    ['routing, arrived', 43, `06 02 04 00 00000000 ${address}`, LINE6],
    ['segment routing, on its way', 43, `06 02 04 01 00000000 ${address}`, LINE6.replace('fe80::2', '2001:db8::9')],
    ['mobile routing', 43, `06 02 02 01 00000000 ${address}`, LINE6.replace('fe80::2', '2001:db8::9')],
    ['source routing, on its way', 43, `06 04 00 02 00000000 ${'00'.repeat(16)} ${address}`, LINE6.replace('fe80::2', '2001:db8::9')],
    ['an atomic fragment', 44, '06 00 0000 00000001', LINE6],
    ['a first fragment without the others', 44, '06 00 0001 00000001', 'fragment'],
    ['a last fragment without the others', 44, '06 00 0008 00000001', 'fragment'],
    ['authentication', 51, `06 04 0000 00000001 00000001 ${'00'.repeat(12)}`, LINE6],
    ['several', 0, `3c 00 ${padding} 2b 00 ${padding} 2c 00 000000000000 06 00 0000 00000001`, LINE6],
    ['no next header', 59, '', 'not-tcp'],
    ['UDP', 17, '', 'not-tcp'],
    ['an extension that is longer than the packet', 0, `06 ff ${padding}`, 'malformed'],
    ['a fragment header that is cut', 44, '06', 'malformed'],
  ])('%s', (_, nextHeader, extensions, expected) => {
    const middle = hex(extensions);
    const payload = middle.length === 1 ? middle : concat(middle, tcp);
    const header = patched(v6().subarray(0, 40), 4, payload.length >> 8, payload.length & 255, nextHeader);
    expect(decodeOne(concat(header, payload), 101)).toBe(expected);
  });

  test('a payload length of zero: jumbogram, or left to the network card', () => {
    expect(decodeOne(patched(v6(), 4, 0, 0), 101)).toBe(LINE6);
  });
});

describe('IPv4', () => {
  const ethernet = packet('ethernet', '10.0.0.1', '10.0.0.2');
  const ip = 14;

  test.each([
    ['padding of Ethernet is no payload', concat(ethernet, new Uint8Array(6)), LINE],
    ['padding behind a VLAN tag is no payload', concat(hex(`${MACS} 8100 0064 0800`), v4(), new Uint8Array(6)), LINE],
    ['total length zero: segmentation left to the network card', patched(ethernet, ip + 2, 0, 0), LINE],
    ['total length beyond the frame', patched(ethernet, ip + 2, 0xff, 0xff), LINE],
    ['total length shorter than the header', patched(ethernet, ip + 2, 0, 19), 'malformed'],
    ['total length that ends inside the TCP header', patched(ethernet, ip + 2, 0, 39), 'malformed'],
    ['header length below 20', patched(ethernet, ip, 0x44), 'malformed'],
    ['header length beyond the packet', patched(ethernet, ip, 0x4f), 'malformed'],
    ['version 5', patched(ethernet, ip, 0x55), 'malformed'],
    ['UDP', patched(ethernet, ip + 9, 17), 'not-tcp'],
    ['first fragment without the others', patched(ethernet, ip + 6, 0x20, 0), 'fragment'],
    ['last fragment without the others', patched(ethernet, ip + 6, 0, 1), 'fragment'],
    ['reserved bit', patched(ethernet, ip + 6, 0x80, 0), LINE],
    ['TCP data offset below 20', patched(ethernet, ip + 20 + 12, 0x40), 'malformed'],
    ['TCP data offset beyond the packet', patched(ethernet, ip + 20 + 12, 0xf0), 'malformed'],
    ['all flags', patched(ethernet, ip + 20 + 13, 0xff), LINE.replace('PA', 'FSRPA')],
    ['TCP options', packet('ethernet', '10.0.0.1', '10.0.0.2', 'hello', hex('0101080a 00000001 00000002')), LINE],
    [
      'IP options',
      concat(hex(`${MACS} 0800 46`), patched(v4(), 3, v4().length + 4).subarray(1, 20), hex('01010100'), v4().subarray(20)),
      LINE,
    ],
  ])('%s', (_, frame, expected) => {
    expect(decodeOne(frame, 1)).toBe(expected);
  });

  test('a frame that the capture cut keeps the length it had, wherever it was cut', () => {
    for (let cut = 0; cut <= ethernet.length; cut++) {
      const seen = 'hello'.slice(0, Math.max(0, cut - 54));
      const expected = cut < 50 ? 'malformed' : LINE.replace('"hello"', `"${seen}"`);
      expect(decodeOne(ethernet.subarray(0, cut), 1, ethernet.length), `cut after ${cut}`).toBe(expected);
    }
  });

  test('a cut inside the TCP options keeps the length of the payload', () => {
    const frame = packet('ethernet', '10.0.0.1', '10.0.0.2', 'hello', hex('0101080a 00000001 00000002'));
    expect(decodeOne(frame.subarray(0, 60), 1, frame.length)).toBe(LINE.replace('hello', ''));
  });
});

describe('the hop limit is that of the innermost IP header', () => {
  const inner4 = patched(v4(), 8, 57);
  const inner6 = patched(v6(), 7, 57);
  const outer = (protocol: number, ip: Uint8Array): Uint8Array =>
    concat(patched(v4(), 3, 20 + ip.length, 0, 1, 0, 0, 250, protocol).subarray(0, 20), ip);

  test.each([
    ['IPv4 on the short path', concat(hex(`${MACS} 0800`), inner4), LINE],
    ['IPv4 behind a tag', concat(hex(`${MACS} 8100 0064 0800`), inner4), LINE],
    ['IPv6', concat(hex(`${MACS} 86dd`), inner6), LINE6],
    ['IPv4 in IPv4', concat(hex(`${MACS} 0800`), outer(4, inner4)), LINE],
    ['IPv6 in IPv4', concat(hex(`${MACS} 0800`), outer(41, inner6)), LINE6],
  ])('%s', (_, frame, line) => {
    expect(decodeOne(frame, 1)).toBe(`${line} hops=57`);
  });
});

describe('TCP headers that only count for the number of their connection', () => {
  const ip = v4();
  const quote = (header: string, quoted: Uint8Array): Uint8Array => concat(hex(`${header} 0000 00000000`), quoted);
  const outer4 = (type: string, quoted: Uint8Array): Uint8Array => {
    const payload = quote(type, quoted);
    return patched(concat(patched(ip, 9, 1).subarray(0, 20), payload), 2, 0, 20 + payload.length);
  };
  const outer6 = (type: string, quoted: Uint8Array): Uint8Array => {
    const payload = quote(type, quoted);
    return patched(concat(v6().subarray(0, 40), payload), 4, 0, payload.length, 58);
  };

  test.each([
    ['a wrong data offset', patched(ip, 32, 0x40), 'malformed', '40001 > 80 16909060 false'],
    ['a data offset beyond the packet', patched(ip, 32, 0xf0), 'malformed', '40001 > 80 16909060 false'],
    ['a packet that ends inside the header', patched(ip, 2, 0, 36), 'malformed', '40001 > 80 16909060 false'],
    ['a packet that ends before the window does', patched(ip, 2, 0, 35), 'malformed', undefined],
    ['destination unreachable', outer4('0301', ip), 'not-tcp', '40001 > 80 16909060 true'],
    ['source quench', outer4('0400', ip), 'not-tcp', '40001 > 80 16909060 true'],
    ['redirect', outer4('0501', ip), 'not-tcp', undefined],
    ['time exceeded', outer4('0b00', ip), 'not-tcp', '40001 > 80 16909060 true'],
    ['an echo', outer4('0800', ip), 'not-tcp', undefined],
    ['the least that an error must quote', outer4('0301', ip.subarray(0, 28)), 'not-tcp', undefined],
    ['a first fragment in an error', outer4('0304', patched(ip, 6, 0x20, 0)), 'not-tcp', '40001 > 80 16909060 true'],
    ['a later fragment in an error', outer4('0304', patched(ip, 6, 0x20, 1)), 'fragment', undefined],
    ['packet too big', outer6('0200', v6()), 'not-tcp', '40001 > 80 16909060 true'],
    ['a neighbour', outer6('8700', v6()), 'not-tcp', undefined],
  ])('%s', (_, octets, reason, expected) => {
    const numbered: string[] = [];
    const facts = newDecodeFacts();
    const stage = decodeFrames(
      newAddresses(),
      facts,
      () => expect.unreachable(),
      ({ sourcePort, destinationPort, seq, start, end, length }, quoted) => {
        expect([end - start, length]).toEqual([0, 0]);
        numbered.push(`${sourcePort} > ${destinationPort} ${seq} ${quoted}`);
      },
    );
    stage.push(frameOf(octets, 101));
    expect(numbered).toEqual(expected === undefined ? [] : [expected]);
    expect(facts.skipped).toMatchObject({ [reason]: 1 });
  });
});

test.each([
  ['as many headers as the limit', NESTING_LIMIT - 2, LINE],
  ['one more', NESTING_LIMIT - 1, 'nested-too-deep'],
  ['15,000', 15_000, 'nested-too-deep'],
])('nesting: %s', (_, tags, expected) => {
  expect(decodeOne(concat(hex(`${MACS} ${'8100 0064'.repeat(tags)} 0800`), v4()), 1)).toBe(expected);
});

test('one view serves all segments, and the address limit is counted', () => {
  const views = new Set<object>();
  const facts = newDecodeFacts();
  const stage = decodeFrames(newAddresses(2), facts, (segment) => views.add(segment));
  for (const ip of [v4(), v6(), packet('raw', 'fe80::3', 'fe80::2'), v6()]) stage.push(frameOf(ip, 101));
  expect([views.size, facts.segments, facts.skipped['address-limit']]).toEqual([1, 3, 1]);
});

const TYPES = [0, 1, 12, 101, 108, 113, 228, 229, 276, 9999];
const noise = fc.record({
  linkType: fc.constantFrom(...TYPES),
  octets: fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc
      .tuple(
        fc.constantFrom('', `${MACS} 0800`, `${MACS} 8100 0064 86dd`),
        fc.boolean(),
        fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 4 }),
      )
      .map(([link, six, patches]) => {
        const frame = concat(hex(link), six ? v6() : v4());
        for (const [at, value] of patches) if (at < frame.length) frame[at] = value;
        return frame;
      }),
  ),
  cut: fc.nat(60),
});

test('any noise gives a segment inside its frame, or a count', () => {
  fc.assert(
    fc.property(noise, ({ linkType, octets, cut }) => {
      const frame = frameOf(octets, linkType, octets.length + cut);
      const facts = newDecodeFacts();
      const stage = decodeFrames(newAddresses(), facts, ({ start, end, length }) => {
        expect(start).toBeGreaterThanOrEqual(frame.start);
        expect(end).toBeGreaterThanOrEqual(start);
        expect(end).toBeLessThanOrEqual(frame.end);
        expect(length).toBeGreaterThanOrEqual(end - start);
        expect(length).toBeLessThanOrEqual(octets.length + cut);
      });
      stage.push(frame);
      const skipped = Object.values(facts.skipped).reduce((sum, count) => sum + count, 0);
      expect(facts.segments + skipped).toBe(1);
    }),
    { numRuns: 10_000 },
  );
}, 120_000);

test('the short path finds what the walk finds, whatever the octets', () => {
  const patches = fc.array(fc.tuple(fc.integer({ min: 12, max: 59 }), fc.nat(255)), { maxLength: 3 });
  fc.assert(
    fc.property(patches, fc.nat(70), fc.nat(40), (changes, cut, more) => {
      const plain = concat(hex(`${MACS} 0800`), v4());
      for (const [at, value] of changes) plain[at] = value;
      const short = plain.subarray(0, Math.max(14, plain.length - cut));
      const tagged = concat(short.subarray(0, 12), hex('8100 0064'), short.subarray(12));
      expect(decodeOne(short, 1, short.length + more)).toBe(decodeOne(tagged, 1, tagged.length + more));
    }),
    { numRuns: 10_000 },
  );
}, 120_000);
