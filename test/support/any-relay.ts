/** Relays of all kinds, right and wrong, for properties: messages whose parts agree with each other, as the http stage makes them. */
import fc from 'fast-check';
import type { Exchange, Field, Framing, Message, Relay, RequestMessage, ResponseMessage, VaryTable } from '../../src/model.ts';
import * as record from './records.ts';
import { wait } from './waits.ts';

const SECOND = 1e9;
const SITES: readonly string[] = ['a.example', 'b.example'];
const CLIENT_HOP = record.identity('10.0.0.1:40000', '10.0.0.2:8080');
const SERVER_HOP = record.identity('10.0.0.2:41000', '10.0.0.3:80');
const OTHER_HOP = record.identity('10.0.0.2:41001', '10.0.0.3:80');

const FIELDS: readonly (readonly [name: string, ...values: readonly string[]])[] = [
  ['Connection', 'keep-alive', 'KEEP-ALIVE', 'close', 'keep-alive, close', 'te', 'cookie', 'x-odd, keep-alive', ''],
  ['Connection', 'keep-alive', 'close', 'upgrade'],
  ['Keep-Alive', 'timeout=5', 'timeout=7, max=3'],
  ['Proxy-Connection', 'keep-alive'],
  ['Upgrade', 'websocket'],
  ['TE', 'trailers'],
  ['HTTP2-Settings', 'AAMAAABkAAQAAP__'],
  ['Proxy-Authorization', 'Basic eDp5'],
  ['Via', '1.1 p'],
  ['X-Odd', '1'],
  ['Expect', '100-continue'],
  ['Content-Type', 'text/event-stream'],
];
const CODINGS = ['chunked', 'gzip, chunked', 'x-own', 'chunked,'] as const;
const ODDITIES = ['coding-in-http10', 'length-and-coding', 'conflicting-length', 'invalid-length'] as const;

const field = fc.constantFrom(...FIELDS).chain(([name, ...values]) => fc.constantFrom(...values).map((value) => record.field(name, value)));

const framing = fc.constantFrom<Framing>('none', 'length', 'chunked', 'until-close');

const parts = fc.record({
  fields: fc.array(field, { maxLength: 3 }),
  framing,
  coding: fc.constantFrom(...CODINGS),
  length: fc.constantFrom(0, 5, 10),
  complete: fc.boolean(),
  host: fc.constantFrom(...SITES),
  oddities: fc.subarray([...ODDITIES], { maxLength: 1 }),
  version: fc.constantFrom('HTTP/1.0', 'HTTP/1.1'),
  at: fc.constantFrom(0, 1, 20),
});

type Parts = typeof parts extends fc.Arbitrary<infer T> ? T : never;

function common({ fields, framing, coding, length, complete, oddities, version, at }: Parts, more: readonly Field[]): Partial<Message> {
  const all = [...more, ...fields, ...framingFields(framing, coding, length)];
  const bodyOctets = framing === 'none' ? 0 : complete ? length : Math.min(length, 3);
  const times = { firstTime: at * SECOND, headTime: at * SECOND, lastTime: at * SECOND };
  const contentLength = framing === 'length' ? length : Number.NaN;
  return { fields: all, options: optionsOf(all), framing, contentLength, bodyOctets, complete, oddities, version, ...times };
}

function framingFields(framing: Framing, coding: string, length: number): readonly Field[] {
  if (framing === 'length') return [record.field('Content-Length', String(length))];
  return framing === 'chunked' ? [record.field('Transfer-Encoding', coding)] : [];
}

function optionsOf(fields: readonly Field[]): readonly string[] {
  const values = fields.filter(({ name }) => name === 'Connection').flatMap(({ value }) => value.split(','));
  return values.map((option) => option.trim().toLowerCase()).filter((option) => option !== '');
}

const request: fc.Arbitrary<RequestMessage> = fc
  .tuple(parts, fc.constantFrom('', ...SITES), fc.constantFrom('GET', 'POST', 'CONNECT'))
  .map(([some, site, method]) => {
    const { fingerprint } = record.request('/');
    const authority = 1 + SITES.indexOf(site === '' ? some.host : site);
    return record.request(site === '' ? '/a' : `http://${site}/a`, {
      ...common(some, [record.field('Host', some.host)]),
      kind: 'request',
      method,
      fingerprint: { ...fingerprint, authority },
    });
  });

const response: fc.Arbitrary<ResponseMessage> = fc
  .tuple(parts, fc.constantFrom(101, 200, 204, 304, 408, 502))
  .map(([some, status]) => record.response(status, { ...common(some, []), kind: 'response' }));

