/**
 * IPv4 and IPv6: where the addresses are, how long the packet is, which way it has left to go, and which protocol comes next.
 *
 * Hot: IPv6, and IPv4 with options or behind other headers, come through here (bench: decode). The IP length decides how
 * many octets are payload: Ethernet padding must not reach HTTP, and a frame that the capture cut keeps its length.
 */

import type { FragmentPlace } from './fragments.ts';
import { has, IP_PROTOCOL, limitTo, type Next, octet, skipTo, type Walk, word } from './walk.ts';

const IPV4_HEADER = 20;
const IPV6_HEADER = 40;
const MORE_FRAGMENTS = 0x2000;
/** In units of eight octets. */
const FRAGMENT_OFFSET = 0x1fff;

/** Either version, by its first four bits: what EtherType 0x0800 and raw IP captures hold. */
export function ip(walk: Walk): Next {
  if (!has(walk, 1)) return 'malformed';
  const version = octet(walk, 0) >> 4;
  if (version === 4) return ipv4(walk);
  return version === 6 ? ipv6(walk) : 'malformed';
}

/** RFC 791 section 3.1. */
function ipv4(walk: Walk): Next {
  if (!has(walk, IPV4_HEADER)) return 'malformed';
  const header = (octet(walk, 0) & 15) * 4;
  const total = word(walk, 2);
  if (header < IPV4_HEADER || (total !== 0 && total < header)) return 'malformed';
  // Zero: segmentation was left to the network card, and the packet goes to the end of the frame.
  if (total !== 0) limitTo(walk, total);
  setAddresses(walk, 4, 12, 16);
  walk.hopLimit = octet(walk, 8);
  const identification = word(walk, 4);
  const bits = word(walk, 6);
  const protocol = octet(walk, 9);
  const next = skipTo(walk, header, IP_PROTOCOL, protocol);
  if ((bits & (MORE_FRAGMENTS | FRAGMENT_OFFSET)) === 0 || next === 'malformed') return next;
  const last = (bits & MORE_FRAGMENTS) === 0;
  return fragment(walk, { identity: `${identification} ${protocol}`, offset: (bits & FRAGMENT_OFFSET) * 8, last, protocol });
}

/**
 * The walk stands at the octets of a fragment. One that the capture cut, or that an ICMP error quotes, cannot be put together with
 * others; if it is the first one, its headers are read all the same.
 */
export function fragment(walk: Walk, place: FragmentPlace): Next {
  if (walk.end === walk.wireEnd && !walk.quoted) return walk.fragments.add(walk, place);
  return place.offset === 0 ? skipTo(walk, 0, IP_PROTOCOL, place.protocol) : 'fragment';
}

/** RFC 8200 section 3. */
function ipv6(walk: Walk): Next {
  if (!has(walk, IPV6_HEADER)) return 'malformed';
  const length = word(walk, 4);
  // Zero: a jumbogram (RFC 2675), or segmentation was left to the network card.
  if (length !== 0) limitTo(walk, IPV6_HEADER + length);
  setAddresses(walk, 6, 8, 24);
  walk.hopLimit = octet(walk, 7);
  return skipTo(walk, IPV6_HEADER, IP_PROTOCOL, octet(walk, 6));
}

function setAddresses(walk: Walk, family: number, source: number, destination: number): void {
  walk.family = family;
  walk.sourceAt = walk.at + source;
  walk.destinationAt = walk.at + destination;
}
