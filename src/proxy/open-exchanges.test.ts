import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exchange, identity, request } from '../../test/support/records.ts';
import type { RequestMessage } from '../model.ts';
import { Host } from './habits.ts';
import { OpenExchanges } from './open-exchanges.ts';
import { Hop, OpenRelay } from './open-relay.ts';

const connection = identity('10.0.0.1:1000', '10.0.0.2:80');
const hop = new Hop(connection, new Host('10.0.0.1', false), new Host('10.0.0.2', false));

function asked(
  tail: number,
  unique: readonly number[] = [],
  time = 0,
  method = 'GET',
): { readonly relay: OpenRelay; readonly message: RequestMessage } {
  const fingerprint = { target: tail, tail, leaf: tail, query: 0, authority: 0, fields: 0, unique, traits: [] };
  const message = request('/', { method, fingerprint, headTime: time });
  return { relay: new OpenRelay(exchange(connection, { request: message }), hop, 0), message };
}

function like(open: OpenExchanges, message: RequestMessage): readonly OpenRelay[] {
  return open.like(message.method, message.fingerprint, undefined);
}

describe('found again', () => {
  test('by the end of the target', () => {
    const open = new OpenExchanges();
    const { relay, message } = asked(7);
    open.add(relay, message);
    expect(like(open, asked(7).message)).toEqual([relay]);
    expect(like(open, asked(8).message)).toEqual([]);
  });

  test('by a value that names the request, once', () => {
    const open = new OpenExchanges();
    const { relay, message } = asked(7, [99]);
    open.add(relay, message);
    expect(like(open, asked(8, [99]).message)).toEqual([relay]);
    expect(like(open, asked(7, [99]).message)).toEqual([relay]);
  });

  test('a HEAD by a GET, but not by a POST', () => {
    const open = new OpenExchanges();
    const { relay, message } = asked(7, [], 0, 'HEAD');
    open.add(relay, message);
    expect(like(open, asked(7, [], 0, 'GET').message)).toEqual([relay]);
    expect(like(open, asked(7, [], 0, 'POST').message)).toEqual([]);
  });

  test('not once it is removed', () => {
    const open = new OpenExchanges();
    const { relay, message } = asked(7);
    open.add(relay, message);
    open.remove(relay);
    open.remove(relay);
    expect(like(open, message)).toEqual([]);
  });
});

test('the oldest go when there are too many or they are too old', () => {
  const open = new OpenExchanges();
  const first = asked(1);
  open.add(first.relay, first.message);
  for (let tail = 2; tail <= 8193; tail++) {
    const { relay, message } = asked(tail);
    open.add(relay, message);
  }
  expect([like(open, first.message).length, like(open, asked(2).message).length]).toEqual([0, 1]);
  const late = asked(9000, [], 301e9);
  open.add(late.relay, late.message);
  expect([like(open, asked(2).message).length, like(open, late.message).length]).toEqual([0, 1]);
});

test('the oldest go when all entries are taken by exchanges with many names', () => {
  const open = new OpenExchanges();
  const names = (tail: number): readonly number[] => Array.from({ length: 15 }, (_, nth) => tail * 16 + nth);
  for (let tail = 1; tail <= 5000; tail++) {
    const { relay, message } = asked(tail, names(tail));
    open.add(relay, message);
  }
  expect([1, 800, 1500, 5000].map((tail) => like(open, asked(tail).message).length)).toEqual([0, 0, 1, 1]);
});

test('agrees with a list, whatever comes and goes', () => {
  const step = fc.record({ tail: fc.nat(5), unique: fc.array(fc.nat(3), { maxLength: 2 }), remove: fc.nat(9) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const open = new OpenExchanges();
      const list: { readonly relay: OpenRelay; readonly message: RequestMessage }[] = [];
      for (const { tail, unique, remove } of steps) {
        const one = asked(tail, unique);
        open.add(one.relay, one.message);
        list.push(one);
        const gone = list[remove];
        if (gone !== undefined) {
          open.remove(gone.relay);
          list.splice(remove, 1);
        }
        const wanted = asked(tail, unique).message.fingerprint;
        const expected = list.filter(({ message }) => {
          const { fingerprint } = message;
          return fingerprint.tail === wanted.tail || fingerprint.unique.some((value) => wanted.unique.includes(value));
        });
        const found = new Set(like(open, one.message));
        const all = expected.every(({ relay }) => found.has(relay));
        expect(found.size <= expected.length && (all || expected.length > 16)).toBe(true);
      }
    }),
  );
});
