/**
 * What to do where no record can be read: skip padding, or look for the next place that looks like a record. One search
 * goes no further than 256 KiB; then the reader gives up, and says so. Every octet is tried once, so the work stays linear.
 */
import type { CaptureFacts } from '../model.ts';
import { addDamage } from './facts.ts';
import { FRAME_LIMIT } from './walker.ts';

/** Is there a record at `position`? NO, YES, or how many octets from there on it takes to say so. */
export type Judge = (view: DataView, position: number, end: number, ended: boolean) => number;
export const NO = 0;
export const YES = -1;

/** Padding is skipped by words: a record behind it may begin with zeros. */
const WORD = 4;

export class Recovery {
  /** True while no record can be read: `walk` of this object has the floor. */
  active = false;
  /** As Walker.needed; 0 when a record was found and `active` is false again. */
  needed = 0;
  #mode: 'padding' | 'search' | 'stopped' = 'stopped';
  #code = '';
  #message = '';
  /** File offset of the first octet that could not be read, of the first that the search tries, and of the first that it does not. */
  #lostAt = Number.NaN;
  #searchFrom = Number.NaN;
  #searchTo = Number.NaN;
  readonly #facts: CaptureFacts;
  readonly #judge: Judge;

  constructor(facts: CaptureFacts, judge: Judge) {
    this.#facts = facts;
    this.#judge = judge;
  }

  /** A record at `offset` cannot be right. */
  lose(code: string, message: string, offset: number): void {
    this.#begin('search', code, message, offset);
    // The damaged record itself is not tried again.
    this.#searchFrom = offset + 1;
    this.#searchTo = offset + FRAME_LIMIT;
  }

  /** Only zeros at `offset`, where a record should be. */
  pad(offset: number): void {
    this.#begin('padding', 'padding', 'zero bytes where a record should be', offset);
  }

  walk(view: DataView, start: number, end: number, offset: number, ended: boolean): number {
    let position = start;
    if (this.#mode === 'padding') position = this.#skipZeros(view, start, end, offset);
    if (this.#mode === 'search') return this.#search(view, position, end, offset - start, ended);
    this.needed = this.#mode === 'padding' ? WORD : 1;
    return this.#mode === 'padding' ? position : end;
  }

  finish(offset: number): void {
    if (!this.active) return;
    if (this.#mode === 'padding') this.#tell(`${offset - this.#lostAt} zero bytes at the end: padding, or a write that did not happen`);
    if (this.#mode === 'search') this.#tell(`${this.#message}, and no record is found behind it`);
    this.#mode = 'stopped';
  }

  #begin(mode: 'padding' | 'search', code: string, message: string, offset: number): void {
    this.active = true;
    this.#mode = mode;
    this.#code = code;
    this.#message = message;
    this.#lostAt = offset;
  }

  #tell(message: string): void {
    addDamage(this.#facts, this.#code, message, { offset: this.#lostAt, frame: this.#facts.firstFrame + this.#facts.frames + 1 });
  }

  #skipZeros(view: DataView, start: number, end: number, offset: number): number {
    let position = start;
    while (end - position >= WORD && view.getUint32(position) === 0) position += WORD;
    if (end - position < WORD) return position;
    this.#mode = 'search';
    this.#searchFrom = offset + (position - start);
    this.#searchTo = this.#searchFrom + FRAME_LIMIT;
    return position;
  }

  #search(view: DataView, start: number, end: number, origin: number, ended: boolean): number {
    let position = Math.max(start, this.#searchFrom - origin);
    const limit = Math.min(end, this.#searchTo - origin);
    for (; position < limit; position++) {
      const verdict = this.#judge(view, position, end, ended);
      if (verdict === NO) continue;
      if (verdict === YES) {
        this.#tell(`${this.#message}; the reader skipped ${position + origin - this.#lostAt} bytes to the next record`);
        this.active = false;
        this.needed = 0;
      } else this.needed = verdict;
      return position;
    }
    if (position + origin < this.#searchTo) {
      this.needed = 1;
      return Math.min(position, end);
    }
    this.#tell(`${this.#message}, and there is no record in the ${FRAME_LIMIT} bytes behind it: the rest is not read`);
    this.#mode = 'stopped';
    this.needed = 1;
    return end;
  }
}
