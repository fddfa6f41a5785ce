/** Which octets of a direction have arrived. It holds no octets, only their offsets: disjoint ranges in order, never adjacent. */
export class Ranges {
  /** From and to, by turns. */
  private readonly bounds: number[] = [];

  get count(): number {
    return this.bounds.length / 2;
  }

  /** Where the first range begins and ends, NaN when there is none. */
  get from(): number {
    return this.bounds[0] ?? Number.NaN;
  }

  get to(): number {
    return this.bounds[1] ?? Number.NaN;
  }

  /** Where the last range ends. */
  get end(): number {
    return this.bounds.at(-1) ?? Number.NaN;
  }

  /** The parts of [from, to) that are not there yet: from and to, by turns. */
  missing(from: number, to: number): readonly number[] {
    const parts: number[] = [];
    let at = from;
    for (let index = this.upTo(from); index < this.bounds.length && at < to; index += 2) {
      const start = this.bounds[index] ?? to;
      if (start > at) parts.push(at, Math.min(start, to));
      at = Math.max(at, this.bounds[index + 1] ?? to);
    }
    if (at < to) parts.push(at, to);
    return parts;
  }

  add(from: number, to: number): void {
    if (from >= to) return;
    const first = this.upTo(from);
    let [start, end, last] = [from, to, first];
    for (; last < this.bounds.length && (this.bounds[last] ?? end) <= to; last += 2) {
      start = Math.min(start, this.bounds[last] ?? start);
      end = Math.max(end, this.bounds[last + 1] ?? end);
    }
    this.bounds.splice(first, last - first, start, end);
  }

  /** Forgets what the first range has before `offset`, which lies within it. */
  trim(offset: number): void {
    this.bounds[0] = offset;
  }

  /** Forgets the first range. */
  shift(): void {
    this.bounds.splice(0, 2);
  }

  toString(): string {
    const texts: string[] = [];
    for (let index = 0; index < this.bounds.length; index += 2) texts.push(`${this.bounds[index]}-${this.bounds[index + 1]}`);
    return texts.join(' ');
  }

  /** Index of the first range that ends at or behind `offset`. */
  private upTo(offset: number): number {
    let [low, high] = [0, this.bounds.length / 2];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.bounds[2 * middle + 1] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return 2 * low;
  }
}
