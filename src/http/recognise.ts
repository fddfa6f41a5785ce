/**
 * What do these octets begin with? HTTP/1.x is told by its start line, on any port (RFC 9112 section 3 and 4).
 *
 * Hot: runs at the start of each message and on each segment of connections that are not being read; the first octet settles most.
 * The kinds are bits, so that a state of a direction can say which of them it takes.
 */
import { isTokenOctet, isVersion } from './scan-head.ts';

export const NO = 0;
export const REQUEST = 1;
export const RESPONSE = 2;
/** The line is not complete, but it can hardly be anything else. */
export const LIKELY_REQUEST = 4;
/** So far nothing speaks against it: the line is not complete. */
export const MAYBE_REQUEST = 8;
export const MAYBE_RESPONSE = 16;
/** A known method and a path, without a version: HTTP/0.9. */
export const SIMPLE_REQUEST = 32;
/** "HTTP/" and a digit, in any letter case, but no version, or no status behind it. */
export const LOOSE_RESPONSE = 64;
/** The preface of HTTP/2 (RFC 9113 section 3.4). */
export const HTTP2 = 128;

/** Longest method that is taken for one while the line is incomplete. */
const LONGEST_METHOD = 24;
const LF = 0x0a;
const CR = 0x0d;
const SP = 0x20;
const SLASH = 0x2f;

const METHODS: readonly Uint8Array[] = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'].map(spelled);
const VERSION = spelled('HTTP/');
const SMALL_VERSION = spelled('http/');
const PREFACE = spelled('PRI * HTTP/2.0\r\n');
const ABSOLUTE = spelled('http');

export function recognise(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end || !isTokenOctet(bytes[start]!)) return NO;
  if (bytes[start] === VERSION[0] && begins(VERSION, bytes, start, end)) return responseOf(bytes, start, end);
  if (bytes[start] === SMALL_VERSION[0] && begins(SMALL_VERSION, bytes, start, end)) return smallResponseOf(bytes, start, end);
  let space = start;
  while (space < end && isTokenOctet(bytes[space]!)) space++;
  if (space - start > LONGEST_METHOD) return NO;
  if (space === end) return isUpper(bytes[start]!) || beginsSmallMethod(bytes, start, end) ? MAYBE_REQUEST : NO;
  if (bytes[space] !== SP) return NO;
  let at = space;
  while (at < end && bytes[at] !== LF) at++;
  return at < end ? requestOf(bytes, start, space, at) : openRequestOf(bytes, start, space, end);
}

/** The same where HTTP is known to be spoken: a method, whichever it is, and the first octet of a path are enough. */
export function recogniseHttp(bytes: Uint8Array, start: number, end: number): number {
  const kind = recognise(bytes, start, end);
  if ((kind & MAYBE_REQUEST) === 0) return kind;
  let target = start;
  while (target < end && isTokenOctet(bytes[target]!)) target++;
  target++;
  if (target >= end) return kind;
  return bytes[target] === SLASH || (end - target >= ABSOLUTE.length && begins(ABSOLUTE, bytes, target, end)) ? LIKELY_REQUEST : kind;
}

/** The whole line bytes[start, lineFeed). */
function requestOf(bytes: Uint8Array, start: number, space: number, lineFeed: number): number {
  let lineEnd = lineFeed;
  while (lineEnd > space && (bytes[lineEnd - 1] === CR || bytes[lineEnd - 1] === SP)) lineEnd--;
  let last = lineEnd;
  while (last > space && bytes[last - 1] !== SP) last--;
  if (isVersion(bytes, last, lineEnd)) {
    return bytes[start] === PREFACE[0] && begins(PREFACE, bytes, start, lineFeed + 1) ? HTTP2 : REQUEST;
  }
  if (last > space + 1 && lineEnd - last >= VERSION.length && begins(VERSION, bytes, last, lineEnd)) return REQUEST;
  if (!isKnownMethod(bytes, start, space)) return NO;
  return bytes[space + 1] === SLASH ? SIMPLE_REQUEST : NO;
}

/** A line whose end is not there yet. */
function openRequestOf(bytes: Uint8Array, start: number, space: number, end: number): number {
  if (hasControls(bytes, start, end)) return NO;
  if (!isUpper(bytes[start]!)) return beginsSmallMethod(bytes, start, space) ? MAYBE_REQUEST : NO;
  const target = space + 1;
  if (end - target < ABSOLUTE.length || !isKnownMethod(bytes, start, space)) return MAYBE_REQUEST;
  return bytes[target] === SLASH || begins(ABSOLUTE, bytes, target, end) ? LIKELY_REQUEST : MAYBE_REQUEST;
}

/** Behind "HTTP/", or as much of it as there is. */
function responseOf(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < VERSION.length + 1) return end - start >= 3 ? MAYBE_RESPONSE : MAYBE_RESPONSE | MAYBE_REQUEST;
  if (!isDigit(bytes[start + 5]!)) return NO;
  if (end - start < 12) return hasLineFeed(bytes, start, end) ? LOOSE_RESPONSE : MAYBE_RESPONSE;
  return isVersion(bytes, start, start + 8) && bytes[start + 8] === SP && isDigit(bytes[start + 9]!) ? RESPONSE : LOOSE_RESPONSE;
}

/** The same in small letters, as some old servers wrote it: only who waits for a response takes that for one. */
function smallResponseOf(bytes: Uint8Array, start: number, end: number): number {
  if (end - start <= SMALL_VERSION.length) return MAYBE_REQUEST | MAYBE_RESPONSE;
  return isDigit(bytes[start + 5]!) ? LOOSE_RESPONSE : NO;
}

/** TLS, by the header of its first record: handshake, version 3.x (RFC 8446 section 5.1). */
export function isTls(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start >= 3 && bytes[start] === 0x16 && bytes[start + 1] === 0x03 && bytes[start + 2]! <= 4;
}

/** Is bytes[start, end) the beginning of `text`, or does it begin with it? */
function begins(text: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  const length = Math.min(text.length, end - start);
  for (let at = 0; at < length; at++) if (bytes[start + at] !== text[at]) return false;
  return true;
}

function isKnownMethod(bytes: Uint8Array, start: number, end: number): boolean {
  for (const method of METHODS) if (method.length === end - start && begins(method, bytes, start, end)) return true;
  return false;
}

function hasLineFeed(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === LF) return true;
  return false;
}

function isDigit(octet: number): boolean {
  return octet >= 0x30 && octet <= 0x39;
}

/** Methods are capitals; one in small letters is taken for a mistake only where it is a known one (RFC 9110 section 9.1). */
function beginsSmallMethod(bytes: Uint8Array, start: number, end: number): boolean {
  for (const method of METHODS) {
    let at = start;
    while (at < end && at - start < method.length && bytes[at] === (method[at - start]! | 0x20)) at++;
    if (at === end) return true;
  }
  return false;
}

function isUpper(octet: number): boolean {
  return octet >= 0x41 && octet <= 0x5a;
}

function hasControls(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at]! < SP && bytes[at] !== CR && bytes[at] !== 0x09) return true;
  return false;
}

function spelled(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
