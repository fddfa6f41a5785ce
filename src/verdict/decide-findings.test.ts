import { describe, expect, test } from 'vitest';
import { candidate, exchange, identity } from '../../test/support/records.ts';
import type { Finding, Rule } from '../model.ts';
import { subjectOf } from '../subjects.ts';
import { Verdict } from './decide-findings.ts';

/** Nothing is known of the records of its frames. */
const unknown = (): undefined => undefined;

function rule(id: string, on: 'exchange' | 'relay' = 'exchange'): Rule {
  const common = { id, title: `title of ${id}`, basis: [], remedies: [] };
  return on === 'exchange' ? { ...common, on, check: () => {} } : { ...common, on, check: () => {} };
}

const deadlock = rule('dumb-proxy-deadlock', 'relay');
const ignored = rule('request-ignored-on-persistent-connection');
const relayed = rule('connection-relayed-request', 'relay');
const hung = exchange(identity('10.0.0.1:1000', '10.0.0.2:80'), { ordinal: 2 });

function started(): { readonly verdict: Verdict; readonly told: string[] } {
  const told: string[] = [];
  const verdict = new Verdict(
    (finding: Finding, revised) => told.push(`${finding.id} ${finding.rule} ${finding.confidence}${revised ? ' revised' : ''}`),
    unknown,
  );
  return { verdict, told };
}

describe('a finding', () => {
  test('is told when it stands, and again when it changes', () => {
    const { verdict, told } = started();
    verdict.decide('x', 'exchange', [{ rule: ignored, candidate: candidate(hung, { confidence: 'likely' }) }], false);
    verdict.decide('x', 'exchange', [{ rule: ignored, candidate: candidate(hung) }], true);
    expect(told).toEqual([
      'F1 request-ignored-on-persistent-connection likely',
      'F1 request-ignored-on-persistent-connection strong revised',
    ]);
    expect(verdict.finish().findings.map(({ id, confidence }) => [id, confidence])).toEqual([['F1', 'strong']]);
  });

  test('is numbered by what it does: a hang is F1 whatever was seen before it', () => {
    const { verdict, told } = started();
    const harmless = (severity: 'violation' | 'hygiene' | 'info', ordinal: number) =>
      candidate(exchange(hung.connection, { ordinal }), { severity });
    verdict.decide('a', 'exchange', [{ rule: rule('note'), candidate: harmless('info', 3) }], true);
    verdict.decide('b', 'exchange', [{ rule: rule('untidy'), candidate: harmless('hygiene', 4) }], true);
    verdict.decide('c', 'exchange', [{ rule: rule('wrong'), candidate: harmless('violation', 5) }], true);
    verdict.decide('x', 'exchange', [{ rule: ignored, candidate: candidate(hung) }], true);
    expect(told.map((line) => line.split(' ')[0])).toEqual(['N1', 'V1', 'V2', 'F1']);
    expect(verdict.finish().findings.map(({ id }) => id)).toEqual(['F1', 'V1', 'V2', 'N1']);
  });

  test('that another one of the same look explains is not told, and numbered behind it', () => {
    const { verdict, told } = started();
    const found = [ignored, deadlock].map((each) => ({ rule: each, candidate: candidate(hung) }));
    verdict.decide('x', 'exchange', found, true);
    expect(told).toEqual(['F1 dumb-proxy-deadlock strong']);
    expect(verdict.finish().findings.map(({ id, children }) => [id, children.map((child) => child.id)])).toEqual([['F1', ['F2']]]);
  });

  test('says where the records of its evidence lie, also when a later look comes too late to ask', () => {
    let known = true;
    const verdict = new Verdict(
      () => {},
      (_point, frame) => (known ? { offset: 100 * frame, length: 90 } : undefined),
    );
    const looks = candidate(hung, {
      evidence: [{ moment: { frame: 7, time: 0 }, connection: hung.connection, hop: 'only', from: 'client', text: [] }],
    });
    verdict.decide('x', 'exchange', [{ rule: ignored, candidate: looks }], false);
    known = false;
    verdict.decide('x', 'exchange', [{ rule: ignored, candidate: looks }], true);
    expect(verdict.finish().findings[0]?.evidence[0]?.record).toEqual({ offset: 700, length: 90 });
  });

  test('is withdrawn when a later look at its subject does not find it', () => {
    const { verdict } = started();
    verdict.decide('x', 'exchange', [{ rule: ignored, candidate: candidate(hung) }], false);
    verdict.decide('x', 'exchange', [], true);
    expect(verdict.finish()).toEqual({ findings: [], exonerations: [], groups: [], leftOut: 0 });
  });

  test('of one kind of rule is not touched by a look of the other kind', () => {
    const { verdict } = started();
    verdict.decide('x', 'exchange', [{ rule: ignored, candidate: candidate(hung) }], false);
    verdict.decide('x', 'relay', [], true);
    expect(verdict.finish().findings).toHaveLength(1);
  });
});

