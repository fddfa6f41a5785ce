/**
 * A report -> SARIF 2.1.0, for code-scanning pages and editors: one result per finding, its evidence as places in a capture.
 *
 * A place is a capture, the octets of the frame's record in it, and the frame number in words. Causes come before their
 * repetitions, so that what is left out above the limit (GitHub keeps 5,000 results) is a repetition first. GitHub wants a line
 * in every place, and knows findings again by primaryLocationLineHash alone.
 */

import type { Evidence, Finding, Report, Severity } from '../model.ts';
import { wellFormed } from './contract.ts';
import { jsonText } from './json.ts';
import { counted, endsOf, groupFindings } from './overview.ts';
import { plain, type Secrecy, safeText } from './safe.ts';

const MOST_RESULTS = 5000;
const MOST_PLACES = 100;
const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';

const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note' | 'none'>> = {
  hang: 'error',
  'will-hang': 'error',
  loss: 'error',
  violation: 'warning',
  hygiene: 'note',
  info: 'none',
};

/** SARIF has a rank from 0 to 100 and no confidence. */
const RANKS: Readonly<Record<Finding['confidence'], number>> = { proven: 100, strong: 75, likely: 50, possible: 25 };

export function* sarifPieces(report: Report, secrecy: Secrecy): Generator<string> {
  const rules = rulesOf(report);
  const findings = inOrder(report);
  const leftOut = findings.length - MOST_RESULTS;
  yield `{"$schema":${jsonText(SCHEMA)},"version":"2.1.0","runs":[{\n`;
  yield `"tool":{"driver":${jsonText({ name: report.tool.name, version: report.tool.version, rules: [...rules.values()] })}},\n`;
  yield `"invocations":${jsonText([{ executionSuccessful: true, ...notified(report, leftOut) }])},\n`;
  yield `"artifacts":${jsonText(report.captures.map(({ name, bytes }, index) => ({ location: { uri: uriOf(name), index }, length: bytes })))},\n`;
  yield '"results":[';
  const indices = new Map([...rules.keys()].map((id, index) => [id, index]));
  let before = '\n';
  for (const finding of findings.slice(0, MOST_RESULTS)) {
    yield before + jsonText(resultOf(report, finding, indices.get(finding.rule) ?? -1, secrecy));
    before = ',\n';
  }
  yield `],\n"properties":${jsonText({ verdict: safeText(report.verdict, secrecy) })}\n}]}\n`;
}

/** The first finding of every cause, then the others. */
function inOrder(report: Report): Finding[] {
  const firsts = groupFindings(report, report.findings).map(({ first }) => first);
  const told = new Set(firsts);
  return [...firsts, ...report.findings.filter((finding) => !told.has(finding))];
}

interface RuleJson {
  readonly id: string;
  readonly shortDescription: { readonly text: string };
  readonly fullDescription: { readonly text: string };
  readonly help: { readonly text: string };
}

/** All that were applied. What a rule means is known from its findings; without one it has no more than its name. */
function rulesOf(report: Report): Map<string, RuleJson> {
  const rules = new Map<string, RuleJson>(report.rules.map(({ id }) => [id, undescribed(id)]));
  const described = new Set<string>();
  for (const finding of report.findings) {
    if (!described.has(finding.rule)) rules.set(finding.rule, describe(finding));
    described.add(finding.rule);
  }
  return rules;
}

/** Code-scanning pages want all three texts of every rule. */
function undescribed(id: string): RuleJson {
  const name = { text: inert(plain(id.replaceAll('-', ' '))) };
  return { id, shortDescription: name, fullDescription: name, help: { text: inert(plain(`hopcheck explain ${id}`)) } };
}

function describe({ rule, title, basis, remedies }: Finding): RuleJson {
  const help = [...remedies.map(({ product, text }) => `${product}: ${text}`), ...(basis.length > 0 ? [`Basis: ${basis.join('; ')}`] : [])];
  const name = { text: inert(plain(title)) };
  return { id: rule, shortDescription: name, fullDescription: name, help: { text: inert([title, ...help].map(plain).join('\n')) } };
}

function notified(report: Report, leftOut: number) {
  const notes = report.captures.flatMap((capture) =>
    capture.issues.map((issue) => `${issue.code}: ${plain(issue.message)} (${issue.count})`),
  );
  if (leftOut > 0) notes.push(`${counted(leftOut, 'result')} left out, the whole report: --format json`);
  const toolExecutionNotifications = notes.slice(-MOST_PLACES).map((text) => ({ level: 'note', message: { text: inert(text) } }));
  return toolExecutionNotifications.length === 0 ? {} : { toolExecutionNotifications };
}

function resultOf(report: Report, finding: Finding, ruleIndex: number, secrecy: Secrecy) {
  const [first, ...others] = finding.evidence.slice(0, MOST_PLACES).map((evidence) => placeOf(report, finding, evidence, secrecy));
  const fingerprint = wellFormed(finding.fingerprint);
  return {
    ruleId: finding.rule,
    ruleIndex,
    ...(finding.severity === 'info' ? { kind: 'informational' } : {}),
    level: LEVELS[finding.severity],
    rank: RANKS[finding.confidence],
    message: { text: inert(safeText(finding.message, secrecy)) || finding.rule },
    ...(first === undefined ? {} : { locations: [first], relatedLocations: others.map((place, index) => ({ id: index + 1, ...place })) }),
    partialFingerprints: { 'hopcheckFinding/v1': fingerprint, primaryLocationLineHash: fingerprint },
    properties: { id: finding.id, severity: finding.severity, confidence: finding.confidence },
  };
}

function placeOf(report: Report, finding: Finding, evidence: Evidence, secrecy: Secrecy) {
  const { capture, frame } = report.locate(evidence.connection.point, evidence.moment.frame);
  const { record } = evidence;
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(report.captures[capture]?.name ?? ''), index: capture },
      region: { startLine: 1, ...(record === undefined ? {} : { byteOffset: record.offset, byteLength: record.length }) },
    },
    message: { text: inert(`frame ${frame}, ${endsOf(finding, evidence)[0]}: ${safeText(evidence.text, secrecy)}`) },
  };
}

/** A relative reference (RFC 3986 section 4.2): pages of results show files below the folder they belong to. */
function uriOf(name: string): string {
  const segments = wellFormed(name).replaceAll('\\', '/').split('/');
  const path = segments.filter((segment) => segment !== '' && segment !== '.');
  return path.map(encodeURIComponent).join('/') || 'capture';
}

/** `[text](target)` in a message is a link (SARIF section 3.11.6); a backslash before the bracket says that it is none. */
function inert(text: string): string {
  return text.replaceAll(/\[(?=[^[\]]*\]\()/g, '\\[');
}
