import { describe, expect, test } from 'vitest';
import { NO_PAIRS } from '../../test/support/records.ts';
import type { Confidence, Exchange, Finding, Report, Severity } from '../model.ts';
import { verdictSentence } from '../verdict/sentence.ts';
import { all, choose, choosersOf, fails, wantedBy } from './choice.ts';

const exchange: Exchange = {
  connection: {
    key: 'c1',
    point: 0,
    id: 0,
    ends: [
      { address: '10.0.0.1', port: 1, text: '10.0.0.1:1' },
      { address: '10.0.0.2', port: 80, text: '10.0.0.2:80' },
    ],
    seenIn: [{ capture: 0, stream: 0 }],
    synSeen: true,
    firstTime: 0,
  },
  client: { address: '10.0.0.1', port: 1, text: '10.0.0.1:1' },
  server: { address: '10.0.0.2', port: 80, text: '10.0.0.2:80' },
  ordinal: 1,
  request: undefined,
  interim: [],
  response: undefined,
  serverBelief: undefined,
  clientBelief: undefined,
  pipelined: false,
  previous: undefined,
  wait: undefined,
  announced: undefined,
  ackStall: undefined,
  damaged: false,
  unaligned: false,
  excess: undefined,
  ended: true,
};

function finding(rule: string, severity: Severity, confidence: Confidence, children: readonly Finding[] = []): Finding {
  return {
    id: `F-${rule}`,
    fingerprint: rule,
    group: `G-${rule}`,
    rule,
    title: rule,
    basis: [],
    remedies: [],
    partOf: undefined,
    children,
    severity,
    confidence,
    message: [rule],
    hops: [],
    exchange,
    evidence: [],
    because: [],
    wouldChangeOurMind: [],
  };
}

function reportOf(findings: readonly Finding[]): Report {
  return {
    tool: { name: 'hopcheck', version: '1' },
    base: { seconds: 0 },
    captures: [],
    verdict: ['one hang'],
    connections: 0,
    exchanges: 0,
    relays: 0,
    outlines: [],
    proxies: [],
    pairing: NO_PAIRS,
    rules: [],
    findings,
    groups: all(findings).map(({ group, rule }) => ({ id: group, rule, count: 1 })),
    exonerations: [],
    locate: (_point, frame) => ({ capture: 0, frame }),
  };
}

const report = reportOf([
  finding('deadlock', 'hang', 'strong', [finding('relayed', 'violation', 'proven'), finding('obsolete', 'hygiene', 'possible')]),
  finding('silent', 'loss', 'likely'),
]);

const ids = (findings: readonly Finding[]): string[] =>
  findings.map(({ rule, children }) => (children.length === 0 ? rule : `${rule}(${ids(children).join(' ')})`));

describe('choosing', () => {
  test.each([
    ['everything', {}, ['deadlock(relayed obsolete)', 'silent'], undefined],
    ['one rule', { rule: ['deadlock'] }, ['deadlock'], 2 + 1],
    ['a rule whose finding is explained by another', { rule: ['relayed'] }, ['relayed'], 3],
    ['hushing what explains others leaves the others', { ignore: ['deadlock'] }, ['relayed', 'obsolete', 'silent'], 1],
    ['hushing a child', { ignore: ['obsolete'] }, ['deadlock(relayed)', 'silent'], 1],
    ['by confidence', { minConfidence: 'strong' }, ['deadlock(relayed)'], 2],
    ['nothing', { rule: ['other'] }, [], 4],
  ] as const)('%s', (_name, choice, kept, hidden) => {
    const chosen = choose(report, wantedBy({ minConfidence: 'possible', ...choice }), ['--rule', '--stall']);
    expect(ids(chosen.findings)).toEqual(kept);
    expect(chosen.groups.map(({ rule }) => rule)).toEqual(all(chosen.findings).map(({ rule }) => rule));
    const note = `--rule, --stall hide ${hidden} of 4 findings`;
    const about = verdictSentence(chosen.findings, report);
    const verdict = kept.length === 0 ? [`nothing is left to tell: ${note}`] : [...about, `; ${note}`];
    expect(chosen.verdict).toEqual(hidden === undefined ? ['one hang'] : verdict);
  });
});

test('what a baseline has already is hidden, what it explains, too', () => {
  const chosen = choose(report, wantedBy({ minConfidence: 'possible' }, new Set(['deadlock', 'relayed', 'obsolete'])), ['--baseline']);
  expect(ids(chosen.findings)).toEqual(['silent']);
});

describe('the verdict names what hides findings, and no more', () => {
  const usual = { minConfidence: 'possible' } as const;
  test.each([
    [usual, []],
    [{ ...usual, rule: ['a'], stall: 2 }, ['--rule', '--stall']],
    [{ minConfidence: 'strong', ignore: ['a'], baseline: 'b.json' }, ['--ignore', '--min-confidence', '--baseline']],
    [
      { ...usual, rule: ['a'], ignore: ['b'], baseline: 'b.json', configured: { name: 'c.json', keys: ['baseline'], ignored: 1 } },
      ['--rule', 'baseline of c.json', 'ignore of c.json'],
    ],
    [{ ...usual, ignore: ['a', 'b'], configured: { name: 'c.json', keys: [], ignored: 1 } }, ['--ignore', 'ignore of c.json']],
  ] as const)('%j', (options, names) => {
    expect(choosersOf(options)).toEqual(names);
  });
});

describe('--fail-on', () => {
  test.each([
    ['hang', true, report],
    ['hang', false, reportOf([finding('a', 'hang', 'likely'), finding('b', 'will-hang', 'proven')])],
    ['will-hang', true, reportOf([finding('b', 'will-hang', 'proven')])],
    ['violation', true, reportOf([finding('a', 'hang', 'possible', [finding('b', 'violation', 'strong')])])],
    ['violation', false, reportOf([finding('b', 'hygiene', 'proven')])],
    ['info', true, reportOf([finding('b', 'hygiene', 'proven')])],
    ['info', false, reportOf([])],
  ] as const)('%s: %s', (failOn, failed, of) => {
    expect(fails(of, failOn)).toBe(failed);
  });
});
