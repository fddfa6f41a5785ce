import { describe, expect, test } from 'vitest';
import { concat, framePacket, parseAddress } from '../../test/support/packet.ts';
import { decodeAll, decodeOne, frameOf, hex } from '../../test/support/segments.ts';
import { octetsOf } from '../octets.ts';
import { tunnelsOf } from './seen.ts';

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

/** An Ethernet frame with that type, and with padding as a short frame would have. */
function frame(type: string, ...parts: readonly (string | Uint8Array)[]): Uint8Array {
  const payload = parts.map((part) => (typeof part === 'string' ? hex(part) : part));
  return concat(hex(`020000000002 020000000001 ${type}`), ...payload, hex('00000000'));
}

/** An outer IPv4 packet with that protocol. */
function outer(protocol: number, ...parts: readonly (string | Uint8Array)[]): Uint8Array {
  const payload = concat(...parts.map((part) => (typeof part === 'string' ? hex(part) : part)));
  const total = 20 + payload.length;
  return frame(
    '0800',
    concat(Uint8Array.of(0x45, 0, total >> 8, total & 255, 0, 1, 0, 0, 64, protocol, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2), payload),
  );
}

function udp(port: number, ...parts: readonly (string | Uint8Array)[]): Uint8Array {
  return udpBetween(0xc000, port, ...parts);
}

function udpBetween(source: number, port: number, ...parts: readonly (string | Uint8Array)[]): Uint8Array {
  const payload = concat(...parts.map((part) => (typeof part === 'string' ? hex(part) : part)));
  const length = 8 + payload.length;
  return outer(17, Uint8Array.of(source >> 8, source & 255, port >> 8, port & 255, length >> 8, length & 255, 0, 0), payload);
}

/** Cases without an Ethernet header. */
const RAW = ['4in6', 'WCCP that ends'];

