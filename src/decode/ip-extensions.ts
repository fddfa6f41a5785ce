/**
 * IPv6 extension headers (RFC 8200 section 4) and the authentication header (RFC 4302), to the next header.
 *
 * Hot: captures of segment routing have one in every frame (bench: decode).
 */

import { fragment } from './ip.ts';
import { has, IP_PROTOCOL, type Next, octet, skipTo, type Walk, word } from './walk.ts';

const SMALLEST = 8;
const ADDRESS = 16;
/** The offset counts eight octets, but stands where its low three bits make it octets. */
const FRAGMENT_OFFSET = 0xfff8;
const MORE_FRAGMENTS = 1;

/** Hop-by-hop and destination options, and the others whose length counts eight octets, without the first eight. */
export function extension(walk: Walk): Next {
  if (!has(walk, SMALLEST)) return 'malformed';
  return skipTo(walk, (octet(walk, 1) + 1) * 8, IP_PROTOCOL, octet(walk, 0));
}

/** On its way the packet is addressed to a router; the header holds the address of the other end. */
export function routing(walk: Walk): Next {
  if (!has(walk, SMALLEST)) return 'malformed';
  const addresses = octet(walk, 1) >> 1;
  const segmentsLeft = octet(walk, 3);
  const at = walk.at + SMALLEST;
  const next = extension(walk);
  if (next === 'malformed' || segmentsLeft === 0 || addresses === 0) return next;
  const type = walk.bytes[at - SMALLEST + 2]!;
  // The last address of type 0 (RFC 2460 section 4.4), the only one of type 2 (RFC 6275), the first of type 4 (RFC 8754).
  if (type === 0) walk.destinationAt = at + (addresses - 1) * ADDRESS;
  if (type === 2 || type === 4) walk.destinationAt = at;
  return next;
}

/** An atomic fragment (RFC 6946) is the whole packet. */
export function fragmentHeader(walk: Walk): Next {
  if (!has(walk, SMALLEST)) return 'malformed';
  const protocol = octet(walk, 0);
  const bits = word(walk, 2);
  const identity = `${word(walk, 4)} ${word(walk, 6)}`;
  const next = skipTo(walk, SMALLEST, IP_PROTOCOL, protocol);
  if ((bits & (FRAGMENT_OFFSET | MORE_FRAGMENTS)) === 0) return next;
  return fragment(walk, { identity, offset: bits & FRAGMENT_OFFSET, last: (bits & MORE_FRAGMENTS) === 0, protocol });
}

/** Its length counts four octets, without the first two of them. */
export function authentication(walk: Walk): Next {
  if (!has(walk, SMALLEST)) return 'malformed';
  return skipTo(walk, (octet(walk, 1) + 2) * 4, IP_PROTOCOL, octet(walk, 0));
}
