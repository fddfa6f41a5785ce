/**
 * One TCP segment as the octets of a frame, with the lengths and checksums that a real stack would send.
 *
 * Only what the stories of `Wire` need; frames of rarer shapes (tags, tunnels, extension headers) are written out in hex by the
 * tests that want them.
 */

export type LinkType = 'ethernet' | 'raw' | 'sll2';

export const LINK_TYPES: Readonly<Record<LinkType, number>> = { ethernet: 1, raw: 101, sll2: 276 };

/** What a host sends with unless it is told otherwise. */
export const HOP_LIMIT = 64;

interface PacketEnd {
  /** 4 or 16 octets. */
  readonly address: Uint8Array;
  readonly port: number;
}

export interface Packet {
  readonly linkType: LinkType;
  readonly from: PacketEnd;
  readonly to: PacketEnd;
  /** IPv4 identification. */
  readonly identification: number;
  /** IPv4: time to live. */
  readonly hopLimit?: number | undefined;
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  readonly window: number;
  /** TCP options, a multiple of four octets. */
  readonly options: Uint8Array;
  readonly payload: Uint8Array;
}

/** Dotted quads, or IPv6 with at most one "::". */
export function parseAddress(text: string): Uint8Array {
  if (!text.includes(':')) return Uint8Array.from(text.split('.'), Number);
  const [head = '', tail] = text.split('::');
  const groups = (part: string | undefined): number[] => (part ? part.split(':').map((group) => Number.parseInt(group, 16)) : []);
  const [left, right] = [groups(head), groups(tail)];
  const all = [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}

export function framePacket(packet: Packet): Uint8Array {
  const ip = ipPacket(packet);
  return concat(linkHeader(packet), ip);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function linkHeader({ linkType, from, to }: Packet): Uint8Array {
  const protocol = from.address.length === 4 ? [0x08, 0x00] : [0x86, 0xdd];
  if (linkType === 'raw') return new Uint8Array(0);
  if (linkType === 'ethernet') return Uint8Array.from([...macOf(to), ...macOf(from), ...protocol]);
  return Uint8Array.from([...protocol, 0, 0, 0, 0, 0, 2, 0, 1, 4, 6, ...macOf(from), 0, 0]);
}

/** A locally administered address that ends like the IP address. */
function macOf(end: PacketEnd): number[] {
  return [2, 0, ...end.address.subarray(-4)];
}

function ipPacket(packet: Packet): Uint8Array {
  const { from, to } = packet;
  const tcp = tcpSegment(packet);
  const header = from.address.length === 4 ? ipv4Header(packet, tcp.length) : ipv6Header(packet, tcp.length);
  header.set(from.address, header.length - 2 * from.address.length);
  header.set(to.address, header.length - from.address.length);
  if (from.address.length === 4) new DataView(header.buffer).setUint16(10, checksum(header));
  return concat(header, tcp);
}

function ipv4Header({ identification, hopLimit = HOP_LIMIT }: Packet, length: number): Uint8Array {
  const header = new Uint8Array(20);
  const view = new DataView(header.buffer);
  header[0] = 0x45;
  view.setUint16(2, 20 + length);
  view.setUint16(4, identification);
  view.setUint16(6, 0x4000);
  header.set([hopLimit, 6], 8);
  return header;
}

function ipv6Header({ hopLimit = HOP_LIMIT }: Packet, length: number): Uint8Array {
  const header = new Uint8Array(40);
  header[0] = 0x60;
  new DataView(header.buffer).setUint16(4, length);
  header.set([6, hopLimit], 6);
  return header;
}

function tcpSegment({ from, to, seq, ack, flags, window, options, payload }: Packet): Uint8Array {
  const header = new Uint8Array(20);
  const view = new DataView(header.buffer);
  view.setUint16(0, from.port);
  view.setUint16(2, to.port);
  view.setUint32(4, seq);
  view.setUint32(8, ack);
  header[12] = (5 + options.length / 4) << 4;
  header[13] = flags;
  view.setUint16(14, window);
  const segment = concat(header, options, payload);
  const length = segment.length;
  const pseudo = Uint8Array.from([...from.address, ...to.address, 0, 0, length >> 8, length & 0xff, 0, 6]);
  new DataView(segment.buffer).setUint16(16, checksum(concat(pseudo, segment)));
  return segment;
}

/** RFC 1071. */
function checksum(octets: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < octets.length; at++) sum += (octets[at] ?? 0) << (at % 2 === 0 ? 8 : 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
