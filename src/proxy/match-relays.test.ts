import { describe, expect, test } from 'vitest';
import { Wire } from '../../test/support/wire.ts';
import { type AnalyzerOptions, createAnalyzer } from '../analyze.ts';
import type { Relay } from '../model.ts';

/** "client:/a -> p1:/a" for each relay: connections by the names of their ends, in the order in which they end. */
function relaysOf(wire: Wire, options: AnalyzerOptions = {}): readonly Relay[] {
  const relays: Relay[] = [];
  const analyzer = createAnalyzer({ ...options, rules: [], onRelay: (relay) => relays.push(relay) });
  const input = analyzer.open({ name: 'story' });
  input.push(wire.pcap());
  input.end();
  analyzer.finish();
  return relays;
}

function pairs(wire: Wire): readonly string[] {
  return relaysOf(wire).map(({ clientSide, attempts }) => {
    const next = attempts.map(({ exchange, role }) => `${role} ${exchange.client.port} ${exchange.request?.target}`);
    return `${clientSide.client.port} ${clientSide.request?.target} -> ${next.join(', ') || 'nothing'}`;
  });
}

const get = (target: string, ...fields: readonly string[]): string =>
  `GET ${target} HTTP/1.1\r\nHost: o.test\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`;
const ok = (body: string, ...fields: readonly string[]): string =>
  `HTTP/1.1 200 OK\r\n${fields.map((field) => `${field}\r\n`).join('')}Content-Length: ${body.length}\r\n\r\n${body}`;

/** One exchange through a proxy: asked as `received`, passed on as `sent`. */
function through(received: string, sent: string): Wire {
  return new Wire()
    .open('near', 'client', 'proxy', 8080, { clientPort: 1001 })
    .say('near', 'client', received)
    .open('far', 'proxy', 'origin', 80, { clientPort: 2001 })
    .say('far', 'client', sent)
    .say('far', 'server', ok('hello'))
    .say('near', 'server', ok('hello'));
}

describe('a request goes on', () => {
  test.each([
    [
      'from absolute form to origin form',
      get('http://o.test/a/b?x=1'),
      get('/a/b?x=1'),
      '1001 http://o.test/a/b?x=1 -> forward 2001 /a/b?x=1',
    ],
    ['with another prefix', get('/app/basket'), get('/v2/basket'), '1001 /app/basket -> forward 2001 /v2/basket'],
    [
      'with another prefix and in another version',
      get('/app/x/y'),
      get('/x/y').replace('1.1', '1.0'),
      '1001 /app/x/y -> forward 2001 /x/y',
    ],
    ['as a GET for a HEAD', get('/a').replace('GET', 'HEAD'), get('/a'), '1001 /a -> forward 2001 /a'],
  ])('%s', (_what, received, sent, told) => {
    expect(pairs(through(received, sent))).toEqual([told]);
  });

  test('on the loopback interface, where all addresses are one', () => {
    const wire = through(get('/a'), get('/a'));
    const local = ['client', 'proxy', 'origin'].reduce((story, host) => story.host(host, '127.0.0.1'), new Wire());
    local.open('near', 'client', 'proxy', 8080, { clientPort: 1001 }).say('near', 'client', get('/a'));
    local.open('far', 'proxy', 'origin', 80, { clientPort: 2001 }).say('far', 'client', get('/a')).say('far', 'server', ok('x'));
    local.say('near', 'server', ok('x'));
    expect(pairs(local)).toEqual(pairs(wire));
  });
});

describe('a request does not go on', () => {
  test('by another method', () => {
    expect(pairs(through(get('/a'), get('/a').replace('GET', 'POST')))).toEqual([]);
  });

  test('to the server that it came to: the client asks again', () => {
    const wire = new Wire()
      .open('first', 'client', 'proxy', 8080, { clientPort: 1001 })
      .say('first', 'client', get('/a'))
      .open('second', 'client', 'proxy', 8080, { clientPort: 1002 })
      .say('second', 'client', get('/a'))
      .say('second', 'server', ok('hello'));
    expect(pairs(wire)).toEqual([]);
  });

  test('once it is answered', () => {
    const wire = new Wire()
      .open('near', 'client', 'proxy', 8080, { clientPort: 1001 })
      .say('near', 'client', get('/a'))
      .say('near', 'server', ok('hello'))
      .open('far', 'proxy', 'origin', 80, { clientPort: 2001 })
      .say('far', 'client', get('/a'))
      .say('far', 'server', ok('hello'));
    expect(pairs(wire)).toEqual([]);
  });
});

