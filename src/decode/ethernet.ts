/**
 * Ethernet II, 802.3 with LLC and SNAP, and VLAN tags: from the destination address to the EtherType.
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

export function ethernet(walk: Walk): Next {
  if (!has(walk, ETHERNET_HEADER)) return 'malformed';
  return typeOrLength(walk, ETHERNET_HEADER);
}

/** IEEE 802.1Q; the outer tags of 802.1ad and of older QinQ have the same shape. */
export function vlan(walk: Walk): Next {
  if (!has(walk, VLAN_TAG)) return 'malformed';
  return typeOrLength(walk, VLAN_TAG);
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
