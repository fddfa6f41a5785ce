/**
 * --rule, --ignore, --min-confidence, --stall and --baseline: a report -> the report without what was not asked for.
 *
 * All rules run in any case: which finding owns a debt is decided among all of them, so a rule that is hushed does not make
 * another one explain its hang. What was left out is said in the verdict.
 */
import type { Finding, Report, Severity, Text } from '../model.ts';
import { CONFIDENCES, failsAt } from '../ranks.ts';
import { onlyCounted, verdictSentence } from '../verdict/sentence.ts';
import type { Choice, Configured } from './options.ts';

export type Wanted = (finding: Finding) => boolean;

/** @param accepted fingerprints of findings that are known already */
export function wantedBy({ rule = [], ignore = [], minConfidence, stall = 0 }: Choice, accepted: ReadonlySet<string> = new Set()): Wanted {
  const least = CONFIDENCES.indexOf(minConfidence);
  return (finding) =>
    (rule.length === 0 || rule.includes(finding.rule)) &&
    !ignore.includes(finding.rule) &&
    !accepted.has(finding.fingerprint) &&
    (finding.wait === undefined || finding.wait.end.time - finding.wait.start.time >= stall * 1e9) &&
    CONFIDENCES.indexOf(finding.confidence) <= least;
}

/** What leaves findings out, by its name on the command line or in a configuration file. */
export function choosersOf({ configured, ...options }: Choice & { readonly configured?: Configured }): string[] {
  const { rule = [], ignore = [], minConfidence, stall = 0, baseline } = options;
  const ignored = configured?.ignored ?? 0;
  const given: readonly (readonly [key: string, option: string, hides: boolean])[] = [
    ['rule', '--rule', rule.length > 0],
    ['', '--ignore', ignore.length > ignored],
    ['minConfidence', '--min-confidence', minConfidence !== 'possible'],
    ['', '--stall', stall > 0],
    ['baseline', '--baseline', baseline !== undefined],
  ];
  const names = given
    .filter(([, , hides]) => hides)
    .map(([key, option]) => (configured?.keys.includes(key) ? `${key} of ${configured.name}` : option));
  return ignored > 0 ? [...names, `ignore of ${configured?.name}`] : names;
}

/** @param by what `wanted` is made of, as `choosersOf` names it */
export function choose(report: Report, wanted: Wanted, by: readonly string[]): Report {
  const findings = keep(report.findings, wanted);
  const exonerations = keep(report.exonerations, wanted);
  const hidden = count(report.findings) - count(findings);
  if (hidden === 0 && exonerations.length === report.exonerations.length) return report;
  const groups = new Set(all([...findings, ...exonerations]).map((finding) => finding.group));
  return {
    ...report,
    verdict: hidden === 0 ? report.verdict : verdictOf(findings, hidden, report, by),
    findings,
    exonerations,
    groups: report.groups.filter((group) => groups.has(group.id)),
  };
}

/** About what is left; that something was hidden is part of it. */
function verdictOf(findings: readonly Finding[], hidden: number, report: Report, by: readonly string[]): Text {
  const note = `${by.join(', ')} ${by.length === 1 ? 'hides' : 'hide'} ${hidden} of ${count(report.findings)} findings`;
  return findings.length === 0
    ? [`nothing is left to tell: ${note}`]
    : [...verdictSentence(findings, report, onlyCounted(report.findings, report.groups)), `; ${note}`];
}

/** A finding that goes leaves its children, as far as they are wanted, in its place. */
export function keep(findings: readonly Finding[], wanted: Wanted): Finding[] {
  return findings.flatMap((finding) => {
    const children = keep(finding.children, wanted);
    if (!wanted(finding)) return children;
    return [children.length === count(finding.children) ? finding : { ...finding, children }];
  });
}

/** Findings and their children, flat. */
export function all(findings: readonly Finding[]): Finding[] {
  return findings.flatMap((finding) => [finding, ...all(finding.children)]);
}

function count(findings: readonly Finding[]): number {
  return all(findings).length;
}

/** Does a finding reach `failOn` at confidence strong or better? */
export function fails(report: Report, failOn: Severity | 'never'): boolean {
  return all(report.findings).some(failsAt(failOn));
}