test('a proxy that asks again when its server hangs up makes a second attempt, a retry', () => {
  const wire = new Wire()
    .open('near', 'client', 'proxy', 8080, { clientPort: 1001 })
    .say('near', 'client', get('/a'))
    .open('far', 'proxy', 'origin', 80, { clientPort: 2001 })
    .say('far', 'client', get('/a'))
    .reset('far', 'server')
    .open('again', 'proxy', 'origin', 80, { clientPort: 2002 })
    .say('again', 'client', get('/a'))
    .say('again', 'server', ok('hello'))
    .say('near', 'server', ok('hello'));
  expect(pairs(wire)).toEqual(['1001 /a -> forward 2001 /a, retry 2002 /a']);
});

test('what a proxy answered itself is told even where that was before it was known to be one', () => {
  const wire = new Wire()
    .open('early', 'other', 'proxy', 8080, { clientPort: 1002 })
    .say('early', 'client', get('/cached'))
    .say('early', 'server', ok('copy'))
    .open('near', 'client', 'proxy', 8080, { clientPort: 1001 })
    .say('near', 'client', get('/a'))
    .open('far', 'proxy', 'origin', 80, { clientPort: 2001 })
    .say('far', 'client', get('/a'))
    .say('far', 'server', ok('hello'))
    .say('near', 'server', ok('hello'));
  expect(pairs(wire).toSorted()).toEqual(['1001 /a -> forward 2001 /a', '1002 /cached -> nothing']);
});

test('of hundreds of attempts the first ones are kept, and the one that is answered', () => {
  const wire = new Wire().open('near', 'client', 'proxy', 8080, { clientPort: 1001 }).say('near', 'client', get('/a'));
  for (let count = 1; count < 200; count++)
    wire
      .open(`far${count}`, 'proxy', 'origin', 80, { clientPort: 2000 + count })
      .say(`far${count}`, 'client', get('/a'))
      .reset(`far${count}`, 'server');
  wire.open('last', 'proxy', 'origin', 80, { clientPort: 2200 }).say('last', 'client', get('/a')).say('last', 'server', ok('hello'));
  const [relay, more] = relaysOf(wire.say('near', 'server', ok('hello')));
  const ports = relay?.attempts.map(({ exchange }) => exchange.client.port);
  expect([ports?.length, ports?.[0], ports?.at(-2), ports?.at(-1), more]).toEqual([64, 2001, 2063, 2200, undefined]);
});

test.each([
  ['under the name of the first one', 'Host: o.test'],
  ['under another name', 'Host: pool'],
])('so does one that closes its own end first, whose server is still at it: %s', (_what, host) => {
  const asked = `GET /a HTTP/1.1\r\n${host}\r\n\r\n`;
  const wire = new Wire()
    .open('near', 'client', 'proxy', 8080, { clientPort: 1001 })
    .say('near', 'client', get('/a'))
    .open('far', 'proxy', 'origin', 80, { clientPort: 2001 })
    .say('far', 'client', asked)
    .wait(3)
    .fin('far', 'client')
    .open('again', 'proxy', 'other', 80, { clientPort: 2002 })
    .say('again', 'client', asked)
    .say('again', 'server', ok('hello'))
    .say('near', 'server', ok('hello'));
  expect(pairs(wire)).toEqual(['1001 /a -> forward 2001 /a, retry 2002 /a']);
});

test('what another client wants of the proxy is no continuation of what the proxy has just asked for', () => {
  const wire = new Wire()
    .open('one', 'client', 'proxy', 8080, { clientPort: 1001 })
    .open('far', 'proxy', 'origin', 80, { clientPort: 2001 })
    .open('two', 'other', 'proxy', 8080, { clientPort: 1002 })
    .open('next', 'proxy', 'origin', 80, { clientPort: 2002 })
    .say('one', 'client', get('/a'))
    .say('far', 'client', get('/a'))
    .say('two', 'client', get('/a'))
    .say('far', 'server', ok('hello'))
    .say('one', 'server', ok('hello'))
    .say('next', 'client', get('/a'))
    .say('next', 'server', ok('hello'))
    .say('two', 'server', ok('hello'));
  expect(pairs(wire)).toEqual(['1001 /a -> forward 2001 /a', '1002 /a -> forward 2002 /a']);
});

test('in a chain of proxies each hop continues the one before it', () => {
  const wire = new Wire()
    .open('one', 'client', 'proxy', 8080, { clientPort: 1001 })
    .say('one', 'client', get('http://o.test/a'))
    .open('two', 'proxy', 'parent', 3128, { clientPort: 2001 })
    .say('two', 'client', get('http://o.test/a'))
    .open('three', 'parent', 'origin', 80, { clientPort: 3001 })
    .say('three', 'client', get('/a'))
    .say('three', 'server', ok('hello'))
    .say('two', 'server', ok('hello'))
    .say('one', 'server', ok('hello'));
  expect(pairs(wire)).toEqual(['2001 http://o.test/a -> forward 3001 /a', '1001 http://o.test/a -> forward 2001 http://o.test/a']);
});

