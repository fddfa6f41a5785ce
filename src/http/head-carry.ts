/**
 * The octets of a head that spans segments, up to its blank line.
 *
 * Hot: runs for split heads only, but a hostile sender may split every one; each octet is copied and looked at once, so that a head
 * of single octets costs no more than its length.
 */

import type { Moment } from '../model.ts';

/** Octets of one head that are held; behind it the message is given up (DESIGN section 5). */
export const MAX_HEAD = 256 * 1024;
const LF = 0x0a;
const CR = 0x0d;

export class HeadCarry {
  bytes = new Uint8Array(2048);
  length = 0;
  /** Line ends so far. */
  lines = 0;
  /** The blank line is there. */
  complete = false;
  /** The frame of the last octets, and its time. */
  frame = 0;
  time = Number.NaN;
  /** The longest silence inside it: since when, and until when. */
  stillSince: Moment | undefined;
  stillUntil: Moment | undefined;
  /** The last deadline that the silence behind `last` was told for: 0 none, then 1 and 2. */
  toldLevel = 0;
  /** Octets of the current line, and whether they are nothing but a CR. */
  private column = 0;
  private onlyCr = false;

  get full(): boolean {
    return this.length === MAX_HEAD;
  }

  /** More octets come in that frame. */
  touch(frame: number, time: number): void {
    const longest = (this.stillUntil?.time ?? 0) - (this.stillSince?.time ?? 0);
    if (time - this.time > longest) {
      this.stillSince = this.last;
      this.stillUntil = { frame, time };
    }
    this.frame = frame;
    this.time = time;
    this.toldLevel = 0;
  }

  /** The last octets so far. */
  get last(): Moment {
    return { frame: this.frame, time: this.time };
  }

  /** Takes octets up to the end of the head, or of its first line when that is not complete; gives the index behind the last one. */
  take(bytes: Uint8Array, start: number, end: number): number {
    const stopAtLine = this.lines === 0;
    const limit = Math.min(end, start + MAX_HEAD - this.length);
    let at = start;
    while (at < limit && !this.complete) {
      const octet = bytes[at++]!;
      if (octet !== LF) {
        this.onlyCr = this.column === 0 && octet === CR;
        this.column++;
        continue;
      }
      this.complete = this.lines > 0 && (this.column === 0 || (this.column === 1 && this.onlyCr));
      this.lines++;
      this.column = 0;
      if (stopAtLine) break;
    }
    this.copy(bytes, start, at);
    return at;
  }

  copy(bytes: Uint8Array, start: number, end: number): void {
    const needed = this.length + end - start;
    if (needed > this.bytes.length) {
      const larger = new Uint8Array(Math.min(MAX_HEAD, needed * 2));
      larger.set(this.bytes.subarray(0, this.length));
      this.bytes = larger;
    }
    if (end - start < 32) for (let at = start; at < end; at++) this.bytes[this.length + at - start] = bytes[at]!;
    else this.bytes.set(bytes.subarray(start, end), this.length);
    this.length = needed;
  }
}
