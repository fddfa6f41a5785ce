/**
 * The hashes of a request target that the pairing of hops compares: the whole of it, and its ends, which stay when a proxy writes
 * another prefix.
 *
 * Hot: runs for every request. Each part ends where the target ends, so one pass from there to the front gives all of them.
 */
import { hashName } from './field-names.ts';

const COLON = 0x3a;
const SLASH = 0x2f;
const QUESTION = 0x3f;
const SEED = 0x811c9dc5;
const PRIME = 0x01000193;

export class TargetHashes {
  /** Path and query; an empty path is "/". */
  target = 0;
  /** The last two segments of the path and the query, and the last one alone. */
  tail = 0;
  leaf = 0;
  /** From the question mark on; 0 when there is none. */
  query = 0;
  /** Of an absolute-form, which beats Host (RFC 9112 section 3.2.2); 0 in the other forms. */
  authority = 0;

  read(bytes: Uint8Array, start: number, end: number): void {
    const path = pathStart(bytes, start, end);
    this.authority = path > start + 3 ? absoluteAuthority(bytes, start, path) : 0;
    let hash = SEED;
    let [query, leaf, tail] = [0, 0, 0];
    for (let at = end - 1; at >= path; at--) {
      const octet = bytes[at]!;
      hash = Math.imul(hash ^ octet, PRIME);
      if (octet === QUESTION) {
        query = finished(hash);
        leaf = 0;
        tail = 0;
      } else if (octet === SLASH) {
        if (leaf === 0) leaf = finished(hash);
        else if (tail === 0) tail = finished(hash);
      }
    }
    this.target = path >= end ? EMPTY_PATH : finished(hash);
    this.query = query;
    this.leaf = leaf === 0 ? this.target : leaf;
    this.tail = tail === 0 ? this.target : tail;
  }
}

/** Never 0, which stands for "absent". */
function finished(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return mixed === 0 ? 1 : mixed;
}

const EMPTY_PATH = finished(Math.imul(SEED ^ SLASH, PRIME));

/** Where the path of a request target begins: behind scheme and authority in absolute-form (RFC 9112 section 3.2.2). */
export function pathStart(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start] === SLASH) return start;
  for (let at = start; at + 2 < end && at < start + 10; at++) {
    if (bytes[at] !== COLON || bytes[at + 1] !== SLASH || bytes[at + 2] !== SLASH) continue;
    let path = at + 3;
    while (path < end && bytes[path] !== SLASH && bytes[path] !== QUESTION) path++;
    return path;
  }
  return start;
}

function absoluteAuthority(bytes: Uint8Array, start: number, path: number): number {
  let at = start;
  while (at < path && bytes[at] !== SLASH) at++;
  return hashAuthority(bytes, at + 2, path);
}

/** A host and port; letter case and the default port do not count. */
export function hashAuthority(bytes: Uint8Array, start: number, end: number): number {
  const plain = end - start > 3 && bytes[end - 3] === COLON && bytes[end - 2] === 0x38 && bytes[end - 1] === 0x30 ? end - 3 : end;
  return plain > start ? hashName(bytes, start, plain) | 0 || 1 : 0;
}