test('equal requests of two clients are told apart by their answers', () => {
  const wire = new Wire()
    .open('near1', 'ann', 'proxy', 8080, { clientPort: 1001 })
    .open('near2', 'bob', 'proxy', 8080, { clientPort: 1002 })
    .open('far1', 'proxy', 'origin', 80, { clientPort: 2001 })
    .open('far2', 'proxy', 'origin', 80, { clientPort: 2002 })
    .say('near1', 'client', get('/health'))
    .say('near2', 'client', get('/health'))
    .say('far2', 'client', get('/health'))
    .say('far1', 'client', get('/health'))
    .say('far2', 'server', ok('for ann', 'ETag: "ann"'))
    .say('near1', 'server', ok('for ann', 'ETag: "ann"'))
    .wait(1)
    .say('far1', 'server', ok('for robert', 'ETag: "bob"'))
    .say('near2', 'server', ok('for robert', 'ETag: "bob"'));
  expect(pairs(wire)).toEqual(['1001 /health -> forward 2002 /health', '1002 /health -> forward 2001 /health']);
});

test('equal requests of two clients are told apart by the PROXY protocol', () => {
  const header = (port: number): string => `PROXY TCP4 10.0.9.${port - 1000} 10.0.9.3 ${port} 8080\r\n`;
  const wire = new Wire()
    .host('ann', '10.0.9.1')
    .host('bob', '10.0.9.2')
    .host('proxy', '10.0.9.3')
    .open('near1', 'ann', 'proxy', 8080, { clientPort: 1001 })
    .open('near2', 'bob', 'proxy', 8080, { clientPort: 1002 })
    .open('far1', 'proxy', 'origin', 80, { clientPort: 2001 })
    .open('far2', 'proxy', 'origin', 80, { clientPort: 2002 })
    .say('near1', 'client', get('/health'))
    .say('near2', 'client', get('/health'))
    .say('far2', 'client', header(1001) + get('/health'))
    .say('far1', 'client', header(1002) + get('/health'))
    .say('far2', 'server', ok('fine'))
    .say('far1', 'server', ok('fine'))
    .say('near1', 'server', ok('fine'))
    .say('near2', 'server', ok('fine'));
  expect(pairs(wire)).toEqual(['1001 /health -> forward 2002 /health', '1002 /health -> forward 2001 /health']);
  expect(relaysOf(wire).map(({ link }) => link.confidence)).toEqual(['proven', 'proven']);
});

test('what a known proxy is asked and does not pass on is told as such', () => {
  const wire = through(get('http://o.test/a'), get('/a')).say('near', 'client', get('http://o.test/b')).wait(8).reset('near', 'server');
  const [, second] = relaysOf(wire);
  expect(second?.attempts).toEqual([]);
  expect(second?.lookup.map(({ id, passed }) => `${id} ${passed}`)).toEqual([
    'server-hop-visible true',
    'no-gap true',
    'no-candidate true',
    'no-tls true',
    'no-pending-connect true',
  ]);
});

describe('what a named proxy does not pass on, though no pair shows that it is one', () => {
  const PROXY = '10.0.8.3';
  /** The proxy asks the origin for things of its own; the client's request is never answered. */
  const story = (probe = get('/probe')): Wire =>
    new Wire()
      .host('proxy', PROXY)
      .open('far', 'proxy', 'origin', 80, { clientPort: 2001 })
      .say('far', 'client', probe)
      .say('far', 'server', ok('fine'))
      .open('near', 'client', 'proxy', 8080, { clientPort: 1001 })
      .say('near', 'client', get('/b'))
      .wait(8)
      .reset('near', 'server');
  const failing = (relay: Relay | undefined): readonly string[] | undefined =>
    relay?.lookup.filter(({ passed }) => !passed).map(({ id }) => id);

  test('is told, and that it was not forwarded is certain', () => {
    expect(relaysOf(story())).toEqual([]);
    const [relay, ...others] = relaysOf(story(), { knownProxies: [{ address: PROXY, port: 8080 }] });
    expect([relay?.clientSide.request?.target, others.length, failing(relay)]).toEqual(['/b', 0, []]);
  });

  test('is not certain when the proxy speaks TLS, or was seen to ask nobody', () => {
    const knownProxies = [{ address: PROXY, port: undefined }];
    const encrypted = new Wire().host('proxy', PROXY).open('tls', 'proxy', 'origin', 443).say('tls', 'client', '\x16\x03\x01\x00\x05hello');
    encrypted.open('near', 'client', 'proxy', 8080).say('near', 'client', get('/b')).wait(8).reset('near', 'server');
    expect(failing(relaysOf(encrypted, { knownProxies })[0])).toEqual(['server-hop-visible', 'no-tls']);
  });

  test('is not looked for on another port of that host', () => {
    expect(relaysOf(story(), { knownProxies: [{ address: PROXY, port: 3128 }] })).toEqual([]);
  });
});
