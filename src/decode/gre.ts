/**
 * GRE (RFC 2784, RFC 2890, and version 1 of PPTP, RFC 2637) and the ERSPAN headers that mirrored traffic has behind it.
 *
 * Hot: every frame of a mirror port's capture comes through here (bench: decode).
 */

import { ETHER_TYPE, has, type Next, octet, skipTo, type Walk, word } from './walk.ts';

const GRE_HEADER = 4;
const FIELD = 4;
const CHECKSUM = 0x8000;
const ROUTING = 0x4000;
const KEY = 0x2000;
const SEQUENCE = 0x1000;
const ACKNOWLEDGMENT = 0x0080;
const ERSPAN = 0x88be;
const BRIDGED_ETHERNET = 0x6558;

/** Routing (RFC 1701) is out of use; such a packet is not read. */
export function gre(walk: Walk): Next {
  if (!has(walk, GRE_HEADER)) return 'malformed';
  const flags = word(walk, 0);
  const protocol = word(walk, 2);
  if ((flags & ROUTING) !== 0) return 'not-tcp';
  let length = GRE_HEADER;
  for (const field of [CHECKSUM, KEY, SEQUENCE, ACKNOWLEDGMENT]) if ((flags & field) !== 0) length += FIELD;
  // ERSPAN type I has no header of its own; it is told from type II by the missing sequence number.
  const firstErspan = protocol === ERSPAN && (flags & SEQUENCE) === 0;
  return skipTo(walk, length, ETHER_TYPE, firstErspan ? BRIDGED_ETHERNET : protocol);
}

/** WCCP's redirected packets: version 2 has four octets in front of IP (draft-wilson-wrec-wccp-v2 section 4.12), version 1 none. */
export function wccp(walk: Walk): Next {
  if (!has(walk, 1)) return 'malformed';
  return skipTo(walk, octet(walk, 0) >> 4 === 4 ? 0 : 4, ETHER_TYPE, 0x0800);
}

/** draft-foschiano-erspan section 4.2. */
export function erspan2(walk: Walk): Next {
  return skipTo(walk, 8, ETHER_TYPE, BRIDGED_ETHERNET);
}

/** draft-foschiano-erspan section 4.3: the last bit says that a subheader follows. */
export function erspan3(walk: Walk): Next {
  if (!has(walk, 12)) return 'malformed';
  const subheader = (octet(walk, 11) & 1) === 1;
  return skipTo(walk, subheader ? 20 : 12, ETHER_TYPE, BRIDGED_ETHERNET);
}
