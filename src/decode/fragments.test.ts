import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concat, framePacket, parseAddress } from '../../test/support/packet.ts';
import { decodeAll, frameOf, hex } from '../../test/support/segments.ts';
import type { Frame } from '../model.ts';
import { latin1, octetsOf } from '../octets.ts';
import { newAddresses } from './addresses.ts';
import { newDecodeFacts } from './decode-facts.ts';
import { decodeFrames } from './decode-frames.ts';

const TEXT = 'GET /a HTTP/1.1\r\nHost: example.org\r\nConnection: keep-alive\r\n\r\n';
const QUOTED_TEXT = `"${TEXT}"`;
const LINE = `10.0.0.1:40001 > 10.0.0.2:80 PA seq=1 ack=2 len=${TEXT.length} ${QUOTED_TEXT}`;
const LINE6 = LINE.replace('10.0.0.1', '2001:db8::1').replace('10.0.0.2', 'fe80::2');
const SECOND = 1e9;

function packet(from: string, to: string): Uint8Array {
  const ends = { from: { address: parseAddress(from), port: 40_001 }, to: { address: parseAddress(to), port: 80 } };
  const tcp = { seq: 1, ack: 2, flags: 0x18, window: 512, options: new Uint8Array(0), payload: octetsOf(TEXT) };
  return framePacket({ linkType: 'raw', ...ends, identification: 7, ...tcp });
}

const v4 = packet('10.0.0.1', '10.0.0.2');
const v6 = packet('2001:db8::1', 'fe80::2');
const tcp = v4.subarray(20);
const tcp6 = v6.subarray(40);

interface Part {
  readonly from: number;
  readonly octets: Uint8Array;
  readonly last: boolean;
}

function fragment4({ from, octets, last }: Part, identification = 7, protocol = 6): Uint8Array {
  const header = v4.slice(0, 20);
  const view = new DataView(header.buffer);
  view.setUint16(2, 20 + octets.length);
  view.setUint16(4, identification);
  view.setUint16(6, (last ? 0 : 0x2000) | (from / 8));
  header[9] = protocol;
  return concat(header, octets);
}

function fragment6({ from, octets, last }: Part): Uint8Array {
  const header = v6.slice(0, 40);
  new DataView(header.buffer).setUint16(4, 8 + octets.length);
  header[6] = 44;
  const extension = hex('06 00 0000 00000007');
  new DataView(extension.buffer).setUint16(2, from | (last ? 0 : 1));
  return concat(header, extension, octets);
}

/** Cuts the octets at multiples of eight. */
function split(octets: Uint8Array, cuts: readonly number[]): readonly Part[] {
  const edges = [...new Set([0, ...cuts.map((cut) => cut * 8).filter((cut) => cut < octets.length), octets.length])].sort((a, b) => a - b);
  return edges.slice(0, -1).map((from, index) => {
    const to = edges[index + 1] ?? octets.length;
    return { from, octets: octets.subarray(from, to), last: to === octets.length };
  });
}

function at(seconds: number, octets: Uint8Array, wireLength = octets.length): Frame {
  return { ...frameOf(octets, 101, wireLength), time: seconds * SECOND };
}

const [first, second, third] = split(tcp, [4, 8]);
if (first === undefined || second === undefined || third === undefined) throw new Error('three fragments');

test('the segment belongs to the frame that completes the datagram', () => {
  const frames: number[] = [];
  const stage = decodeFrames(newAddresses(), newDecodeFacts(), ({ frame }) => frames.push(frame.number));
  [first, third, second].forEach((part, index) => {
    stage.push({ ...at(0, fragment4(part)), number: index + 1 });
  });
  expect(frames).toEqual([3]);
});

test.each([
  ['IPv4', tcp, fragment4, LINE],
  ['IPv6', tcp6, fragment6, LINE6],
] as const)(
  '%s: any fragments in any order, some of them twice, give the segment',
  (_, octets, fragment, expected) => {
    const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 6 });
    fc.assert(
      fc.property(cuts, fc.infiniteStream(fc.nat()), (places, random) => {
        const parts = split(octets, [5, ...places]);
        const order = parts.map((part) => ({ part, place: random.next().value })).sort((a, b) => a.place - b.place);
        const [repeated] = order;
        const frames = [...order.slice(0, 1), ...(repeated ? [repeated] : []), ...order.slice(1)].map(({ part }) => at(0, fragment(part)));
        const { lines, facts } = decodeAll(frames);
        expect(lines).toEqual([expected]);
        expect(facts.skipped).toMatchObject({ fragment: 0, reassembled: frames.length - 1 });
        expect(facts.fragmentConflicts).toBe(0);
      }),
      { numRuns: 10_000 },
    );
  },
  120_000,
);

/** What a receiver has that keeps an octet when it comes first: the slow twin. */
function firstCopies(parts: readonly Part[]): { readonly octets: readonly number[]; readonly whole: boolean } {
  const known = new Map<number, number>();
  let length = -1;
  for (const { from, octets, last } of parts) {
    if (last && length < 0) length = from + octets.length;
    octets.forEach((octet, index) => {
      if (!known.has(from + index)) known.set(from + index, octet);
    });
    const octetsSoFar = Array.from({ length: Math.max(0, length) }, (_, index) => known.get(index) ?? -1);
    if (length >= 0 && !octetsSoFar.includes(-1)) return { octets: octetsSoFar, whole: true };
  }
  return { octets: [], whole: false };
}

