/**
 * The header of the PROXY protocol, which a proxy may put before the first octet of a connection to tell where it comes from
 * (haproxy.org, proxy-protocol.txt): version 1 is a line of text, version 2 is binary. HTTP begins behind it.
 */
import type { AnnouncedEnds, Endpoint } from '../model.ts';
import { latin1 } from '../octets.ts';

const LINE = spelled('PROXY ');
const SIGNATURE = spelled('\r\n\r\n\0\r\nQUIT\n');
const LONGEST_LINE = 107;
const FIXED = 16;

/** Length of the header that bytes[start, end) begins with; 0 when it is none, NaN as long as that cannot be told. */
export function preambleLength(bytes: Uint8Array, start: number, end: number): number {
  if (begins(LINE, bytes, start, end)) {
    const limit = Math.min(end, start + LONGEST_LINE);
    for (let at = start; at < limit; at++) if (bytes[at] === 0x0a) return at + 1 - start;
    return end - start < LONGEST_LINE ? Number.NaN : 0;
  }
  if (!begins(SIGNATURE, bytes, start, end)) return 0;
  if (end - start < FIXED) return Number.NaN;
  return FIXED + ((bytes[start + 14] ?? 0) << 8) + (bytes[start + 15] ?? 0);
}

/** The ends that a whole header names; undefined where it names none: UNKNOWN, LOCAL, and families other than TCP over IP. */
export function announcedEnds(bytes: Uint8Array, start: number, end: number): AnnouncedEnds | undefined {
  return begins(LINE, bytes, start, end) ? endsOfLine(latin1(bytes, start, end)) : endsOfBlock(bytes.subarray(start, end));
}

/** PROXY TCP4 192.0.2.1 192.0.2.2 40000 80 */
function endsOfLine(line: string): AnnouncedEnds | undefined {
  const [, family, source = '', destination = '', port = '', otherPort = ''] = line.trimEnd().split(' ');
  if (family !== 'TCP4' && family !== 'TCP6') return undefined;
  return { client: endpoint(source.toLowerCase(), Number(port)), server: endpoint(destination.toLowerCase(), Number(otherPort)) };
}

const COMMAND_PROXY = 0x21;
const TCP_OVER_IPV4 = 0x11;
const TCP_OVER_IPV6 = 0x21;

function endsOfBlock(bytes: Uint8Array): AnnouncedEnds | undefined {
  const family = bytes[13];
  const size = family === TCP_OVER_IPV4 ? 4 : family === TCP_OVER_IPV6 ? 16 : 0;
  const ports = FIXED + 2 * size;
  if (bytes[12] !== COMMAND_PROXY || size === 0 || bytes.length < ports + 4) return undefined;
  const word = (at: number): number => ((bytes[at] ?? 0) << 8) + (bytes[at + 1] ?? 0);
  const text = (at: number): string =>
    size === 4 ? bytes.subarray(at, at + size).join('.') : ipv6Text(Array.from({ length: 8 }, (_, of) => word(at + 2 * of)));
  return { client: endpoint(text(FIXED), word(ports)), server: endpoint(text(FIXED + size), word(ports + 2)) };
}

function endpoint(address: string, port: number): Endpoint {
  return { address, port, text: address.includes(':') ? `[${address}]:${port}` : `${address}:${port}` };
}

/** As RFC 5952 writes it: the first of the longest rows of two zeros and more is left out. */
function ipv6Text(words: readonly number[]): string {
  let [from, length] = [0, 1];
  for (let at = 0; at < 8; at++) {
    let to = at;
    while (to < 8 && words[to] === 0) to++;
    if (to - at > length) [from, length] = [at, to - at];
  }
  const hex = (some: readonly number[]): string => some.map((word) => word.toString(16)).join(':');
  return length < 2 ? hex(words) : `${hex(words.slice(0, from))}::${hex(words.slice(from + length))}`;
}

function begins(text: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (start >= end) return false;
  for (let at = 0; at < text.length && start + at < end; at++) if (bytes[start + at] !== text[at]) return false;
  return true;
}

function spelled(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
