/**
 * IPv6 addresses to small numbers, and the numbers of both families to text.
 *
 * Hot: `intern` runs twice for each IPv6 segment; bench/ measures it as part of stage "decode". An IPv4 address is its own
 * number; an IPv6 address gets the next free id when it is first seen. Open addressing, linear probing: `slots` holds id + 1,
 * is a power of two and at most half full. Ids are in order of appearance, so the random seed of the hash, which keeps a
 * sender from choosing addresses that collide, does not show.
 */

import { ipv4Text, ipv6Text } from '../address-text.ts';
import type { AddressBook } from '../model.ts';

/** Distinct IPv6 addresses that are kept, about 24 octets each; then only those known already get a number. */
const ADDRESS_LIMIT = 1 << 21;
const FIRST_SIZE = 1 << 10;
const WORDS = 4;

/** What `intern` says when there is no room for one more address. */
export const ADDRESS_LIMIT_REACHED = -1;

export interface Addresses extends AddressBook {
  /** The id of the 16 octets at bytes[at], or ADDRESS_LIMIT_REACHED. */
  intern(bytes: Uint8Array, at: number): number;
}

export function newAddresses(limit = ADDRESS_LIMIT, seed = Math.floor(Math.random() * 2 ** 32)): Addresses {
  let slots = new Int32Array(2 * FIRST_SIZE);
  let words = new Int32Array(WORDS * FIRST_SIZE);
  let count = 0;

  function grow(): void {
    const wider = new Int32Array(words.length * 2);
    wider.set(words);
    words = wider;
    slots = new Int32Array(slots.length * 2);
    for (let id = 0; id < count; id++) {
      const at = id * WORDS;
      slots[slotOf(words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!)] = id + 1;
    }
  }

  /** The slot that holds this address, or the empty one where it belongs. */
  function slotOf(a: number, b: number, c: number, d: number): number {
    const mask = slots.length - 1;
    let slot = hash(seed, a, b, c, d) & mask;
    for (; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const at = (slots[slot]! - 1) * WORDS;
      if (words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d) break;
    }
    return slot;
  }

  function intern(bytes: Uint8Array, at: number): number {
    const a = int32(bytes, at);
    const b = int32(bytes, at + 4);
    const c = int32(bytes, at + 8);
    const d = int32(bytes, at + 12);
    const slot = slotOf(a, b, c, d);
    if (slots[slot] !== 0) return slots[slot]! - 1;
    if (count === limit) return ADDRESS_LIMIT_REACHED;
    const id = count++;
    slots[slot] = id + 1;
    words[id * WORDS] = a;
    words[id * WORDS + 1] = b;
    words[id * WORDS + 2] = c;
    words[id * WORDS + 3] = d;
    if (count * WORDS === words.length) grow();
    return id;
  }

  function text(family: number, address: number): string {
    return family === 4 ? ipv4Text(address) : ipv6Text(words.subarray(address * WORDS, address * WORDS + WORDS));
  }

  return { intern, text };
}

function int32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

function hash(seed: number, a: number, b: number, c: number, d: number): number {
  return mix(mix(mix(mix(seed, a), b), c), d);
}

/** A step of MurmurHash3, with its last mixing, so that each word passes through the seed. */
function mix(state: number, word: number): number {
  let mixed = Math.imul(state ^ word, 0xcc9e2d51);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x1b873593);
  return mixed ^ (mixed >>> 13);
}
