/**
 * Token Ring, FDDI, ATM, Fibre Channel, FireWire and ARCNET, to the EtherType or IP packet.
 *
 * Hot: every frame of such a capture comes through here (bench: decode).
 */

import { llc } from './ethernet.ts';
import { ETHER_TYPE, has, type Next, octet, skipTo, type Walk, word } from './walk.ts';

const IP = 0x0800;

const TOKEN_RING_HEADER = 14;
const SOURCE_ADDRESS_AT = 8;

/** A bit of the source address says that the route follows, which begins with its own length. */
export function tokenRing(walk: Walk): Next {
  if (!has(walk, TOKEN_RING_HEADER + 1)) return 'malformed';
  const routed = (octet(walk, SOURCE_ADDRESS_AT) & 0x80) !== 0;
  walk.at += TOKEN_RING_HEADER + (routed ? octet(walk, TOKEN_RING_HEADER) & 0x1f : 0);
  return llc(walk);
}

export function fddi(walk: Walk): Next {
  return llcBehind(walk, 13);
}

/** RFC 2684, formerly 1483. */
export function atm(walk: Walk): Next {
  return llcBehind(walk, 0);
}

/** SunATM: direction and type, VPI, VCI. */
export function sunAtm(walk: Walk): Next {
  return llcBehind(walk, 4);
}

/** RFC 2625: a network header in front of LLC. */
export function fibreChannel(walk: Walk): Next {
  return llcBehind(walk, 16);
}

function llcBehind(walk: Walk, header: number): Next {
  walk.at += header;
  return llc(walk);
}

/** IP over IEEE 1394, as Darwin shows it: two addresses of eight octets. */
export function fireWire(walk: Walk): Next {
  return has(walk, 18) ? skipTo(walk, 18, ETHER_TYPE, word(walk, 16)) : 'malformed';
}

const RFC1201_IP = 212;
const RFC1051_IP = 240;

/** As BSD shows it: source, destination, protocol. */
export function arcnet(walk: Walk): Next {
  return arcnetProtocol(walk, 2);
}

/** As Linux shows it: an offset stands between. */
export function linuxArcnet(walk: Walk): Next {
  return arcnetProtocol(walk, 4);
}

/** RFC 1201 has a split flag and a sequence number in front of IP; packets that are split are not read. */
function arcnetProtocol(walk: Walk, at: number): Next {
  if (!has(walk, at + 2)) return 'malformed';
  const protocol = octet(walk, at);
  if (protocol === RFC1051_IP) return skipTo(walk, at + 1, ETHER_TYPE, IP);
  return protocol === RFC1201_IP && octet(walk, at + 1) === 0 ? skipTo(walk, at + 4, ETHER_TYPE, IP) : 'not-ip';
}
