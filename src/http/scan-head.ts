/**
 * Octets of a message head to positions and hashes.
 *
 * Hot: one pass over the octets of every head that regular-head.ts has left to this one, no allocation. Text is made later, by
 * head.ts, and only of the fields that somebody asks for.
 *
 * The scanner reads leniently and names what it had to forgive (RFC 9112 sections 2.2, 3, 5): bare LF and CR, folded lines, space
 * before the colon, a line without a colon. A bare CR is white space, not the end of a line.
 */
import { octetsOf } from '../octets.ts';
import { ETAG, HOST, hashName, KEPT, LOCATION, nameIndex, PER_HOP, TRACEPARENT, TRAIT, TRAIT_SLOT, UNIQUE, USE } from './field-names.ts';
import { hashAuthority, TargetHashes } from './target.ts';
import { hashValue } from './value-hash.ts';

/** Fields of one head that are looked at; the rest is counted (DESIGN section 5). */
export const MAX_FIELDS = 1000;

const LF = 0x0a;
const CR = 0x0d;
const SP = 0x20;
const TAB = 0x09;
const COLON = 0x3a;
const SLASH = 0x2f;

export const BARE_LF = 1;
export const OBS_FOLD = 2;
export const SPACE_BEFORE_COLON = 4;
export const NO_COLON = 8;
export const NO_VERSION = 16;
export const TOO_MANY_FIELDS = 32;
export const BARE_CR = 64;
export const NUL = 128;
export const EXTRA_SPACE = 256;
export const BAD_VERSION = 512;
export const BAD_STATUS = 1024;
export const REPEATED_HOST = 2048;
/** A line that begins with white space right behind the start line (RFC 9112 section 2.2). */
export const LEADING_SPACE = 4096;
export const HEAD_CUT = 8192;
/** Empty lines, or octets that are no message, stood before the head. */
export const EMPTY_LINE_BEFORE = 16384;
export const OCTETS_BEFORE = 32768;
/** A field name that is empty, or holds an octet that no token has (RFC 9110 section 5.6.2). */
export const BAD_FIELD_NAME = 65536;

/** Names that some Connection field has named and that are kept from then on. */
const MAX_NOMINATED = 64;

/** Numbers per kept field in `HeadScanner.kept`: name number (or -1), name start and end, value start and end. */
export const PER_FIELD = 5;

export class HeadScanner {
  /** Where the parts of the start line are. */
  response = false;
  firstStart = 0;
  firstEnd = 0;
  secondStart = 0;
  secondEnd = 0;
  thirdStart = 0;
  thirdEnd = 0;
  status = 0;
  /** Kept fields, PER_FIELD numbers each. */
  readonly kept = new Int32Array(MAX_FIELDS * PER_FIELD);
  keptCount = 0;
  fieldCount = 0;
  oddities = 0;
  /** Commutative sum over the end-to-end fields. */
  sum = 0;
  authority = 0;
  readonly unique = new Int32Array(8);
  uniqueCount = 0;
  readonly traits = new Int32Array(16);
  traitCount = 0;
  private readonly keepAll: boolean;
  private readonly nominated = new Set<number>();

  constructor(keepAll: boolean) {
    this.keepAll = keepAll;
  }

  /** Scans a head that begins at `start`; returns the index behind its blank line, or -1 when that is not in bytes[start, end). */
  scan(bytes: Uint8Array, start: number, end: number): number {
    this.reset();
    let at = this.endOfStartLine(bytes, start, end);
    if (at >= end) return -1;
    this.startLine(bytes, start, this.lineEnd(bytes, start, at));
    at++;
    while (at < end) {
      const lineStart = at;
      const first = bytes[at]!;
      if (first === LF) {
        this.oddities |= BARE_LF;
        return at + 1;
      }
      if (first === CR && at + 1 < end && bytes[at + 1] === LF) return at + 2;
      let colon = -1;
      for (;;) {
        for (; at < end; at++) {
          const octet = bytes[at]!;
          if (octet > COLON) continue;
          if (octet === LF) break;
          if (octet < SP) {
            if (octet === CR && at + 1 < end && bytes[at + 1] !== LF) this.oddities |= BARE_CR;
            else if (octet === 0) this.oddities |= NUL;
          } else if (octet === COLON && colon < 0) colon = at;
        }
        if (at + 1 >= end) return -1;
        const next = bytes[at + 1]!;
        if (next !== SP && next !== TAB) break;
        this.oddities |= OBS_FOLD;
        at++;
      }
      this.field(bytes, lineStart, colon, this.lineEnd(bytes, lineStart, at));
      at++;
    }
    return -1;
  }

  /**
   * Keeps fields of that name from now on, since a Connection field names it: whether a proxy passes it on can only be told
   * when both heads keep it. True when that is news, so that the head at hand must be scanned again.
   */
  nominate(name: string): boolean {
    const octets = octetsOf(name);
    const hash = hashName(octets, 0, octets.length);
    if (this.nominated.has(hash) || this.nominated.size >= MAX_NOMINATED) return false;
    const known = nameIndex(hash, octets, 0, octets.length);
    if (known >= 0 && (USE[known]! & KEPT) !== 0) return false;
    this.nominated.add(hash);
    return true;
  }

