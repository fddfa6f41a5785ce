/** What may be said of a box that only copies octets: it is no hop of HTTP, and its peers' fields are not its fault (RULES X12). */
import type { Relay, RuleCandidate } from '../model.ts';

export function isForwarder({ attempts }: Relay): boolean {
  return attempts[0]?.copied === true;
}

/** It can hold octets back and lose them, too; it has no fields to take out and none to add. */
export function mayConcern({ rule, candidate: { severity } }: RuleCandidate): boolean {
  return rule.exonerates === true || severity === 'hang' || severity === 'will-hang' || severity === 'loss';
}
