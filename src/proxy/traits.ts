/**
 * Values of the same trait on two hops: equal, different, or not on both.
 */
import { TRAITS } from '../model.ts';

export type Trait = (typeof TRAITS)[number];

export const EQUAL = 1;
export const DIFFERENT = 2;
/** Only the first message has it, or only the second one. */
export const FIRST_ONLY = 3;
const SECOND_ONLY = 4;
export const NEITHER = 0;

const SLOT_BITS = 15;

export function slotOf(trait: Trait): number {
  return TRAITS.indexOf(trait);
}

/** Compares one trait; a repeated field is equal when one of its values is. */
export function compareTrait(slot: number, first: readonly number[], second: readonly number[]): number {
  let [here, there] = [false, false];
  for (const value of first) {
    if ((value & SLOT_BITS) !== slot) continue;
    here = true;
    if (second.includes(value)) return EQUAL;
  }
  for (const value of second) if ((value & SLOT_BITS) === slot) there = true;
  if (here) return there ? DIFFERENT : FIRST_ONLY;
  return there ? SECOND_ONLY : NEITHER;
}

/** The places of those that a message has, as bits. */
export function traitsIn(traits: readonly number[]): number {
  let places = 0;
  for (const value of traits) places |= 1 << (value & SLOT_BITS);
  return places;
}

/** The value of a trait, without its place; 0 when it is absent. */
export function traitValue(slot: number, traits: readonly number[]): number {
  for (const value of traits) if ((value & SLOT_BITS) === slot) return value & ~SLOT_BITS;
  return 0;
}

/** A hash as `traitValue` gives it. */
export function asTraitValue(hash: number): number {
  return hash & ~SLOT_BITS;
}
