/**
 * A real capture, told differently: its segments split, repeated, swapped, cut or moved in time, its addresses, ports and host
 * names exchanged. What the connections did stays the same, so what is found must stay the same.
 *
 * Classic pcap, little endian, microseconds, of Ethernet or SLL2; of what is not TCP over IP only the time changes. Checksums are
 * left as they are: behind a network card that makes them, captures have none that hold.
 */
import { FIN, PSH } from '../../src/model.ts';
import { octetsOf } from '../../src/octets.ts';
import { pcapOf, type WireFrame } from './pcap.ts';

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
/** Link type, length of the link header, and where in it the EtherType is. */
const LINKS: ReadonlyMap<number, readonly [header: number, etherType: number]> = new Map([
  [1, [14, 12]],
  [276, [20, 0]],
]);

export interface Told {
  readonly linkType: number;
  readonly frames: readonly WireFrame[];
}

/** Undefined for another format, or another link type. */
export function readCapture(capture: Uint8Array): Told | undefined {
  const view = new DataView(capture.buffer, capture.byteOffset, capture.byteLength);
  const linkType = view.getUint32(20, true);
  if (view.getUint32(0, true) !== 0xa1b2c3d4 || !LINKS.has(linkType)) return undefined;
  const frames: WireFrame[] = [];
  for (let at = FILE_HEADER; at + RECORD_HEADER <= capture.length; ) {
    const time = view.getUint32(at, true) * 1e6 + view.getUint32(at + 4, true);
    const end = at + RECORD_HEADER + view.getUint32(at + 8, true);
    frames.push({ time, bytes: capture.subarray(at + RECORD_HEADER, end), wireLength: view.getUint32(at + 12, true) });
    at = end;
  }
  return { linkType, frames };
}

export function writeCapture({ linkType, frames }: Told): Uint8Array {
  return pcapOf(frames, { linkType });
}

/** Where the parts of a frame with a TCP segment begin. */
interface Layout {
  readonly ip: number;
  readonly tcp: number;
  readonly payload: number;
  /** Behind the last octet of it that was sent; the capture may have fewer. */
  readonly end: number;
  readonly version: number;
}

