import { describe, expect, test } from 'vitest';
import { candidate, exchange, identity } from '../../test/support/records.ts';
import { wait } from '../../test/support/waits.ts';
import type { Candidate, Exchange, Rule } from '../model.ts';
import { subjectOf } from '../subjects.ts';
import { Verdict } from './decide-findings.ts';

const clearing = (id: string): Rule => ({
  id,
  on: 'exchange',
  exonerates: true,
  title: `title of ${id}`,
  basis: [],
  remedies: [],
  check: () => {},
});
const hang: Rule = { id: 'truncated-by-close', on: 'exchange', title: '', basis: [], remedies: [], check: () => {} };
const slow = clearing('slow-origin');
const idle = clearing('client-think-time');
const lost = clearing('loss-in-capture');
const oneSided = clearing('one-sided');

const clientSide = exchange(identity('10.0.0.1:1000', '10.0.0.2:8080'));
const serverSide = exchange(identity('10.0.0.2:2000', '10.0.0.3:80'));

/** One thing that a rule found at an exchange; `on` its client side where it is not said. */
type Look = readonly [rule: Rule, more?: Partial<Candidate>, at?: Exchange];

/** Nothing is known of the records of its frames. */
const unknown = (): undefined => undefined;

function decided(...looks: readonly Look[]): readonly string[] {
  const told: string[] = [];
  const verdict = new Verdict(({ id, rule }) => told.push(`${id} ${rule}`), unknown);
  for (const at of [clientSide, serverSide]) {
    const found = looks
      .filter(([, , where = clientSide]) => where === at)
      .map(([rule, more]) => ({ rule, candidate: candidate(at, { severity: 'info', wait: wait(9), ...more }) }));
    verdict.decide(subjectOf(at), 'exchange', found, true);
  }
  const { exonerations, findings } = verdict.finish();
  // Nothing is told at once of what is cleared.
  expect(told).toEqual(findings.map(({ id, rule }) => `${id} ${rule}`));
  return exonerations.map(({ id, rule }) => `${id} ${rule}`);
}

describe('what stands', () => {
  test('one silence, one exoneration: the one that explains it best', () => {
    expect(decided([idle], [lost], [slow])).toEqual(['X1 loss-in-capture']);
  });

  test('what speaks for the next hop as well is told once', () => {
    expect(decided([slow, { covers: [serverSide] }], [slow, {}, serverSide])).toEqual(['X1 slow-origin']);
    expect(decided([slow], [slow, {}, serverSide])).toEqual(['X1 slow-origin', 'X2 slow-origin']);
  });

  test('a direction that is missing explains all of its connection', () => {
    const later = exchange(clientSide.connection, { ordinal: 2 });
    const verdict = new Verdict(() => {}, unknown);
    verdict.decide(subjectOf(clientSide), 'exchange', [{ rule: lost, candidate: candidate(clientSide) }], true);
    verdict.decide(subjectOf(later), 'connection', [{ rule: oneSided, candidate: candidate(later) }], true);
    expect(verdict.finish().exonerations.map(({ rule }) => rule)).toEqual(['one-sided']);
  });
});

describe('nothing is cleared', () => {
  test('where a finding tells of the same debt', () => {
    expect(decided([slow], [hang, { severity: 'hang' }])).toEqual([]);
  });

  test('where a finding stands on the hop that would explain it', () => {
    expect(decided([slow, { covers: [serverSide] }], [hang, { severity: 'hang' }, serverSide])).toEqual([]);
  });

  test('where a finding covers it from another hop', () => {
    expect(decided([slow, {}, serverSide], [hang, { severity: 'hang', covers: [serverSide] }])).toEqual([]);
  });

  test('on an idle connection of a hang, where nobody owes anything', () => {
    const later = exchange(clientSide.connection, { ordinal: 2 });
    const verdict = new Verdict(() => {}, unknown);
    verdict.decide(subjectOf(clientSide), 'exchange', [{ rule: idle, candidate: candidate(clientSide) }], true);
    verdict.decide(subjectOf(later), 'exchange', [{ rule: hang, candidate: candidate(later) }], true);
    expect(verdict.finish().exonerations).toEqual([]);
  });

  test('but it is where the finding is about a field only', () => {
    expect(decided([slow], [hang, { severity: 'violation' }])).toEqual(['X1 slow-origin']);
  });

  test('when a later look does not clear it', () => {
    const verdict = new Verdict(() => {}, unknown);
    verdict.decide('x', 'exchange', [{ rule: slow, candidate: candidate(clientSide) }], false);
    verdict.decide('x', 'exchange', [], true);
    expect(verdict.finish()).toEqual({ findings: [], exonerations: [], groups: [], leftOut: 0 });
  });
});

test('a thousand of one rule are one group, a hundred of them in full', () => {
  const verdict = new Verdict(() => {}, unknown);
  for (let port = 1; port <= 1000; port++) {
    const one = exchange(identity(`10.0.0.1:${port}`, `10.0.1.${port % 200}:80`));
    verdict.decide(subjectOf(one), 'exchange', [{ rule: slow, candidate: candidate(one) }], true);
  }
  const { exonerations, groups } = verdict.finish();
  expect(exonerations).toHaveLength(100);
  expect(groups).toEqual([{ id: 'GX1', rule: 'slow-origin', count: 1000 }]);
});
