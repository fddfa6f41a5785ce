/**
 * ICMP errors (RFC 792, RFC 4443 section 3), to the packet that they quote.
 *
 * Hot: bench: decode. What is quoted was not sent here, so its TCP header gives no segment; but Wireshark numbers its connection.
 */

import { ETHER_TYPE, has, type Next, octet, skipTo, type Walk } from './walk.ts';

const ICMP_HEADER = 8;
/** Destination unreachable, source quench, time exceeded, parameter problem. Wireshark reads less of what a redirect quotes. */
const ERRORS: readonly number[] = [3, 4, 11, 12];
/** Destination unreachable, packet too big, time exceeded, parameter problem. */
const ERRORS_6: readonly number[] = [1, 2, 3, 4];

export function icmp(walk: Walk): Next {
  return quotation(walk, ERRORS, 0x0800);
}

export function icmp6(walk: Walk): Next {
  return quotation(walk, ERRORS_6, 0x86dd);
}

function quotation(walk: Walk, errors: readonly number[], etherType: number): Next {
  if (!has(walk, ICMP_HEADER)) return 'malformed';
  if (!errors.includes(octet(walk, 0))) return 'not-tcp';
  walk.quoted = true;
  return skipTo(walk, ICMP_HEADER, ETHER_TYPE, etherType);
}
