/**
 * Ethernet II, 802.3 with LLC and SNAP, and the tags of VLANs and bridges: from the destination address to the EtherType.
 *
 * Hot: tagged frames come through here (bench: decode).
 */

import { ETHER_TYPE, has, LLC_SAP, limitTo, type Next, octet, skipTo, type Walk, word } from './walk.ts';

const ETHERNET_HEADER = 14;
const VLAN_TAG = 4;
const LLC_HEADER = 3;
const SNAP_HEADER = 8;
const SNAP_SAP = 0xaa;
/** EtherTypes begin here; smaller numbers are lengths (IEEE 802.3 section 3.2.6). */
const FIRST_ETHER_TYPE = 0x600;
const LONGEST_LENGTH = 1500;
const BRIDGED_ETHERNET = 0x6558;

export function ethernet(walk: Walk): Next {
  if (!has(walk, ETHERNET_HEADER)) return 'malformed';
  return typeOrLength(walk, ETHERNET_HEADER);
}

/** IEEE 802.1Q; the outer tags of 802.1ad and of older QinQ have the same shape. */
export function vlan(walk: Walk): Next {
  if (!has(walk, VLAN_TAG)) return 'malformed';
  return typeOrLength(walk, VLAN_TAG);
}

/** IEEE 802.1BR: six octets of tag. */
export function eTag(walk: Walk): Next {
  return has(walk, 8) ? typeOrLength(walk, 8) : 'malformed';
}

/** Cisco's VN-Tag, and the tag of HSR (IEC 62439-3): four octets. */
export function shortTag(walk: Walk): Next {
  return has(walk, 6) ? typeOrLength(walk, 6) : 'malformed';
}

/** IEEE 802.1ah: a service tag in front of the customer's whole Ethernet header. */
export function backboneTag(walk: Walk): Next {
  return has(walk, 4 + ETHERNET_HEADER) ? typeOrLength(walk, 4 + ETHERNET_HEADER) : 'malformed';
}

/** Cisco FabricPath: a tree and a time to live, then the Ethernet frame. */
export function fabricPath(walk: Walk): Next {
  return skipTo(walk, 2, ETHER_TYPE, BRIDGED_ETHERNET);
}

/** EtherIP (RFC 3378): two octets in front of an Ethernet frame. */
export function etherIp(walk: Walk): Next {
  return has(walk, 2 + ETHERNET_HEADER) ? typeOrLength(walk, 2 + ETHERNET_HEADER) : 'malformed';
}

/** A header whose last two octets are an EtherType, or the length of an LLC frame. */
function typeOrLength(walk: Walk, header: number): Next {
  const type = word(walk, header - 2);
  if (type >= FIRST_ETHER_TYPE) return skipTo(walk, header, ETHER_TYPE, type);
  if (type > LONGEST_LENGTH) return 'not-ip';
  walk.at += header;
  limitTo(walk, type);
  return llc(walk);
}

/** IEEE 802.2: a service access point, or behind a SNAP header an EtherType (RFC 1042). */
export function llc(walk: Walk): Next {
  if (!has(walk, LLC_HEADER)) return 'malformed';
  const sap = octet(walk, 0);
  if (sap !== SNAP_SAP) return skipTo(walk, LLC_HEADER, LLC_SAP, sap);
  if (!has(walk, SNAP_HEADER)) return 'malformed';
  return skipTo(walk, SNAP_HEADER, ETHER_TYPE, word(walk, 6));
}
