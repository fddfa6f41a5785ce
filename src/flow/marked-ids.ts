/** A set of ids, a bit each: a million of them take 128 KiB, and those that are in it are found 32 at a time. */
export class MarkedIds {
  private words = new Uint32Array(64);

  add(id: number): void {
    const word = id >>> 5;
    if (word >= this.words.length) {
      const grown = new Uint32Array(Math.max(word + 1, 2 * this.words.length));
      grown.set(this.words);
      this.words = grown;
    }
    this.words[word] = (this.words[word] ?? 0) | (1 << (id & 31));
  }

  /** The first one that fits, in order; those that need not be here any longer are taken out on the way. */
  find(isStillHere: (id: number) => boolean, fits: (id: number) => boolean): number | undefined {
    for (let word = 0; word < this.words.length; word++) {
      for (let left = this.words[word] ?? 0; left !== 0; left &= left - 1) {
        const lowest = left & -left;
        const id = word * 32 + 31 - Math.clz32(lowest);
        if (!isStillHere(id)) this.words[word] = (this.words[word] ?? 0) & ~lowest;
        else if (fits(id)) return id;
      }
    }
    return undefined;
  }
}
