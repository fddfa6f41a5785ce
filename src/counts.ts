/** What the stages of a point counted, by name -> what each of its files adds to it: a file ends where the next one begins. */

export type Counts = Readonly<Record<string, number>>;

export class CountsByFile {
  private readonly marks: Counts[] = [];

  /** The next file begins. */
  begin(now: Counts): void {
    this.marks.push(now);
  }

  /** What the file at that place counted; `now` is the end of the last one. */
  of(file: number, now: Counts): Counts {
    const [before, after] = [this.marks[file] ?? {}, this.marks[file + 1] ?? now];
    return Object.fromEntries(Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)]));
  }
}
