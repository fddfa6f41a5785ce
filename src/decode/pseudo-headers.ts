/**
 * Headers that were never on a wire: what the capturing system knows of a frame, and which kind of frame follows.
 *
 * Hot: every frame of such a capture comes through here (bench: decode).
 */

import { ETHER_TYPE, has, LINK_TYPE, limitTo, littleLong, littleWord, type Next, octet, skipTo, type Walk, word } from './walk.ts';

const ETHERNET = 1;
/** IP of either version: its first four bits decide. */
const IP = 0x0800;

/** Darwin's `tcpdump -i pktap`: length, type of record, link type. */
export function pktap(walk: Walk): Next {
  if (!has(walk, 12)) return 'malformed';
  const length = littleLong(walk, 0);
  return length < 12 ? 'malformed' : skipTo(walk, length, LINK_TYPE, littleLong(walk, 8));
}

/** CACE PPI: version, flags, length, link type. */
export function ppi(walk: Walk): Next {
  if (!has(walk, 8)) return 'malformed';
  const length = littleWord(walk, 2);
  return length < 8 ? 'malformed' : skipTo(walk, length, LINK_TYPE, littleLong(walk, 4));
}

const NFLOG_HEADER = 4;
const FIELD_HEADER = 4;
const PAYLOAD = 9;

/**
 * Linux's netfilter log: fields of length, type and value, padded to four octets. The payload is IP, also that of a bridge. Numbers
 * are in the byte order of the machine, which the first length tells, because it is small.
 */
export function nflog(walk: Walk): Next {
  if (!has(walk, NFLOG_HEADER + FIELD_HEADER)) return 'malformed';
  const number = littleWord(walk, NFLOG_HEADER) <= word(walk, NFLOG_HEADER) ? littleWord : word;
  walk.at += NFLOG_HEADER;
  while (has(walk, FIELD_HEADER)) {
    const length = number(walk, 0);
    if (length < FIELD_HEADER) return 'malformed';
    // The two highest bits of the type are flags.
    if ((number(walk, 2) & 0x3fff) === PAYLOAD) {
      limitTo(walk, length);
      return skipTo(walk, FIELD_HEADER, ETHER_TYPE, IP);
    }
    walk.at += (length + 3) & ~3;
  }
  return 'not-ip';
}

/** OpenBSD's packet filter log: the length of the header, padded to four octets. */
export function pflog(walk: Walk): Next {
  return has(walk, 1) ? skipTo(walk, (octet(walk, 0) + 3) & ~3, ETHER_TYPE, IP) : 'malformed';
}

/** OpenBSD's view into IPsec: address family, SPI, flags. */
export function enc(walk: Walk): Next {
  return skipTo(walk, 12, ETHER_TYPE, IP);
}

/** Solaris: zones and interfaces. */
export function ipnet(walk: Walk): Next {
  return skipTo(walk, 24, ETHER_TYPE, IP);
}

/** Hilscher's tap: four octets in front of the Ethernet frame. */
export function netAnalyzer(walk: Walk): Next {
  return skipTo(walk, 4, LINK_TYPE, ETHERNET);
}
