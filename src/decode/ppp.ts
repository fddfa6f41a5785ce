/**
 * PPP (RFC 1661, RFC 1662), PPPoE sessions (RFC 2516) and Cisco HDLC, to the protocol of the payload.
 *
 * Hot: every frame of a DSL capture comes through here (bench: decode).
 */

import { ETHER_TYPE, has, limitTo, type Next, octet, PPP_PROTOCOL, skipTo, type Walk, word } from './walk.ts';

const PPPOE_HEADER = 6;
const HDLC_HEADER = 4;
const ALL_STATIONS = 0xff;
/** First octets of Cisco HDLC, which a serial PPP capture may hold as well: unicast and multicast. */
const CISCO: readonly number[] = [0x0f, 0x8f];

/** Code 0 is a session; the others set one up. */
export function pppoeSession(walk: Walk): Next {
  if (!has(walk, PPPOE_HEADER)) return 'malformed';
  if (octet(walk, 1) !== 0) return 'not-ip';
  limitTo(walk, PPPOE_HEADER + word(walk, 4));
  walk.at += PPPOE_HEADER;
  return ppp(walk);
}

/** Address and control may be left out, and so may the first octet of the protocol (RFC 1661 sections 6.5 and 6.6). */
export function ppp(walk: Walk): Next {
  if (!has(walk, 2)) return 'malformed';
  if (CISCO.includes(octet(walk, 0))) return ciscoHdlc(walk);
  if (octet(walk, 0) === ALL_STATIONS) walk.at += 2;
  if (!has(walk, 2)) return 'malformed';
  const short = (octet(walk, 0) & 1) === 1;
  return short ? skipTo(walk, 1, PPP_PROTOCOL, octet(walk, 0)) : skipTo(walk, 2, PPP_PROTOCOL, word(walk, 0));
}

/** The direction stands in front of the frame. */
export function directedPpp(walk: Walk): Next {
  if (!has(walk, 2)) return 'malformed';
  walk.at += 1;
  return ppp(walk);
}

/** As Linux's pppd writes it: the direction stands in place of the address. */
export function pppdPpp(walk: Walk): Next {
  if (!has(walk, 4)) return 'malformed';
  walk.at += 2;
  return ppp(walk);
}

export function ciscoHdlc(walk: Walk): Next {
  if (!has(walk, HDLC_HEADER)) return 'malformed';
  return skipTo(walk, HDLC_HEADER, ETHER_TYPE, word(walk, 2));
}
