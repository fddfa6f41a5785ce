/**
 * A report -> the same report, in which a head that the capture cut off reads as such.
 *
 * With a short snaplen a request line ends in the middle of its target: `GET http://www.joes-hard` would pass for what the
 * client wrote. For people only: to programs the oddity and the health of the capture say it.
 */

import type { Evidence, Finding, Message, Report, Text } from '../model.ts';
import { isEmptyVersion, isTarget } from './safe.ts';

const CUT = ' [cut off in the capture]';

export function markCutHeads(report: Report): Report {
  if (report.captures.every((capture) => capture.health.cutFrames === 0)) return report;
  const findings = report.findings.map(markFinding);
  const exonerations = report.exonerations.map(markFinding);
  const targets = new Set(report.findings.flatMap((finding) => cutTargets(cutHeads(finding))));
  return { ...report, verdict: markTargets(report.verdict, targets), findings, exonerations };
}

function markFinding(finding: Finding): Finding {
  const heads = cutHeads(finding);
  const targets = new Set(cutTargets(heads));
  const frames = new Set(heads.map((head) => `${head.kind} ${head.headFrame}`));
  return {
    ...finding,
    message: markTargets(finding.message, targets),
    because: finding.because.map((text) => markTargets(text, targets)),
    evidence: finding.evidence.map((evidence) => markEvidence(evidence, frames)),
    children: finding.children.map(markFinding),
  };
}

/** Heads of the exchange and of the one before it that are not whole. */
function cutHeads({ exchange }: Finding): Message[] {
  const messages = [exchange, exchange?.previous].flatMap((each) => [each?.request, each?.response]);
  return messages.flatMap((message) => (message?.oddities.includes('head-cut') === true ? [message] : []));
}

/** A target is cut where the head ends within its first line. */
function cutTargets(heads: readonly Message[]): string[] {
  return heads.flatMap((head) => (head.kind === 'request' && head.version === '' ? [head.target] : []));
}

function markTargets(text: Text, targets: ReadonlySet<string>): Text {
  return targets.size === 0 ? text : text.flatMap((part) => (isTarget(part, targets) ? [part, CUT] : [part]));
}

/** A head that lost its version has a space and nothing behind its target. */
function markEvidence(evidence: Evidence, frames: ReadonlySet<string>): Evidence {
  const { text } = evidence;
  const unversioned = isEmptyVersion(text.at(-1));
  const told = typeof text[0] !== 'string';
  const kind = evidence.from === 'client' ? 'request' : 'response';
  if (!unversioned && !(told && frames.has(`${kind} ${evidence.moment.frame}`))) return evidence;
  return { ...evidence, text: [...(unversioned ? text.slice(0, -2) : text), CUT] };
}
