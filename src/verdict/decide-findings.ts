/**
 * Candidates to findings: what stands now at each subject, who owns the debt, which group it belongs to.
 *
 * A later look at a subject replaces the earlier one; what no rule finds any more is withdrawn. Findings get their numbers
 * when they are first told, and keep them; those that are told within another one alone get theirs in the end. What does
 * harm is counted apart from broken rules and from notes, so that the first hang is F1 whatever was seen before it.
 */
import type { Candidate, Finding, Group, Rule, RuleCandidate, Severity } from '../model.ts';
import { CONFIDENCES } from '../ranks.ts';
import { subjectOf } from '../subjects.ts';
import { Exonerations, type Faults } from './exonerations.ts';
import { fingerprintOf, groupKeyOf } from './fingerprint.ts';
import { confirms, debtRank, hasParts, holdsOthersUp, isPartOf } from './ownership.ts';
import { type RecordLookup, withRecords } from './records.ts';

/** Instances kept in full per group; the rest is counted. */
const PER_GROUP = 100;
const MAX_GROUPS = 10_000;
/** Instances in all groups, without the first one of each: some 10 KB of memory each. */
const MOST_FURTHER = 5000;
/** Who only breaks a rule owns no debt. */
const ALARMING: ReadonlySet<Severity> = new Set(['hang', 'will-hang', 'loss']);
/** The letters of ids, in the order in which a report lists them. */
const LETTERS: Readonly<Record<Severity, 'F' | 'V' | 'N'>> = {
  hang: 'F',
  'will-hang': 'F',
  loss: 'F',
  violation: 'V',
  hygiene: 'V',
  info: 'N',
};
const LETTER_ORDER = 'FVN';
/** Hops through which one debt is followed. */
const MOST_HOPS = 16;

/** Called when a finding that stands by itself appears, and with `revised` when it changes. */
export type FindingSink = (finding: Finding, revised: boolean) => void;

export interface Decision {
  readonly findings: readonly Finding[];
  readonly exonerations: readonly Finding[];
  readonly groups: readonly Group[];
  /** Groups that came after the limit, and their candidates, which are not kept. */
  readonly leftOut: number;
}

interface Draft {
  /** Undefined until it is told. */
  id: string | undefined;
  readonly order: number;
  readonly rule: Rule;
  readonly subject: string;
  readonly kind: Rule['on'];
  readonly group: OpenGroup;
  candidate: Candidate;
}

interface OpenGroup {
  readonly id: string;
  readonly rule: string;
  kept: number;
  further: number;
}

export class Verdict {
  private readonly drafts = new Map<string, Draft[]>();
  private readonly groups = new Map<string, OpenGroup>();
  private readonly cleared: Exonerations;
  private readonly tell: FindingSink;
  private readonly lookup: RecordLookup;
  private readonly numbered = { F: 0, V: 0, N: 0 };
  private drafted = 0;
  private leftOut = 0;
  private further = 0;

  constructor(tell: FindingSink, lookup: RecordLookup) {
    this.tell = tell;
    this.lookup = lookup;
    this.cleared = new Exonerations(lookup);
  }

  /** Everything that the rules of one kind found at one subject, now; `final` when they will not look again. */
  decide(subject: string, kind: Rule['on'], found: readonly RuleCandidate[], final: boolean): void {
    this.cleared.decide(subject, kind, found.filter(exonerates), final);
    this.decideFindings(
      subject,
      kind,
      found.filter((one) => !exonerates(one)),
      final,
    );
  }

  private decideFindings(subject: string, kind: Rule['on'], found: readonly RuleCandidate[], final: boolean): void {
    const before = this.drafts.get(subject);
    if (before === undefined && found.length === 0) return;
    const drafts = before ?? [];
    const earlier = drafts.filter((draft) => draft.kind === kind);
    const kept = drafts.filter((draft) => draft.kind !== kind);
    const looked: Draft[] = [];
    for (const { rule, candidate } of found) {
      const known = earlier.find((draft) => draft.rule === rule && draft.candidate.direction === candidate.direction);
      const draft = known ?? this.newDraft(rule, candidate, subject, kind, final);
      if (draft === undefined) continue;
      draft.candidate = withRecords(candidate, known?.candidate, this.lookup);
      looked.push(draft);
    }
    kept.push(...looked);
    for (const draft of looked) {
      const revised = draft.id !== undefined;
      if (ownerAmong(draft, kept) === undefined) this.tell(this.findingOf(draft, [], undefined), revised);
    }
    for (const draft of earlier) if (!kept.includes(draft)) draft.group.kept--;
    if (kept.length > 0) this.drafts.set(subject, kept);
    else this.drafts.delete(subject);
  }

  private newDraft(rule: Rule, candidate: Candidate, subject: string, kind: Rule['on'], final: boolean): Draft | undefined {
    const group = this.groupOf(rule, candidate);
    if (group === undefined) {
      this.leftOut++;
      return undefined;
    }
    if (group.kept >= PER_GROUP || (group.kept > 0 && this.further >= MOST_FURTHER)) {
      if (final) group.further++;
      return undefined;
    }
    if (group.kept > 0) this.further++;
    group.kept++;
    return { id: undefined, order: this.drafted++, rule, subject, kind, group, candidate };
  }

  private groupOf(rule: Rule, candidate: Candidate): OpenGroup | undefined {
    const key = groupKeyOf(rule, candidate);
    const known = this.groups.get(key);
    if (known !== undefined || this.groups.size >= MAX_GROUPS) return known;
    const group = { id: `G${this.groups.size + 1}`, rule: rule.id, kept: 0, further: 0 };
    this.groups.set(key, group);
    return group;
  }

