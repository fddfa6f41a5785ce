import { describe, expect, test } from 'vitest';
import { concat, framePacket, parseAddress } from '../../test/support/packet.ts';
import { decodeOne, hex } from '../../test/support/segments.ts';
import { octetsOf } from '../octets.ts';

const LINE = '10.0.0.1:40001 > 10.0.0.2:80 PA seq=1 ack=2 len=5 "hello"';
const LINE6 = '2001:db8::1:40001 > fe80::2:80 PA seq=1 ack=2 len=5 "hello"';

function packet(linkType: 'raw' | 'ethernet', from: string, to: string): Uint8Array {
  const ends = { from: { address: parseAddress(from), port: 40_001 }, to: { address: parseAddress(to), port: 80 } };
  const tcp = { seq: 1, ack: 2, flags: 0x18, window: 512, options: new Uint8Array(0), payload: octetsOf('hello') };
  return framePacket({ linkType, ...ends, identification: 1, ...tcp });
}

const v4 = packet('raw', '10.0.0.1', '10.0.0.2');
const v6 = packet('raw', '2001:db8::1', 'fe80::2');
const ethernet = packet('ethernet', '10.0.0.1', '10.0.0.2');

function octets(parts: readonly (string | Uint8Array)[]): Uint8Array {
  return concat(...parts.map((part) => (typeof part === 'string' ? hex(part) : part)));
}

const ADDRESSES = '020000000001 020000000002 020000000003';
const SNAP = 'aaaa03 000000 0800';
const SNAP6 = 'aaaa03 000000 86dd';
/** Duration; addresses; sequence control: the 802.11 header behind the frame control field. */
const REST = `0000 ${ADDRESSES} 1000`;
const DATA = `0801 ${REST}`;
const CHECKSUM = 'deadbeef';
const SUBFRAME = '020000000001 020000000002';

describe('IEEE 802.11', () => {
  test.each([
    ['data', [DATA, SNAP, v4, CHECKSUM], LINE],
    ['data, IPv6', [DATA, SNAP6, v6, CHECKSUM], LINE6],
    ['data, from an access point', ['0802', REST, SNAP, v4], LINE],
    ['data, between access points', ['0803', REST, '020000000004', SNAP, v4], LINE],
    ['QoS data', ['8801', REST, '0000', SNAP, v4], LINE],
    ['QoS data with high throughput control', ['8881', REST, '0000 00000000', SNAP, v4], LINE],
    ['QoS data between access points', ['8803', REST, '020000000004 0000', SNAP, v4], LINE],
    ['an aggregate', ['8801', REST, '8000', SUBFRAME, '0035', SNAP, v4, '000000', SUBFRAME, '0035', SNAP, v4], LINE],
    ['data sent again', ['0809', REST, SNAP, v4], LINE],
    ['no data', ['4801', REST], 'not-ip'],
    ['QoS without data', ['c801', REST, '0000'], 'not-ip'],
    ['encrypted', ['0841', REST, SNAP, v4], 'not-ip'],
    ['one of several fragments', ['0805', REST, SNAP, v4], 'not-ip'],
    ['the last of several fragments', ['0801 0000', ADDRESSES, '1100', SNAP, v4], 'not-ip'],
    ['a beacon', ['8000', REST, v4], 'not-ip'],
    ['an acknowledgement', ['d400 0000 020000000001'], 'malformed'],
    ['spanning tree', [DATA, '424203', v4], 'not-ip'],
    ['an aggregate that ends', ['8801', REST, '8000', SUBFRAME], 'malformed'],
    ['a QoS header that ends', ['8801', REST], 'malformed'],
  ])('%s', (_, parts, expected) => {
    expect(decodeOne(octets(parts), 105)).toBe(expected);
  });

  test.each([
    ['radiotap', 127, ['0000 0800 00000000', DATA, SNAP, v4], LINE],
    ['radiotap, more bits', 127, ['0000 1000 00000080 00000080 00000000', DATA, SNAP, v4], LINE],
    ['radiotap, a checksum at the end', 127, ['0000 0900 02000000 10', DATA, SNAP, v4, CHECKSUM], LINE],
    ['radiotap, a padded header', 127, ['0000 0900 02000000 20', '8801', REST, '0000', '0000', SNAP, v4], LINE],
    ['radiotap, a clock and a padded header', 127, ['0000 1100 03000000 0000000000000000 20', '8801', REST, '0000 0000', SNAP, v4], LINE],
    ['radiotap, a clock and no padding', 127, ['0000 1100 03000000 2020202020202020 00', '8801', REST, '0000', SNAP, v4], LINE],
    ['radiotap that ends', 127, ['0000 4000 00000000', DATA], 'malformed'],
    ['radiotap, a length of zero', 127, ['0000 0000 00000000', DATA, SNAP, v4], 'malformed'],
    ['radiotap, bits without an end', 127, ['0000 0800 000000ff ffffffff ffffffff'], 'malformed'],
    ['AVS', 163, ['80211001 00000040', new Uint8Array(56), DATA, SNAP, v4], LINE],
    ['AVS that ends', 163, ['80211001 00000040'], 'malformed'],
    ['Prism', 119, ['44000000 90000000', new Uint8Array(136), DATA, SNAP, v4], LINE],
    ['Prism, big endian', 119, ['00000044 00000090', new Uint8Array(136), DATA, SNAP, v4], LINE],
    ['AVS in a Prism capture', 119, ['80211001 00000040', new Uint8Array(56), DATA, SNAP, v4], LINE],
    ['PPI', 192, ['00 00 0800 69000000', DATA, SNAP, v4], LINE],
    ['PPI, Ethernet', 192, ['00 00 0800 01000000', ethernet], LINE],
    ['PPI, a length of zero', 192, ['00 00 0000 69000000', DATA, SNAP, v4], 'malformed'],
  ])('%s', (_, linkType, parts, expected) => {
    expect(decodeOne(octets(parts), linkType)).toBe(expected);
  });
});

