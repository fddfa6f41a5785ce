/**
 * Two reports, before and after a change -> which causes are gone, which remain, which are new.
 *
 * A cause is a fingerprint. What has no partner of the same fingerprint is paired with a cause of the same rule and route at
 * other addresses, so that a fix that was tried elsewhere can be compared. A cause is only called gone when its rule had
 * something to look at in the second report: a capture in which nothing happened proves no fix.
 */
import type { Confidence, Severity } from './model.ts';
import { CONFIDENCES, SEVERITIES } from './ranks.ts';

/** What a comparison needs of a report, whether it was made now or read from a file. */
export interface Outline {
  readonly name: string;
  readonly connections: number;
  readonly exchanges: number;
  /** Records that each rule looked at, by its id. */
  readonly lookedAt: ReadonlyMap<string, number>;
  /** One a fingerprint, in the order of the report. */
  readonly causes: readonly Cause[];
}

export interface Cause {
  readonly fingerprint: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly title: string;
  /** Method and normalised target; empty without a request. */
  readonly route: string;
  readonly direction: string;
  /** Servers of the hops, nearest to the client first. */
  readonly servers: readonly string[];
  /** It stands below another finding, which explains it. */
  readonly explained: boolean;
  /** Instances told in the report. */
  readonly count: number;
}

/** `unseen`: not there any more, but its rule had nothing to look at. */
export type Fate = 'new' | 'remains' | 'gone' | 'unseen';

export interface Change {
  readonly fate: Fate;
  /** Undefined for a new one. */
  readonly before: Cause | undefined;
  /** Undefined for one that is gone. */
  readonly after: Cause | undefined;
}

export interface Comparison {
  readonly before: Outline;
  readonly after: Outline;
  /** New ones first, then what remains, what was not looked at, and what is gone; worst first in each. */
  readonly changes: readonly Change[];
}

const FATES: readonly Fate[] = ['new', 'remains', 'unseen', 'gone'];

export function compareReports(before: Outline, after: Outline): Comparison {
  const partners = new Map<Cause, Cause>();
  pair(before.causes, after.causes, partners, (cause) => cause.fingerprint);
  pair(before.causes, after.causes, partners, (cause) => [cause.rule, cause.direction, cause.route].join('|'));
  const kept = new Set(partners.values());
  const changes: Change[] = [
    ...before.causes.map((cause) => changeOf(cause, partners.get(cause), after)),
    ...after.causes.filter((cause) => !kept.has(cause)).map((cause) => ({ fate: 'new', before: undefined, after: cause }) as const),
  ];
  return { before, after, changes: changes.filter(standsAlone).toSorted(byWeight) };
}

/** What another finding explains goes and comes with it; notes tell of no fault. */
function standsAlone({ before, after }: Change): boolean {
  return [before, after].some((cause) => cause !== undefined && !cause.explained && cause.severity !== 'info');
}

function changeOf(before: Cause, partner: Cause | undefined, { lookedAt }: Outline): Change {
  if (partner !== undefined) return { fate: 'remains', before, after: partner };
  return { fate: (lookedAt.get(before.rule) ?? 0) > 0 ? 'gone' : 'unseen', before, after: undefined };
}

/** Pairs what has no partner yet, the first with the first of the same key. */
function pair(before: readonly Cause[], after: readonly Cause[], partners: Map<Cause, Cause>, keyOf: (cause: Cause) => string): void {
  const taken = new Set(partners.values());
  const free = new Map<string, Cause[]>();
  for (const cause of after) {
    if (taken.has(cause)) continue;
    const others = free.get(keyOf(cause));
    if (others === undefined) free.set(keyOf(cause), [cause]);
    else others.push(cause);
  }
  for (const cause of before) {
    const partner = partners.has(cause) ? undefined : free.get(keyOf(cause))?.shift();
    if (partner !== undefined) partners.set(cause, partner);
  }
}

/** The cause that a change is told by: as it is now, else as it was. */
export function causeOf({ before, after }: Change): Cause {
  const cause = after ?? before;
  if (cause === undefined) throw new TypeError('a change of nothing');
  return cause;
}

function byWeight(one: Change, other: Change): number {
  const [a, b] = [causeOf(one), causeOf(other)];
  return (
    FATES.indexOf(one.fate) - FATES.indexOf(other.fate) ||
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    CONFIDENCES.indexOf(a.confidence) - CONFIDENCES.indexOf(b.confidence)
  );
}
