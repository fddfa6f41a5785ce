/** What the capture does not show: a hole is counted over or ends a message honestly, and never becomes somebody's silence. */
import { expect, test } from 'vitest';
import { type HttpLog, readHttp, waitLine } from './support/http-log.ts';
import { GET, OK, pcapOf, Wire } from './support/wire.ts';

const open = (): Wire => new Wire().open('c', 'client', 'server', 80);
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const longHead = OK('hello', `X-Long: ${'x'.repeat(300)}`);
const after = (wire: Wire): Wire => wire.wait(1).say('c', 'client', GET('/z')).say('c', 'server', OK('last'));
const AFTER = ['> GET /z HTTP/1.1 none 0', '< HTTP/1.1 200 length 4 (2)'];

test.each<[string, (wire: Wire) => Wire, readonly string[]]>([
  [
    'in a body with length',
    (w) =>
      w
        .say('c', 'client', GET('/a'))
        .say('c', 'server', OK('', 'Content-Length: 30'), { ack: false })
        .lose()
        .say('c', 'server', 'x'.repeat(20), { ack: false })
        .say('c', 'server', 'y'.repeat(10)),
    ['> GET /a HTTP/1.1 none 0', '< HTTP/1.1 200 length 30 (1)', ...AFTER],
  ],
  [
    'at the end of a body with length',
    (w) => w.say('c', 'client', GET('/a')).say('c', 'server', OK('', 'Content-Length: 20')).lose().say('c', 'server', 'x'.repeat(20)),
    ['> GET /a HTTP/1.1 none 0', '< HTTP/1.1 200 length 20 (1)', ...AFTER],
  ],
  [
    'in a chunk',
    (w) =>
      w
        .say('c', 'client', GET('/a'))
        .say('c', 'server', `${CHUNKED}1e\r\nx`)
        .lose()
        .say('c', 'server', 'x'.repeat(20))
        .say('c', 'server', `${'y'.repeat(9)}\r\n0\r\n\r\n`),
    ['> GET /a HTTP/1.1 none 0', '< HTTP/1.1 200 chunked 30 (1)', ...AFTER],
  ],
  [
    'beyond a chunk',
    (w) => w.say('c', 'client', GET('/a')).say('c', 'server', `${CHUNKED}5\r\nx`).lose().say('c', 'server', 'xxxx\r\n0\r\n\r\n'),
    ['> GET /a HTTP/1.1 none 0', '< HTTP/1.1 200 chunked 1 (1), cut, framing-lost, bad-chunk', ...AFTER],
  ],
  [
    'in the head of a response',
    (w) => w.say('c', 'client', GET('/a')).say('c', 'server', longHead.slice(0, 60)).lose().say('c', 'server', longHead.slice(60)),
    ['> GET /a HTTP/1.1 none 0', '< HTTP/1.1 200 length 0 (1), cut, head-cut', ...AFTER],
  ],
  [
    'in the head of a request',
    (w) => w.say('c', 'client', GET('/a').slice(0, 30)).lose().say('c', 'client', GET('/a').slice(30)).say('c', 'server', OK('x')),
    ['> GET /a HTTP/1.1 none 0, cut, head-cut', '< HTTP/1.1 200 length 1 (1)', ...AFTER],
  ],
  [
    'instead of a response',
    (w) => w.say('c', 'client', GET('/a')).lose().say('c', 'server', OK('x')),
    ['> GET /a HTTP/1.1 none 0', ...AFTER],
  ],
  [
    'instead of the 100 that the client waits for',
    (w) => {
      const upload = w.say('c', 'client', 'POST /a HTTP/1.1\r\nHost: s.test\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n');
      return upload.lose().say('c', 'server', 'HTTP/1.1 100 Continue\r\n\r\n').say('c', 'client', 'hi').say('c', 'server', OK('x'));
    },
    ['> POST /a HTTP/1.1 length 2', '< HTTP/1.1 200 length 1 (1)', ...AFTER],
  ],
  [
    'instead of a request',
    (w) => w.lose().say('c', 'client', GET('/a')).say('c', 'server', OK('x')),
    ['< HTTP/1.1 200 length 1 (0)', ...AFTER.map((line) => line.replace('(2)', '(1)'))],
  ],
  [
    'over the end of a body and the message behind it',
    (w) =>
      w
        .say('c', 'client', GET('/a') + GET('/b'))
        .say('c', 'server', OK('', 'Content-Length: 20'))
        .lose()
        .say('c', 'server', 'x'.repeat(20) + OK('b')),
    [
      '> GET /a HTTP/1.1 none 0',
      '> GET /b HTTP/1.1 none 0',
      '< HTTP/1.1 200 length 20 (1)',
      ...AFTER.map((line) => line.replace('(2)', '(3)')),
    ],
  ],
])('a hole %s', (_, story, messages) => {
  const log = readHttp(after(story(open())).pcap());
  expect(log.messages).toEqual(messages);
  expect(log.exchanges.flatMap(({ wait, ended }) => (wait === undefined && ended ? [] : [ended]))).toEqual([]);
});

