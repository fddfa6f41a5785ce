/**
 * The header of the PROXY protocol, which a proxy may put before the first octet of a connection to tell where it comes from
 * (haproxy.org, proxy-protocol.txt): version 1 is a line of text, version 2 is binary. It is skipped; HTTP begins behind it.
 */
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

function begins(text: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (start >= end) return false;
  for (let at = 0; at < text.length && start + at < end; at++) if (bytes[start + at] !== text[at]) return false;
  return true;
}

function spelled(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
