/** Addresses as people read them: dotted quads, and IPv6 by RFC 5952. */

/** An IPv4 address as an int32: 10.0.0.1. */
export function ipv4Text(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 0xff}.${(address >>> 8) & 0xff}.${address & 0xff}`;
}

/** Four int32 of an IPv6 address: 2001:db8::1. */
export function ipv6Text(words: ArrayLike<number>): string {
  const groups = Array.from(words).flatMap((word) => [word >>> 16, word & 0xffff]);
  // RFC 5952 section 5: the IPv4-mapped prefix is well known.
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) return `::ffff:${ipv4Text(words[3] ?? 0)}`;
  const zeros = longestZeros(groups);
  if (zeros.length < 2) return hex(groups);
  return `${hex(groups.slice(0, zeros.start))}::${hex(groups.slice(zeros.start + zeros.length))}`;
}

/** RFC 5952 section 4.2.3: the longest run of zeros, the first of equals. */
function longestZeros(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let longest = { start: 0, length: 0 };
  let length = 0;
  for (const [index, group] of groups.entries()) {
    length = group === 0 ? length + 1 : 0;
    if (length > longest.length) longest = { start: index - length + 1, length };
  }
  return longest;
}

function hex(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16)).join(':');
}
