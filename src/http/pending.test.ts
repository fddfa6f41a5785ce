import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as record from '../../test/support/records.ts';
import type { OpenExchange } from './conversation.ts';
import { Pending } from './pending.ts';

const CONNECTION = record.identity('10.0.0.1:40000', '10.0.0.2:80');

function exchange(ordinal: number, answered = false): OpenExchange {
  const { response, previous: _, ...rest } = record.exchange(CONNECTION, { ordinal });
  return {
    ...rest,
    request: undefined,
    previous: undefined,
    response: answered ? response : undefined,
    interim: [],
    answersFrom: 0,
    toldLevel: 0,
    toldStart: 0,
    unpaired: false,
  };
}

test('agrees with an array, whatever is pushed and removed', () => {
  const step = fc.oneof(fc.constant(-1), fc.constant(0), fc.nat(10));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const pending = new Pending();
      const list: OpenExchange[] = [];
      let ordinal = 0;
      for (const at of steps) {
        const removed = at < 0 ? undefined : list[at % Math.max(1, list.length)];
        if (removed === undefined) {
          const added = exchange(++ordinal, ordinal % 7 === 0);
          pending.push(added);
          list.push(added);
        } else {
          pending.remove(removed);
          list.splice(list.indexOf(removed), 1);
        }
        expect(pending.length).toBe(list.length);
        expect(pending.first).toBe(list[0]);
        expect(pending.unanswered).toBe(list.find(({ response }) => response === undefined));
        const [, second] = list;
        if (list[0] !== undefined) expect(pending.after(list[0])).toBe(second);
      }
      expect(pending.all()).toEqual(list);
    }),
    { numRuns: 10_000 },
  );
}, 120_000);

test('what is not in it can be removed', () => {
  const pending = new Pending();
  pending.remove(exchange(1));
  pending.push(exchange(2));
  pending.remove(exchange(1));
  expect(pending.length).toBe(1);
});
