/** The options at the end of a pcapng block (draft-ietf-opsawg-pcapng section 3.5): code, length, octets padded to four. */

import { latin1 } from '../octets.ts';

const LONGEST_TEXT = 255;

/** False when an option claims more octets than its block has left. */
export function optionsFit(view: DataView, start: number, end: number, little: boolean): boolean {
  let position = start;
  while (end - position >= 4 && view.getUint16(position, little) !== 0) {
    position += 4 + ((view.getUint16(position + 2, little) + 3) & ~3);
  }
  return position <= end;
}

/** How many options of that code are in view[start, end). */
export function countOptions(view: DataView, start: number, end: number, little: boolean, code: number): number {
  let count = 0;
  let position = start;
  while (end - position >= 4) {
    const found = view.getUint16(position, little);
    if (found === 0) return count;
    if (found === code) count++;
    position += 4 + ((view.getUint16(position + 2, little) + 3) & ~3);
  }
  return count;
}

/** The octets of an option, without a zero that ends them and without those behind the first 255; undefined without one of that code. */
export function optionText(view: DataView, start: number, end: number, little: boolean, code: number): string | undefined {
  let position = start;
  while (end - position >= 4) {
    const [found, length] = [view.getUint16(position, little), view.getUint16(position + 2, little)];
    const value = position + 4;
    if (found === 0 || length > end - value) return undefined;
    if (found === code) {
      const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
      return latin1(bytes, value, value + Math.min(length, LONGEST_TEXT)).replace(/\0.*$/s, '');
    }
    position = value + ((length + 3) & ~3);
  }
  return undefined;
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
