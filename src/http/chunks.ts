/**
 * The chunked coding as a state machine over octets (RFC 9112 section 7.1).
 *
 * Hot: chunk data is skipped by arithmetic, framing octets are read one by one; any segment border may fall anywhere.
 * Lenient as receivers are: bare LF ends a line, chunk extensions and trailers are skipped unread; what was forgiven is named.
 */
import type { ChunkPosition } from '../model.ts';
import { Tail } from './tail.ts';

const LF = 0x0a;
const CR = 0x0d;
const SP = 0x20;
const TAB = 0x09;
const SEMICOLON = 0x3b;

const SIZE = 0;
const EXTENSION = 1;
const DATA = 2;
const DATA_END = 3;
const TRAILER = 4;
const TRAILER_LINE = 5;
const DONE = 6;
const BROKEN = 7;

/** Largest chunk size that is believed: beyond it counting loses octets. */
const MAX_SIZE = 2 ** 52;

export class ChunkReader {
  private state = SIZE;
  /** Octets left of the chunk's data; while the size is read, its value so far. */
  private left = 0;
  private digits = 0;
  /** The octet before was a CR. */
  private afterCr = false;
  private bareLf = false;
  private extended = false;
  private trailed = false;
  /** Octets of content so far. */
  content = 0;
  private readonly tail: Tail;

  constructor(tail = new Tail()) {
    this.tail = tail;
  }

  get done(): boolean {
    return this.state === DONE;
  }

  get broken(): boolean {
    return this.state === BROKEN;
  }

  /** What the framing had besides sizes and data, by code. */
  get oddities(): readonly string[] {
    const oddities: string[] = [];
    if (this.bareLf) oddities.push('chunk-bare-lf');
    if (this.extended) oddities.push('chunk-extension');
    if (this.trailed) oddities.push('trailer-fields');
    if (this.broken) oddities.push('bad-chunk');
    return oddities;
  }

  /** What it waits for next. */
  get position(): ChunkPosition {
    if (this.state === DATA) return 'data';
    if (this.state === DATA_END) return 'data-end';
    if (this.state === TRAILER || this.state === TRAILER_LINE) return 'trailer';
    return this.state === DONE ? 'done' : 'size';
  }

  /** Reads on; returns the index behind the last octet that belongs to the body. */
  read(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end) {
      if (this.state === DATA) {
        const step = Math.min(this.left, end - at);
        this.left -= step;
        this.content += step;
        this.tail.add(bytes, at, at + step);
        at += step;
        if (this.left === 0) this.state = DATA_END;
        continue;
      }
      if (this.state >= DONE) return at;
      this.framing(bytes[at++]!);
    }
    return at;
  }

  /** Octets that the capture lost: fine inside the data of a chunk, else the framing is lost. */
  skip(length: number): void {
    if (this.state === DATA && length <= this.left) {
      this.left -= length;
      this.content += length;
      if (this.left === 0) this.state = DATA_END;
    } else this.state = BROKEN;
  }

  private framing(octet: number): void {
    if (octet === LF && !this.afterCr) this.bareLf = true;
    switch (this.state) {
      case SIZE:
        this.size(octet);
        break;
      case EXTENSION:
        if (octet === LF) this.sizeEnd();
        break;
      case DATA_END:
        if (octet === LF) this.state = SIZE;
        else if (octet !== CR) this.state = BROKEN;
        break;
      case TRAILER:
        if (octet === LF) this.state = DONE;
        else if (octet !== CR) this.state = TRAILER_LINE;
        break;
      default:
        this.trailed = true;
        if (octet === LF) this.state = TRAILER;
    }
    this.afterCr = octet === CR;
  }

  private size(octet: number): void {
    const digit = this.afterCr ? -1 : hexDigit(octet);
    if (digit >= 0) {
      this.left = this.left * 16 + digit;
      this.digits++;
      if (this.left > MAX_SIZE) this.state = BROKEN;
    } else if (octet === LF) this.sizeEnd();
    else if (this.digits === 0) this.state = BROKEN;
    else if (octet !== CR || this.afterCr) this.behindSize(octet);
  }

  /** An extension, or white space. Something else makes the size doubtful: "0x2" is 0 to some and 2 to others. */
  private behindSize(octet: number): void {
    if (octet === SEMICOLON || octet === SP || octet === TAB || this.afterCr) {
      this.extended = true;
      this.state = EXTENSION;
    } else this.state = BROKEN;
  }

  private sizeEnd(): void {
    if (this.digits === 0) {
      this.state = BROKEN;
      return;
    }
    this.digits = 0;
    this.state = this.left === 0 ? TRAILER : DATA;
  }
}

function hexDigit(octet: number): number {
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30;
  const letter = octet | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
