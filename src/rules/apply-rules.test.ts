import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyRelay } from '../../test/support/any-relay.ts';
import * as record from '../../test/support/records.ts';
import { wait } from '../../test/support/waits.ts';
import { factsOf, factsOfRelay } from '../facts.ts';
import type { Candidate, Exchange, ExchangeContext, Fact, Relay, Rule } from '../model.ts';
import { bitsOf } from '../notable.ts';
import { applyRules } from './apply-rules.ts';
import { rules } from './index.ts';

const CONNECTION = record.identity('10.0.0.1:40000', '10.0.0.2:80');
const ALONE: ExchangeContext = { server: record.serverProfile(), forwarded: false, relay: undefined, parent: undefined, knocking: [] };

/** What the rule finds in the relay, in its client side as an exchange that was seen on two hops, and as one that was seen alone. */
function findings(rule: Rule, relay: Relay): { readonly facts: number; readonly found: readonly Candidate[] }[] {
  const { clientSide } = relay;
  if (rule.on === 'relay') return [{ facts: factsOfRelay(relay), found: collect((take) => rule.check(relay, take)) }];
  if (rule.on !== 'exchange') return [];
  const passedOn = { ...ALONE, relay, forwarded: relay.attempts.length > 0 };
  return [
    { facts: factsOf(clientSide), found: collect((take) => rule.check(clientSide, ALONE, take)) },
    { facts: factsOfRelay(relay), found: collect((take) => rule.check(clientSide, passedOn, take)) },
  ];
}

function collect(check: (take: (candidate: Candidate) => void) => void): readonly Candidate[] {
  const found: Candidate[] = [];
  check((candidate) => found.push(candidate));
  return found;
}

const sparing = rules.flatMap((rule) => (rule.onlyFor === undefined ? [] : [[rule.id, rule, bitsOf(rule.onlyFor)] as const]));

/** Always the same ones: making them takes most of the time. */
const relays = fc.sample(anyRelay, { numRuns: 1000, seed: 415 });

test.each(sparing)('%s finds nothing without one of the facts that it names', (_, rule, wanted) => {
  const spared = relays.flatMap((relay) => findings(rule, relay)).filter(({ facts }) => (facts & wanted) === 0);
  expect(spared.flatMap(({ found }) => found)).toEqual([]);
});

/** How often a rule that looks at exchanges is asked about one. */
function asked(onlyFor: readonly Fact[] | undefined, exchange: Exchange): number {
  let looks = 0;
  const common = { id: 'counting', title: '', basis: [], remedies: [], ...(onlyFor === undefined ? {} : { onlyFor }) };
  const rule: Rule = { ...common, on: 'exchange', check: () => void looks++ };
  applyRules([rule], () => undefined).exchange(exchange, ALONE);
  return looks;
}

test('a rule is asked about what has one of its facts, and about everything when it names none', () => {
  const [calm, waiting] = [record.exchange(CONNECTION), record.exchange(CONNECTION, { wait: wait(5) })];
  expect([asked(['wait', 'excess'], calm), asked(['wait', 'excess'], waiting)]).toEqual([0, 1]);
  expect([asked(['excess'], waiting), asked(undefined, calm), asked(undefined, waiting)]).toEqual([0, 1, 1]);
});
