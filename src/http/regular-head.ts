/**
 * Heads as nearly everybody writes them, read fast: CRLF at the end of each line, no fold, no control character, no field twice that
 * frames the body. Anything else is left to scan-head.ts, which reads everything, and with which this agrees (regular-head.test.ts).
 *
 * Hot: half of the time of a capture of small messages was spent in heads (bench/, mix small). A line that was seen before is
 * compared and not read (lines.ts). Others are read four octets at a time, and nothing is made for those nobody asks for.
 */
import type { Field } from '../model.ts';
import { notableName, notableWith } from '../notable.ts';
import { hashOctets, latin1 } from '../octets.ts';
import {
  CONNECTION,
  CONTENT_LENGTH,
  HOST,
  hashName,
  nameIndex,
  PER_HOP,
  TRACEPARENT,
  TRAIT,
  TRANSFER_ENCODING,
  UNIQUE,
  USE,
} from './field-names.ts';
import { codingOf, lengthOf, repeatsChunked } from './framing.ts';
import { type Texts, USUAL_OPTIONS } from './head.ts';
import type { HeadFacts } from './head-facts.ts';
import * as is from './lines.ts';
import { follow, Line, Lines } from './lines.ts';
import { isToken, MAX_FIELDS, traitOf } from './scan-head.ts';
import { hashAuthority } from './target.ts';
import { HASH_SEED, hashEnd, hashOctet, hashValue, hashWord } from './value-hash.ts';

const LF = 0x0a;
const CR = 0x0d;
const SP = 0x20;
const TAB = 0x09;
const COLON = 0x3a;
/** "GET ", and the versions with what follows, as numbers that one read gives. */
const GET = 0x47455420;
const HTTP = 0x48545450;
const SLASH_1_1 = 0x2f312e31;
const SLASH_1_0 = 0x2f312e30;
const CRLF = 0x0d0a;
/** Longest method that is read here. */
const LONGEST_METHOD = 24;
/** Below each octet of a word: does it hold an octet under that? */
const SPACES = 0x20202020;
const ABOVE_SPACES = 0x21212121;
const HIGH_BITS = 0x80808080;

/** A status line that was seen before. */
interface StatusLine {
  readonly line: Line;
  readonly version: string;
  readonly reason: string;
}

export class RegularHead {
  private readonly facts: HeadFacts;
  private readonly texts: Texts;
  /** Is a field of that use and hash of its name kept? */
  private readonly wants: (use: number, nameHash: number) => boolean;
  private readonly lines = new Lines();
  /** By status. */
  private readonly statusLines: (StatusLine | undefined)[] = new Array<StatusLine | undefined>(1000).fill(undefined);
  /** What the first line of a request follows. */
  private requestLine = new Line();
  /** A line that is not kept: the same object for all of them. */
  private readonly fresh = new Line();
  private fieldCount = 0;

  constructor(facts: HeadFacts, texts: Texts, wants: (use: number, nameHash: number) => boolean) {
    this.facts = facts;
    this.texts = texts;
    this.wants = wants;
  }

  /** Which fields are wanted has changed. */
  forget(): void {
    this.lines.forget();
    this.statusLines.fill(undefined);
    this.requestLine = new Line();
  }

  /** The index behind the head of a request that begins at `start`; -1 when it is not regular, or not complete. */
  readRequest(bytes: Uint8Array, start: number, end: number): number {
    if (end - start < 18) return -1;
    if (this.lines.look(bytes)) this.forget();
    const { facts } = this;
    const { view } = this.lines;
    let at = start + 4;
    if (view.getInt32(start) === GET) facts.method = 'GET';
    else {
      at = start;
      while (at < end && bytes[at]! >= 0x41 && bytes[at]! <= 0x5a) at++;
      if (at === start || at - start > LONGEST_METHOD || at >= end || bytes[at] !== SP) return -1;
      facts.method = this.texts.text(bytes, start, at);
      at++;
    }
    facts.clear(false, start);
    facts.targetStart = at;
    for (; at + 4 <= end; at += 4) {
      const word = view.getInt32(at);
      if (((word - ABOVE_SPACES) & ~word & HIGH_BITS) !== 0) break;
    }
    while (at < end && bytes[at]! > SP) at++;
    if (at === facts.targetStart || at + 13 > end || bytes[at] !== SP) return -1;
    facts.targetEnd = at;
    if (view.getInt32(at + 1) !== HTTP || view.getInt16(at + 9) !== CRLF) return -1;
    const version = view.getInt32(at + 5);
    if (version === SLASH_1_1) facts.version = 'HTTP/1.1';
    else if (version === SLASH_1_0) facts.version = 'HTTP/1.0';
    else return -1;
    return this.fieldLines(bytes, at + 11, end, this.requestLine);
  }