/** Undefined for what is not TCP over IP, and for fragments. */
function layoutOf(bytes: Uint8Array, linkType: number): Layout | undefined {
  const view = viewOf(bytes);
  const [ip, etherType] = LINKS.get(linkType) ?? [0, 0];
  if (bytes.length < ip + 40) return undefined;
  const kind = view.getUint16(etherType);
  if (kind === 0x0800 && bytes[ip + 9] === 6 && (view.getUint16(ip + 6) & 0x3fff) === 0) {
    const tcp = ip + ((bytes[ip] ?? 0) & 15) * 4;
    return { ip, tcp, payload: tcp + ((bytes[tcp + 12] ?? 0) >> 4) * 4, end: ip + view.getUint16(ip + 2), version: 4 };
  }
  if (kind !== 0x86dd || bytes[ip + 6] !== 6) return undefined;
  const tcp = ip + 40;
  return { ip, tcp, payload: tcp + ((bytes[tcp + 12] ?? 0) >> 4) * 4, end: tcp + view.getUint16(ip + 4), version: 6 };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

// ------------------------------------------------------------------------------------------------ segments

/** Every segment with more than one octet in two; the second one may come first. */
export function split({ linkType, frames }: Told, swapped = false): Told {
  const parts = frames.flatMap((frame) => {
    const layout = layoutOf(frame.bytes, linkType);
    const whole = layout !== undefined && frame.bytes.length === frame.wireLength;
    if (layout === undefined || !whole || layout.end - layout.payload < 2) return [frame];
    const middle = layout.payload + Math.ceil((layout.end - layout.payload) / 2);
    const halves = [part(frame, layout, layout.payload, middle), part(frame, layout, middle, layout.end)];
    return swapped ? halves.reverse() : halves;
  });
  return { linkType, frames: parts };
}

function part(frame: WireFrame, layout: Layout, from: number, to: number): WireFrame {
  const bytes = new Uint8Array(layout.payload + to - from);
  bytes.set(frame.bytes.subarray(0, layout.payload));
  bytes.set(frame.bytes.subarray(from, to), layout.payload);
  const view = viewOf(bytes);
  view.setUint32(layout.tcp + 4, (view.getUint32(layout.tcp + 4) + from - layout.payload) >>> 0);
  if (to < layout.end) view.setUint8(layout.tcp + 13, view.getUint8(layout.tcp + 13) & ~(FIN | PSH));
  if (layout.version === 4) view.setUint16(layout.ip + 2, bytes.length - layout.ip);
  else view.setUint16(layout.ip + 4, bytes.length - layout.tcp);
  return { time: frame.time, bytes, wireLength: bytes.length };
}

/** Every frame captured twice. */
export function repeated({ linkType, frames }: Told): Told {
  return { linkType, frames: frames.flatMap((frame) => [frame, { ...frame, time: frame.time + 1 }]).sort((a, b) => a.time - b.time) };
}

/** tcpdump -s: of each frame the first octets. */
export function snapped({ linkType, frames }: Told, octets: number): Told {
  return { linkType, frames: frames.map((frame) => ({ ...frame, bytes: frame.bytes.subarray(0, octets) })) };
}

export function moved({ linkType, frames }: Told, seconds: number): Told {
  return { linkType, frames: frames.map((frame) => ({ ...frame, time: frame.time + Math.round(seconds * 1e6) })) };
}

// ------------------------------------------------------------------------------------------------ names

/** Changes copies of the segments in place. */
function edited({ linkType, frames }: Told, edit: (bytes: Uint8Array, layout: Layout) => void): Told {
  return {
    linkType,
    frames: frames.map((frame) => {
      const layout = layoutOf(frame.bytes, linkType);
      if (layout === undefined) return frame;
      const bytes = Uint8Array.from(frame.bytes);
      edit(bytes, layout);
      return { ...frame, bytes };
    }),
  };
}

/** Other networks, the same hosts: the octets in front of the last one are turned over, so that no two become one. */
export function readdressed(told: Told): Told {
  return edited(told, (bytes, { ip, version }) => {
    const addresses = version === 4 ? [ip + 12, ip + 16] : [ip + 8, ip + 24];
    for (const address of addresses) {
      for (let at = address; at < address + (version === 4 ? 3 : 15); at++) bytes[at] = (bytes[at] ?? 0) ^ 0x5a;
    }
  });
}

/** Every port another one; no two become one. */
export function reported(told: Told): Told {
  return edited(told, (bytes, { tcp }) => {
    const view = viewOf(bytes);
    for (const port of [tcp, tcp + 2]) view.setUint16(port, view.getUint16(port) ^ 0x1234);
  });
}

/** One text in place of another one of the same length, wherever a segment has all of it. */
export function renamed(told: Told, from: string, to: string): Told {
  if (from.length !== to.length) throw new Error(`${from} and ${to} differ in length`);
  const [old, other] = [octetsOf(from), octetsOf(to)];
  return edited(told, (bytes, { payload }) => {
    for (let at = payload; at <= bytes.length - old.length; at++) if (begins(bytes, at, old)) bytes.set(other, at);
  });
}

function begins(bytes: Uint8Array, start: number, text: Uint8Array): boolean {
  for (let at = 0; at < text.length; at++) if (bytes[start + at] !== text[at]) return false;
  return true;
}

// ------------------------------------------------------------------------------------------------ order and length

/** Two queues of a network card: neighbours that are so near to each other, in microseconds, come in the other order. */
export function raced({ linkType, frames }: Told, apart: number): Told {
  const others = [...frames];
  for (let at = 0; at + 1 < others.length; at++) {
    const [one, next] = [others[at], others[at + 1]];
    if (one === undefined || next === undefined || next.time - one.time > apart) continue;
    others[at] = { ...next, time: one.time };
    others[at + 1] = { ...one, time: next.time };
    at++;
  }
  return { linkType, frames: others };
}

/**
 * Another host name in the heads of requests, of any length: what follows it in its direction moves, and what acknowledges it, too.
 * Only where a segment begins with requests and has all of their heads, so that no body changes its length.
 */
export function rehosted(told: Told, from: string, to: string): Told {
  // Behind these sequence numbers there are more octets, or fewer, by direction.
  const grown = new Map<string, Set<number>>();
  const { linkType } = told;
  const more = to.length - from.length;
  for (const { bytes } of told.frames) {
    const layout = layoutOf(bytes, linkType);
    if (layout === undefined) continue;
    const growth = grown.get(directionOf(bytes, layout)) ?? new Set<number>();
    for (const place of placesOf(bytes, layout, from)) growth.add((seqOf(bytes, layout) + place + from.length) >>> 0);
    grown.set(directionOf(bytes, layout), growth);
  }
  const frames = told.frames.map((frame) => {
    const layout = layoutOf(frame.bytes, linkType);
    if (layout === undefined) return frame;
    const { payload, tcp, ip, version, end } = layout;
    const said = latin1(frame.bytes.subarray(payload, end));
    const heads = headsOf(said);
    const text = heads.replaceAll(from, to) + said.slice(heads.length);
    const bytes = new Uint8Array(payload + text.length);
    bytes.set(frame.bytes.subarray(0, payload));
    bytes.set(octetsOf(text), payload);
    const view = viewOf(bytes);
    const moved = (number: number, direction: string): number => {
      const behind = [...(grown.get(direction) ?? [])].filter((edge) => ((number - edge) | 0) >= 0).length;
      return (number + behind * more) >>> 0;
    };
    view.setUint32(tcp + 4, moved(seqOf(frame.bytes, layout), directionOf(frame.bytes, layout)));
    view.setUint32(tcp + 8, moved(view.getUint32(tcp + 8), directionOf(frame.bytes, layout, true)));
    if (version === 4) view.setUint16(ip + 2, bytes.length - ip);
    else view.setUint16(ip + 4, bytes.length - tcp);
    return { time: frame.time, bytes, wireLength: bytes.length };
  });
  return { linkType, frames };
}

function seqOf(bytes: Uint8Array, { tcp }: Layout): number {
  return viewOf(bytes).getUint32(tcp + 4);
}

/** Who sends to whom; `back`: the other direction of the same connection. */
function directionOf(bytes: Uint8Array, { ip, tcp, version }: Layout, back = false): string {
  const [source, length] = version === 4 ? [ip + 12, 4] : [ip + 8, 16];
  const ends = [
    [...bytes.subarray(source, source + length), ...bytes.subarray(tcp, tcp + 2)],
    [...bytes.subarray(source + length, source + 2 * length), ...bytes.subarray(tcp + 2, tcp + 4)],
  ];
  return (back ? ends.reverse() : ends).join(' > ');
}

/** Where the text stands in the heads of requests that this segment begins with. */
function placesOf(bytes: Uint8Array, { payload, end }: Layout, text: string): readonly number[] {
  const heads = headsOf(latin1(bytes.subarray(payload, end)));
  return Array.from(heads.matchAll(new RegExp(text, 'g')), ({ index }) => index);
}

/** The whole heads of requests that it begins with; pipelined ones follow each other. */
function headsOf(text: string): string {
  return /^(?:[A-Z]+ [^\r\n]+ HTTP\/1\.[01]\r\n[\s\S]*?\r\n\r\n)*/.exec(text)?.[0] ?? '';
}

function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (octet) => String.fromCharCode(octet)).join('');
}