const interim = fc.tuple(field, fc.constantFrom(100, 103)).map(([one, status]) => record.response(status, { fields: [one] }));

function exchange(connection: typeof CLIENT_HOP, previous: fc.Arbitrary<Exchange | undefined>): fc.Arbitrary<Exchange> {
  const excess = { octets: 3, first: { frame: 9, time: 0 }, beginning: 'abc' };
  const belief = fc.constantFrom('keep' as const, 'close' as const, undefined);
  return fc
    .record({
      ordinal: fc.constantFrom(1, 2, 3),
      request: fc.option(request, { nil: undefined, freq: 9 }),
      response: fc.option(response, { nil: undefined, freq: 4 }),
      interim: fc.array(interim, { maxLength: 1 }),
      serverBelief: belief,
      clientBelief: belief,
      pipelined: fc.boolean(),
      previous,
      wait: fc.option(fc.constantFrom(wait(2), wait(30)), { nil: undefined }),
      damaged: fc.boolean(),
      unaligned: fc.boolean(),
      excess: fc.option(fc.constant(excess), { nil: undefined }),
      ended: fc.boolean(),
    })
    .map((more) => record.exchange(connection, more));
}

const before = (connection: typeof CLIENT_HOP): fc.Arbitrary<Exchange | undefined> =>
  fc.option(exchange(connection, fc.constant(undefined)), { nil: undefined });

const table: fc.Arbitrary<VaryTable> = fc.record({
  equal: fc.constantFrom(0, 1, 5),
  different: fc.constantFrom(0, 0, 1),
  clientOnly: fc.constant(0),
  serverOnly: fc.constant(0),
  neither: fc.constantFrom(0, 2),
  receivedValues: fc.constantFrom(1, 2),
  sentValues: fc.constantFrom(1, 2),
});

const route: fc.Arbitrary<Relay['route']> = fc.record({
  proxy: fc.constant('10.0.0.2:8080'),
  server: fc.constant('10.0.0.3:80'),
  pairs: fc.constant(5),
  reused: fc.constantFrom(0, 3),
  request: table,
  response: table,
  versions: fc.record({ request: table, response: table }),
  closedWithServer: fc.constantFrom(0, 9),
  closedByItself: fc.constant(0),
});

type Attempt = Relay['attempts'][number];

/** A message that is passed on is mostly the same on the next hop, but for its target. */
function passedOn(clientSide: Exchange, connection: typeof CLIENT_HOP): fc.Arbitrary<Attempt> {
  const same = fc.constantFrom(true, true, true, false);
  return fc
    .record({
      own: exchange(connection, before(connection)),
      role: fc.constantFrom('forward' as const, 'retry' as const),
      laterExchanges: fc.constantFrom(0, 1),
      doubtful: fc.boolean(),
      unseen: fc.boolean(),
      copied: fc.boolean(),
      samePlace: same,
      sameRequest: same,
      sameResponse: same,
      originForm: fc.boolean(),
    })
    .map(({ own, samePlace, sameRequest, sameResponse, originForm, ...more }) => ({
      ...more,
      connection: undefined,
      before: undefined,
      exchange: {
        ...own,
        ...(samePlace ? { ordinal: clientSide.ordinal, previous: clientSide.previous, damaged: false } : {}),
        ...(sameRequest ? { request: clientSide.request && forwarded(clientSide.request, originForm) } : {}),
        ...(sameResponse ? { response: clientSide.response } : {}),
      },
    }));
}

/** Taken out of the absolute form it is for the host that its Host names. */
function forwarded(received: RequestMessage, originForm: boolean): RequestMessage {
  if (!originForm || received.target.startsWith('/')) return received;
  const host = received.fields.find(({ name }) => name === 'Host')?.value;
  const authority = 1 + SITES.indexOf(host ?? '');
  return { ...received, target: '/a', fingerprint: { ...received.fingerprint, authority } };
}

export const anyRelay: fc.Arbitrary<Relay> = exchange(CLIENT_HOP, before(CLIENT_HOP)).chain((clientSide) =>
  fc.record({
    clientSide: fc.constant(clientSide),
    attempts: fc
      .tuple(passedOn(clientSide, SERVER_HOP), passedOn(clientSide, OTHER_HOP), fc.constantFrom(0, 1, 1, 2))
      .map(([one, other, count]) => [one, other].slice(0, count)),
    candidates: fc.constant([]),
    link: fc.constant({ confidence: 'proven', margin: 20, parts: [] } as const),
    lookup: fc.constant([]),
    previous: fc.constant(undefined),
    turn: fc.constant(undefined),
    route,
  }),
);
