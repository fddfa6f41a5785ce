import { expect, test } from 'vitest';
import { exchange, identity, request } from '../../test/support/records.ts';
import { Host } from './habits.ts';
import { Hop, OpenAttempt, OpenRelay } from './open-relay.ts';
import { Turns } from './turns.ts';

/** A client's exchange with a proxy, on a connection of its own, that goes on at that time. */
function sentOn(asked: Host, time: number): OpenRelay {
  const onHop = (connection = identity('10.0.0.1:1000', '10.0.0.2:80')): OpenRelay =>
    new OpenRelay(exchange(connection), new Hop(connection, new Host('10.0.0.1', false), asked), 0);
  const relay = onHop();
  relay.attempts = [new OpenAttempt(onHop(), request('/', { firstTime: time }), undefined)];
  return relay;
}

test('what a proxy did before is what it sent on last, of the latest four', () => {
  const [turns, proxy] = [new Turns(), new Host('10.0.0.2', false)];
  const relays = [1, 2, 3, 4, 5].map((time) => sentOn(proxy, time));
  for (const relay of relays) turns.take(relay);
  expect(relays.map((relay) => turns.before(relay))).toEqual([undefined, undefined, relays[1], relays[2], relays[3]]);
  expect(turns.before(sentOn(new Host('10.0.0.3', false), 9))).toBeUndefined();
});

test('where there are too many proxies, the one that has been there longest makes room', () => {
  const turns = new Turns();
  const proxies = Array.from({ length: 257 }, (_, index) => new Host(`10.0.1.${index}`, false));
  for (const proxy of proxies) turns.take(sentOn(proxy, 1));
  const known = proxies.map((proxy) => turns.before(sentOn(proxy, 2)) !== undefined);
  expect([known[0], known[1], known[256]]).toEqual([false, true, true]);
});
