/** Frames to a classic pcap. */

import { concat, LINK_TYPES, type LinkType } from './packet.ts';

export interface WireFrame {
  /** Epoch microseconds. */
  readonly time: number;
  readonly bytes: Uint8Array;
  /** Octets on the wire; `bytes.length` unless the test cut the frame. */
  readonly wireLength: number;
}

/** A classic pcap, little endian, microseconds, of frames in the order given. */
export function pcapOf(
  frames: readonly WireFrame[],
  { linkType = 'ethernet', snapLength = 262_144 }: { readonly linkType?: LinkType | number; readonly snapLength?: number } = {},
): Uint8Array {
  const header = new DataView(new ArrayBuffer(24));
  header.setUint32(0, 0xa1b2c3d4, true);
  header.setUint16(4, 2, true);
  header.setUint16(6, 4, true);
  header.setUint32(16, snapLength, true);
  header.setUint32(20, typeof linkType === 'number' ? linkType : LINK_TYPES[linkType], true);
  return concat(new Uint8Array(header.buffer), ...frames.flatMap((frame) => recordOf(frame, snapLength)));
}

function recordOf({ time, bytes, wireLength }: WireFrame, snapLength: number): Uint8Array[] {
  const captured = bytes.subarray(0, snapLength);
  const header = new DataView(new ArrayBuffer(16));
  header.setUint32(0, Math.floor(time / 1e6), true);
  header.setUint32(4, time % 1e6, true);
  header.setUint32(8, captured.length, true);
  header.setUint32(12, wireLength, true);
  return [new Uint8Array(header.buffer), captured];
}
