/**
 * BSD loopback, LINKTYPE_NULL and LINKTYPE_LOOP: four octets with an address family.
 *
 * Hot: every frame of such a capture comes through here (bench: decode). NULL is in the byte order of the machine that
 * captured, LOOP in network order, and each BSD has a number of its own for IPv6.
 */

import { ETHER_TYPE, has, type Next, octet, skipTo, type Walk } from './walk.ts';

const FAMILY = 4;
const AF_INET = 2;
/** Linux, Windows, NetBSD and OpenBSD, FreeBSD, Darwin. */
const AF_INET6: readonly number[] = [10, 23, 24, 28, 30];

export function loopback(walk: Walk): Next {
  if (!has(walk, FAMILY)) return 'malformed';
  // All of these numbers fit an octet: it is the first or the last of the four.
  const family = octet(walk, 0) | octet(walk, 3);
  if (octet(walk, 1) !== 0 || octet(walk, 2) !== 0) return 'not-ip';
  if (family !== AF_INET && !AF_INET6.includes(family)) return 'not-ip';
  return skipTo(walk, FAMILY, ETHER_TYPE, family === AF_INET ? 0x0800 : 0x86dd);
}
