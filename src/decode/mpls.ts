/**
 * One MPLS label (RFC 3032), to the next label or to the payload.
 *
 * Hot: every frame of a provider's capture comes through here (bench: decode). Nothing in the label says what the payload is:
 * its first four bits do, 4 and 6 for IP. What else there is is the Ethernet frame of a pseudowire, behind a control word
 * (RFC 4385) that begins with 0; but so do most Ethernet addresses, and then an EtherType in its place decides.
 */

import { ETHER_TYPE, has, type Next, octet, skipTo, type Walk, word } from './walk.ts';

const LABEL = 4;
const CONTROL_WORD = 4;
const MPLS = 0x8847;
const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const VLAN = 0x8100;
const BRIDGED_ETHERNET = 0x6558;
const ETHERNET_TYPES: readonly number[] = [IPV4, IPV6, VLAN];

export function mpls(walk: Walk): Next {
  if (!has(walk, LABEL + 1)) return 'malformed';
  const bottomOfStack = (octet(walk, 2) & 1) === 1;
  if (!bottomOfStack) return skipTo(walk, LABEL, ETHER_TYPE, MPLS);
  const nibble = octet(walk, LABEL) >> 4;
  if (nibble === 4) return skipTo(walk, LABEL, ETHER_TYPE, IPV4);
  if (nibble === 6) return skipTo(walk, LABEL, ETHER_TYPE, IPV6);
  const control = nibble === 0 && !isEthernet(walk);
  return skipTo(walk, control ? LABEL + CONTROL_WORD : LABEL, ETHER_TYPE, BRIDGED_ETHERNET);
}

function isEthernet(walk: Walk): boolean {
  return has(walk, LABEL + 14) && ETHERNET_TYPES.includes(word(walk, LABEL + 12));
}
