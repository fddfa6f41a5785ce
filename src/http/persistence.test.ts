import { expect, test } from 'vitest';
import * as record from '../../test/support/records.ts';
import type { Framing, Persistence } from '../model.ts';
import { clientBelief, persistenceOf, serverBelief } from './persistence.ts';

test.each<[string, readonly string[], Framing, Persistence]>([
  ['HTTP/1.1', [], 'length', 'keep'],
  ['HTTP/1.1', ['close'], 'length', 'close'],
  ['HTTP/1.1', ['keep-alive', 'close'], 'length', 'close'],
  ['HTTP/1.1', ['keep-alive'], 'until-close', 'close'],
  ['HTTP/1.1', [], 'chunked', 'keep'],
  ['HTTP/1.2', [], 'none', 'keep'],
  ['HTTP/2.0', [], 'none', 'keep'],
  ['HTTP/1.0', [], 'length', 'close'],
  ['HTTP/1.0', ['keep-alive'], 'length', 'keep'],
  ['HTTP/1.0', ['keep-alive', 'close'], 'length', 'close'],
  ['HTTP/1.0', ['keep-alive'], 'until-close', 'close'],
  ['http/1.1', [], 'length', 'keep'],
  ['http/1.0', [], 'length', 'close'],
  ['HTTP/0.9', ['keep-alive'], 'none', 'close'],
  ['HTTP/1.1x', [], 'none', 'close'],
  ['', [], 'none', 'close'],
])('%s with %j and %s: %s', (version, options, framing, persistence) => {
  expect(persistenceOf({ version, options, framing })).toBe(persistence);
});

/** Request, response: version, options and framing; what client and server go by. */
test.each<[string, string, Persistence, Persistence]>([
  ['HTTP/1.1', 'HTTP/1.1 length', 'keep', 'keep'],
  ['HTTP/1.1 close', 'HTTP/1.1 length', 'close', 'close'],
  ['HTTP/1.1 close', 'HTTP/1.1 keep-alive length', 'keep', 'keep'],
  ['HTTP/1.1', 'HTTP/1.1 close length', 'close', 'close'],
  ['HTTP/1.1', 'HTTP/1.1 until-close', 'close', 'close'],
  ['HTTP/1.1', 'HTTP/1.1 keep-alive until-close', 'close', 'keep'],
  ['HTTP/1.0', 'HTTP/1.1 length', 'close', 'close'],
  ['HTTP/1.0 keep-alive', 'HTTP/1.1 length', 'keep', 'keep'],
  ['HTTP/1.0 keep-alive', 'HTTP/1.0 length', 'close', 'close'],
  ['HTTP/1.0 keep-alive', 'HTTP/1.0 keep-alive length', 'keep', 'keep'],
  ['HTTP/1.0 keep-alive', 'HTTP/1.0 keep-alive until-close', 'close', 'keep'],
  ['', 'HTTP/1.1 length', 'keep', 'keep'],
])('request "%s", response "%s": client %s, server %s', (request, response, client, server) => {
  const asked = request === '' ? undefined : record.request('/', caseOf(request));
  const answered = record.response(200, caseOf(response));
  expect([clientBelief(asked, answered), serverBelief(asked, answered)]).toEqual([client, server]);
});

/** What old proxies answer, and curl goes by. */
test.each<[string, string, Persistence, Persistence]>([
  ['keep-alive', 'HTTP/1.0 keep-alive length', 'keep', 'keep'],
  ['Keep-Alive', 'HTTP/1.0 Keep-Alive length', 'keep', 'keep'],
  ['keep-alive', 'HTTP/1.0 keep-alive until-close', 'close', 'keep'],
  ['keep-alive', 'HTTP/1.0 close length', 'close', 'close'],
  ['', 'HTTP/1.0 keep-alive length', 'close', 'close'],
  ['keep-alive', 'HTTP/1.0  length', 'close', 'close'],
])('HTTP/1.0 with Proxy-Connection "%s", and in the response "%s": client %s, server %s', (asked, response, client, server) => {
  const [version = '', answered, framing] = response.split(' ');
  const request = record.request('/', { version: 'HTTP/1.0', fields: proxyConnection(asked) });
  const said = record.response(200, {
    version,
    framing: framing === 'length' ? 'length' : 'until-close',
    fields: proxyConnection(answered),
  });
  expect([clientBelief(request, said), serverBelief(request, said)]).toEqual([client, server]);
});

function proxyConnection(value = ''): { name: string; value: string }[] {
  return value === '' ? [] : [{ name: 'Proxy-Connection', value }];
}

function caseOf(text: string): { version: string; options: readonly string[]; framing: Framing } {
  const [version = '', ...words] = text.split(' ');
  const framing = words.find((word) => word === 'length' || word === 'until-close');
  return { version, options: words.filter((word) => word !== framing), framing: framing ?? 'none' };
}