const NFLOG_FIELDS = '0800 0100 08000100 0600 0600 6574 0000';

test.each([
  ['PKTAP', 258, ['6c000000 01000000 01000000', new Uint8Array(96), ethernet], LINE],
  ['PKTAP, raw IP', 258, ['6c000000 01000000 0c000000', new Uint8Array(96), v6], LINE6],
  ['PKTAP, a length of zero', 258, ['00000000 01000000 02010000', ethernet], 'malformed'],
  ['PKTAP in PKTAP in PKTAP', 258, ['0c000000 01000000 02010000'.repeat(40), ethernet], 'nested-too-deep'],
  ['PKTAP, a link type that is not known', 258, ['0c000000 01000000 93000000', v4], 'link-type-unknown'],
  ['NFLOG', 239, ['02 00 0001', NFLOG_FIELDS, '3100 0900', v4, '000000'], LINE],
  ['NFLOG, IPv6', 239, ['0a 00 0001', NFLOG_FIELDS, '4500 0900', v6, '000000'], LINE6],
  ['NFLOG, big endian', 239, ['02 00 0001 0008 0001 00010008 0031 0009', v4, '000000'], LINE],
  ['NFLOG, a bridge', 239, ['07 00 0001', NFLOG_FIELDS, '3100 0900', v4, '000000'], LINE],
  ['NFLOG, no payload', 239, ['02 00 0001', NFLOG_FIELDS], 'not-ip'],
  ['NFLOG, a length of zero', 239, ['02 00 0001 0000 0100', v4], 'malformed'],
  ['PFLOG', 117, ['3d 02 00 00', new Uint8Array(60), v4], LINE],
  ['ENC', 109, ['02000000 00000001 00000000', v4], LINE],
  ['IPNET', 226, ['01 02', new Uint8Array(22), v4], LINE],
  ['NETANALYZER', 240, ['00000000', ethernet, CHECKSUM], LINE],
  ['PPP_WITH_DIR', 204, ['00 ff03 0021', v4], LINE],
  ['PPP_PPPD', 166, ['01 03 0021', v4], LINE],
  ['FDDI', 10, ['50 020000000002 020000000001', SNAP, v4], LINE],
  ['Token Ring', 6, ['10 40 020000000002 020000000001', SNAP, v4], LINE],
  ['Token Ring, routed', 6, ['10 40 020000000002 820000000001 0630 0011 0020', SNAP, v4], LINE],
  ['ATM', 100, [SNAP, v4], LINE],
  ['SunATM', 123, ['02 00 0020', SNAP, v4], LINE],
  ['Fibre Channel', 122, ['1000 020000000002 1000 020000000001', SNAP, v4], LINE],
  ['FireWire', 138, ['0000000000000002 0000000000000001 86dd', v6], LINE6],
  ['ARCNET', 7, ['01 02 d4 00 0001', v4], LINE],
  ['ARCNET of Linux', 129, ['01 02 c000 d4 00 0001', v4], LINE],
  ['ARCNET, RFC 1051', 7, ['01 02 f0', v4], LINE],
  ['ARCNET, a packet that is split', 7, ['01 02 d4 01 0001', v4], 'not-ip'],
  ['ARCNET, ARP', 129, ['01 02 c000 d5 00 0001', v4], 'not-ip'],
])('%s', (_, linkType, parts, expected) => {
  expect(decodeOne(octets(parts), linkType)).toBe(expected);
});

test('any frame of any link type gives a segment or a count, wherever it is cut', () => {
  const headers = '2000 0000 0100 0000 0100 0000'.repeat(3);
  for (let linkType = 0; linkType < 300; linkType++) {
    for (let cut = 0; cut < 36; cut++) expect(decodeOne(hex(headers).subarray(0, cut), linkType, 80)).toMatch(/^[a-z0-9:.> ]+/);
  }
});
