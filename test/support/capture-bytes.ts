/** Captures built octet by octet: records and blocks with whatever lengths a test wants to lie about. */

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function text(characters: string): Uint8Array {
  return Uint8Array.from(characters, (character) => character.charCodeAt(0));
}

/** Numbers of two or four octets, in one byte order. */
function numbers(little: boolean, ...fields: readonly (readonly [size: 2 | 4, value: number])[]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((sum, [size]) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [size, value] of fields) {
    if (size === 2) view.setUint16(at, value, little);
    else view.setUint32(at, value, little);
    at += size;
  }
  return bytes;
}

interface ByteOrder {
  readonly little?: boolean;
}

export interface PcapHeaderFields extends ByteOrder {
  readonly magic?: number;
  readonly version?: readonly [major: number, minor: number];
  readonly linkType?: number;
  readonly snapLength?: number;
}

export function pcapHeader(fields: PcapHeaderFields = {}): Uint8Array {
  const { little = true, magic = 0xa1b2c3d4, version = [2, 4], linkType = 1, snapLength = 262_144 } = fields;
  return numbers(little, [4, magic], [2, version[0]], [2, version[1]], [4, 0], [4, 0], [4, snapLength], [4, linkType]);
}

export interface RecordFields extends ByteOrder {
  readonly seconds?: number;
  readonly fraction?: number;
  /** What the header claims; the length of the octets when left out. */
  readonly captured?: number;
  readonly wire?: number;
}

export function record(octets: Uint8Array, fields: RecordFields = {}): Uint8Array {
  const { little = true, seconds = 1_700_000_000, fraction = 0, captured = octets.length, wire = captured } = fields;
  return join(numbers(little, [4, seconds], [4, fraction], [4, captured], [4, wire]), octets);
}

export interface BlockFields extends ByteOrder {
  /** What the header and the trailer claim; the right length when left out. */
  readonly length?: number;
  readonly trailer?: number;
}

export function block(type: number, body: Uint8Array, fields: BlockFields = {}): Uint8Array {
  const padding = new Uint8Array((4 - (body.length & 3)) & 3);
  const { little = true, length = body.length + padding.length + 12, trailer = length } = fields;
  return join(numbers(little, [4, type], [4, length]), body, padding, numbers(little, [4, trailer]));
}

export function section(fields: BlockFields & { readonly magic?: number; readonly major?: number } = {}): Uint8Array {
  const { little = true, magic = 0x1a2b3c4d, major = 1 } = fields;
  return block(0x0a0d0d0a, numbers(little, [4, magic], [2, major], [2, 0], [4, 0xffff_ffff], [4, 0xffff_ffff]), fields);
}

export function option(code: number, value: Uint8Array, fields: ByteOrder & { readonly length?: number } = {}): Uint8Array {
  const { little = true, length = value.length } = fields;
  return join(numbers(little, [2, code], [2, length]), value, new Uint8Array((4 - (value.length & 3)) & 3));
}

/** An octet count or an offset, in eight octets. */
export function long(value: bigint, little = true): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, value, little);
  return bytes;
}

export interface InterfaceFields extends BlockFields {
  readonly linkType?: number;
  readonly snapLength?: number;
  readonly options?: Uint8Array;
}

export function describeInterface(fields: InterfaceFields = {}): Uint8Array {
  const { little = true, linkType = 1, snapLength = 0, options = new Uint8Array(0) } = fields;
  return block(1, join(numbers(little, [2, linkType], [2, 0], [4, snapLength]), options), fields);
}

export interface PacketFields extends BlockFields {
  readonly id?: number;
  /** Ticks since 1970. */
  readonly stamp?: bigint;
  readonly captured?: number;
  readonly wire?: number;
  readonly options?: Uint8Array;
}

const MICROSECONDS_OF_2023 = 1_700_000_000_000_000n;

export function enhancedPacket(octets: Uint8Array, fields: PacketFields = {}): Uint8Array {
  const { little = true, id = 0, stamp = MICROSECONDS_OF_2023, captured = octets.length, wire = captured } = fields;
  const head = numbers(little, [4, id], ...halves(stamp), [4, captured], [4, wire]);
  const padding = new Uint8Array((4 - (octets.length & 3)) & 3);
  return block(6, join(head, octets, padding, fields.options ?? new Uint8Array(0)), fields);
}

export function obsoletePacket(octets: Uint8Array, fields: PacketFields = {}): Uint8Array {
  const { little = true, id = 0, stamp = MICROSECONDS_OF_2023, captured = octets.length, wire = captured } = fields;
  return block(2, join(numbers(little, [2, id], [2, 0xffff], ...halves(stamp), [4, captured], [4, wire]), octets), fields);
}

export function simplePacket(octets: Uint8Array, fields: BlockFields & { readonly wire?: number } = {}): Uint8Array {
  const { little = true, wire = octets.length } = fields;
  return block(3, join(numbers(little, [4, wire]), octets), fields);
}

/** @param dropped value of isb_ifdrop */
export function statistics(id: number, dropped: bigint, fields: BlockFields = {}): Uint8Array {
  const { little = true } = fields;
  return block(5, join(numbers(little, [4, id], [4, 0], [4, 0]), option(5, long(dropped, little), { little })), fields);
}

function halves(stamp: bigint): readonly (readonly [4, number])[] {
  return [
    [4, Number(stamp >> 32n)],
    [4, Number(stamp & 0xffff_ffffn)],
  ];
}
