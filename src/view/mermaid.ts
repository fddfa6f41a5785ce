/**
 * A finding -> a mermaid sequence diagram, at most 30 arrows and 4,000 characters (what GitLab draws).
 *
 * Mermaid has no quoting, so captured text goes through an allow-list: any other character becomes an entity code, which
 * mermaid prints and neither mermaid, Markdown nor HTML acts on.
 */

import type { Evidence, Finding, Report } from '../model.ts';
import { boxesOf, frameMark } from './overview.ts';
import { type Secrecy, safeLines } from './safe.ts';
import { silenceBetween } from './silence.ts';
import { duration } from './time.ts';
import { cutEnd, shorten } from './wrap.ts';

const MOST_ARROWS = 30;
const MOST_CHARACTERS = 4000;
/** Characters of a request or status line, and of all that stands at one arrow. */
const LONGEST_LINE = 48;
const LONGEST_LABEL = 96;
const SILENCE = 0.5e9;

/** Lines without the fence; empty where there is nothing to draw. */
export function drawMermaid(finding: Finding, report: Report, secrecy: Secrecy): string[] {
  const boxes = boxesOf(finding);
  if (boxes.length < 2 || finding.evidence.length === 0) return [];
  const lines = ['sequenceDiagram', ...boxes.map((box, at) => `    participant B${at} as ${entities(box.name)}`)];
  let size = lines.join('\n').length;
  let before: Evidence | undefined;
  for (const evidence of finding.evidence.slice(0, MOST_ARROWS)) {
    const step = [...quiet(finding, before, evidence, boxes.length), arrow(evidence, report, boxes.length, secrecy)];
    size += step.join('\n').length + 1;
    if (size > MOST_CHARACTERS) break;
    lines.push(...step);
    before = evidence;
  }
  return lines;
}

function arrow(evidence: Evidence, report: Report, boxes: number, secrecy: Secrecy): string {
  const near = boxes === 3 && evidence.hop === 'server-side' ? 1 : 0;
  const [from, to] = evidence.from === 'client' ? [near, near + 1] : [near + 1, near];
  const [line = '', ...fields] = safeLines(evidence.text, secrecy);
  const label = cutEnd([shorten(line, LONGEST_LINE), ...fields].join(', '), LONGEST_LABEL);
  return `    B${from}->>B${to}: ${entities(`${frameMark(report, evidence)} ${label}`)}`;
}

function quiet({ wait }: Finding, before: Evidence | undefined, next: Evidence, boxes: number): string[] {
  const [from, to] = [before?.moment.time ?? Number.NaN, next.moment.time];
  const silence = to - from >= SILENCE ? silenceBetween(from, to, wait) : undefined;
  return silence === undefined ? [] : [`    Note over B0,B${boxes - 1}: ${duration(silence)} of silence`];
}

/** Everything but letters, digits, spaces and a few marks that mean nothing as a numeric entity code. */
export function entities(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9 .,/=_()-]/gu, (character) => `#${character.codePointAt(0)};`);
}
