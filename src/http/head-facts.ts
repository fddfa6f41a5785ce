/** What is known of a head that was read, whichever way: filled again for each head, valid until the next one. */
import type { Field } from '../model.ts';
import type { BodyCase, DeclaredLength } from './framing.ts';
import { ABSENT } from './framing.ts';

/** Hashes of one kind that a head may have: more are left out. */
const MAX_UNIQUE = 8;
const MAX_TRAITS = 16;

export class HeadFacts {
  response = false;
  status = 0;
  method = '';
  version = '';
  reason = '';
  /** Where its octets begin, and where the target of a request is among them. */
  start = 0;
  targetStart = 0;
  targetEnd = 0;
  /** The kept fields: the first `kept` of them. */
  readonly fields: Field[] = [];
  kept = 0;
  /** What is notable about them (src/notable.ts). */
  notable = 0;
  /** Connection options in lower case, in order. */
  options: readonly string[] = NO_OPTIONS;
  coding: BodyCase['coding'] = 'none';
  /** The chunked coding is applied twice. */
  twiceChunked = false;
  length: DeclaredLength = ABSENT;
  /** Flags of scan-head.ts. */
  oddities = 0;
  /** Commutative sum over the end-to-end fields. */
  sum = 0;
  /** Hash of Host; 0 when there is none. */
  authority = 0;
  readonly unique = new Int32Array(MAX_UNIQUE);
  uniqueCount = 0;
  readonly traits = new Int32Array(MAX_TRAITS);
  traitCount = 0;

  clear(response: boolean, start: number): void {
    this.response = response;
    this.start = start;
    this.status = 0;
    this.kept = 0;
    this.notable = 0;
    this.options = NO_OPTIONS;
    this.coding = 'none';
    this.twiceChunked = false;
    this.length = ABSENT;
    this.oddities = 0;
    this.sum = 0;
    this.authority = 0;
    this.uniqueCount = 0;
    this.traitCount = 0;
  }

  keep(field: Field): void {
    this.fields[this.kept++] = field;
  }

  addUnique(hash: number): void {
    if (this.uniqueCount < MAX_UNIQUE) this.unique[this.uniqueCount++] = hash;
  }

  addTrait(hash: number): void {
    if (this.traitCount < MAX_TRAITS) this.traits[this.traitCount++] = hash;
  }
}

export const NO_OPTIONS: readonly string[] = [];
