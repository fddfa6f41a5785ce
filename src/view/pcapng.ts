/**
 * Blocks of a pcapng file (draft-ietf-opsawg-pcapng), little-endian, times in nanoseconds. Every function gives one block.
 *
 * Text in it is shown by programs that print it as it stands, so callers pass safe text only.
 */

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE = 1;
const NAMES = 4;
const PACKET = 6;

const COMMENT = 1;
const APPLICATION = 4;
const INTERFACE_NAME = 2;
const TIME_RESOLUTION = 9;
const NANOSECONDS = 9;

const IPV4_RECORD = 1;
const IPV6_RECORD = 2;

/** Octets of one comment; the format would allow 65,535. */
const LONGEST_COMMENT = 4000;

type Option = readonly [code: number, value: Uint8Array];

export function sectionHeader(application: string, comments: readonly string[]): Uint8Array {
  const body = new Uint8Array(16);
  const view = new DataView(body.buffer);
  view.setUint32(0, 0x1a2b3c4d, true);
  view.setUint16(4, 1, true);
  view.setBigInt64(8, -1n, true);
  return block(SECTION_HEADER, [body], [[APPLICATION, utf8(application)], ...comments.map(comment)]);
}

/** @param linkType a LINKTYPE_ value */
export function interfaceDescription(linkType: number, name: string): Uint8Array {
  const body = new Uint8Array(8);
  new DataView(body.buffer).setUint16(0, linkType, true);
  return block(
    INTERFACE,
    [body],
    [
      [INTERFACE_NAME, utf8(name)],
      [TIME_RESOLUTION, Uint8Array.of(NANOSECONDS)],
    ],
  );
}

/** @param names address in octets, 4 or 16 of them, and what it is called */
export function nameResolution(names: readonly (readonly [address: Uint8Array, name: string])[]): Uint8Array {
  const records = names.flatMap(([address, name]) => {
    const value = joined([address, utf8(name), Uint8Array.of(0)]);
    return [tag(address.length === 4 ? IPV4_RECORD : IPV6_RECORD, value.length), value, padding(value.length)];
  });
  return block(NAMES, [...records, tag(0, 0)], []);
}

/** @param time nanoseconds of the epoch */
export function enhancedPacket(
  { interfaceId, time, wireLength }: { readonly interfaceId: number; readonly time: bigint; readonly wireLength: number },
  octets: Uint8Array,
  comments: readonly string[],
): Uint8Array {
  const head = new Uint8Array(20);
  const view = new DataView(head.buffer);
  view.setUint32(0, interfaceId, true);
  view.setUint32(4, Number((time >> 32n) & 0xffff_ffffn), true);
  view.setUint32(8, Number(time & 0xffff_ffffn), true);
  view.setUint32(12, octets.length, true);
  view.setUint32(16, Math.max(wireLength, octets.length), true);
  return block(PACKET, [head, octets, padding(octets.length)], comments.map(comment));
}

function comment(text: string): Option {
  return [COMMENT, utf8(text.slice(0, LONGEST_COMMENT))];
}

function block(type: number, body: readonly Uint8Array[], options: readonly Option[]): Uint8Array {
  const written = options.flatMap(([code, value]) => [tag(code, value.length), value, padding(value.length)]);
  const parts = [...body, ...written, ...(written.length > 0 ? [tag(0, 0)] : [])];
  const length = 12 + parts.reduce((sum, part) => sum + part.length, 0);
  return joined([word(type), word(length), ...parts, word(length)]);
}

function tag(code: number, length: number): Uint8Array {
  return Uint8Array.of(code & 0xff, code >> 8, length & 0xff, length >> 8);
}

function word(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

/** To the next multiple of four. */
function padding(length: number): Uint8Array {
  return new Uint8Array((4 - (length % 4)) % 4);
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
