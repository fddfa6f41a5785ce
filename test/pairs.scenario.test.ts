/** Which request on the next hop continues which of the clients', in the cases where the requests alone do not tell. */
import { describe, expect, test } from 'vitest';
import { createAnalyzer } from '../src/analyze.ts';
import type { Relay } from '../src/model.ts';
import { Wire } from './support/wire.ts';

function relaysOf(wire: Wire): readonly Relay[] {
  const relays: Relay[] = [];
  const analyzer = createAnalyzer({ rules: [], onRelay: (relay) => relays.push(relay) });
  const input = analyzer.open({ name: 'story' });
  input.push(wire.pcap());
  input.end();
  analyzer.finish();
  return relays;
}

/** "1001 -> forward 2001, retry 2002 (likely)": client ports, in the order in which the exchanges end. */
function told(wire: Wire): readonly string[] {
  return relaysOf(wire).map(({ clientSide, attempts, link }) => {
    const next = attempts.map(({ exchange, role }) => `${role} ${exchange.client.port}`);
    return `${clientSide.client.port} -> ${next.join(', ') || 'nothing'} (${link.confidence})`;
  });
}

function ports(wire: Wire): readonly string[] {
  return told(wire).map((line) => line.replace(/ \(.*/, ''));
}

const get = (target: string, ...fields: readonly string[]): string =>
  `GET ${target} HTTP/1.1\r\nHost: o.test\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`;
const answer = (status: string, body: string, ...fields: readonly string[]): string =>
  `HTTP/1.1 ${status}\r\n${fields.map((field) => `${field}\r\n`).join('')}Content-Length: ${body.length}\r\n\r\n${body}`;
const ok = (body: string, ...fields: readonly string[]): string => answer('200 OK', body, ...fields);

/** Connections of ann and bob to the proxy (1001, 1002), and of the proxy to two origins (2001, 2002, and 2003). */
function twoClients(): Wire {
  return new Wire()
    .host('ann', '10.9.0.1')
    .host('bob', '10.9.0.2')
    .open('ann', 'ann', 'proxy', 8080, { clientPort: 1001 })
    .open('bob', 'bob', 'proxy', 8080, { clientPort: 1002 })
    .open('far1', 'egress', 'origin', 80, { clientPort: 2001 })
    .open('far2', 'egress', 'origin', 80, { clientPort: 2002 })
    .open('far3', 'egress', 'other', 80, { clientPort: 2003 });
}

describe('equal requests of two clients', () => {
  test.each([
    ['X-Forwarded-For', (address: string) => `X-Forwarded-For: ${address}`],
    ['X-Real-IP', (address: string) => `X-Real-IP: ${address}`],
    ['Forwarded', (address: string) => `Forwarded: for=${address};proto=http`],
    ['Forwarded with a port', (address: string) => `Forwarded: for="${address}:${address.endsWith('1') ? 1001 : 1002}"`],
  ])('are told apart by the client that %s names', (_field, named) => {
    const wire = twoClients()
      .say('ann', 'client', get('/health'))
      .say('bob', 'client', get('/health'))
      .say('far2', 'client', get('/health', named('10.9.0.1')))
      .say('far1', 'client', get('/health', named('10.9.0.2')))
      .say('far1', 'server', ok('fine'))
      .say('bob', 'server', ok('fine'))
      .say('far2', 'server', ok('fine'))
      .say('ann', 'server', ok('fine'));
    expect(ports(wire)).toEqual(['1002 -> forward 2001', '1001 -> forward 2002']);
  });

  test('are told apart by the addresses that the proxy was told itself, though a NAT hides the last one', () => {
    const wire = twoClients()
      .say('ann', 'client', get('/health', 'X-Forwarded-For: 10.8.0.1'))
      .say('bob', 'client', get('/health', 'X-Forwarded-For: 10.8.0.2'))
      .say('far2', 'client', get('/health', 'X-Forwarded-For: 10.8.0.1, 192.0.2.7'))
      .say('far1', 'client', get('/health', 'X-Forwarded-For: 10.8.0.2, 192.0.2.7'))
      .say('far1', 'server', ok('fine'))
      .say('bob', 'server', ok('fine'))
      .say('far2', 'server', ok('fine'))
      .say('ann', 'server', ok('fine'));
    expect(ports(wire)).toEqual(['1002 -> forward 2001', '1001 -> forward 2002']);
  });

  test('are told apart by what was answered, and by when', () => {
    const wire = twoClients()
      .say('ann', 'client', get('/health'))
      .say('bob', 'client', get('/health'))
      .say('far2', 'client', get('/health'))
      .say('far1', 'client', get('/health'))
      .say('far1', 'server', ok('fine', 'ETag: W/"1"'))
      .say('bob', 'server', ok('fine', 'ETag: "1"'))
      .wait(1)
      .say('far2', 'server', ok('well'))
      .say('ann', 'server', ok('well'));
    expect(ports(wire)).toEqual(['1002 -> forward 2001', '1001 -> forward 2002']);
  });

  test('that nothing tells apart are never called proven, and the other one is named', () => {
    const wire = twoClients()
      .say('ann', 'client', get('/health'))
      .say('bob', 'client', get('/health'))
      .say('far1', 'client', get('/health'))
      .say('far2', 'client', get('/health'))
      .say('far1', 'server', ok('fine'))
      .say('far2', 'server', ok('fine'))
      .say('ann', 'server', ok('fine'))
      .say('bob', 'server', ok('fine'));
    const [first] = relaysOf(wire);
    expect(first?.link.confidence).toBe('ambiguous');
    expect(first?.candidates).toHaveLength(1);
    expect(told(wire).filter((line) => /proven|strong/.test(line))).toEqual([]);
  });
});

describe('one request of a client, several on the next hop', () => {
  test('a proxy that follows a redirect to another path', () => {
    const wire = twoClients()
      .say('ann', 'client', get('/a'))
      .say('far1', 'client', get('/a'))
      .say('far1', 'server', answer('302 Found', '', 'Location: http://other.test/files/77?x=1'))
      .say('far3', 'client', get('/files/77?x=1'))
      .say('far3', 'server', ok('hello'))
      .say('ann', 'server', ok('hello'));
    expect(ports(wire)).toEqual(['1001 -> forward 2001, redirect 2003']);
  });

  test('a proxy that logs in where the client has not', () => {
    const wire = twoClients()
      .say('ann', 'client', get('/a'))
      .say('far1', 'client', get('/a'))
      .say('far1', 'server', answer('401 Unauthorized', '', 'WWW-Authenticate: Bearer'))
      .say('far1', 'client', get('/a', 'Authorization: Bearer xyz'))
      .say('far1', 'server', ok('hello'))
      .say('ann', 'server', ok('hello'));
    expect(ports(wire)).toEqual(['1001 -> forward 2001, auth 2001']);
  });

  test('a race of two servers that the second one wins', () => {
    const wire = twoClients()
      .say('ann', 'client', get('/a'))
      .say('far1', 'client', get('/a'))
      .wait(0.09)
      .say('far3', 'client', get('/a'))
      .say('far3', 'server', ok('hello'))
      .say('ann', 'server', ok('hello'))
      .reset('far1', 'client');
    expect(ports(wire)).toEqual(['1001 -> forward 2001, hedge 2003']);
  });

  test('a mirror that gets a copy at once', () => {
    const wire = twoClients()
      .say('ann', 'client', get('/a'))
      .say('far1', 'client', get('/a'))
      .say('far3', 'client', get('/a'))
      .say('far1', 'server', ok('hello'))
      .say('ann', 'server', ok('hello'))
      .say('far3', 'server', ok('mirrored'));
    expect(ports(wire)).toEqual(['1001 -> forward 2001, mirror 2003']);
  });
});

test('what the proxy answers from its cache leaves the request of another client to that one', () => {
  const wire = twoClients()
    .say('ann', 'client', get('http://o.test/a'))
    .say('bob', 'client', get('http://o.test/a'))
    .say('far1', 'client', get('/a'))
    .say('bob', 'server', ok('cached', 'Age: 7', 'ETag: "old"'))
    .wait(1)
    .say('far1', 'server', ok('hello', 'ETag: "new"'))
    .say('ann', 'server', ok('hello', 'ETag: "new"'));
  expect(ports(wire)).toEqual(['1002 -> nothing', '1001 -> forward 2001']);
});

test('a copy that the proxy has asked its origin about is passed on as 200, though the origin says 304', () => {
  const wire = twoClients()
    .say('ann', 'client', get('/a'))
    .say('far1', 'client', get('/a', 'If-None-Match: "1"'))
    .say('far1', 'server', 'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n')
    .say('ann', 'server', ok('hello', 'ETag: "1"'));
  expect(ports(wire)).toEqual(['1001 -> forward 2001']);
});

test("a proxy's own health check continues nobody's", () => {
  const wire = twoClients()
    .say('ann', 'client', get('/health', 'User-Agent: curl/8'))
    .say('far1', 'client', get('/health', 'User-Agent: curl/8'))
    .say('far3', 'client', get('/health', 'User-Agent: proxy-check/1.0').replace('o.test', 'backend.internal'))
    .say('far3', 'server', ok('healthy'))
    .say('far1', 'server', ok('hello'))
    .say('ann', 'server', ok('hello'));
  expect(ports(wire)).toEqual(['1001 -> forward 2001']);
});

/** Behind so much other traffic that equal targets mean something. */
function busy(): Wire {
  const wire = twoClients();
  for (let page = 0; page < 16; page++) {
    wire.say('ann', 'client', get(`/${page}`)).say('far1', 'client', get(`/${page}`));
    wire.say('far1', 'server', ok('fine')).say('ann', 'server', ok('fine')).wait(1);
  }
  return wire;
}

test('a request is left to the client that still waits, though the proxy has got an answer that either of two may be waiting for', () => {
  const wire = busy()
    .say('ann', 'client', get('/health/of/the/first/cluster'))
    .say('bob', 'client', get('/health/of/the/first/cluster'))
    .say('far1', 'client', get('/health/of/the/first/cluster')) // on its own account
    .say('far1', 'server', ok('its own', 'ETag: "1"'))
    .wait(0.1)
    .say('far2', 'client', get('/health/of/the/first/cluster'))
    .say('far3', 'client', get('/health/of/the/first/cluster'))
    .say('far3', 'server', ok('well'))
    .say('bob', 'server', ok('well'))
    .wait(2)
    .say('far2', 'server', ok('slow'))
    .say('ann', 'server', ok('slow'));
  expect(ports(wire).slice(-2)).toEqual(['1002 -> forward 2003', '1001 -> forward 2002']);
});

describe('an equal request that another client sends, and the proxy passes on, when the first one has been answered', () => {
  const story = (pause: number): Wire =>
    busy()
      .say('ann', 'client', get('/health/of/the/first/cluster'))
      .say('far1', 'client', get('/health/of/the/first/cluster'))
      .say('far1', 'server', ok('fine'))
      .say('ann', 'server', ok('fine'))
      .wait(pause)
      .say('bob', 'client', get('/health/of/the/first/cluster'))
      .say('far2', 'client', get('/health/of/the/first/cluster'))
      .wait(0.1)
      .say('far2', 'server', ok('fine'))
      .say('bob', 'server', ok('fine'));

  test('a moment later might be a second attempt for the first one, too', () => {
    expect(told(story(0)).slice(-2)).toEqual(['1001 -> forward 2001 (strong)', '1002 -> forward 2002 (proven)']);
  });

  test('a moment later might be a second attempt for the first one, too, which leaves it a retry that is its own', () => {
    const again = busy()
      .say('ann', 'client', get('/health/of/the/first/cluster'))
      .say('far1', 'client', get('/health/of/the/first/cluster'))
      .say('far1', 'server', ok('fine'))
      .say('ann', 'server', ok('fine'))
      .say('bob', 'client', get('/health/of/the/first/cluster'))
      .say('far2', 'client', get('/health/of/the/first/cluster'))
      .reset('far2', 'server')
      .wait(0.1)
      .say('far3', 'client', get('/health/of/the/first/cluster'))
      .say('far3', 'server', ok('fine'))
      .say('bob', 'server', ok('fine'));
    expect(told(again).at(-1)).toBe('1002 -> forward 2002, retry 2003 (strong)');
  });

  test('a second later is none', () => {
    expect(told(story(1)).slice(-2)).toEqual(['1001 -> forward 2001 (proven)', '1002 -> forward 2002 (proven)']);
  });
});