  /** The index behind the head of a response that begins at `start`; -1 when it is not regular, or not complete. */
  readResponse(bytes: Uint8Array, start: number, end: number): number {
    if (end - start < 18) return -1;
    if (this.lines.look(bytes)) this.forget();
    const { view } = this.lines;
    const version = view.getInt32(start + 4);
    if (view.getInt32(start) !== HTTP || (version !== SLASH_1_1 && version !== SLASH_1_0) || bytes[start + 8] !== SP) return -1;
    const status = statusAt(bytes, start + 9);
    if (status < 100 || bytes[start + 12] !== SP) return -1;
    let known = this.statusLines[status];
    if (known === undefined || !this.lines.matches(known.line, start, end)) {
      known = this.newStatusLine(bytes, start, end);
      if (known === undefined) return -1;
      this.statusLines[status] = known;
    }
    const { facts } = this;
    facts.clear(true, start);
    facts.status = status;
    facts.version = known.version;
    facts.reason = known.reason;
    return this.fieldLines(bytes, start + known.line.length, end, known.line);
  }

  private newStatusLine(bytes: Uint8Array, start: number, end: number): StatusLine | undefined {
    const reason = start + 13;
    let at = reason;
    while (at < end && bytes[at]! >= SP) at++;
    if (at + 1 >= end || bytes[at] !== CR || bytes[at + 1] !== LF) return undefined;
    const line = new Line();
    line.length = at + 2 - start;
    this.lines.keep(line, start);
    return { line, version: this.texts.text(bytes, start, start + 8), reason: this.texts.text(bytes, reason, at) };
  }

  // -------------------------------------------------------------------------------------------- fields

  private fieldLines(bytes: Uint8Array, from: number, end: number, startLine: Line): number {
    const { lines } = this;
    let before = startLine;
    let at = from;
    for (this.fieldCount = 0; this.fieldCount <= MAX_FIELDS; this.fieldCount++) {
      if (at + 1 >= end) return -1;
      if (bytes[at]! <= SP) return bytes[at] === CR && bytes[at + 1] === LF ? at + 2 : -1;
      let line = before.next;
      if (line === undefined || !lines.matches(line, at, end)) {
        line = before.other;
        if (line === undefined || !lines.matches(line, at, end)) {
          line = this.read(bytes, at, end, before);
          if (line === undefined) return -1;
        }
      }
      if (!this.apply(line)) return -1;
      at += line.length;
      before = line.stored === 0 ? (line.name ?? startLine) : line;
    }
    return -1;
  }

  /** What a line adds to the facts; false when it takes more than this reader knows. */
  private apply(line: Line): boolean {
    const { facts } = this;
    facts.sum = (facts.sum + line.sum) | 0;
    if (line.field !== undefined) {
      facts.keep(line.field);
      facts.notable |= line.notable;
    }
    return line.asks === 0 || this.applyMore(line);
  }

  private applyMore(line: Line): boolean {
    const { facts } = this;
    switch (line.asks) {
      case is.HAS_UNIQUE:
        facts.addUnique(line.unique);
        return true;
      case is.HAS_TRAIT:
        facts.addTrait(line.trait);
        return true;
      case is.IS_HOST:
        if (facts.authority !== 0) return false;
        facts.authority = line.authority;
        return true;
      case is.IS_LENGTH:
        if (facts.length.kind !== 'none') return false;
        facts.length = line.declared;
        return true;
      case is.IS_CODING:
        if (facts.coding !== 'none') return false;
        facts.coding = line.coding;
        facts.twiceChunked = line.twiceChunked;
        return true;
      default:
        if (facts.options.length > 0) return false;
        facts.options = line.options;
        return line.options.every(isUsual);
    }
  }

  // -------------------------------------------------------------------------------------------- lines that did not follow