test('overlapping fragments: the octets that came first count, and it is complete when the twin says so', () => {
  const part = fc
    .record({ unit: fc.nat(5), units: fc.integer({ min: 1, max: 3 }), fill: fc.constantFrom(1, 2), last: fc.boolean() })
    .map(({ unit, units, fill, last }) => ({ from: 24 + unit * 8, octets: new Uint8Array(units * 8 - (last ? 3 : 0)).fill(fill), last }));
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 12 }), (parts) => {
      const all = [{ from: 0, octets: tcp.subarray(0, 24), last: false }, ...parts];
      const twin = firstCopies(all);
      const { lines } = decodeAll(all.map((one) => at(0, fragment4(one))));
      const [line] = lines;
      expect(line !== undefined).toBe(twin.whole);
      if (line !== undefined) expect(line).toContain(`"${latin1(Uint8Array.from(twin.octets), 20, twin.octets.length)}"`);
    }),
    { numRuns: 10_000 },
  );
}, 120_000);

test.each([
  ['the same octets again', [first, first, second, third], 0],
  ['other octets in their place', [first, { ...first, octets: first.octets.map((octet) => octet ^ 1) }, second, third], 1],
  ['another end', [first, third, { ...third, octets: third.octets.subarray(0, 8) }, second], 1],
  ['octets beyond the end', [first, { from: 256, octets: new Uint8Array(8), last: false }, third, second], 1],
  ['octets beyond the known end', [first, third, { from: 256, octets: new Uint8Array(8), last: false }, second], 1],
])('contradictions are counted and the segment stays: %s', (_, parts, conflicts) => {
  const { lines, facts } = decodeAll(parts.map((part) => at(0, fragment4(part))));
  expect([lines, facts.fragmentConflicts]).toEqual([[LINE], conflicts]);
});

test.each([
  ['another identification', fragment4(second, 8)],
  ['another protocol', fragment4(second, 7, 17)],
  ['a fragment that the capture cut', undefined],
])('not put together: %s', (_, other) => {
  const middle = other === undefined ? at(0, fragment4(second).subarray(0, -1), fragment4(second).length) : at(0, other);
  const { lines, facts } = decodeAll([at(0, fragment4(first)), middle, at(0, fragment4(third))]);
  expect([lines, facts.skipped.fragment]).toEqual([[], 3]);
});

test('of a first fragment that the capture cut the headers are read, as Wireshark does', () => {
  const whole = fragment4(first);
  const { lines } = decodeAll([at(0, whole.subarray(0, 48), whole.length)]);
  expect(lines).toEqual([LINE.replace(`len=${TEXT.length}`, 'len=12').replace(QUOTED_TEXT, '"GET /a H"')]);
});

test.each([
  ['within 30 s', 30, [LINE]],
  ['after 30 s', 30.1, []],
])('a datagram waits for its fragments: %s', (_, seconds, expected) => {
  const { lines } = decodeAll([at(0, fragment4(first)), at(1, fragment4(second)), at(seconds, fragment4(third))]);
  expect(lines).toEqual(expected);
});

test('what waits is bounded: the datagrams that began first go first', () => {
  const large = new Uint8Array(60_000);
  const waiting = Array.from({ length: 80 }, (_, index) => at(0, fragment4({ from: 0, octets: large, last: false }, 100 + index)));
  const late = [at(0, fragment4(second)), at(0, fragment4(third))];
  expect(decodeAll([at(0, fragment4(first)), ...waiting.slice(0, 60), ...late]).lines).toEqual([LINE]);
  expect(decodeAll([at(0, fragment4(first)), ...waiting, ...late]).lines).toEqual([]);
});

test('a reassembled datagram may hold a tunnel, and its fragments may come through one', () => {
  const udp = concat(hex('c000 12b5 0000 0000 08000000 00000100 020000000002 020000000001 0800'), v4);
  const parts = split(udp, [6]).map((part) => at(0, fragment4(part, 9, 17)));
  const inner = split(tcp, [3]).map((part) => at(0, concat(fragment4({ from: 0, octets: fragment4(part), last: true }, 1, 4))));
  expect(decodeAll(parts).lines).toEqual([LINE]);
  expect(decodeAll(inner).lines).toEqual([LINE]);
});

test('a flood of the smallest fragments, last one first, is kept once and is no datagram', () => {
  const facts = newDecodeFacts();
  const segments: unknown[] = [];
  const stage = decodeFrames(newAddresses(), facts, (segment) => segments.push(segment));
  const eight = new Uint8Array(8);
  const frames = Array.from({ length: 8000 }, (_, index) => at(0, fragment4({ from: 64_000 - index * 8, octets: eight, last: false })));
  for (let round = 0; round < 4; round++) for (const frame of frames) stage.push(frame);
  expect([segments, facts.skipped.fragment, facts.fragmentConflicts]).toEqual([[], 32_000, 0]);
});
