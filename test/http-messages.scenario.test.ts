/** What is said on one connection, and the messages that come of it: whole, in single octets, and with retransmissions. */
import { describe, expect, test } from 'vitest';
import { analyze } from '../src/index.ts';
import { ACK, PSH } from '../src/model.ts';
import { readHttp } from './support/http-log.ts';
import { type End, GET, OK, pcapOf, type SayOptions, Wire } from './support/wire.ts';

type Turn = readonly [End, string] | 'client-fin' | 'server-fin' | 'client-reset' | 'server-reset';

function tell(turns: readonly Turn[], options: SayOptions = {}): Wire {
  const wire = new Wire().open('c', 'client', 'server', 80);
  for (const turn of turns) {
    if (turn === 'client-fin' || turn === 'server-fin') wire.fin('c', turn === 'client-fin' ? 'client' : 'server');
    else if (turn === 'client-reset' || turn === 'server-reset') wire.reset('c', turn === 'client-reset' ? 'client' : 'server');
    else wire.say('c', turn[0], turn[1], options);
  }
  return wire;
}

const C = 'client';
const S = 'server';
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const UNTIL_CLOSE = 'HTTP/1.1 200 OK\r\n\r\n';
const post = (body: string, ...fields: string[]): string =>
  `${['POST /p HTTP/1.1', `Content-Length: ${body.length}`, ...fields].join('\r\n')}\r\n\r\n`;

