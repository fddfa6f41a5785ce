/** What identifies a cause across captures: no port, no time, no frame (DESIGN section 4). */
import type { Candidate, Rule } from '../model.ts';
import { hashText } from '../octets.ts';
import { routeOf } from '../route.ts';

/** Instances of one cause share it: rule, direction, roles and servers. */
export function groupKeyOf(rule: Rule, candidate: Candidate): string {
  const hops = candidate.hops.map((hop) => `${hop.role} ${hop.server.text}`);
  return [rule.id, candidate.direction ?? '', ...hops, ...(candidate.fields ?? [])].join('|');
}

/** Sixteen hexadecimal digits. */
export function fingerprintOf(rule: Rule, candidate: Candidate): string {
  const request = candidate.exchange?.request;
  const hops = candidate.hops.map((hop) => `${hop.role} ${hop.server.address}`);
  const text = [rule.id, candidate.direction ?? '', ...hops, request?.method ?? '', routeOf(request?.target ?? '')].join('|');
  return hex(hashText(text)) + hex(hashText(`${text}|`));
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}
