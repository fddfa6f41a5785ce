/**
 * A hash of field values, for the pairing of hops: like `hashOctets`, but for those who learn where a value ends while they read it.
 *
 * Hot: runs over the values that regular-head.ts has not seen before.
 */
export const HASH_SEED = 0x811c9dc5 | 0;

/** The next four octets, the first one lowest. */
export function hashWord(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x01000193);
  return mixed ^ (mixed >>> 15);
}

/** One octet, where fewer than four are left. */
export function hashOctet(hash: number, octet: number): number {
  return Math.imul(hash ^ octet, 0x01000193);
}

/** Never 0, which stands for "absent". */
export function hashEnd(hash: number, length: number): number {
  const mixed = Math.imul(hash ^ length, 0x01000193);
  return mixed ^ (mixed >>> 13) || 1;
}

/** All steps at once. */
export function hashValue(bytes: Uint8Array, start: number, end: number): number {
  let hash = HASH_SEED;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    hash = hashWord(hash, bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
  }
  for (; at < end; at++) hash = hashOctet(hash, bytes[at]!);
  return hashEnd(hash, end - start);
}
