/** QUIC, which carries HTTP/3 and is not read: its datagrams are counted, so that a report can say what it did not see. */

import { has, type Next, octet, type Walk } from './walk.ts';

/** Set in every packet of versions 1 and 2 (RFC 9000 section 17.2 and 17.3); not in DTLS, which some VPNs speak on this port. */
const FIXED_BIT = 0x40;

export function quic(walk: Walk): Next {
  if (has(walk, 1) && (octet(walk, 0) & FIXED_BIT) !== 0) walk.seen.quic++;
  return 'not-tcp';
}
