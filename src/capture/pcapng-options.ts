/** The options at the end of a pcapng block (draft-ietf-opsawg-pcapng section 3.5): code, length, octets padded to four. */

/** False when an option claims more octets than its block has left. */
export function optionsFit(view: DataView, start: number, end: number, little: boolean): boolean {
  let position = start;
  while (end - position >= 4 && view.getUint16(position, little) !== 0) {
    position += 4 + ((view.getUint16(position + 2, little) + 3) & ~3);
  }
  return position <= end;
}

/**
 * Position of the value of an option in view[start, end), or -1: there is none of that code with `length` octets. A list
 * that claims more than its block holds ends there.
 */
export function findOption(view: DataView, start: number, end: number, little: boolean, code: number, length: number): number {
  let position = start;
  while (end - position >= 4) {
    const [foundCode, foundLength] = [view.getUint16(position, little), view.getUint16(position + 2, little)];
    const value = position + 4;
    if (foundCode === 0 || foundLength > end - value) return -1;
    if (foundCode === code && foundLength === length) return value;
    position = value + ((foundLength + 3) & ~3);
  }
  return -1;
}
