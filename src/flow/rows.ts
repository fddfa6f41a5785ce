/**
 * Rows of numbers in pages, with recycled ids. Hot: the flow stage reads and writes rows for every segment.
 *
 * A row is a few cache lines that hold everything known of one thing, so that a segment touches the lines of its connection and
 * nothing else; columns of their own would cost one cache miss each when a million connections are open. A page is one
 * ArrayBuffer seen as int32 and as double. Pages are added and never moved: growth copies nothing and needs no second copy in
 * memory. Field n of the doubles covers the same octets as fields 2n and 2n + 1 of the integers.
 */

const PAGE_SHIFT = 10;
const PAGE_MASK = (1 << PAGE_SHIFT) - 1;

export class Rows {
  private readonly ints: Int32Array[] = [];
  private readonly floats: Float64Array[] = [];
  /** Ids below this one have been used. */
  limit = 0;
  /** Rows in use. */
  used = 0;

  private readonly rowInts: number;
  /** Head of the chain of free rows, -1 at its end; their first integer names the next one. */
  private free = -1;

  constructor(rowInts: number) {
    this.rowInts = rowInts;
  }

  /** The id of a row that is all zero. */
  allocate(): number {
    this.used++;
    if (this.free < 0) return this.extend();
    const id = this.free;
    const row = this.row(id);
    const ints = this.page(id);
    this.free = ints[row]!;
    ints.fill(0, row, row + this.rowInts);
    return id;
  }

  release(id: number): void {
    this.used--;
    this.page(id)[this.row(id)] = this.free;
    this.free = id;
  }

  /** The integers among which the row is. */
  page(id: number): Int32Array {
    return this.ints[id >> PAGE_SHIFT]!;
  }

  /** Where the row begins in the integers of its page; half of it in the doubles. */
  row(id: number): number {
    return (id & PAGE_MASK) * this.rowInts;
  }

  /** The same octets as doubles. */
  floatPage(id: number): Float64Array {
    return this.floats[id >> PAGE_SHIFT]!;
  }

  int(id: number, field: number): number {
    return this.page(id)[this.row(id) + field]!;
  }

  setInt(id: number, field: number, value: number): void {
    this.page(id)[this.row(id) + field] = value;
  }

  float(id: number, field: number): number {
    return this.floatPage(id)[(this.row(id) >> 1) + field]!;
  }

  setFloat(id: number, field: number, value: number): void {
    this.floatPage(id)[(this.row(id) >> 1) + field] = value;
  }

  private extend(): number {
    if (this.limit === this.ints.length << PAGE_SHIFT) {
      const page = new ArrayBuffer((this.rowInts * 4) << PAGE_SHIFT);
      this.ints.push(new Int32Array(page));
      this.floats.push(new Float64Array(page));
    }
    return this.limit++;
  }
}
