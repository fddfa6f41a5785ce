/**
 * Decodes frames for a test, and writes each segment as one line: `10.0.0.1:40001 > 10.0.0.2:80 PA seq=1 ack=2 len=5 "hello"`.
 * A hop limit is written where it is not the 64 with which `packet.ts` sends: `... "hello" hops=57`.
 */

import { type Addresses, newAddresses } from '../../src/decode/addresses.ts';
import { type DecodeFacts, newDecodeFacts } from '../../src/decode/decode-facts.ts';
import { decodeFrames } from '../../src/decode/decode-frames.ts';
import type { AddressBook, Frame, Segment } from '../../src/model.ts';
import { latin1 } from '../../src/octets.ts';
import { HOP_LIMIT } from './packet.ts';

const FLAG_LETTERS = 'FSRPA';

/** A frame somewhere in a buffer, as a reader hands it on: what lies around it is not its own. */
export function frameOf(octets: Uint8Array, linkType: number, wireLength = octets.length): Frame {
  const bytes = new Uint8Array(octets.length + 64).fill(0x45);
  bytes.set(octets, 17);
  return {
    bytes,
    start: 17,
    end: 17 + octets.length,
    wireLength,
    time: 0,
    number: 1,
    offset: 0,
    recordLength: 0,
    capture: 0,
    linkType,
    interfaceId: 0,
  };
}

function segmentText(segment: Segment, book: AddressBook): string {
  const { family, flags, seq, ack, length, bytes, start, end } = segment;
  const source = `${book.text(family, segment.source)}:${segment.sourcePort}`;
  const destination = `${book.text(family, segment.destination)}:${segment.destinationPort}`;
  const letters = [...FLAG_LETTERS].filter((_, bit) => (flags & (1 << bit)) !== 0).join('');
  const hops = segment.hopLimit === HOP_LIMIT ? '' : ` hops=${segment.hopLimit}`;
  return `${source} > ${destination} ${letters} seq=${seq} ack=${ack} len=${length} "${latin1(bytes, start, end)}"${hops}`;
}

/** The segment in one line, or the reason why there is none. */
export function decodeOne(octets: Uint8Array, linkType: number, wireLength = octets.length): string {
  const { lines, facts } = decodeAll([frameOf(octets, linkType, wireLength)]);
  const reasons = Object.entries(facts.skipped).flatMap(([reason, count]) => (count > 0 ? [reason] : []));
  return [...lines, ...reasons].join(' + ');
}

export function decodeAll(
  frames: readonly Frame[],
  addresses: Addresses = newAddresses(),
): { readonly lines: readonly string[]; readonly facts: DecodeFacts } {
  const lines: string[] = [];
  const facts = newDecodeFacts();
  const stage = decodeFrames(addresses, facts, (segment) => lines.push(segmentText(segment, addresses)));
  for (const frame of frames) stage.push(frame);
  stage.end();
  return { lines, facts };
}

/** Octets from hex, spaces and line ends aside. */
export function hex(text: string): Uint8Array {
  return Uint8Array.from(text.replaceAll(/\s/g, '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