describe('ownership', () => {
  test('the deadlock owns the debt, the ignored request is its child and not told by itself', () => {
    const { verdict, told } = started();
    verdict.decide('x', 'relay', [{ rule: deadlock, candidate: candidate(hung) }], true);
    verdict.decide('x', 'exchange', [{ rule: ignored, candidate: candidate(hung) }], true);
    const [top, ...others] = verdict.finish().findings;
    expect(others).toEqual([]);
    expect([top?.rule, top?.children.map((child) => child.rule)]).toEqual([
      'dumb-proxy-deadlock',
      ['request-ignored-on-persistent-connection'],
    ]);
    expect(told).toEqual(['F1 dumb-proxy-deadlock strong']);
  });

  test('a dropped request is as sure as the deadlock that its next hop shows, and says why', () => {
    const { verdict } = started();
    const pipelined = { ...ignored, id: 'pipelined-request-dropped' };
    verdict.decide('x', 'exchange', [{ rule: pipelined, candidate: candidate(hung, { confidence: 'possible' }) }], true);
    verdict.decide('x', 'relay', [{ rule: deadlock, candidate: candidate(hung, { confidence: 'strong' }) }], true);
    const [top] = verdict.finish().findings;
    expect(top).toMatchObject({ rule: 'pipelined-request-dropped', confidence: 'strong' });
    expect(top?.because.at(-1)).toEqual(['the next hop confirms it: nothing was asked there (dumb-proxy-deadlock)']);
  });

  test('a relayed field on the same connection stays on top and says what it is part of', () => {
    const { verdict } = started();
    const before = exchange(hung.connection);
    verdict.decide(
      'before',
      'relay',
      [{ rule: relayed, candidate: candidate(before, { severity: 'violation', direction: 'request' }) }],
      true,
    );
    verdict.decide('x', 'relay', [{ rule: deadlock, candidate: candidate(hung) }], true);
    expect(verdict.finish().findings.map(({ id, partOf }) => [id, partOf])).toEqual([
      ['F1', undefined],
      ['V1', 'F1'],
    ]);
  });

  test('what another hop shows of the same debt is a child of the finding that covers it, whichever came first', () => {
    const { verdict } = started();
    const [near, far] = [exchange(identity('10.0.0.1:1000', '10.0.0.2:80')), exchange(identity('10.0.0.2:2000', '10.0.0.3:80'))];
    verdict.decide(subjectOf(far), 'exchange', [{ rule: ignored, candidate: candidate(far) }], true);
    verdict.decide(subjectOf(near), 'exchange', [{ rule: ignored, candidate: candidate(near, { covers: [far] }) }], true);
    expect(verdict.finish().findings.map(({ id, children }) => [id, children.map((child) => child.id)])).toEqual([['F2', ['F1']]]);
  });

  test('a finding about a field is no debt: nobody covers it', () => {
    const { verdict } = started();
    const [near, far] = [exchange(identity('10.0.0.1:1000', '10.0.0.2:80')), exchange(identity('10.0.0.2:2000', '10.0.0.3:80'))];
    verdict.decide(subjectOf(far), 'relay', [{ rule: relayed, candidate: candidate(far) }], true);
    verdict.decide(subjectOf(near), 'exchange', [{ rule: ignored, candidate: candidate(near, { covers: [far] }) }], true);
    expect(verdict.finish().findings).toHaveLength(2);
  });

  test('a relayed field elsewhere is part of nothing', () => {
    const { verdict } = started();
    const elsewhere = exchange(identity('10.0.0.9:1000', '10.0.0.2:80'));
    verdict.decide('elsewhere', 'relay', [{ rule: relayed, candidate: candidate(elsewhere) }], true);
    verdict.decide('x', 'relay', [{ rule: deadlock, candidate: candidate(hung) }], true);
    expect(verdict.finish().findings.map(({ partOf }) => partOf)).toEqual([undefined, undefined]);
  });
});

describe('groups', () => {
  test('instances of one cause share a group; a hundred are kept, all are counted', () => {
    const { verdict } = started();
    for (let client = 0; client < 250; client++) {
      const one = exchange(identity(`10.0.0.1:${2000 + client}`, '10.0.0.2:80'), { ordinal: 2 });
      verdict.decide(`subject ${client}`, 'exchange', [{ rule: ignored, candidate: candidate(one) }], true);
    }
    const { findings, groups } = verdict.finish();
    expect([findings.length, groups]).toEqual([100, [{ id: 'G1', rule: 'request-ignored-on-persistent-connection', count: 250 }]]);
  });

  test('another server is another group', () => {
    const { verdict } = started();
    for (const server of ['10.0.0.2:80', '10.0.0.3:80']) {
      const one = exchange(identity('10.0.0.1:2000', server), { ordinal: 2 });
      verdict.decide(server, 'exchange', [{ rule: ignored, candidate: candidate(one) }], true);
    }
    expect(verdict.finish().groups).toHaveLength(2);
  });

  test('there are at most ten thousand; what comes after is counted as left out', () => {
    const { verdict } = started();
    for (let server = 0; server < 10_003; server++) {
      const one = exchange(identity('10.0.0.1:2000', `10.${server >> 8}.${server & 255}.3:80`), { ordinal: 2 });
      verdict.decide(`subject ${server}`, 'exchange', [{ rule: ignored, candidate: candidate(one) }], true);
    }
    const { findings, leftOut } = verdict.finish();
    expect([findings.length, leftOut]).toEqual([10_000, 3]);
  });
});
