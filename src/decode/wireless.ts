/**
 * IEEE 802.11 data frames, and what capture programs put in front of them: radiotap, Prism, AVS.
 *
 * Hot: every frame of such a capture comes through here (bench: decode). Management and control frames carry no IP, and encrypted
 * data cannot be read. Of an aggregate (A-MSDU) the first frame is read. The checksum behind the data needs no care: the length
 * of the IP packet leaves it out.
 */

import { llc } from './ethernet.ts';
import { has, LINK_TYPE, limitTo, littleLong, littleWord, long, type Next, octet, skipTo, type Walk, word } from './walk.ts';

const IEEE802_11 = 105;

/** First octet: version, type, subtype. */
const TYPE = 0x0f;
const DATA = 0x08;
const NO_DATA = 0x40;
const QOS = 0x80;
/** Second octet. */
const TO_AND_FROM_DS = 0x03;
const MORE_FRAGMENTS = 0x04;
const PROTECTED = 0x40;
const ORDER = 0x80;
const HEADER = 24;
const ADDRESS = 6;
/** Of the low octet of the QoS control field: the frame is an aggregate. */
const AGGREGATE = 0x80;
const SUBFRAME_HEADER = 14;
const FRAGMENT_NUMBER = 0x0f;

/** IEEE Std 802.11 section 9.2 (general frame format) and 9.3.2 (data frames). */
export function wireless(walk: Walk): Next {
  return read80211(walk, false);
}

/** @param padded the driver has padded the header to a multiple of four octets */
function read80211(walk: Walk, padded: boolean): Next {
  if (!has(walk, HEADER)) return 'malformed';
  const control = octet(walk, 0);
  const flags = octet(walk, 1);
  if ((control & TYPE) !== DATA || (control & NO_DATA) !== 0 || (flags & PROTECTED) !== 0) return 'not-ip';
  if ((flags & MORE_FRAGMENTS) !== 0 || (octet(walk, 22) & FRAGMENT_NUMBER) !== 0) return 'not-ip';
  const qosAt = (flags & TO_AND_FROM_DS) === TO_AND_FROM_DS ? HEADER + ADDRESS : HEADER;
  let header = qosAt;
  if ((control & QOS) !== 0) header += (flags & ORDER) !== 0 ? 6 : 2;
  if (!has(walk, header)) return 'malformed';
  const aggregate = (control & QOS) !== 0 && (octet(walk, qosAt) & AGGREGATE) !== 0;
  walk.at += padded ? (header + 3) & ~3 : header;
  return aggregate ? firstSubframe(walk) : llc(walk);
}

/** IEEE Std 802.11 section 9.3.2.2. */
function firstSubframe(walk: Walk): Next {
  if (!has(walk, SUBFRAME_HEADER)) return 'malformed';
  const length = word(walk, SUBFRAME_HEADER - 2);
  walk.at += SUBFRAME_HEADER;
  limitTo(walk, length);
  return llc(walk);
}

const RADIOTAP_FIXED = 8;
const HAS_CLOCK = 0x01;
const HAS_FLAGS = 0x02;
const MORE_PRESENT = 0x80;
const PADDED = 0x20;

/** radiotap.org: a length, bits for the fields that are present, and those fields; numbers are little endian. */
export function radiotap(walk: Walk): Next {
  if (!has(walk, RADIOTAP_FIXED)) return 'malformed';
  const length = littleWord(walk, 2);
  const present = octet(walk, 4);
  let at = 4;
  while (has(walk, at + 4) && (octet(walk, at + 3) & MORE_PRESENT) !== 0) at += 4;
  at += 4;
  // The clock has eight octets, aligned to eight.
  if ((present & HAS_CLOCK) !== 0) at = ((at + 7) & ~7) + 8;
  const padded = (present & HAS_FLAGS) !== 0 && at < length && has(walk, at + 1) && (octet(walk, at) & PADDED) !== 0;
  if (length < RADIOTAP_FIXED || !has(walk, length)) return 'malformed';
  walk.at += length;
  return read80211(walk, padded);
}

const AVS_HEADER = 8;
const AVS_COOKIE = 0x80211;

/** The magic number 0x8021100v, and the length of the header. */
export function avs(walk: Walk): Next {
  return has(walk, AVS_HEADER) ? skipTo(walk, long(walk, 4), LINK_TYPE, IEEE802_11) : 'malformed';
}

/** A message code and the length of the header, in the byte order of the machine; some drivers write an AVS header instead. */
export function prism(walk: Walk): Next {
  if (!has(walk, AVS_HEADER)) return 'malformed';
  if (long(walk, 0) >>> 12 === AVS_COOKIE) return avs(walk);
  return skipTo(walk, Math.min(long(walk, 4), littleLong(walk, 4)), LINK_TYPE, IEEE802_11);
}
