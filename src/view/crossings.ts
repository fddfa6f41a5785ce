/**
 * A report -> which connection-management fields came out of a box as they went in, and which of them were relayed.
 *
 * Equal octets on both hops are no proof: two ends that both want to persist write the same by themselves (RULES 4.3). Only
 * a finding of the report makes `relayed` of it: one that says so of this field, this direction and these connections.
 */

import type { Evidence, Finding, Report } from '../model.ts';
import { fieldValues, plain } from './safe.ts';

export interface Crossing {
  readonly relayed: readonly string[];
  /** Equal on both hops, and no finding says why. */
  readonly same: readonly string[];
}

/** What an evidence of a finding has in common with the same message on the hop before it. */
export type Crossings = (finding: Finding, evidence: Evidence) => Crossing;

/** Fields that concern one connection only, as their RFC spells them. */
const HOP_FIELDS: ReadonlyMap<string, string> = new Map(
  ['Connection', 'Keep-Alive', 'Proxy-Connection', 'TE', 'Trailer', 'Transfer-Encoding', 'Upgrade', 'HTTP2-Settings'].map((name) => [
    name.toLowerCase(),
    name,
  ]),
);

/** Chunks come in and go out: equal values are nothing to look at where no finding is about them. */
const FRAMING = 'transfer-encoding';

/** Ids of rules that say so: connection-relayed-request, keep-alive-params-relayed; but not half-close-not-relayed. */
const SAYS_RELAYED = /^(?!.*\bnot-relayed\b).*\brelayed\b/;

export function crossingsOf(report: Report): Crossings {
  const relayed = new Map<string, Set<string>>();
  for (const finding of withChildren(report.findings)) {
    if (!SAYS_RELAYED.test(finding.rule)) continue;
    for (const direction of finding.direction === 'both' ? ['request', 'response'] : [finding.direction]) {
      const key = routeKey(finding, direction);
      const fields = relayed.get(key) ?? new Set();
      for (const field of finding.fields ?? []) fields.add(field.toLowerCase());
      relayed.set(key, fields);
    }
  }
  return (finding, evidence) => {
    const known = relayed.get(routeKey(finding, evidence.from === 'client' ? 'request' : 'response'));
    const equal = equalFields(finding, evidence).map((name) => ({ name: HOP_FIELDS.get(name) ?? plain(name), relayed: known?.has(name) }));
    return {
      relayed: equal.flatMap((field) => (field.relayed === true ? [field.name] : [])),
      same: equal.flatMap((field) => (field.relayed === true ? [] : [field.name])),
    };
  };
}

function* withChildren(findings: readonly Finding[]): Generator<Finding> {
  for (const finding of findings) {
    yield finding;
    yield* withChildren(finding.children);
  }
}

function routeKey(finding: Finding, direction: string | undefined): string {
  const keyOf = (role: string): string => finding.hops.find((hop) => hop.role === role)?.connection.key ?? '';
  return `${direction} ${keyOf('client-side')} ${keyOf('server-side')}`;
}

/** Lower-case names of fields that came to the proxy with the same octets: requests from the client, responses from the origin. */
function equalFields(finding: Finding, evidence: Evidence): string[] {
  const received = receivedBefore(finding, evidence);
  const earlier = new Set(fieldValues(received?.text ?? []).map((field) => field.key));
  const named = new Set((finding.fields ?? []).map((field) => field.toLowerCase()));
  const equal = fieldValues(evidence.text).filter(
    ({ name, key }) => earlier.has(key) && ((HOP_FIELDS.has(name) && name !== FRAMING) || named.has(name)),
  );
  return [...new Set(equal.map((field) => field.name))];
}

/** The head that went into the box out of which this one came; undefined where this is none, or came from an end of the path. */
export function receivedBefore(finding: Finding, evidence: Evidence): Evidence | undefined {
  const [near, far] = evidence.from === 'client' ? (['client-side', 'server-side'] as const) : (['server-side', 'client-side'] as const);
  if (evidence.hop !== far || !isHead(evidence)) return undefined;
  const before = finding.evidence.slice(0, finding.evidence.indexOf(evidence));
  return before.findLast((other) => other.hop === near && other.from === evidence.from && isHead(other));
}

/** A head begins with what was captured; an ACK or a FIN is told in our words. */
function isHead({ text }: Evidence): boolean {
  return typeof text[0] === 'object';
}

/** What to say of it: "relayed" and "Connection", "same on both hops" and "Keep-Alive". */
export function crossingMarks({ relayed, same }: Crossing): { readonly what: string; readonly fields: string }[] {
  const marks = [
    { what: 'relayed', fields: relayed.join(', ') },
    { what: 'same on both hops', fields: same.join(', ') },
  ];
  return marks.filter((mark) => mark.fields !== '');
}
