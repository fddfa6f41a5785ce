/**
 * The octets of a record that the end of a chunk cut: copied, because the chunk's memory belongs to the caller. Grows with
 * the octets that really came, never with a length that a file claims.
 */
const FIRST_CAPACITY = 4096;

export class Carry {
  /** The octets are bytes[start, end). */
  bytes = new Uint8Array(FIRST_CAPACITY);
  start = 0;
  end = 0;

  get length(): number {
    return this.end - this.start;
  }

  append(chunk: Uint8Array, from: number, to: number): void {
    if (this.end + (to - from) > this.bytes.length) this.#makeRoom(to - from);
    this.bytes.set(chunk.subarray(from, to), this.end);
    this.end += to - from;
  }

  /** The first octets are done with. */
  drop(octets: number): void {
    this.start += octets;
    if (this.start === this.end) this.start = this.end = 0;
  }

  /** The room is at least twice the content, so that moving it costs a constant per octet. */
  #makeRoom(more: number): void {
    const content = this.bytes.subarray(this.start, this.end);
    const wanted = 2 * (content.length + more);
    if (wanted > this.bytes.length) {
      this.bytes = new Uint8Array(Math.max(wanted, 2 * this.bytes.length));
      this.bytes.set(content);
    } else this.bytes.copyWithin(0, this.start, this.end);
    this.end -= this.start;
    this.start = 0;
  }
}
