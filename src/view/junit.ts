/**
 * A report -> JUnit XML, which every CI shows: a test case per rule. It fails where the exit code does: where the rule found
 * something that is bad enough and sure (proven or strong). It is skipped where there was nothing to look at, and says all else
 * without failing.
 */

import type { Finding, Report } from '../model.ts';
import { failsAt } from '../ranks.ts';
import { type Remedies, remediesOf } from './change.ts';
import { displayFilter } from './contract.ts';
import { crossingsOf } from './crossings.ts';
import { type Child, element, LINE_END, type Markup, together } from './markup.ts';
import { type Secrecy, safeText, type ViewOptions } from './safe.ts';

const MOST_TOLD = 20;

/** What every part of it is made from. */
interface Page {
  readonly report: Report;
  readonly remedies: Remedies;
  readonly secrecy: Secrecy;
  readonly fails: (finding: Finding) => boolean;
}

type JunitOptions = Secrecy & Pick<ViewOptions, 'failOn'>;

/** A rule with what it found, children of other findings included. */
interface Case {
  readonly rule: string;
  readonly lookedAt: number;
  readonly findings: Finding[];
}

export function* junitPieces(report: Report, options: JunitOptions): Generator<string> {
  const fails = failsAt(options.failOn ?? 'violation');
  const page = { report, remedies: remediesOf(report, crossingsOf(report)), secrecy: options, fails };
  const cases = casesOf(report);
  const counts = {
    tests: cases.length,
    failures: cases.filter(({ findings }) => findings.some(fails)).length,
    errors: 0,
    skipped: cases.filter(isIdle).length,
  };
  const name = report.captures.map((capture) => capture.name).join(', ') || 'no capture';
  const suite = element(
    'testsuite',
    { name, ...counts },
    LINE_END,
    cases.map((each) => [testCase(page, each), LINE_END]),
  );
  const verdict = safeText(report.verdict, options);
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  yield `${element('testsuites', { name: `${report.tool.name} ${report.tool.version}: ${verdict}`, ...counts }, LINE_END, suite, LINE_END).markup}\n`;
}

function casesOf(report: Report): Case[] {
  const cases = new Map<string, Case>(report.rules.map(({ id, lookedAt }) => [id, { rule: id, lookedAt, findings: [] }]));
  const add = (finding: Finding): void => {
    const known = cases.get(finding.rule) ?? { rule: finding.rule, lookedAt: 1, findings: [] };
    cases.set(finding.rule, known);
    known.findings.push(finding);
    finding.children.forEach(add);
  };
  report.findings.forEach(add);
  return [...cases.values()];
}

function isIdle({ lookedAt, findings }: Case): boolean {
  return lookedAt === 0 && findings.length === 0;
}

function testCase(page: Page, each: Case): Markup {
  const failing = each.findings.filter(page.fails);
  const others = each.findings.filter((finding) => !page.fails(finding));
  const [first] = failing;
  const failure =
    first &&
    element(
      'failure',
      { type: `${first.severity}, ${first.confidence}`, message: `${first.title}${failing.length > 1 ? `, ${failing.length} times` : ''}` },
      lines(page, failing),
    );
  const skipped = isIdle(each) ? element('skipped', { message: 'nothing in the captures that this rule applies to' }) : undefined;
  const output = others.length === 0 ? undefined : element('system-out', {}, lines(page, others));
  return element('testcase', { classname: 'hopcheck', name: each.rule }, skipped, failure, output);
}

function lines({ report, remedies, secrecy }: Page, findings: readonly Finding[]): Markup {
  const told = findings.slice(0, MOST_TOLD).flatMap((finding): Child[] => {
    const filter = displayFilter(report, finding);
    const [remedy] = remedies(finding);
    return [
      `${finding.id} ${finding.severity}, ${finding.confidence}: ${safeText(finding.message, secrecy)}`,
      ...(filter === undefined ? [] : [`  ${filter}`]),
      ...(remedy === undefined ? [] : [`  ${safeText(remedy, secrecy)}`]),
    ];
  });
  const more = findings.length - MOST_TOLD;
  const all = more > 0 ? [...told, `and ${more} more (--format json)`] : told;
  return together(
    all.map((line) => [LINE_END, line]),
    LINE_END,
  );
}
