/**
 * Is a text one JSON document, as far as its brackets tell? The last bracket of an element looks like that of the whole: a list that
 * is sent an element at a time, and a style sheet, pause behind one, too.
 *
 * Hot: `add` runs for each piece of a body whose length nobody announced, and looks at 64 KiB of it at most.
 */
const LONGEST = 64 << 10;
const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [LIST, LIST_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d];

export class Nesting {
  private length = 0;
  private depth = 0;
  private quoted = false;
  private escaped = false;
  private begun = false;
  /** Not one document, or too long to tell. */
  private unfit = false;

  clear(): void {
    [this.length, this.depth] = [0, 0];
    [this.quoted, this.escaped, this.begun, this.unfit] = [false, false, false, false];
  }

  add(bytes: Uint8Array, start: number, end: number): void {
    this.length += end - start;
    if (this.length > LONGEST) this.unfit = true;
    for (let at = start; at < end && !this.unfit; at++) {
      const octet = bytes[at]!;
      if (this.quoted) this.goOn(octet);
      else if (octet === OBJECT || octet === LIST) this.open();
      else if (octet === OBJECT_END || octet === LIST_END) this.close();
      else if (octet === QUOTE && this.depth > 0) this.quoted = true;
      else if (this.depth === 0 && !isSpace(octet)) this.unfit = true;
    }
  }

  /** It has begun, and all that was opened is closed. */
  get whole(): boolean {
    return this.begun && this.depth === 0 && !this.unfit;
  }

  private goOn(octet: number): void {
    if (this.escaped) this.escaped = false;
    else if (octet === BACKSLASH) this.escaped = true;
    else if (octet === QUOTE) this.quoted = false;
  }

  private open(): void {
    if (this.depth === 0 && this.begun) this.unfit = true;
    this.begun = true;
    this.depth++;
  }

  private close(): void {
    if (this.depth === 0) this.unfit = true;
    else this.depth--;
  }
}

export function isSpace(octet: number): boolean {
  return octet === 0x20 || (octet >= 0x09 && octet <= 0x0d);
}
