/**
 * A frame and what may be shown of its payload -> the frame to write: octets that are not to be read are overwritten, and the
 * TCP checksum moves by the same amount (RFC 1624), so that one that was right stays right.
 */
import type { Frame, Segment } from '../model.ts';
import type { Direction, Shown } from './visible-octets.ts';

const FILLER = 0x78;
const CR = 0x0d;
const LF = 0x0a;
const LEAST_HEADER = 20;
const LARGEST_HEADER = 60;
/** Offset of the checksum in a TCP header. */
const CHECKSUM = 16;

/** A copy of the frame; undefined where its payload does not lie in it as a whole, as in a fragment. */
export function patchedFrame(frame: Frame, segment: Segment, direction: Direction): Uint8Array | undefined {
  const octets = frame.bytes.slice(frame.start, frame.end);
  if (segment.start === segment.end) return octets;
  if (segment.bytes !== frame.bytes || segment.start < frame.start || segment.end > frame.end) return undefined;
  const [start, end] = [segment.start - frame.start, segment.end - frame.start];
  const header = headerOf(octets, start, segment);
  const before = header === undefined ? 0 : sumOf(octets, start, end);
  overwrite(octets, start, end, direction.known ? (segment.seq - direction.base) | 0 : Number.NaN, direction.shown);
  if (header !== undefined) move(octets, header + CHECKSUM, before, sumOf(octets, start, end));
  return octets;
}

/** Where the TCP header of a segment begins; it ends at `start`. Undefined where it is not in the frame. */
export function headerOf(octets: Uint8Array, start: number, { sourcePort, destinationPort }: Segment): number | undefined {
  for (let length = LEAST_HEADER; length <= LARGEST_HEADER && length <= start; length += 4) {
    const at = start - length;
    const fits =
      word(octets, at) === sourcePort && word(octets, at + 2) === destinationPort && ((octets[at + 12] ?? 0) >> 4) * 4 === length;
    if (fits) return at;
  }
  return undefined;
}

/** @param offset of octets[start] in its direction; NaN where it is not known: then nothing is shown */
function overwrite(octets: Uint8Array, start: number, end: number, offset: number, shown: readonly Shown[]): void {
  for (let at = start; at < end; at++) if (octets[at] !== CR && octets[at] !== LF) octets[at] = FILLER;
  if (Number.isNaN(offset)) return;
  for (let index = firstBehind(shown, offset); index < shown.length; index++) {
    const line = shown[index];
    if (line === undefined || line.offset >= offset + end - start) return;
    const from = Math.max(line.offset, offset);
    const upTo = Math.min(line.offset + line.octets.length, offset + end - start);
    octets.set(line.octets.subarray(from - line.offset, upTo - line.offset), start + from - offset);
  }
}

/** The first line that ends behind `offset`. They stand in order. */
function firstBehind(shown: readonly Shown[], offset: number): number {
  let [low, high] = [0, shown.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const line = shown[middle];
    if (line !== undefined && line.offset + line.octets.length <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function word(octets: Uint8Array, at: number): number {
  return ((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0);
}

/** The payload of a TCP segment begins at an even octet of it. */
function sumOf(octets: Uint8Array, start: number, end: number): number {
  let sum = 0;
  for (let at = start; at < end; at += 2) sum += ((octets[at] ?? 0) << 8) | (at + 1 < end ? (octets[at + 1] ?? 0) : 0);
  return sum;
}

function move(octets: Uint8Array, at: number, before: number, after: number): void {
  let sum = (~word(octets, at) & 0xffff) + (0xffff - (before % 0xffff)) + (after % 0xffff);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  octets[at] = (~sum >> 8) & 0xff;
  octets[at + 1] = ~sum & 0xff;
}
