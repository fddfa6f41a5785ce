/**
 * The facts of a head to the hashes that the pairing of hops compares.
 *
 * Hot: runs per message.
 */
import type { Fingerprint } from '../model.ts';
import type { HeadFacts } from './head-facts.ts';
import { TargetHashes } from './target.ts';

const NONE: readonly number[] = [];
const target = new TargetHashes();

export function fingerprintOf(facts: HeadFacts, bytes: Uint8Array): Fingerprint {
  const unique = hashesOf(facts.unique, facts.uniqueCount);
  const traits = hashesOf(facts.traits, facts.traitCount);
  if (facts.response) return { target: 0, tail: 0, leaf: 0, query: 0, authority: 0, fields: facts.sum, unique, traits };
  target.read(bytes, facts.targetStart, facts.targetEnd);
  return {
    target: target.target,
    tail: target.tail,
    leaf: target.leaf,
    query: target.query,
    authority: target.authority === 0 ? facts.authority : target.authority,
    fields: facts.sum,
    unique,
    traits,
  };
}

/** Array.from of a subarray costs ten times as much, and an array that grows has room for seventeen. */
function hashesOf(hashes: Int32Array, count: number): readonly number[] {
  if (count === 0) return NONE;
  if (count === 1) return [hashes[0]!];
  if (count === 2) return [hashes[0]!, hashes[1]!];
  const list = new Array<number>(count);
  for (let index = 0; index < count; index++) list[index] = hashes[index]!;
  return list;
}