test.each([
  ['PPPoE', frame('8864', '11 00 0001 002f 0021', v4), LINE],
  ['PPPoE, IPv6', frame('8864', '11 00 0001 0043 0057', v6), LINE6],
  ['PPPoE, setting a session up', frame('8864', '11 09 0001 002f 0021', v4), 'not-ip'],
  ['PPPoE, link control', frame('8864', '11 00 0001 002f c021', v4), 'not-ip'],
  ['one MPLS label', frame('8847', '000101ff', v4), LINE],
  ['three MPLS labels', frame('8847', '000100ff 000200ff 000301ff', v6), LINE6],
  ['multicast MPLS', frame('8848', '000101ff', v4), LINE],
  ['pseudowire with a control word', frame('8847', '000101ff 00000000', ethernet), LINE],
  ['pseudowire without one', frame('8847', '000101ff', ethernet), LINE],
  ['MPLS labels without an end', frame('8847', '000100ff'.repeat(400), v4), 'nested-too-deep'],
  ['IP in IP', outer(4, v4), LINE],
  ['6in4', outer(41, v6), LINE6],
  ['4in6', concat(hex('60000000 002d 04 40'), new Uint8Array(32), v4), LINE],
  [
    'IP in IP in IP ...',
    outer(4, ...Array.from({ length: 20 }, () => '45000000 00000000 40040000 00000000 00000000'), v4),
    'nested-too-deep',
  ],
  ['GRE', outer(47, '0000 0800', v4), LINE],
  ['GRE with a checksum, a key and a sequence number', outer(47, 'b000 86dd 00000000 00000001 00000002', v6), LINE6],
  ['GRE with routing', outer(47, '4000 0800 00000000', v4), 'not-tcp'],
  ['GRE with Ethernet', outer(47, '2000 6558 00000001', ethernet), LINE],
  ['PPTP', outer(47, '3081 880b 0030 0001 00000001 00000002 ff03 0021', v4), LINE],
  ['PPTP with short PPP headers', outer(47, '2001 880b 002e 0001 21', v4), LINE],
  ['ERSPAN I', outer(47, '0000 88be', ethernet), LINE],
  ['ERSPAN II', outer(47, '1000 88be 00000001 1000000000000000', ethernet), LINE],
  ['ERSPAN III', outer(47, '1000 22eb 00000001 200000000000000000000000', ethernet), LINE],
  ['ERSPAN III with a subheader', outer(47, '1000 22eb 00000001 200000000000000000000001 0000000000000000', ethernet), LINE],
  ['VXLAN', udp(4789, '08000000 00000100', ethernet), LINE],
  ['VXLAN, not the flag', udp(4789, '00000000 00000100', ethernet), 'not-tcp'],
  ['VXLAN in VXLAN', udp(4789, '08000000 00000100', udp(4789, '08000000 00000100', ethernet)), LINE],
  ['VXLAN GPE, IPv6', udp(4790, '0c000002 00000100', v6), LINE6],
  ['VXLAN GPE, Ethernet', udp(4790, '0c000003 00000100', ethernet), LINE],
  ['VXLAN GPE, NSH', udp(4790, '0c000004 00000100', ethernet), 'not-ip'],
  ['Geneve', udp(6081, '0000 6558 00000100', ethernet), LINE],
  ['Geneve with options, IPv4', udp(6081, '0200 0800 00000100 0102800100000000', v4), LINE],
  ['VXLAN GPE, NSH and Ethernet', udp(4790, '0c000004 00000100', '0fc2 02 03 00000100', ethernet), LINE],
  ['NSH', frame('894f', '0fc6 01 01 00000100', new Uint8Array(16), v4), LINE],
  ['NSH, a protocol that is not known', frame('894f', '0fc2 01 07 00000100', v4), 'not-ip'],
  ['GRE in UDP', udp(4754, '0000 0800', v4), LINE],
  ['MPLS in UDP', udp(6635, '000101ff', v4), LINE],
  ['Teredo', udp(3544, v6), LINE6],
  ['Teredo, an answer', udpBetween(3544, 0xc000, v6), LINE6],
  ['Teredo with authentication and origin', udp(3544, '0001 0000 0000000000000000 00 0000 ffff ffffffff', v6), LINE6],
  ['Teredo, not IPv6', udp(3544, v4), 'not-tcp'],
  ['Teredo that ends', udp(3544, '0001'), 'not-tcp'],
  ['AYIYA', udp(5072, '41 52 11 29 00000000', new Uint8Array(36), v6), LINE6],
  ['AYIYA, an answer', udpBetween(5072, 0xc000, '41 52 11 29 00000000', new Uint8Array(36), v6), LINE6],
  ['AYIYA, a heartbeat', udp(5072, '41 52 10 3b 00000000', new Uint8Array(36)), 'not-tcp'],
  ['GTP-U', udp(2152, '30 ff 002d 00000001', v4), LINE],
  ['GTP-U, IPv6', udp(2152, '30 ff 0041 00000001', v6), LINE6],
  ['GTP-U, an answer', udpBetween(2152, 0xc000, '30 ff 002d 00000001', v4), LINE],
  ['GTP-U with a sequence number', udp(2152, '32 ff 0031 00000001 00010000', v4), LINE],
  ['GTP-U with extensions', udp(2152, '34 ff 0039 00000001 00000085 01 0009 85 01 0009 00', v4), LINE],
  ['GTP-U, an extension without a length', udp(2152, '34 ff 0039 00000001 00000085 00 0009 85', v4), 'not-tcp'],
  ['GTP-U, an echo', udp(2152, '32 01 0004 00000000 00010000'), 'not-tcp'],
  ['GTP-C', udp(2152, '48 20 0004 00000000 00010000'), 'not-tcp'],
  ['L2TP', udp(1701, '0002 0001 0001', 'ff03 0021', v4), LINE],
  ['L2TP with length, sequence and offset', udp(1701, '4a02 0045 0001 0001 0001 0002 0002 0000', '0021', v4), LINE],
  ['L2TP, control', udp(1701, 'c802 000c 0001 0000 0001 0001'), 'not-tcp'],
  ['L2TP, version 3', udp(1701, '0003 0000 00000001', v4), 'not-tcp'],
  ['L2TP that ends', udp(1701, '0202 0001 0001'), 'malformed'],
  ['E-Tag', frame('893f', '1000 00d8 0000 0800', v4), LINE],
  ['VN-Tag between VLAN tags', frame('8100', '0064 8926 0000 0001 8100 0065 0800', v4), LINE],
  ['HSR', frame('892f', '0040 0001 0800', v4), LINE],
  ['802.1ah', frame('88a8', '0064 88e7 00000100', ethernet), LINE],
  ['FabricPath', frame('8903', '0064', ethernet), LINE],
  ['EtherIP', outer(97, '3000', ethernet), LINE],
  ['Ethernet in IP', outer(143, ethernet), LINE],
  ['MPLS in IP', outer(137, '000101ff', v4), LINE],
  ['802.11 in GRE', outer(47, '0000 8210 0801 0000', '020000000001'.repeat(3), '1000 aaaa03 000000 0800', v4), LINE],
  ['WCCP version 1', outer(47, '0000 883e', v4), LINE],
  ['WCCP version 2', outer(47, '0000 883e 00000000', v4), LINE],
  ['WCCP that ends', concat(hex('45000018 00000000 402f0000 c0000201 c0000202 0000 883e')), 'malformed'],
  ['an ICMP error', outer(1, '0301 0000 00000000', v4), 'not-tcp'],
  ['an ICMP echo', outer(1, '0800 0000 00010001', v4), 'not-tcp'],
  ['UDP that is no tunnel', udp(53, v4), 'not-tcp'],
])('%s', (name, octets, expected) => {
  expect(decodeOne(octets, RAW.includes(name) ? 101 : 1)).toBe(expected);
});