  /** Is a field of that use and hash of its name kept? */
  wants(use: number, nameHash: number): boolean {
    return (use & KEPT) !== 0 || this.keepAll || (this.nominated.size > 0 && this.nominated.has(nameHash));
  }

  /** A head that is one line (HTTP/0.9); returns the index behind it. */
  scanLine(bytes: Uint8Array, start: number, end: number): number {
    this.reset();
    const at = this.endOfStartLine(bytes, start, end);
    this.startLine(bytes, start, at < end ? this.lineEnd(bytes, start, at) : at);
    return Math.min(at + 1, end);
  }

  /** What there is of a head that was cut off: its whole lines, and a start line as far as it goes. */
  scanCut(bytes: Uint8Array, start: number, end: number): void {
    if (this.scan(bytes, start, end) < 0 && this.firstEnd === 0) this.startLine(bytes, start, end);
    this.oddities |= HEAD_CUT;
  }

  private reset(): void {
    this.firstEnd = 0;
    this.keptCount = 0;
    this.fieldCount = 0;
    this.oddities = 0;
    this.sum = 0;
    this.authority = 0;
    this.uniqueCount = 0;
    this.traitCount = 0;
  }

  /** The index of the LF that ends the line, or `end`. */
  private endOfStartLine(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    for (; at < end; at++) {
      const octet = bytes[at]!;
      if (octet >= SP) continue;
      if (octet === LF) break;
      if (octet === CR && at + 1 < end && bytes[at + 1] !== LF) this.oddities |= BARE_CR;
      else if (octet === 0) this.oddities |= NUL;
    }
    return at;
  }

  private lineEnd(bytes: Uint8Array, start: number, lineFeed: number): number {
    if (lineFeed > start && bytes[lineFeed - 1] === CR) return lineFeed - 1;
    this.oddities |= BARE_LF;
    return lineFeed;
  }

  /** Request: method, target, version. Response: version, status, reason. */
  private startLine(bytes: Uint8Array, start: number, end: number): void {
    let space = start;
    while (space < end && bytes[space] !== SP && bytes[space] !== TAB) space++;
    this.response = isVersionLike(bytes, start, space);
    this.firstStart = start;
    this.firstEnd = space;
    let rest = Math.min(space + 1, end);
    if ((rest < end && bytes[rest] === SP) || bytes[space] === TAB) {
      this.oddities |= EXTRA_SPACE;
      while (rest < end && bytes[rest] === SP) rest++;
    }
    if (this.response) this.statusLine(bytes, start, space, rest, end);
    else this.requestLine(bytes, rest, end);
  }

  private statusLine(bytes: Uint8Array, start: number, space: number, rest: number, end: number): void {
    let afterStatus = rest;
    let status = 0;
    for (; afterStatus < end && isDigit(bytes[afterStatus]!) && status < 1e6; afterStatus++) {
      status = status * 10 + bytes[afterStatus]! - 0x30;
    }
    this.status = status;
    if (!isExactVersion(bytes, start, space)) this.oddities |= BAD_VERSION;
    if (status < 100 || status > 999) this.oddities |= BAD_STATUS;
    this.secondStart = rest;
    this.secondEnd = afterStatus;
    this.thirdStart = afterStatus === rest ? rest : Math.min(afterStatus + 1, end);
    this.thirdEnd = end;
  }

  private requestLine(bytes: Uint8Array, rest: number, lineEnd: number): void {
    let end = lineEnd;
    while (end > rest && bytes[end - 1] === SP) end--;
    if (end !== lineEnd) this.oddities |= EXTRA_SPACE;
    let last = end;
    while (last > rest && bytes[last - 1] !== SP) last--;
    const versioned = last > rest && isVersionLike(bytes, last, end);
    if (!versioned) this.oddities |= NO_VERSION;
    else if (!isExactVersion(bytes, last, end)) this.oddities |= BAD_VERSION;
    let targetEnd = versioned ? last - 1 : end;
    while (targetEnd > rest && bytes[targetEnd - 1] === SP) targetEnd--;
    if (versioned && targetEnd !== last - 1) this.oddities |= EXTRA_SPACE;
    this.secondStart = rest;
    this.secondEnd = targetEnd;
    this.thirdStart = versioned ? last : end;
    this.thirdEnd = end;
  }

