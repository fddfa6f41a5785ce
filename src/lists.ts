/** Lists without an element. */

/**
 * An empty list for where lists of objects stand. One that is written `[]` has the layout of a list of small integers: what reads
 * both is slower, and is compiled again when the second kind turns up.
 */
export function emptyList<T extends object>(): T[] {
  const list: T[] = [];
  Object.assign(list, [{}]);
  list.length = 0;
  return list;
}
