import { expect, test } from 'vitest';
import * as record from '../../test/support/records.ts';
import { wait as sampleWait } from '../../test/support/waits.ts';
import type { Candidate, Exchange, ExchangeContext, Relay, Rule, Wait } from '../model.ts';
import { applyRules } from './apply-rules.ts';
import { rules } from './index.ts';

const CONNECTION = record.identity('10.0.0.1:40000', '10.0.0.2:80');
const CONTEXT: ExchangeContext = { server: record.serverProfile(), forwarded: false, relay: undefined, parent: undefined, knocking: [] };

/** Exchanges that went wrong in all ways but one: nobody waited. */
const CALM: readonly Exchange[] = (['length', 'chunked', 'until-close'] as const).flatMap((framing) => {
  const unfinished = { framing, complete: false, contentLength: 10, bodyOctets: 5 } as const;
  const request = record.request('/', { ...unfinished, fields: [record.field('Expect', '100-continue')] });
  const response = record.response(200, { ...unfinished, options: ['close'] });
  const before = record.exchange(CONNECTION);
  return [{ response }, { request }, { request, response }, { request, response: undefined, pipelined: true }].map((more) =>
    record.exchange(CONNECTION, { ordinal: 2, previous: before, ...more }),
  );
});

function relayOf(clientSide: Exchange): Relay {
  const attempt = {
    role: 'forward',
    exchange: clientSide,
    connection: undefined,
    laterExchanges: 0,
    doubtful: false,
    before: undefined,
    copied: false,
  } as const;
  const link = { confidence: 'proven', margin: 20, parts: [] } as const;
  return { clientSide, attempts: [attempt], candidates: [], link, lookup: [], previous: undefined, route: undefined };
}

const WAIT = sampleWait(5);

const ABOUT_WAITS = rules.filter((rule) => rule.onlyWaits === true);

test.each(ABOUT_WAITS.map((rule) => [rule.id, rule] as const))('%s finds nothing where nobody waited', (_, rule) => {
  const found: Candidate[] = [];
  for (const exchange of CALM) {
    if (rule.on === 'exchange') rule.check(exchange, CONTEXT, (candidate) => found.push(candidate));
    if (rule.on === 'relay') rule.check(relayOf(exchange), (candidate) => found.push(candidate));
  }
  expect(found).toEqual([]);
});

/** How often a rule that looks at exchanges is asked about one. */
function asked(onlyWaits: boolean, wait: Wait | undefined): number {
  let looks = 0;
  const common = { id: 'counting', title: '', basis: [], remedies: [], ...(onlyWaits ? { onlyWaits } : {}) };
  const rule: Rule = { ...common, on: 'exchange', check: () => void looks++ };
  applyRules([rule], () => undefined).exchange(record.exchange(CONNECTION, { wait }), CONTEXT);
  return looks;
}

test('rules about waits are asked about waits, the others about everything', () => {
  expect([asked(true, undefined), asked(true, WAIT), asked(false, undefined), asked(false, WAIT)]).toEqual([0, 1, 1, 1]);
});