  /**
   * Who tells the debt that a draft is about: itself, the owner at its subject, a draft of another hop that covers that one, or the
   * draft of another client whose connection held this one up.
   */
  private tellerOf(draft: Draft, covering: ReadonlyMap<string, Draft>, holding: ReadonlyMap<string, Draft>): Draft {
    let teller = draft;
    for (let step = 0; step < MOST_HOPS; step++) {
      const { heldUpBy } = teller.candidate;
      const holder = heldUpBy && holding.get(heldUpBy.key);
      const owner = ownerAmong(teller, this.drafts.get(teller.subject) ?? []) ?? covering.get(teller.subject) ?? holder;
      if (owner === undefined || owner === draft || debtRank(teller.rule.id) === undefined) return teller;
      teller = owner;
    }
    return teller;
  }

  private idOf(draft: Draft): string {
    const letter = LETTERS[draft.candidate.severity];
    draft.id ??= `${letter}${++this.numbered[letter]}`;
    return draft.id;
  }

  /** All findings as they stand, children under the one that explains them, in the order of their ids. */
  finish(): Decision {
    const drafts = [...this.drafts.values()].flat().sort((a, b) => a.order - b.order);
    const covering = new Map<string, Draft>();
    for (const draft of drafts) for (const exchange of draft.candidate.covers ?? []) covering.set(subjectOf(exchange), draft);
    const holding = new Map<string, Draft>();
    for (const draft of drafts.filter(({ rule }) => holdsOthersUp(rule.id)))
      for (const { connection } of draft.candidate.hops) holding.set(connection.key, draft);
    const childrenOf = new Map<Draft, Draft[]>();
    for (const draft of drafts) {
      const teller = this.tellerOf(draft, covering, holding);
      const children = childrenOf.get(teller) ?? [];
      if (teller !== draft) children.push(draft);
      childrenOf.set(teller, children);
    }
    const wholes = new Map<string, Draft[]>();
    for (const draft of childrenOf.keys()) {
      if (!hasParts(draft.rule.id)) continue;
      for (const hop of draft.candidate.hops) wholes.set(hop.connection.key, [...(wholes.get(hop.connection.key) ?? []), draft]);
    }
    const tops = [...childrenOf.keys()];
    for (const draft of drafts) if (childrenOf.has(draft)) this.idOf(draft);
    const findings: Finding[] = [];
    for (const draft of tops.sort(byId)) {
      const children = childrenOf.get(draft) ?? [];
      const whole = draft.candidate.hops
        .flatMap((hop) => wholes.get(hop.connection.key) ?? [])
        .find((parent) => isPartOf(draft.rule.id, parent.rule.id));
      findings.push(
        this.findingOf(
          draft,
          children.map((child) => this.findingOf(child, [], undefined)),
          whole === undefined ? undefined : this.idOf(whole),
        ),
      );
    }
    const standing = [...this.groups.values()].filter((group) => group.kept + group.further > 0);
    const groups = standing.map(({ id, rule, kept, further }) => ({ id, rule, count: kept + further }));
    const cleared = this.cleared.finish(faultsOf(drafts));
    return { findings, exonerations: cleared.exonerations, groups: [...groups, ...cleared.groups], leftOut: this.leftOut };
  }

  private findingOf(draft: Draft, children: readonly Finding[], partOf: string | undefined): Finding {
    const { rule, candidate, group } = draft;
    const confirming = children.find((child) => confirms(child.rule, rule.id) && isSurer(child, candidate));
    return {
      ...candidate,
      ...(confirming === undefined ? {} : confirmedBy(confirming, candidate)),
      id: this.idOf(draft),
      fingerprint: fingerprintOf(rule, candidate),
      group: group.id,
      rule: rule.id,
      title: rule.title,
      basis: rule.basis,
      remedies: rule.remedies,
      partOf,
      children,
    };
  }
}

function isSurer(one: Candidate, other: Candidate): boolean {
  return CONFIDENCES.indexOf(one.confidence) < CONFIDENCES.indexOf(other.confidence);
}

function confirmedBy({ rule, confidence }: Finding, { because }: Candidate): Pick<Finding, 'confidence' | 'because'> {
  return { confidence, because: [...because, [`the next hop confirms it: nothing was asked there (${rule})`]] };
}

function byId({ id: a = '' }: Draft, { id: b = '' }: Draft): number {
  return LETTER_ORDER.indexOf(a.charAt(0)) - LETTER_ORDER.indexOf(b.charAt(0)) || Number(a.slice(1)) - Number(b.slice(1));
}

function exonerates({ rule }: RuleCandidate): boolean {
  return rule.exonerates === true;
}

/** What the connections are to blame for, as these drafts have it. */
function faultsOf(drafts: readonly Draft[]): Faults {
  const alarming = drafts.filter(({ candidate }) => ALARMING.has(candidate.severity));
  return {
    subjects: new Set(alarming.flatMap(({ subject, candidate: { covers = [] } }) => [subject, ...covers.map(subjectOf)])),
    connections: new Set(alarming.flatMap(({ candidate }) => candidate.hops.map((hop) => hop.connection.key))),
  };
}

/** The draft of the same subject whose rule owns the debt before this one's. */
function ownerAmong(draft: Draft, drafts: readonly Draft[]): Draft | undefined {
  let least = debtRank(draft.rule.id);
  let owner: Draft | undefined;
  for (const other of drafts) {
    const rank = ALARMING.has(other.candidate.severity) ? debtRank(other.rule.id) : undefined;
    if (least === undefined || rank === undefined || rank >= least) continue;
    least = rank;
    owner = other;
  }
  return owner;
}