test.each([
  ['PPP', 9, 'ff03 0021', LINE],
  ['PPP without address and control', 9, '0021', LINE],
  ['PPP in HDLC framing', 50, 'ff03 0021', LINE],
  ['Cisco HDLC in a PPP capture', 50, '0f00 0800', LINE],
  ['PPPoE', 51, '11 00 0001 002f 0021', LINE],
  ['Cisco HDLC', 104, '0f00 0800', LINE],
  ['Cisco HDLC, keep-alive', 104, '8f00 8035', 'not-ip'],
])('link type %s', (_, linkType, header, expected) => {
  expect(decodeOne(concat(hex(header), v4), linkType)).toBe(expected);
});

test('a tunnel whose frame ends anywhere gives the inner segment or a count', () => {
  const whole = udp(4789, '08000000 00000100', ethernet);
  const headers = whole.length - 4 - 'hello'.length;
  // The last four octets of the TCP header are not needed.
  const needed = headers - 4;
  for (let cut = 0; cut < whole.length; cut++) {
    const seen = 'hello'.slice(0, Math.max(0, cut - headers));
    expect(decodeOne(whole.subarray(0, cut), 1, whole.length)).toBe(cut < needed ? 'malformed' : LINE.replace('"hello"', `"${seen}"`));
  }
});

describe('what frames are wrapped in is counted', () => {
  const counted = (...octets: readonly Uint8Array[]): readonly (readonly [string, number])[] =>
    tunnelsOf(decodeAll(octets.map((frame) => frameOf(frame, 1))).facts.seen);

  test.each<[string, Uint8Array, readonly (readonly [string, number])[]]>([
    ['VXLAN in VXLAN', udp(4789, '08000000 00000100', udp(4789, '08000000 00000100', ethernet)), [['VXLAN', 2]]],
    [
      'ERSPAN',
      outer(47, '1000 88be 00000001 1000000000000000', ethernet),
      [
        ['GRE', 1],
        ['ERSPAN', 1],
      ],
    ],
    ['6in4', outer(41, v6), [['6in4', 1]]],
    ['three MPLS labels', frame('8847', '000100ff 000200ff 000301ff', v6), [['MPLS', 3]]],
    ['PPPoE', frame('8864', '11 00 0001 002f 0021', v4), [['PPPoE', 1]]],
    ['a port of VXLAN, but no VXLAN', udp(4789, '00000000 00000100', ethernet), []],
    ['plain Ethernet', ethernet, []],
  ])('%s', (_name, octets, tunnels) => {
    expect(counted(octets)).toEqual(tunnels);
    expect(counted(octets, octets)).toEqual(tunnels.map(([name, count]) => [name, 2 * count]));
  });

  test.each([
    ['a long header', udp(443, 'c0 00000001 08 0000000000000000'), 1],
    ['a short header, from the server', udpBetween(443, 0xc000, '41 0000'), 1],
    ['DTLS of a VPN', udp(443, '17 fefd 0001'), 0],
    ['nothing', udp(443, ''), 0],
    ['another port', udp(8853, 'c0 00000001 08 0000000000000000'), 0],
  ])('QUIC: %s', (_name, octets, count) => {
    expect(decodeAll([frameOf(octets, 1)]).facts.seen.quic).toBe(count);
  });
});
