/**
 * From the first octet of a frame to its innermost TCP header, one header at a time.
 *
 * Hot: frames that the short path of decode-frames.ts does not know come through here, in some captures all of them; nothing
 * is allocated. A layer reads its header, moves the walk behind it and says what comes next: a name space and a number in it
 * (`walk.key`), or why the walk ends. So layers know nothing of each other, a new one is a file and a line in layers.ts, and
 * nesting is a loop with a limit instead of a recursion.
 */

import type { Frame } from '../model.ts';
import type { Fragments } from './fragments.ts';
import type { Seen } from './seen.ts';

/** Headers that one frame may have in front of TCP. */
export const NESTING_LIMIT = 16;

/**
 * Why a frame gives no segment. `malformed`: a header contradicts itself, or the frame ends inside it, be it cut by the capture.
 * `reassembled`: what it holds came to light with the last fragment of its datagram. `fragment`: that has not happened.
 */
export type Skip =
  | 'link-type-unknown'
  | 'not-ip'
  | 'not-tcp'
  | 'fragment'
  | 'reassembled'
  | 'malformed'
  | 'nested-too-deep'
  | 'address-limit';

/** Name spaces: where numbers that name a next header come from. Small numbers, because they index a table for every header. */
export const LINK_TYPE = 0;
export const ETHER_TYPE = 1;
export const LLC_SAP = 2;
export const PPP_PROTOCOL = 3;
export const IP_PROTOCOL = 4;
export const UDP_PORT = 5;

/** A name space, or how the walk ends. `tcp`: it stands at the first octet of a TCP header. */
export type Next = number | Skip | 'tcp';

export type Layer = (walk: Walk) => Next;

/** By name space. */
export type LayerTables = readonly ReadonlyMap<number, Layer>[];

/** Where the walk stands. Invariant: at <= end <= wireEnd, end <= bytes.length. */
export interface Walk {
  bytes: Uint8Array;
  at: number;
  /** End of what was captured, without the padding that inner lengths leave out. */
  end: number;
  /** End of what was on the wire, by the innermost length; beyond `end` when the capture cut the frame. */
  wireEnd: number;
  /** The number of the next header, in the name space that the layer returned. */
  key: number;
  /** The innermost IP header: 4 or 6, its hop limit or time to live, and where its addresses are. */
  family: number;
  hopLimit: number;
  sourceAt: number;
  destinationAt: number;
  /** The packet is one that an ICMP error quotes, not one that was sent here. */
  quoted: boolean;
  /** Of the frame. */
  time: number;
  readonly fragments: Fragments;
  readonly seen: Seen;
}

export function newWalk(fragments: Fragments, seen: Seen): Walk {
  const [numbers, addresses] = [
    { at: 0, end: 0, wireEnd: 0, key: 0, time: 0 },
    { family: 0, hopLimit: 0, sourceAt: 0, destinationAt: 0 },
  ];
  return { bytes: new Uint8Array(0), ...numbers, ...addresses, quoted: false, fragments, seen };
}

/** What a number that no layer is known for means, by name space. */
const UNKNOWN: readonly Skip[] = ['link-type-unknown', 'not-ip', 'not-ip', 'not-ip', 'not-tcp', 'not-tcp'];

/** Leaves the walk at the innermost TCP header, or says why there is none. */
export function walkFrame(walk: Walk, frame: Frame, tables: LayerTables): Skip | 'tcp' {
  walk.bytes = frame.bytes;
  walk.at = frame.start;
  walk.end = frame.end;
  walk.wireEnd = Math.max(frame.end, frame.start + frame.wireLength);
  walk.key = frame.linkType;
  walk.quoted = false;
  walk.time = frame.time;
  let next: number = LINK_TYPE;
  for (let depth = 0; depth <= NESTING_LIMIT; depth++) {
    const layer = tables[next]!.get(walk.key);
    if (layer === undefined) return UNKNOWN[next]!;
    const found: Next = layer(walk);
    if (typeof found === 'string') return found;
    next = found;
  }
  return 'nested-too-deep';
}

/** The next layer is `key` in `space`, `length` octets further on; `malformed` if those are not there. */
export function skipTo(walk: Walk, length: number, space: number, key: number): Next {
  if (walk.at + length > walk.end) return 'malformed';
  walk.at += length;
  walk.key = key;
  return space;
}

/**
 * From here on there are `length` octets, by a header's word; what follows them is padding. A header cannot make a frame longer
 * than it was on the wire: a receiver drops such a packet, and a length that is garbage would swallow the data that come next.
 */
export function limitTo(walk: Walk, length: number): void {
  walk.wireEnd = Math.min(walk.wireEnd, walk.at + length);
  walk.end = Math.min(walk.end, walk.wireEnd);
}

/** True when `length` octets from here on were captured. */
export function has(walk: Walk, length: number): boolean {
  return walk.at + length <= walk.end;
}

export function octet(walk: Walk, offset: number): number {
  return walk.bytes[walk.at + offset]!;
}

/** Two octets, most significant first. */
export function word(walk: Walk, offset: number): number {
  return (walk.bytes[walk.at + offset]! << 8) | walk.bytes[walk.at + offset + 1]!;
}

/** Four octets, most significant first, without a sign. */
export function long(walk: Walk, offset: number): number {
  return word(walk, offset) * 0x10000 + word(walk, offset + 2);
}

/** Two octets, least significant first. */
export function littleWord(walk: Walk, offset: number): number {
  return walk.bytes[walk.at + offset]! | (walk.bytes[walk.at + offset + 1]! << 8);
}

/** Four octets, least significant first, without a sign. */
export function littleLong(walk: Walk, offset: number): number {
  return littleWord(walk, offset) + littleWord(walk, offset + 2) * 0x10000;
}