test('pipelined requests are not answered in a hole that their client had acknowledged before', () => {
  const wire = open().say('c', 'client', GET('/a')).lose().say('c', 'server', OK('a'), { ack: false });
  const log = readHttp(
    wire
      .say('c', 'client', GET('/b'), { ack: false })
      .wait(0.01)
      .say('c', 'client', GET('/c'), { ack: false })
      .say('c', 'server', OK('b') + OK('c'))
      .close('c', 'client')
      .pcap(),
  );
  expect(log.messages.filter((line) => line.startsWith('<'))).toEqual(['< HTTP/1.1 200 length 1 (2)', '< HTTP/1.1 200 length 1 (3)']);
});

test('no server spoke unasked whose answer was a hole: that may have been an interim response', () => {
  const wire = open()
    .say('c', 'client', GET('/a'))
    .lose()
    .say('c', 'server', 'HTTP/1.1 103 Early Hints\r\n\r\n')
    .say('c', 'server', OK('x'));
  const log = readHttp(wire.close('c', 'client').pcap());
  expect(log.exchanges.map(({ ordinal, damaged }) => [ordinal, damaged])).toEqual([
    [1, true],
    [0, true],
  ]);
});

test('exchanges with a hole say so, the others do not', () => {
  const wire = open().say('c', 'client', GET('/a')).say('c', 'server', OK('', 'Content-Length: 30'));
  const log = readHttp(after(wire.lose().say('c', 'server', 'x'.repeat(20)).say('c', 'server', 'y'.repeat(10))).pcap());
  expect(log.exchanges.map(({ damaged, response }) => [damaged, response?.missingOctets])).toEqual([
    [true, 20],
    [false, 0],
  ]);
});

test.each<[string, (wire: Wire) => Wire, readonly string[]]>([
  [
    'between two exchanges',
    (w) => w.say('c', 'client', GET('/a')).say('c', 'server', OK('x')),
    ['> GET /a HTTP/1.1 none 0', '< HTTP/1.1 200 length 1 (1)'],
  ],
  [
    'in a body',
    (w) => w.say('c', 'server', 'tail of a body').say('c', 'client', GET('/a')).say('c', 'server', OK('x')),
    ['> GET /a HTTP/1.1 none 0', '< HTTP/1.1 200 length 1 (1)'],
  ],
  ['in a request', (w) => w.say('c', 'client', 'ie: x\r\n\r\n').say('c', 'server', OK('x')), ['< HTTP/1.1 200 length 1 (0)']],
  [
    'between pipelined requests and their answers',
    (w) => w.say('c', 'server', OK('x')).say('c', 'server', OK('y')).say('c', 'client', GET('/c')).say('c', 'server', OK('z')),
    ['< HTTP/1.1 200 length 1 (0)', '< HTTP/1.1 200 length 1 (0)', '> GET /c HTTP/1.1 none 0', '< HTTP/1.1 200 length 1 (1)'],
  ],
  [
    'before an answer',
    (w) => w.say('c', 'server', OK('x')).say('c', 'client', GET('/b')).say('c', 'server', OK('y')),
    ['< HTTP/1.1 200 length 1 (0)', '> GET /b HTTP/1.1 none 0', '< HTTP/1.1 200 length 1 (1)'],
  ],
])('a capture that begins %s', (_, story, messages) => {
  const log = readHttp(story(new Wire().open('c', 'client', 'server', 80, { handshake: false })).pcap());
  expect(log.messages).toEqual(messages);
  expect(log.exchanges.filter(({ ordinal }) => ordinal === 0).every(({ damaged }) => damaged)).toBe(true);
});

function oneSided(direction: 'client' | 'server'): HttpLog {
  const whole = open().say('c', 'client', GET('/a')).say('c', 'server', OK('x')).say('c', 'client', GET('/b')).say('c', 'server', OK('y'));
  const port = direction === 'client' ? 80 : 40_001;
  const frames = whole
    .close('c', 'client')
    .frames()
    .filter(({ bytes }) => ((bytes[36] ?? 0) << 8) + (bytes[37] ?? 0) === port);
  return readHttp(pcapOf(frames));
}

test('one direction alone still lists its messages', () => {
  expect(oneSided('client').messages).toEqual(['> GET /a HTTP/1.1 none 0', '> GET /b HTTP/1.1 none 0']);
  expect(oneSided('server').messages).toEqual(['< HTTP/1.1 200 length 1 (0)', '< HTTP/1.1 200 length 1 (0)']);
});

