/**
 * What is tunnelled in UDP: VXLAN (RFC 7348) and its generic extension, Geneve (RFC 8926), Teredo (RFC 4380), AYIYA, GTP-U
 * (3GPP TS 29.281), L2TP (RFC 2661) and NSH (RFC 8300), to the packet inside.
 *
 * Hot: every frame of an overlay network's capture comes through here (bench: decode).
 */

import { ppp } from './ppp.ts';
import { ETHER_TYPE, has, IP_PROTOCOL, type Next, octet, PPP_PROTOCOL, skipTo, type Walk, word } from './walk.ts';

const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const BRIDGED_ETHERNET = 0x6558;
const NSH = 0x894f;
const MPLS = 0x8847;

const VXLAN_HEADER = 8;
/** "The VNI is valid": always set. */
const VXLAN_FLAG = 0x08;

export function vxlan(walk: Walk): Next {
  if (!has(walk, VXLAN_HEADER)) return 'malformed';
  if ((octet(walk, 0) & VXLAN_FLAG) === 0) return 'not-tcp';
  return skipTo(walk, VXLAN_HEADER, ETHER_TYPE, BRIDGED_ETHERNET);
}

/** EtherTypes of the next protocols from 1 on, of VXLAN-GPE and of NSH. */
const GPE_TYPES: readonly (number | undefined)[] = [undefined, IPV4, IPV6, BRIDGED_ETHERNET, NSH];
const NSH_TYPES: readonly (number | undefined)[] = [undefined, IPV4, IPV6, BRIDGED_ETHERNET, NSH, MPLS];

/** draft-ietf-nvo3-vxlan-gpe section 3.2: the header names the protocol of the payload. */
export function vxlanGpe(walk: Walk): Next {
  if (!has(walk, VXLAN_HEADER)) return 'malformed';
  const type = GPE_TYPES[octet(walk, 3)];
  return type === undefined ? 'not-ip' : skipTo(walk, VXLAN_HEADER, ETHER_TYPE, type);
}

/** RFC 8300 section 2: the length counts four octets. */
export function nsh(walk: Walk): Next {
  if (!has(walk, 8)) return 'malformed';
  const type = NSH_TYPES[octet(walk, 3)];
  return type === undefined ? 'not-ip' : skipTo(walk, (octet(walk, 1) & 0x3f) * 4, ETHER_TYPE, type);
}

const GENEVE_HEADER = 8;

export function geneve(walk: Walk): Next {
  if (!has(walk, GENEVE_HEADER)) return 'malformed';
  const options = (octet(walk, 0) & 0x3f) * 4;
  return skipTo(walk, GENEVE_HEADER + options, ETHER_TYPE, word(walk, 2));
}

/** RFC 4380 section 5.1.1: authentication and origin may stand in front of the IPv6 packet. */
export function teredo(walk: Walk): Next {
  if (has(walk, 4) && word(walk, 0) === 1) walk.at += 13 + octet(walk, 2) + octet(walk, 3);
  if (has(walk, 8) && word(walk, 0) === 0) walk.at += 8;
  if (!has(walk, 1)) return 'not-tcp';
  return octet(walk, 0) >> 4 === 6 ? skipTo(walk, 0, ETHER_TYPE, IPV6) : 'not-tcp';
}

const AYIYA_FIXED = 8;
const FORWARD = 1;

/** draft-massar-v6ops-ayiya section 3: an identity of 2^n octets and a signature, counted in four. */
export function ayiya(walk: Walk): Next {
  if (!has(walk, AYIYA_FIXED)) return 'malformed';
  if ((octet(walk, 2) & 0x0f) !== FORWARD) return 'not-tcp';
  const identity = 1 << (octet(walk, 0) >> 4);
  return skipTo(walk, AYIYA_FIXED + identity + (octet(walk, 1) >> 4) * 4, IP_PROTOCOL, octet(walk, 3));
}

const GTP_HEADER = 8;
/** Version 1, protocol type GTP. */
const GTP_VERSION = 0x30;
const GTP_VERSION_MASK = 0xf0;
const GTP_OPTIONAL = 0x07;
const GTP_EXTENDED = 0x04;
const USER_DATA = 255;

/** 3GPP TS 29.281 section 5.1: optional fields, then extension headers, whose last octet names the next one. */
export function gtp(walk: Walk): Next {
  if (!has(walk, GTP_HEADER)) return 'malformed';
  const flags = octet(walk, 0);
  if ((flags & GTP_VERSION_MASK) !== GTP_VERSION || octet(walk, 1) !== USER_DATA) return 'not-tcp';
  let length = (flags & GTP_OPTIONAL) === 0 ? GTP_HEADER : GTP_HEADER + 4;
  let extended = (flags & GTP_EXTENDED) !== 0;
  while (extended && has(walk, length + 1) && octet(walk, length - 1) !== 0) {
    extended = octet(walk, length) !== 0;
    length += octet(walk, length) * 4;
  }
  return innerIp(walk, length);
}

/** What follows is IP, or nothing that is read. */
function innerIp(walk: Walk, header: number): Next {
  const version = has(walk, header + 1) ? octet(walk, header) >> 4 : 0;
  return version === 4 || version === 6 ? skipTo(walk, header, ETHER_TYPE, IPV4) : 'not-tcp';
}

const L2TP_CONTROL = 0x8000;
const L2TP_LENGTH = 0x4000;
const L2TP_SEQUENCE = 0x0800;
const L2TP_OFFSET = 0x0200;
const L2TP_VERSION = 0x000f;

/** RFC 2661 section 3.1: data messages carry PPP. */
export function l2tp(walk: Walk): Next {
  if (!has(walk, 6)) return 'malformed';
  const flags = word(walk, 0);
  if ((flags & L2TP_CONTROL) !== 0 || (flags & L2TP_VERSION) !== 2) return 'not-tcp';
  let length = 6;
  if ((flags & L2TP_LENGTH) !== 0) length += 2;
  if ((flags & L2TP_SEQUENCE) !== 0) length += 4;
  if ((flags & L2TP_OFFSET) !== 0) length += has(walk, length + 2) ? 2 + word(walk, length) : 2;
  const next = skipTo(walk, length, PPP_PROTOCOL, 0);
  return next === 'malformed' ? next : ppp(walk);
}
