/**
 * Frames to TCP segments.
 *
 * Hot: runs for every frame, without an allocation; bench/ measures it as stage "decode". Nearly all frames are Ethernet or SLL2
 * with a plain IPv4 header: those are read in `push` itself, all others by the walk of walk.ts, and what both find is the same.
 * A frame gives at most one segment, that of its innermost TCP header; every other frame is counted with the reason.
 *
 * Wireshark numbers connections by TCP headers that give no segment, too: those that the capture cut, those that contradict
 * themselves, and those that ICMP errors quote. So that the numbers can be equal, they go to a sink of their own.
 */

import type { Frame, Segment, Sink, Stage } from '../model.ts';
import { ADDRESS_LIMIT_REACHED, type Addresses } from './addresses.ts';
import type { DecodeFacts } from './decode-facts.ts';
import { Fragments } from './fragments.ts';
import { LAYERS } from './layers.ts';
import { newWalk, type Skip, walkFrame } from './walk.ts';

const ETHERNET = 1;
const ETHERNET_HEADER = 14;
const SLL2 = 276;
const SLL2_HEADER = 20;
const IPV4_HEADER = 20;
const TCP_HEADER = 20;
/** What must be captured of a TCP header: up to the window. Checksum and urgent pointer are not needed, here or in Wireshark. */
const NEEDED_OF_TCP = 16;
const TCP = 6;
/** FIN, SYN, RST, PSH, ACK. */
const FLAGS = 0x1f;
const URG = 0x20;

/**
 * A segment that only counts for the number of its connection: no payload, and what lies behind its flags is not to be believed.
 * `quoted`: by an ICMP error; it was sent elsewhere, and is no base for the sequence numbers of its direction.
 */
export type NumberSink = (segment: Segment, quoted: boolean) => void;

export function decodeFrames(
  addresses: Addresses,
  facts: DecodeFacts,
  sink: Sink<Segment>,
  numbered: NumberSink = () => undefined,
): Stage<Frame> {
  const segment = newSegment();
  const walk = newWalk(new Fragments(facts), facts.seen);

  /** Fills in the segment whose TCP header is at `at`, or returns false when that is not a whole header. */
  function readTcp(bytes: Uint8Array, at: number, end: number, wireEnd: number): boolean {
    if (at + NEEDED_OF_TCP > end) return false;
    const header = (bytes[at + 12]! >> 4) * 4;
    if (header < TCP_HEADER || at + header > wireEnd) return false;
    readHeader(bytes, at);
    segment.bytes = bytes;
    segment.start = Math.min(at + header, end);
    segment.end = end;
    segment.length = wireEnd - at - header;
    if ((bytes[at + 13]! & URG) !== 0 && segment.length > 0) facts.urgent++;
    return true;
  }

  function readHeader(bytes: Uint8Array, at: number): void {
    segment.sourcePort = (bytes[at]! << 8) | bytes[at + 1]!;
    segment.destinationPort = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    segment.seq = int32(bytes, at + 4);
    segment.ack = int32(bytes, at + 8);
    segment.flags = bytes[at + 13]! & FLAGS;
    segment.window = (bytes[at + 14]! << 8) | bytes[at + 15]!;
  }

  /** A TCP header that gives no segment. */
  function number(frame: Frame): void {
    const { bytes, at, end } = walk;
    if (at + NEEDED_OF_TCP > end || !readAddresses()) return;
    readHeader(bytes, at);
    segment.bytes = bytes;
    segment.start = end;
    segment.end = end;
    segment.length = 0;
    segment.frame = frame;
    numbered(segment, walk.quoted);
  }

  /** Returns false when there is no room for one more IPv6 address. */
  function readAddresses(): boolean {
    const { bytes, family, sourceAt, destinationAt } = walk;
    segment.family = family;
    segment.hopLimit = walk.hopLimit;
    segment.source = family === 4 ? int32(bytes, sourceAt) : addresses.intern(bytes, sourceAt);
    segment.destination = family === 4 ? int32(bytes, destinationAt) : addresses.intern(bytes, destinationAt);
    return family === 4 || (segment.source !== ADDRESS_LIMIT_REACHED && segment.destination !== ADDRESS_LIMIT_REACHED);
  }

  function skip(frame: Frame, reason: Skip): void {
    facts.skipped[reason]++;
    if (reason !== 'link-type-unknown') return;
    facts.unknownLinkTypes.set(frame.linkType, (facts.unknownLinkTypes.get(frame.linkType) ?? 0) + 1);
  }

  function walkTo(frame: Frame): void {
    const found = walkFrame(walk, frame, LAYERS);
    if (found !== 'tcp') skip(frame, found);
    else if (walk.quoted || !readTcp(walk.bytes, walk.at, walk.end, walk.wireEnd)) {
      skip(frame, walk.quoted ? 'not-tcp' : 'malformed');
      number(frame);
    } else if (!readAddresses()) skip(frame, 'address-limit');
    else hand(frame);
  }

  function hand(frame: Frame): void {
    facts.segments++;
    segment.frame = frame;
    sink(segment);
  }

  function push(frame: Frame): void {
    const { bytes, start, end, linkType } = frame;
    const typeAt = linkType === ETHERNET ? start + 12 : start;
    const at = linkType === ETHERNET ? start + ETHERNET_HEADER : start + SLL2_HEADER;
    if (
      (linkType === ETHERNET || linkType === SLL2) &&
      at + IPV4_HEADER + TCP_HEADER <= end &&
      bytes[typeAt] === 0x08 &&
      bytes[typeAt + 1] === 0x00 &&
      bytes[at] === 0x45 &&
      bytes[at + 9] === TCP &&
      ((bytes[at + 6]! & 0x3f) | bytes[at + 7]!) === 0
    ) {
      const wireEnd = Math.min(at + ((bytes[at + 2]! << 8) | bytes[at + 3]!), Math.max(end, start + frame.wireLength));
      if (readTcp(bytes, at + IPV4_HEADER, Math.min(wireEnd, end), wireEnd)) {
        segment.family = 4;
        segment.hopLimit = bytes[at + 8]!;
        segment.source = int32(bytes, at + 12);
        segment.destination = int32(bytes, at + 16);
        hand(frame);
        return;
      }
    }
    walkTo(frame);
  }

  return { push, end: () => undefined };
}

function int32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

function newSegment(): Segment {
  const bytes = new Uint8Array(0);
  const record = { wireLength: 0, time: 0, number: 0, offset: 0, recordLength: 0, capture: 0, linkType: 0, interfaceId: 0 };
  const frame = { bytes, start: 0, end: 0, ...record };
  const ip = { family: 4, hopLimit: 0, source: 0, destination: 0 };
  const tcp = { sourcePort: 0, destinationPort: 0, seq: 0, ack: 0, flags: 0, window: 0 };
  return { frame, ...ip, ...tcp, bytes, start: 0, end: 0, length: 0 };
}
