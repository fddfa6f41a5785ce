/**
 * Candidates of the rules that exonerate to the exonerations of the report: one for each silence, the one that explains it
 * best, and none where a finding tells that the connection is at fault after all.
 */
import type { Candidate, Finding, Group, Rule, RuleCandidate } from '../model.ts';
import { subjectOf } from '../subjects.ts';
import { fingerprintOf } from './fingerprint.ts';
import { clearingRank, standsForConnection } from './ownership.ts';
import { type RecordLookup, withRecords } from './records.ts';

/** What one rule clears is one group: instances kept in full, the rest is counted. */
const PER_GROUP = 100;

/** What the findings say is at fault. */
export interface Faults {
  readonly subjects: ReadonlySet<string>;
  /** Keys of connections that are hops of such a finding. */
  readonly connections: ReadonlySet<string>;
}

interface Draft {
  readonly rule: Rule;
  readonly kind: Rule['on'];
  readonly group: OpenGroup;
  readonly order: number;
  candidate: Candidate;
}

interface OpenGroup {
  readonly id: string;
  readonly rule: string;
  kept: number;
  further: number;
}

export class Exonerations {
  private readonly drafts = new Map<string, Draft[]>();
  private readonly groups = new Map<string, OpenGroup>();
  private readonly lookup: RecordLookup;
  private drafted = 0;

  constructor(lookup: RecordLookup) {
    this.lookup = lookup;
  }

  /** Everything that the rules of one kind cleared at one subject, now; `final` when they will not look again. */
  decide(subject: string, kind: Rule['on'], found: readonly RuleCandidate[], final: boolean): void {
    const before = this.drafts.get(subject);
    if (before === undefined && found.length === 0) return;
    const kept = (before ?? []).filter((draft) => draft.kind !== kind);
    for (const { rule, candidate } of found) {
      const known = before?.find((draft) => draft.kind === kind && draft.rule === rule);
      const draft = known ?? this.newDraft(rule, candidate, kind, final);
      if (draft === undefined) continue;
      draft.candidate = withRecords(candidate, draft.candidate, this.lookup);
      kept.push(draft);
    }
    for (const draft of before ?? []) if (!kept.includes(draft)) draft.group.kept--;
    if (kept.length > 0) this.drafts.set(subject, kept);
    else this.drafts.delete(subject);
  }

  private newDraft(rule: Rule, candidate: Candidate, kind: Rule['on'], final: boolean): Draft | undefined {
    const group = this.groups.get(rule.id) ?? { id: `GX${this.groups.size + 1}`, rule: rule.id, kept: 0, further: 0 };
    this.groups.set(rule.id, group);
    if (group.kept >= PER_GROUP) {
      if (final) group.further++;
      return undefined;
    }
    group.kept++;
    return { rule, kind, group, candidate, order: this.drafted++ };
  }

  /** What stands, in the order in which it was found. */
  finish(faults: Faults): { readonly exonerations: readonly Finding[]; readonly groups: readonly Group[] } {
    const best = new Map<string, Draft>();
    for (const [subject, drafts] of this.drafts) {
      const [first] = drafts.toSorted((a, b) => clearingRank(a.rule.id) - clearingRank(b.rule.id) || a.order - b.order);
      if (first !== undefined && !isAtFault(subject, first.candidate, faults)) best.set(subject, first);
    }
    for (const draft of [...best.values()]) for (const exchange of draft.candidate.covers ?? []) best.delete(subjectOf(exchange));
    const whole = new Map([...best.values()].filter(({ rule }) => standsForConnection(rule.id)).map((draft) => [keyOf(draft), draft]));
    const standing = [...best.values()].filter((draft) => (whole.get(keyOf(draft)) ?? draft) === draft).sort((a, b) => a.order - b.order);
    const counts = new Map<OpenGroup, number>();
    for (const { group } of standing) counts.set(group, (counts.get(group) ?? group.further) + 1);
    return {
      exonerations: standing.map((draft, index) => exonerationOf(draft, `X${index + 1}`)),
      groups: [...counts].map(([{ id, rule }, count]) => ({ id, rule, count })),
    };
  }
}

function keyOf({ candidate }: Draft): string | undefined {
  return candidate.hops[0]?.connection.key;
}

/** A finding tells the same debt; or nobody owes anything here since a finding holds the connection up. */
function isAtFault(subject: string, candidate: Candidate, faults: Faults): boolean {
  const { covers = [], wait, hops } = candidate;
  if (faults.subjects.has(subject) || covers.some((covered) => faults.subjects.has(subjectOf(covered)))) return true;
  return wait === undefined && hops.some(({ connection }) => faults.connections.has(connection.key));
}

function exonerationOf({ rule, candidate, group }: Draft, id: string): Finding {
  return {
    ...candidate,
    id,
    fingerprint: fingerprintOf(rule, candidate),
    group: group.id,
    rule: rule.id,
    title: rule.title,
    basis: rule.basis,
    remedies: rule.remedies,
    partOf: undefined,
    children: [],
  };
}