  private field(bytes: Uint8Array, start: number, colon: number, end: number): void {
    this.fieldCount++;
    if (this.fieldCount > MAX_FIELDS) {
      this.oddities |= TOO_MANY_FIELDS;
      return;
    }
    if (colon < 0) {
      this.oddities |= NO_COLON;
      return;
    }
    if (bytes[start] === SP || bytes[start] === TAB) {
      this.oddities |= LEADING_SPACE;
      return;
    }
    let nameEnd = colon;
    while (nameEnd > start && (bytes[nameEnd - 1] === SP || bytes[nameEnd - 1] === TAB)) nameEnd--;
    if (nameEnd !== colon) this.oddities |= SPACE_BEFORE_COLON;
    let valueStart = colon + 1;
    while (valueStart < end && (bytes[valueStart] === SP || bytes[valueStart] === TAB)) valueStart++;
    let valueEnd = end;
    while (valueEnd > valueStart && (bytes[valueEnd - 1] === SP || bytes[valueEnd - 1] === TAB)) valueEnd--;
    const nameHash = hashName(bytes, start, nameEnd);
    const known = nameIndex(nameHash, bytes, start, nameEnd);
    const use = known < 0 ? 0 : USE[known]!;
    if (known < 0 && !isToken(bytes, start, nameEnd)) this.oddities |= BAD_FIELD_NAME;
    if (this.wants(use, nameHash)) this.keep(known, start, nameEnd, valueStart, valueEnd);
    if ((use & PER_HOP) === 0) {
      const valueHash = hashValue(bytes, valueStart, valueEnd);
      this.sum = (this.sum + Math.imul(nameHash ^ Math.imul(valueHash, 0x85ebca6b), 0xc2b2ae35)) | 0;
      if ((use & UNIQUE) !== 0) this.addUnique(valueHash);
      else if ((use & TRAIT) !== 0) this.trait(bytes, known, valueStart, valueEnd, valueHash);
      return;
    }
    if ((use & TRAIT) !== 0) this.trait(bytes, known, valueStart, valueEnd, hashValue(bytes, valueStart, valueEnd));
    else if (known === HOST) this.host(hashAuthority(bytes, valueStart, valueEnd));
    else if (known === TRACEPARENT) this.addUnique(hashTrace(bytes, valueStart, valueEnd));
    else if ((use & UNIQUE) !== 0) this.addUnique(hashValue(bytes, valueStart, valueEnd));
  }

  private host(authority: number): void {
    if (this.authority !== 0) this.oddities |= REPEATED_HOST;
    this.authority = authority;
  }

  private keep(known: number, nameStart: number, nameEnd: number, valueStart: number, valueEnd: number): void {
    const at = this.keptCount++ * PER_FIELD;
    this.kept[at] = known;
    this.kept[at + 1] = nameStart;
    this.kept[at + 2] = nameEnd;
    this.kept[at + 3] = valueStart;
    this.kept[at + 4] = valueEnd;
  }

  private addUnique(hash: number): void {
    if (this.uniqueCount < this.unique.length) this.unique[this.uniqueCount++] = hash;
  }

  private trait(bytes: Uint8Array, known: number, start: number, end: number, valueHash: number): void {
    if (this.traitCount < this.traits.length) this.traits[this.traitCount++] = traitOf(bytes, known, start, end, valueHash);
  }
}

const location = new TargetHashes();

/** Proxies rewrite the authority of a Location and weaken an ETag: what is left of them survives. */
export function traitOf(bytes: Uint8Array, known: number, start: number, end: number, valueHash: number): number {
  let hash = valueHash;
  if (known === LOCATION) {
    location.read(bytes, start, end);
    hash = location.target;
  } else if (known === ETAG && bytes[start] === 0x57 && bytes[start + 1] === SLASH) hash = hashValue(bytes, start + 2, end);
  return (hash & ~15) | TRAIT_SLOT[known]!;
}

/** The letters of HTTP-version are capitals (RFC 9112 section 2.3). */
function isExactVersion(bytes: Uint8Array, start: number, end: number): boolean {
  return isVersion(bytes, start, end) && ((bytes[start]! | bytes[start + 1]! | bytes[start + 2]! | bytes[start + 3]!) & 0x20) === 0;
}

/** Octets of a token (RFC 9110 section 5.6.2). */
const TOKEN_OCTETS = octetsOf("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
const IS_TOKEN = new Uint8Array(256);
for (const octet of TOKEN_OCTETS) IS_TOKEN[octet] = 1;

export function isTokenOctet(octet: number): boolean {
  return IS_TOKEN[octet] === 1;
}

export function isToken(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (IS_TOKEN[bytes[at]!] === 0) return false;
  return end > start;
}

/** "HTTP/" and a version of two digits, in any letter case. */
export function isVersion(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    end - start === 8 &&
    isVersionLike(bytes, start, end) &&
    isDigit(bytes[start + 5]!) &&
    bytes[start + 6] === 0x2e &&
    isDigit(bytes[start + 7]!)
  );
}

/** "HTTP/" and anything, in any letter case. */
function isVersionLike(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    end - start >= 5 &&
    (bytes[start]! | 0x20) === 0x68 &&
    (bytes[start + 1]! | 0x20) === 0x74 &&
    (bytes[start + 2]! | 0x20) === 0x74 &&
    (bytes[start + 3]! | 0x20) === 0x70 &&
    bytes[start + 4] === SLASH
  );
}

function isDigit(octet: number): boolean {
  return octet >= 0x30 && octet <= 0x39;
}

/** traceparent: version "-" trace-id "-" parent-id "-" flags; the trace-id stays while the parent-id changes at every hop. */
function hashTrace(bytes: Uint8Array, start: number, end: number): number {
  return end - start >= 35 ? hashValue(bytes, start + 3, start + 35) : hashValue(bytes, start, end);
}
