/**
 * A TCP segment without the hosts that it came from and went to: an IP packet of its own with other addresses, for LINKTYPE_RAW.
 * Link headers, tunnels and IP options stay behind.
 */

export const LINKTYPE_RAW = 101;

const TCP = 6;
const HOPS = 64;

/** @param addresses source and destination, both IPv4 or both IPv6, as text @param wireLength octets of `tcp` before the capture cut them */
export function rawPacket(addresses: readonly [string, string], tcp: Uint8Array, wireLength: number): Uint8Array {
  const [source, destination] = [addressOctets(addresses[0]), addressOctets(addresses[1])];
  const header = source.length === 4 ? ipv4Header(source, destination, wireLength) : ipv6Header(source, destination, wireLength);
  const packet = new Uint8Array(header.length + tcp.length);
  packet.set(header);
  packet.set(tcp, header.length);
  const at = header.length + 16;
  packet.set([0, 0], at);
  if (tcp.length !== wireLength) return packet; // of a cut segment no checksum can be right
  const pseudo = ones(source, ones(destination, TCP + tcp.length));
  const sum = ~ones(packet.subarray(header.length), pseudo) & 0xffff;
  packet.set([sum >> 8, sum & 0xff], at);
  return packet;
}

function ipv4Header(source: Uint8Array, destination: Uint8Array, length: number): Uint8Array {
  const header = new Uint8Array(20);
  const total = Math.min(0xffff, 20 + length);
  header.set([0x45, 0, total >> 8, total & 0xff, 0, 0, 0x40, 0, HOPS, TCP]);
  header.set(source, 12);
  header.set(destination, 16);
  const sum = ~ones(header, 0) & 0xffff;
  header.set([sum >> 8, sum & 0xff], 10);
  return header;
}

function ipv6Header(source: Uint8Array, destination: Uint8Array, length: number): Uint8Array {
  const header = new Uint8Array(40);
  const payload = Math.min(0xffff, length);
  header.set([0x60, 0, 0, 0, payload >> 8, payload & 0xff, TCP, HOPS]);
  header.set(source, 8);
  header.set(destination, 24);
  return header;
}

/** The sum of RFC 1071, not yet inverted. */
function ones(octets: Uint8Array, start: number): number {
  let sum = start;
  for (let at = 0; at < octets.length; at += 2) sum += ((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return sum;
}

/** Four or sixteen octets of an address as text. */
export function addressOctets(text: string): Uint8Array {
  if (!text.includes(':')) return Uint8Array.from(text.split('.'), Number);
  const [head = '', tail] = text.split('::');
  const [before, after] = [groupsOf(head), groupsOf(tail ?? '')];
  const groups = tail === undefined ? before : [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

/** A dotted quad at the end counts as two groups. */
function groupsOf(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [(a << 8) | b, (c << 8) | d];
  });
}
