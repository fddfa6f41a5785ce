/**
 * What stands whichever of several requests was meant: when a pair is ambiguous, but every candidate leads a rule to the same
 * conclusion, the conclusion does not depend on the choice (RULES section 7.6).
 */
import type { Candidate, Relay, Rule, Sink } from '../model.ts';
import { least } from './confidence.ts';

type RelayRule = Extract<Rule, { readonly on: 'relay' }>;

/** May it be that another one of several requests was meant? */
export function isAmbiguous({ link, candidates, attempts }: Relay): boolean {
  return candidates.length > 0 && link.confidence === 'ambiguous' && attempts.length === 1;
}

/** Lets the rule look at a relay that is ambiguous, and once more for every other request that may have been meant. */
export function checkAmbiguous(rule: RelayRule, relay: Relay, found: Sink<Candidate>): void {
  const { candidates } = relay;
  const own = findingsOf(rule, settled(relay));
  const others = candidates.map((exchange) => {
    const attempt = {
      role: 'forward',
      exchange,
      connection: undefined,
      laterExchanges: 0,
      doubtful: false,
      unseen: false,
      before: undefined,
      copied: false,
    } as const;
    return findingsOf(rule, settled({ ...relay, attempts: [attempt] }));
  });
  const invariant = own.filter((candidate) => others.every((findings) => findings.some((other) => isSame(candidate, other))));
  for (const candidate of invariant)
    found({ ...candidate, confidence: least('strong', candidate.confidence), because: because(candidate, candidates.length) });
  rule.check(relay, (candidate) => {
    if (!invariant.some((other) => isSame(other, candidate))) found(candidate);
  });
}

/** As if there were no doubt about the pair. */
function settled(relay: Relay): Relay {
  return { ...relay, link: { ...relay.link, confidence: 'strong' }, candidates: [] };
}

function findingsOf(rule: RelayRule, relay: Relay): readonly Candidate[] {
  const findings: Candidate[] = [];
  rule.check(relay, (candidate) => findings.push(candidate));
  return findings;
}

function isSame(one: Candidate, other: Candidate): boolean {
  return one.severity === other.severity && one.direction === other.direction && `${one.fields}` === `${other.fields}`;
}

function because(candidate: Candidate, others: number): Candidate['because'] {
  return [...candidate.because, [`so it is with each of the ${others + 1} requests that may be meant`]];
}