  /** A line that is not the one that mostly comes here; undefined when it is not regular, or not complete. */
  private read(bytes: Uint8Array, start: number, end: number, before: Line): Line | undefined {
    const { lines } = this;
    let name = before.nextName;
    if (name === undefined || !lines.matches(name, start, end)) {
      name = this.nameAt(bytes, start, end);
      if (name === undefined) return undefined;
      if (name.stored > 0) before.nextName = name;
    }
    let at = start + name.length;
    while (at < end && (bytes[at] === SP || bytes[at] === TAB)) at++;
    const valueStart = at;
    const { view } = lines;
    let valueHash = HASH_SEED;
    for (; at + 4 <= end; at += 4) {
      const word = view.getInt32(at, true);
      if (((word - SPACES) & ~word & HIGH_BITS) !== 0) break;
      valueHash = hashWord(valueHash, word);
    }
    for (; at < end && bytes[at]! >= SP; at++) valueHash = hashOctet(valueHash, bytes[at]!);
    if (at + 1 >= end || bytes[at] !== CR || bytes[at + 1] !== LF) return undefined;
    if (at > valueStart && bytes[at - 1] === SP) return undefined;
    valueHash = hashEnd(valueHash, at - valueStart);
    const hash = Math.imul(valueHash ^ name.nameHash, 0x9e3779b1) ^ (valueHash >>> 13);
    const known = lines.find(hash, start, end);
    if (known !== undefined) {
      follow(before, known);
      return known;
    }
    const keep = lines.isCommon(hash);
    const line = keep ? new Line() : this.fresh;
    line.hash = hash;
    line.length = at + 2 - start;
    line.name = name;
    this.describe(line, name, bytes, valueStart, at, valueHash);
    if (!keep) return line;
    lines.keepLine(line, start);
    if (line.stored > 0) follow(before, line);
    return line;
  }

  /** The name that stands there, with its colon; undefined when it is not regular. */
  private nameAt(bytes: Uint8Array, start: number, end: number): Line | undefined {
    let at = start;
    while (at < end && bytes[at]! > SP && bytes[at] !== COLON) at++;
    if (at >= end || bytes[at] !== COLON) return undefined;
    const hash = hashOctets(bytes, start, at);
    const seen = this.lines.findName(hash, start, end);
    if (seen !== undefined) return seen;
    const name = new Line();
    name.hash = hash;
    name.length = at + 1 - start;
    name.nameHash = hashName(bytes, start, at);
    name.known = nameIndex(name.nameHash, bytes, start, at);
    if (name.known < 0 && !isToken(bytes, start, at)) return undefined;
    name.use = name.known < 0 ? 0 : USE[name.known]!;
    name.wanted = this.wants(name.use, name.nameHash);
    name.field = name.wanted ? { name: latin1(bytes, start, at), value: '' } : undefined;
    name.notable = name.field === undefined ? 0 : notableName(name.field.name);
    this.lines.keepName(name, start);
    return name;
  }

  /** The meaning of a value: the same as HeadScanner gives it. */
  private describe(line: Line, name: Line, bytes: Uint8Array, start: number, end: number, valueHash: number): void {
    const { known, use } = name;
    line.field = name.field === undefined ? undefined : { name: name.field.name, value: this.texts.text(bytes, start, end) };
    line.notable = line.field === undefined ? 0 : notableWith(name.notable, line.field.value);
    line.sum = (use & PER_HOP) === 0 ? Math.imul(name.nameHash ^ Math.imul(valueHash, 0x85ebca6b), 0xc2b2ae35) : 0;
    line.asks = known < 0 ? 0 : ASKS[known]!;
    if (line.asks === 0) return;
    if (line.asks === is.HAS_TRAIT) line.trait = traitOf(bytes, known, start, end, valueHash);
    else if (line.asks === is.HAS_UNIQUE) {
      line.unique = known === TRACEPARENT && end - start >= 35 ? hashValue(bytes, start + 3, start + 35) : valueHash;
    } else if (line.asks === is.IS_HOST) line.authority = hashAuthority(bytes, start, end);
    else if (line.field !== undefined) this.describeFraming(line, [line.field]);
  }

  private describeFraming(line: Line, field: readonly Field[]): void {
    if (line.asks === is.IS_LENGTH) line.declared = lengthOf(field);
    else if (line.asks === is.IS_CODING) {
      line.coding = codingOf(field);
      line.twiceChunked = line.coding === 'chunked' && repeatsChunked(field);
    } else line.options = this.texts.options(field);
  }
}

/** What a line of each known name asks for. */
const ASKS = USE.map((use, known) => {
  if (known === HOST) return is.IS_HOST;
  if (known === CONNECTION) return is.IS_CONNECTION;
  if (known === CONTENT_LENGTH) return is.IS_LENGTH;
  if (known === TRANSFER_ENCODING) return is.IS_CODING;
  return (use & UNIQUE) !== 0 ? is.HAS_UNIQUE : (use & TRAIT) !== 0 ? is.HAS_TRAIT : 0;
});

function isUsual(option: string): boolean {
  return USUAL_OPTIONS.has(option);
}

/** Three digits, or 0. */
function statusAt(bytes: Uint8Array, at: number): number {
  const [a, b, c] = [bytes[at]! - 0x30, bytes[at + 1]! - 0x30, bytes[at + 2]! - 0x30];
  return a >= 0 && a <= 9 && b >= 0 && b <= 9 && c >= 0 && c <= 9 ? a * 100 + b * 10 + c : 0;
}
