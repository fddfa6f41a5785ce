/** The discriminator of RULES section 4.3, one row for each kind of evidence. */
import { expect, test } from 'vitest';
import { exchange, field, identity, request, response } from '../../test/support/records.ts';
import type { Exchange, Field, Relay, RouteProfile, VaryTable } from '../model.ts';
import { relayScore, scoreText } from './relay-score.ts';

const NOTHING: VaryTable = { equal: 0, different: 0, clientOnly: 0, serverOnly: 0, neither: 0, receivedValues: 0, sentValues: 0 };
const FOLLOWS: VaryTable = { ...NOTHING, equal: 2, neither: 2, receivedValues: 2, sentValues: 2 };
const CONSTANT: VaryTable = { ...NOTHING, equal: 2, serverOnly: 2, receivedValues: 2, sentValues: 1 };
const ROUTE: RouteProfile = {
  proxy: '10.0.0.2:8080',
  server: '10.0.0.3:80',
  pairs: 4,
  reused: 0,
  request: NOTHING,
  response: NOTHING,
  versions: { request: NOTHING, response: NOTHING },
  closedWithServer: 0,
  closedByItself: 0,
};
const clientHop = identity('10.0.0.1:1000', '10.0.0.2:8080');
const serverHop = identity('10.0.0.2:2000', '10.0.0.3:80');

function asked(...fields: readonly Field[]): Partial<Exchange> {
  const named = fields.find(({ name }) => name.toLowerCase() === 'connection')?.value ?? '';
  const options = named.toLowerCase().split(', ');
  return { request: request('/a', { fields, options, fingerprint: { ...request('/a').fingerprint, fields: fields.length } }) };
}

function relay(clientSide: Partial<Exchange>, serverSide: Partial<Exchange>, route: Partial<RouteProfile> = {}): Relay {
  return {
    clientSide: exchange(clientHop, { response: undefined, ...clientSide }),
    attempts: [
      {
        role: 'forward',
        exchange: exchange(serverHop, { response: undefined, ...serverSide }),
        connection: undefined,
        laterExchanges: 0,
        doubtful: false,
        unseen: false,
        before: undefined,
        copied: false,
      },
    ],
    candidates: [],
    link: { confidence: 'proven', margin: 20, parts: [] },
    lookup: [],
    previous: undefined,
    turn: undefined,
    route: { ...ROUTE, ...route },
  };
}

const keep = field('Connection', 'keep-alive');
const via = field('Via', '1.1 p');
const sayingKeep = { response: response(200, { fields: [keep], options: ['keep-alive'] }) };

test.each<[string, Relay, string, string]>([
  ['the same commonplace value', relay(asked(keep), asked(keep)), 'undecided', 'likeness says little'],
  [
    'an unusual value',
    relay(asked(field('Connection', 'kEEp-alive, X-A')), asked(field('Connection', 'kEEp-alive, X-A'))),
    'relayed',
    'an unusual value',
  ],
  ['it follows', relay(asked(keep), asked(keep, via), { request: FOLLOWS }), 'relayed', 'Connection varies'],
  ['it is constant', relay(asked(keep), asked(keep, via), { request: CONSTANT }), 'regenerated', 'Connection stays'],
  [
    'other parameters',
    relay(asked(keep, field('Keep-Alive', '7')), asked(keep, field('Keep-Alive', '9'), via)),
    'regenerated',
    'Keep-Alive parameters',
  ],
  [
    'the name, spelled oddly',
    relay(asked(field('cOnnection', 'close')), asked(field('cOnnection', 'close'), via)),
    'undecided',
    'the name is spelled',
  ],
  ['closes with the server', relay(asked(keep), asked(keep, via), { closedWithServer: 3 }), 'undecided', 'as soon as the origin closes'],
  [
    'closes with the server, and nothing added',
    relay(asked(keep), asked(keep), { closedWithServer: 3 }),
    'relayed',
    'as soon as the origin closes',
  ],
  ['twice only', relay(asked(keep), asked(keep), { closedWithServer: 2 }), 'undecided', 'the HTTP version'],
  [
    'closes with the server, and by itself',
    relay(asked(keep), asked(keep), { closedWithServer: 3, closedByItself: 1 }),
    'undecided',
    'the HTTP version',
  ],
  ['the proxy reuses', relay(asked(keep), asked(keep, via), { reused: 1, request: NOTHING }), 'regenerated', 'reuses'],
  [
    'the other direction is its own',
    relay({ ...asked(keep), response: response(200) }, { ...asked(keep), ...sayingKeep }),
    'undecided',
    'in the other direction',
  ],
  [
    'versions follow',
    relay(asked(keep), asked(keep), { closedWithServer: 3, versions: { request: FOLLOWS, response: NOTHING } }),
    'relayed',
    'the HTTP version +2',
  ],
])('%s', (_, of, answer, part) => {
  const [received, sent] = [of.clientSide.request, of.attempts[0]?.exchange.request];
  const score = received && sent && relayScore(of, received, sent);
  expect(score?.answer).toBe(answer);
  expect(score && scoreText(score)).toContain(part);
});
