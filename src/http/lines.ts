/**
 * Field lines that were seen before, and what they mean. Heads repeat: most of their lines stood in another head a moment ago, and
 * mostly behind the same line as now. So a line knows which ones followed it, and a head is read by comparing octets.
 *
 * Hot: `matches` runs for nearly every line of every head. Octets are compared eight at a time, as doubles: a line that is kept
 * here holds no octet below the space, hence no zero, which is the one value that two patterns share; a pattern that is no
 * number equals nothing, not even itself, and only costs time.
 *
 * Bounded: the store has a fixed size; when it is full, everything is forgotten.
 */
import type { Field } from '../model.ts';
import type { BodyCase, DeclaredLength } from './framing.ts';
import { ABSENT } from './framing.ts';
import { NO_OPTIONS } from './head-facts.ts';

const STORE = 256 * 1024;
/** Room that one head may need: `makeRoom` runs between heads only, since the lines of a head refer to each other. */
const RESERVE = 16 * 1024;
/** Longer lines are not kept. */
const LONGEST = 512;
const SLOTS = 4096;
/** A line that names one request is seen once per hop, and never again: not worth a place. */
const OFTEN = 4;

/** What a line asks for beside its sum and its field. */
export const HAS_UNIQUE = 1;
export const HAS_TRAIT = 2;
export const IS_HOST = 4;
export const IS_CONNECTION = 8;
export const IS_LENGTH = 16;
export const IS_CODING = 32;

/** A whole line with its CRLF; or, as `name` of others, only the name and the colon. */
export class Line {
  /** Its octets in the store. */
  start = 0;
  /** 0: not in the store. */
  stored = 0;
  length = 0;
  hash = 0;
  asks = 0;
  /** What it adds to the sum of the end-to-end fields. */
  sum = 0;
  unique = 0;
  trait = 0;
  authority = 0;
  /** Number and uses of the name, and its hash (field-names.ts). */
  known = -1;
  use = 0;
  nameHash = 0;
  wanted = false;
  field: Field | undefined;
  /** What is notable about that field; of a name: about all fields of that name. */
  notable = 0;
  options: readonly string[] = NO_OPTIONS;
  coding: BodyCase['coding'] = 'none';
  twiceChunked = false;
  declared: DeclaredLength = ABSENT;
  name: Line | undefined;
  /** What followed it: the latest two lines, and the name of the latest one. */
  next: Line | undefined;
  other: Line | undefined;
  nextName: Line | undefined;
}

export class Lines {
  private readonly store = new Uint8Array(STORE);
  private readonly storeView = new DataView(this.store.buffer);
  private used = 0;
  private bytes: Uint8Array = this.store;
  /** The octets at hand, for reads of several at once. */
  view: DataView = this.storeView;
  private readonly table: (Line | undefined)[] = new Array<Line | undefined>(SLOTS).fill(undefined);
  private readonly names: (Line | undefined)[] = new Array<Line | undefined>(SLOTS).fill(undefined);
  /** Hashes of lines that are not kept yet, and how often they were seen. */
  private readonly seen = new Int32Array(SLOTS);
  private readonly times = new Uint8Array(SLOTS);

  /** The head that is read next lies in these octets. True when everything was forgotten. */
  look(bytes: Uint8Array): boolean {
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    if (this.used <= STORE - RESERVE) return false;
    this.forget();
    return true;
  }

  forget(): void {
    this.used = 0;
    this.table.fill(undefined);
    this.names.fill(undefined);
    this.seen.fill(0);
  }

  /** Do the octets at `at` begin with this line? */
  matches(line: Line, at: number, end: number): boolean {
    const { start, stored } = line;
    if (stored === 0 || at + stored > end) return false;
    const { view, storeView } = this;
    const last = stored - 8;
    for (let index = 0; index < last; index += 8) {
      if (view.getFloat64(at + index) !== storeView.getFloat64(start + index)) return false;
    }
    if (last >= 0) return view.getFloat64(at + last) === storeView.getFloat64(start + last);
    for (let index = 0; index < stored; index++) if (this.bytes[at + index] !== this.store[start + index]) return false;
    return true;
  }

  /** The line with that hash that these octets begin with. */
  find(hash: number, at: number, end: number): Line | undefined {
    const line = this.table[hash & (SLOTS - 1)];
    return line !== undefined && line.hash === hash && this.matches(line, at, end) ? line : undefined;
  }

  findName(hash: number, at: number, end: number): Line | undefined {
    const line = this.names[hash & (SLOTS - 1)];
    return line !== undefined && line.hash === hash && this.matches(line, at, end) ? line : undefined;
  }

  /** Has a line with that hash been seen often enough to be kept? Counts this time, too. */
  isCommon(hash: number): boolean {
    const slot = hash & (SLOTS - 1);
    if (this.seen[slot] !== hash) {
      this.seen[slot] = hash;
      this.times[slot] = 0;
    }
    return ++this.times[slot]! >= OFTEN;
  }

  keepLine(line: Line, at: number): void {
    if (this.keep(line, at)) this.table[line.hash & (SLOTS - 1)] = line;
  }

  keepName(line: Line, at: number): void {
    if (this.keep(line, at)) this.names[line.hash & (SLOTS - 1)] = line;
  }

  /** Copies the octets of a line into the store, if they fit. */
  keep(line: Line, at: number): boolean {
    const { length } = line;
    if (length > LONGEST || this.used + length > STORE) return false;
    for (let index = 0; index < length; index++) this.store[this.used + index] = this.bytes[at + index]!;
    line.start = this.used;
    line.stored = length;
    this.used += length;
    return true;
  }
}

/** Notes that `line` followed `before`. */
export function follow(before: Line, line: Line): void {
  before.other = before.next;
  before.next = line;
}
