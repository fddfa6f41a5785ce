/**
 * Octets of request targets, for those who want to see them as text later: most targets are never shown.
 *
 * Hot: runs per request. Chunks are small, since a finding that is kept keeps the whole chunk that its target lies in.
 */
import { latin1 } from '../octets.ts';

const CHUNK = 4096;

export class TextStore {
  private chunk = new Uint8Array(CHUNK);
  private used = 0;

  keep(bytes: Uint8Array, start: number, end: number): StoredText {
    const length = end - start;
    if (this.used + length > this.chunk.length) {
      this.chunk = new Uint8Array(Math.max(CHUNK, length));
      this.used = 0;
    }
    const { chunk, used } = this;
    for (let index = 0; index < length; index++) chunk[used + index] = bytes[start + index]!;
    this.used += length;
    return new StoredText(chunk, used, used + length);
  }
}

export class StoredText {
  private readonly chunk: Uint8Array;
  private readonly start: number;
  private readonly end: number;
  private made: string | undefined;

  constructor(chunk: Uint8Array, start: number, end: number) {
    this.chunk = chunk;
    this.start = start;
    this.end = end;
  }

  get text(): string {
    this.made ??= latin1(this.chunk, this.start, this.end);
    return this.made;
  }
}
