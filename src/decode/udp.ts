/**
 * UDP as far as it carries Ethernet or IP: VXLAN (RFC 7348), its generic extension and Geneve (RFC 8926), by destination port.
 *
 * Hot: every frame of an overlay network's capture comes through here (bench: decode).
 */

import { ETHER_TYPE, has, limitTo, type Next, octet, skipTo, UDP_PORT, type Walk, word } from './walk.ts';

const UDP_HEADER = 8;
const VXLAN_HEADER = 8;
/** "The VNI is valid": always set. */
const VXLAN_FLAG = 0x08;
const GENEVE_HEADER = 8;
const BRIDGED_ETHERNET = 0x6558;
/** EtherTypes of the next protocols 1 to 3: IPv4, IPv6, Ethernet. */
const GPE_ETHER_TYPES: readonly (number | undefined)[] = [undefined, 0x0800, 0x86dd, BRIDGED_ETHERNET];

export function udp(walk: Walk): Next {
  if (!has(walk, UDP_HEADER)) return 'malformed';
  const port = word(walk, 2);
  const length = word(walk, 4);
  // Zero: segmentation was left to the network card.
  if (length !== 0) limitTo(walk, length);
  return skipTo(walk, UDP_HEADER, UDP_PORT, port);
}

export function vxlan(walk: Walk): Next {
  if (!has(walk, VXLAN_HEADER)) return 'malformed';
  if ((octet(walk, 0) & VXLAN_FLAG) === 0) return 'not-tcp';
  return skipTo(walk, VXLAN_HEADER, ETHER_TYPE, BRIDGED_ETHERNET);
}

/** draft-ietf-nvo3-vxlan-gpe section 3.2: the header names the protocol of the payload. */
export function vxlanGpe(walk: Walk): Next {
  if (!has(walk, VXLAN_HEADER)) return 'malformed';
  const type = GPE_ETHER_TYPES[octet(walk, 3)];
  return type === undefined ? 'not-ip' : skipTo(walk, VXLAN_HEADER, ETHER_TYPE, type);
}

export function geneve(walk: Walk): Next {
  if (!has(walk, GENEVE_HEADER)) return 'malformed';
  const options = (octet(walk, 0) & 0x3f) * 4;
  return skipTo(walk, GENEVE_HEADER + options, ETHER_TYPE, word(walk, 2));
}