const STORIES: readonly (readonly [string, readonly Turn[], readonly string[]])[] = [
  [
    'one exchange',
    [
      [C, GET('/a')],
      [S, OK('hello')],
    ],
    ['> GET /a HTTP/1.1 none 0', '< HTTP/1.1 200 length 5 (1)'],
  ],
  [
    'keep-alive',
    [
      [C, GET('/a')],
      [S, OK('hello')],
      [C, GET('/b')],
      [S, OK('')],
    ],
    ['> GET /a HTTP/1.1 none 0', '< HTTP/1.1 200 length 5 (1)', '> GET /b HTTP/1.1 none 0', '< HTTP/1.1 200 length 0 (2)'],
  ],
  [
    'pipelining',
    [
      [C, GET('/a') + GET('/b') + GET('/c')],
      [S, OK('1') + OK('22') + OK('333')],
    ],
    [
      '> GET /a HTTP/1.1 none 0',
      '> GET /b HTTP/1.1 none 0',
      '> GET /c HTTP/1.1 none 0',
      '< HTTP/1.1 200 length 1 (1)',
      '< HTTP/1.1 200 length 2 (2)',
      '< HTTP/1.1 200 length 3 (3)',
    ],
  ],
  [
    'request with a body',
    [
      [C, `${post('hello')}hello`],
      [S, OK()],
    ],
    ['> POST /p HTTP/1.1 length 5', '< HTTP/1.1 200 length 0 (1)'],
  ],
  [
    'chunked both ways',
    [
      [C, 'PUT /p HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n'],
      [S, `${CHUNKED}5\r\nhello\r\n0\r\nX: y\r\n\r\n`],
    ],
    ['> PUT /p HTTP/1.1 chunked 3', '< HTTP/1.1 200 chunked 5 (1), trailer-fields'],
  ],
  [
    'answer to HEAD',
    [
      [C, GET('/a').replace('GET', 'HEAD')],
      [S, OK('', 'Content-Length: 99')],
      [C, GET('/b')],
      [S, OK('x')],
    ],
    ['> HEAD /a HTTP/1.1 none 0', '< HTTP/1.1 200 none 0 (1)', '> GET /b HTTP/1.1 none 0', '< HTTP/1.1 200 length 1 (2)'],
  ],
  [
    '204 and 304 with lengths',
    [
      [C, GET('/a') + GET('/b')],
      [S, 'HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\nHTTP/1.1 304 Not\r\nContent-Length: 5\r\n\r\n'],
    ],
    ['> GET /a HTTP/1.1 none 0', '> GET /b HTTP/1.1 none 0', '< HTTP/1.1 204 none 0 (1)', '< HTTP/1.1 304 none 0 (2)'],
  ],
  [
    'a row of interim responses',
    [
      [C, GET('/a')],
      [S, 'HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 102 P\r\n\r\n'],
      [S, OK('hello')],
    ],
    ['> GET /a HTTP/1.1 none 0', '< HTTP/1.1 103 none 0 (1)', '< HTTP/1.1 102 none 0 (1)', '< HTTP/1.1 200 length 5 (1)'],
  ],
  [
    '100-continue',
    [
      [C, post('hello', 'Expect: 100-continue')],
      [S, 'HTTP/1.1 100 Continue\r\n\r\n'],
      [C, 'hello'],
      [S, OK()],
    ],
    ['< HTTP/1.1 100 none 0 (1)', '> POST /p HTTP/1.1 length 5', '< HTTP/1.1 200 length 0 (1)'],
  ],
  [
    '417 instead of 100',
    [[C, post('hello', 'Expect: 100-continue')], [S, 'HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n'], 'client-fin', 'server-fin'],
    ['< HTTP/1.1 417 length 0 (1)', '> POST /p HTTP/1.1 length 0, cut'],
  ],
  [
    'early response, the body goes on',
    [
      [C, `${post('hello')}he`],
      [S, 'HTTP/1.1 413 Big\r\nContent-Length: 0\r\n\r\n'],
      [C, `llo${GET('/b')}`],
      [S, OK('x')],
    ],
    ['< HTTP/1.1 413 length 0 (1)', '> POST /p HTTP/1.1 length 5', '> GET /b HTTP/1.1 none 0', '< HTTP/1.1 200 length 1 (2)'],
  ],
  [
    'upgrade to WebSocket',
    [
      [C, GET('/ws', 'Connection: upgrade', 'Upgrade: websocket')],
      [S, 'HTTP/1.1 101 Switch\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x05GET /'],
      [C, GET('/in-the-tunnel')],
      [S, OK('x')],
    ],
    ['> GET /ws HTTP/1.1 none 0', '< HTTP/1.1 101 tunnel 0 (1)'],
  ],
  [
    'CONNECT',
    [
      [C, 'CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n'],
      [S, 'HTTP/1.1 200 Established\r\nContent-Length: 5\r\n\r\n'],
      [C, GET('/in-the-tunnel')],
      [S, OK('x')],
    ],
    ['> CONNECT a:443 HTTP/1.1 none 0', '< HTTP/1.1 200 tunnel 0 (1)'],
  ],
  [
    'CONNECT refused',
    [
      [C, 'CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n'],
      [S, 'HTTP/1.1 407 Auth\r\nContent-Length: 2\r\n\r\nno'],
      [C, GET('/b')],
      [S, OK('x')],
    ],
    ['> CONNECT a:443 HTTP/1.1 none 0', '< HTTP/1.1 407 length 2 (1)', '> GET /b HTTP/1.1 none 0', '< HTTP/1.1 200 length 1 (2)'],
  ],
  [
    'body until the FIN',
    [[C, GET('/a')], [S, UNTIL_CLOSE], [S, 'hello'], 'server-fin', 'client-fin'],
    ['> GET /a HTTP/1.1 none 0', '< HTTP/1.1 200 until-close 5 (1)'],
  ],
  [
    'body until the RST',
    [[C, GET('/a')], [S, UNTIL_CLOSE], [S, 'hello'], 'server-reset'],
    ['> GET /a HTTP/1.1 none 0', '< HTTP/1.1 200 until-close 5 (1), cut'],
  ],
  [
    'body until the end of the capture',
    [
      [C, GET('/a')],
      [S, `${UNTIL_CLOSE}hello`],
    ],
    ['> GET /a HTTP/1.1 none 0', '< HTTP/1.1 200 until-close 5 (1), cut'],
  ],
  [
    'half-close by the client',
    [[C, GET('/a')], 'client-fin', [S, OK('hello')], 'server-fin'],
    ['> GET /a HTTP/1.1 none 0', '< HTTP/1.1 200 length 5 (1)'],
  ],
  [
    'FIN before the body is complete',
    [[C, GET('/a')], [S, OK('hell', 'Content-Length: 5')], 'server-fin', 'client-fin'],
    ['> GET /a HTTP/1.1 none 0', '< HTTP/1.1 200 length 4 (1), cut'],
  ],
  [
    'last chunk missing',
    [[C, GET('/a')], [S, `${CHUNKED}5\r\nhello\r\n`], 'server-fin', 'client-fin'],
    ['> GET /a HTTP/1.1 none 0', '< HTTP/1.1 200 chunked 5 (1), cut'],
  ],
  ['no answer', [[C, GET('/a')], 'client-reset'], ['> GET /a HTTP/1.1 none 0']],
  [
    'the server speaks unasked',
    [[S, 'HTTP/1.1 408 Timeout\r\nContent-Length: 0\r\n\r\n'], 'server-fin', 'client-fin'],
    ['< HTTP/1.1 408 length 0 (0)'],
  ],
  [
    '408 on an idle connection',
    [[C, GET('/a')], [S, OK('x')], [S, 'HTTP/1.1 408 Timeout\r\nContent-Length: 0\r\n\r\n'], 'server-fin'],
    ['> GET /a HTTP/1.1 none 0', '< HTTP/1.1 200 length 1 (1)', '< HTTP/1.1 408 length 0 (0)'],
  ],
  [
    'empty lines before messages',
    [
      [C, `\r\n\r\n${GET('/a')}`],
      [S, OK('x')],
      [C, `\r\n${GET('/b')}`],
      [S, OK('x')],
    ],
    [
      '> GET /a HTTP/1.1 none 0, empty-line-before',
      '< HTTP/1.1 200 length 1 (1)',
      '> GET /b HTTP/1.1 none 0, empty-line-before',
      '< HTTP/1.1 200 length 1 (2)',
    ],
  ],
  [
    'both length and coding',
    [
      [C, GET('/a')],
      [S, 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'],
    ],
    ['> GET /a HTTP/1.1 none 0', '< HTTP/1.1 200 chunked 5 (1), length-and-coding'],
  ],
  [
    'conflicting lengths',
    [[C, GET('/a')], [S, 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nhello'], 'server-fin'],
    ['> GET /a HTTP/1.1 none 0', '< HTTP/1.1 200 until-close 5 (1), conflicting-length'],
  ],
  [
    'a chunk that is none',
    [
      [C, GET('/a')],
      [S, `${CHUNKED}xyz\r\n`],
    ],
    ['> GET /a HTTP/1.1 none 0', '< HTTP/1.1 200 chunked 0 (1), cut, bad-chunk'],
  ],
  ['HTTP/0.9', [[C, 'GET /a\r\n'], [S, '<html>'], 'server-fin', 'client-fin'], ['> GET /a  none 0, no-version']],
  [
    'HTTP/1.0 with keep-alive',
    [
      [C, GET('/a HTTP/1.0', 'Connection: Keep-Alive')],
      [S, OK('x')],
      [C, GET('/b HTTP/1.0')],
      [S, OK('y')],
    ],
    ['> GET /a HTTP/1.0 none 0', '< HTTP/1.1 200 length 1 (1)', '> GET /b HTTP/1.0 none 0', '< HTTP/1.1 200 length 1 (2)'],
  ],
  [
    'bare LF',
    [
      [C, 'GET /a HTTP/1.1\nHost: a\n\n'],
      [S, 'HTTP/1.1 200 OK\nContent-Length: 1\n\nx'],
    ],
    ['> GET /a HTTP/1.1 none 0, bare-lf', '< HTTP/1.1 200 length 1 (1), bare-lf'],
  ],
  [
    'a status line without status',
    [
      [C, GET('/a')],
      [S, 'HTTP/1.1 what\r\nContent-Length: 1\r\n\r\nx'],
    ],
    ['> GET /a HTTP/1.1 none 0', '< HTTP/1.1 0 length 1 (1), bad-status'],
  ],
  [
    'PROXY protocol, version 1',
    [
      [C, `PROXY TCP4 192.0.2.1 192.0.2.2 40000 80\r\n${GET('/a')}`],
      [S, OK('x')],
    ],
    ['> GET /a HTTP/1.1 none 0', '< HTTP/1.1 200 length 1 (1)'],
  ],
  [
    'PROXY protocol, version 2',
    [
      [C, `\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c${'\x01'.repeat(12)}${GET('/a')}`],
      [S, OK('x')],
    ],
    ['> GET /a HTTP/1.1 none 0', '< HTTP/1.1 200 length 1 (1)'],
  ],
  [
    'not HTTP',
    [
      [C, 'SSH-2.0-x\r\n'],
      [S, 'SSH-2.0-y\r\n'],
      [C, '\0\0\x01\x02GET / HTTP/1.1\r\n\r\n'],
    ],
    [],
  ],
  [
    'begins like a method, and is none',
    [
      [C, 'HELO example.com\r\n'],
      [S, '250 example.com\r\n'],
    ],
    [],
  ],
  [
    'a head that its sender never ends',
    [[C, 'GET /a HTTP/1.1\r\nHost: a\r\n'], 'client-fin', 'server-fin'],
    ['> GET /a HTTP/1.1 none 0, cut, head-cut'],
  ],
];

describe.each(STORIES)('%s', (_, turns, messages) => {
  test('whole', () => {
    expect(readHttp(tell(turns).pcap()).messages).toEqual(messages);
  });

  test('in single octets', () => {
    expect(readHttp(tell(turns, { mss: 1 }).pcap()).messages).toEqual(messages);
  });

  test('every segment twice, neighbours swapped', () => {
    const frames = tell(turns, { mss: 7 }).frames();
    const twice = frames.flatMap((frame) => [frame, frame]);
    expect(readHttp(pcapOf(twice)).messages).toEqual(messages);
  });

  test('with trailing octets', () => {
    const last = turns.findLast((turn) => typeof turn !== 'string');
    if (
      last === undefined ||
      turns.at(-1) !== last ||
      messages.some((message) => /tunnel|until-close|cut/.test(message)) ||
      messages.length === 0
    )
      return;
    const { messages: more } = readHttp(tell([...turns, [last[0], '\x01\x02 excess'], [last[0], 'more']]).pcap());
    expect(more).toEqual(messages);
  });
});

test('the ends that the PROXY protocol names are on record, of the exchange and of the connection', () => {
  const header = 'PROXY TCP4 192.0.2.1 192.0.2.2 40000 80\r\n';
  const { exchanges, connections } = readHttp(tell([[C, header + GET('/a')], [S, OK('x')], 'server-fin', 'client-fin'], { mss: 9 }).pcap());
  for (const record of [...exchanges, ...connections]) expect(record.announced?.client.text).toBe('192.0.2.1:40000');
  expect([exchanges.length, connections.map(({ state }) => state)]).toEqual([1, ['closed']]);
});

test('urgent octets are read where they stand, and that they are there is said', async () => {
  const URG = 0x20;
  const wire = new Wire()
    .open('c', 'client', 'server', 80)
    .say('c', 'client', 'GET /malic')
    .segment('c', 'client', { text: 'X', flags: URG | PSH | ACK })
    .segment('c', 'client', { flags: URG | ACK })
    .say('c', 'client', 'ious HTTP/1.1\r\nHost: s\r\n\r\n')
    .say('c', 'server', OK());
  expect(readHttp(wire.pcap()).messages).toEqual(['> GET /malicXious HTTP/1.1 none 0', '< HTTP/1.1 200 length 0 (1)']);
  const { captures } = await analyze(wire.pcap());
  expect(captures[0]?.issues.map(({ code, count }) => `${code} ${count}`)).toEqual(['urgent-octets 1']);
});