test('heads cut by the snap length are read as far as they go', () => {
  const story = open()
    .say('c', 'client', GET('/a', 'Cookie: x'))
    .say('c', 'server', longHead)
    .wait(1)
    .say('c', 'client', GET('/b', 'Cookie: x'));
  const frames = story.say('c', 'server', longHead).close('c', 'client').frames();
  const log = readHttp(pcapOf(frames, { snapLength: 96 }));
  expect(log.messages).toEqual([
    '> GET /a HTTP/1.1 none 0, cut, head-cut',
    '< HTTP/1.1 200 length 0 (1), cut, head-cut',
    '> GET /b HTTP/1.1 none 0, cut, head-cut',
    '< HTTP/1.1 200 length 0 (2), cut, head-cut',
  ]);
  expect(log.exchanges.map(({ damaged, wait }) => [damaged, wait])).toEqual([
    [true, undefined],
    [true, undefined],
  ]);
});

test('a request whose head was snapped and that is never answered waits', () => {
  const frames = open().say('c', 'client', GET('/a', 'Cookie: x')).wait(6).reset('c', 'server').frames();
  const [exchange] = readHttp(pcapOf(frames, { snapLength: 80 })).exchanges;
  expect(exchange?.wait && waitLine(exchange.wait)).toBe('server owes response-head from 4 to 6 (6.0 s): server-close by RST');
  expect(exchange?.damaged).toBe(true);
});

test.each([
  ['a head without end', `GET / HTTP/1.1\r\n${'X-A: bcdefghijklmnopqrstuvwxyz\r\n'.repeat(12_000)}`],
  ['a start line without end', `GET /${'a'.repeat(400_000)}`],
])('%s is given up at 256 KiB, and the next message is read', (_, text) => {
  const wire = open().say('c', 'client', text, { mss: 60_000 }).wait(1).say('c', 'client', GET('/b')).say('c', 'server', OK());
  const { messages } = readHttp(wire.pcap());
  expect(messages.at(-2)).toContain('> GET /b HTTP/1.1 none 0');
  expect(messages.at(0)).toMatch(/^> GET \/a* (HTTP\/1.1)? none 0, cut/);
});

test('a response that was captured before its request acknowledges it, and answers it', () => {
  const frames = open()
    .say('c', 'client', GET('/a'))
    .say('c', 'server', OK('x'))
    .wait(9)
    .say('c', 'client', GET('/b'))
    .say('c', 'server', OK('y'))
    .frames();
  const [syn, synAck, ack, request, requestAck, response, ...rest] = frames;
  const swapped = [syn, synAck, ack, response, request, requestAck, ...rest].flatMap((frame) => (frame === undefined ? [] : [frame]));
  const log = readHttp(pcapOf(swapped));
  expect(log.messages).toEqual([
    '> GET /a HTTP/1.1 none 0',
    '< HTTP/1.1 200 length 1 (1)',
    '> GET /b HTTP/1.1 none 0',
    '< HTTP/1.1 200 length 1 (2)',
  ]);
  expect(log.exchanges.map(({ damaged, wait, response }) => [damaged, wait, response?.firstFrame])).toEqual([
    [false, undefined, 4],
    [false, undefined, 10],
  ]);
});

test('a message behind a hole counts for the frame that carried it, not for the one that gave the hole up', () => {
  const wire = open().say('c', 'client', GET('/a')).say('c', 'server', OK('hello', 'Content-Length: 2000'), { ack: false });
  wire.lose().say('c', 'server', 'x'.repeat(1400), { ack: false }).say('c', 'server', 'y'.repeat(595), { ack: false });
  wire.say('c', 'server', 'HTTP/1.1 408 Late\r\nContent-Length: 0\r\n\r\n', { ack: false }).wait(3).ack('c', 'client');
  const log = readHttp(wire.pcap());
  expect(log.messages.slice(1)).toEqual(['< HTTP/1.1 200 length 2000 (1)', '< HTTP/1.1 408 length 0 (0)']);
  const [, ok, late] = log.records;
  expect([ok?.headFrame, ok?.lastFrame, late?.firstFrame, late?.headFrame]).toEqual([6, 7, 8, 8]);
  expect(log.exchanges.map(({ wait }) => wait)).toEqual([undefined, undefined]);
});

test.each<[string, (wire: Wire) => Wire, Partial<Record<'encrypted' | 'http2' | 'exchanges', number>>]>([
  [
    'TLS',
    (w) => w.say('c', 'client', '\x16\x03\x01\0\x05hello').say('c', 'server', '\x16\x03\x03\0\x05world').say('c', 'client', GET('/')),
    { encrypted: 1, exchanges: 0 },
  ],
  [
    'TLS that a plain server refuses',
    (w) => w.say('c', 'client', '\x16\x03\x01\0\x05hello').say('c', 'server', 'HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n'),
    { encrypted: 0, exchanges: 1 },
  ],
  [
    'HTTP/2 with prior knowledge',
    (w) => w.say('c', 'client', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n').say('c', 'server', '\0\0\0\x04\0\0\0\0\0'),
    { http2: 1, exchanges: 0 },
  ],
])('%s is given up', (_, story, facts) => {
  expect(readHttp(story(open()).pcap()).facts).toMatchObject(facts);
});
