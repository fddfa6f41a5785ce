/** Who waited for what, since when, and how it ended: in capture time, whatever else is in the capture. */
import { expect, test } from 'vitest';
import { createAnalyzer } from '../src/analyze.ts';
import type { Report } from '../src/model.ts';
import { type HttpLog, readHttp, waitLine } from './support/http-log.ts';
import { GET, OK, Wire } from './support/wire.ts';

const open = (): Wire => new Wire().open('c', 'client', 'server', 80); // frames 1 to 3
const waits = ({ exchanges }: Pick<HttpLog, 'exchanges'>): string[] =>
  exchanges.flatMap(({ wait }) => (wait === undefined ? [] : [waitLine(wait)]));
const UNTIL_CLOSE = 'HTTP/1.1 200 OK\r\n\r\n';
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const POST = 'POST / HTTP/1.1\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n';

test.each<[string, (wire: Wire) => Wire, readonly string[]]>([
  ['answered at once', (w) => w.say('c', 'client', GET('/')).say('c', 'server', OK()), []],
  [
    'answered late',
    (w) => w.say('c', 'client', GET('/')).wait(6).say('c', 'server', OK()),
    ['server owes response-head from 4 to 6 (6.0 s): answered by DATA'],
  ],
  [
    'never answered, server hangs up',
    (w) => w.say('c', 'client', GET('/')).wait(6).fin('c', 'server'),
    ['server owes response-head from 4 to 6 (6.0 s): server-close by FIN'],
  ],
  [
    'never answered, server resets',
    (w) => w.say('c', 'client', GET('/')).wait(6).reset('c', 'server'),
    ['server owes response-head from 4 to 6 (6.0 s): server-close by RST'],
  ],
  [
    'never answered, client gives up',
    (w) => w.say('c', 'client', GET('/')).wait(6).fin('c', 'client').wait(3),
    ['server owes response-head from 4 to 6 (6.0 s): client-abort by FIN'],
  ],
  [
    'never answered, the client resets',
    (w) => w.say('c', 'client', GET('/')).wait(6).reset('c', 'client'),
    ['server owes response-head from 4 to 6 (6.0 s): client-abort by RST'],
  ],
  [
    'answered with the beginning of a head',
    (w) => w.say('c', 'client', GET('/')).say('c', 'server', 'HTTP/1.1 200 OK\r\nConte').wait(6).fin('c', 'client'),
    ['server owes response-head from 4 to 8 (6.0 s): client-abort by FIN'],
  ],
  [
    'never answered, capture ends',
    (w) => w.say('c', 'client', GET('/')).wait(6).open('d', 'x', 'y', 1),
    ['server owes response-head from 4 to 8 (6.0 s): capture-end'],
  ],
  [
    'half-close with the request, answered late',
    (w) => w.say('c', 'client', GET('/')).fin('c', 'client').wait(6).say('c', 'server', OK()),
    ['server owes response-head from 4 to 8 (6.0 s): answered by DATA'],
  ],
  [
    'the later of two requests',
    (w) => w.say('c', 'client', GET('/')).say('c', 'server', OK()).wait(9).say('c', 'client', GET('/')).wait(6).reset('c', 'server'),
    ['server owes response-head from 8 to 10 (6.0 s): server-close by RST'],
  ],
  [
    'a body that stops',
    (w) => w.say('c', 'client', GET('/')).say('c', 'server', OK('ab', 'Content-Length: 5')).wait(6).fin('c', 'server'),
    ['server owes response-body from 6 to 8 (6.0 s): server-close by FIN'],
  ],
  [
    'a body that stops and goes on',
    (w) => w.say('c', 'client', GET('/')).say('c', 'server', OK('ab', 'Content-Length: 5')).wait(6).say('c', 'server', 'cde'),
    ['server owes response-body from 6 to 8 (6.0 s): answered by DATA'],
  ],
  [
    'the longest of three stalls',
    (w) =>
      w
        .say('c', 'client', GET('/'))
        .say('c', 'server', OK('a', 'Content-Length: 4'))
        .wait(2)
        .say('c', 'server', 'b')
        .wait(4)
        .say('c', 'server', 'c')
        .wait(3)
        .say('c', 'server', 'd'),
    ['server owes response-body from 8 to 10 (4.0 s): answered by DATA'],
  ],
  [
    'the last chunk withheld',
    (w) => w.say('c', 'client', GET('/')).say('c', 'server', `${CHUNKED}2\r\nab\r\n`).wait(6).fin('c', 'server'),
    ['server owes response-body from 6 to 8 (6.0 s): server-close by FIN'],
  ],
  [
    'a close that comes late',
    (w) => w.say('c', 'client', GET('/')).say('c', 'server', `${UNTIL_CLOSE}ab`).wait(6).fin('c', 'server'),
    ['server owes close from 6 to 8 (6.0 s): server-close by FIN'],
  ],
  ['a close that comes at once', (w) => w.say('c', 'client', GET('/')).say('c', 'server', `${UNTIL_CLOSE}ab`).fin('c', 'server'), []],
  [
    '100-continue that never comes, the client sends',
    (w) => w.say('c', 'client', POST).wait(3).say('c', 'client', 'hello').say('c', 'server', OK()),
    ['server owes continue from 4 to 6 (3.0 s): answered by DATA'],
  ],
  [
    '100-continue that comes late',
    (w) =>
      w
        .say('c', 'client', POST)
        .wait(3)
        .say('c', 'server', 'HTTP/1.1 100 Continue\r\n\r\n')
        .say('c', 'client', 'hello')
        .say('c', 'server', OK()),
    ['server owes continue from 4 to 6 (3.0 s): answered by DATA'],
  ],
  [
    'a request body that stops',
    (w) =>
      w
        .say('c', 'client', POST.replace(/Expect.*\r\n/, ''))
        .wait(3)
        .fin('c', 'server')
        .fin('c', 'client'),
    ['client owes request-body from 4 to 6 (3.0 s): server-close by FIN'],
  ],
  [
    'pipelined, none answered',
    (w) =>
      w
        .say('c', 'client', GET('/') + GET('/'))
        .wait(6)
        .reset('c', 'server'),
    [
      'server owes response-head from 4 to 6 (6.0 s): server-close by RST',
      'server owes response-head from 4 to 6 (6.0 s): server-close by RST',
    ],
  ],
  [
    'a close that was announced comes late',
    (w) => w.say('c', 'client', GET('/')).say('c', 'server', OK('x', 'Connection: close')).wait(6).fin('c', 'server'),
    ['server owes close from 6 to 8 (6.0 s): server-close by FIN'],
  ],
  [
    'a close that was announced comes at once',
    (w) => w.say('c', 'client', GET('/')).say('c', 'server', OK('x', 'Connection: close')).fin('c', 'server').wait(6),
    [],
  ],
  [
    'a close that was announced, and the client closes instead',
    (w) => w.say('c', 'client', GET('/')).say('c', 'server', OK('x', 'Connection: close')).wait(6).fin('c', 'client'),
    ['server owes close from 6 to 8 (6.0 s): client-abort by FIN'],
  ],
  [
    'a close that was announced, and the client asks again',
    (w) =>
      w
        .say('c', 'client', GET('/'))
        .say('c', 'server', OK('x', 'Connection: close'))
        .wait(6)
        .say('c', 'client', GET('/b'))
        .fin('c', 'server'),
    ['server owes close from 6 to 8 (6.0 s): answered by DATA', 'server owes response-head from 8 to 10 (0.0 s): server-close by FIN'],
  ],
  [
    'a close that was announced never comes',
    (w) => w.say('c', 'client', GET('/')).say('c', 'server', OK('x', 'Connection: close')).wait(6).open('d', 'x', 'y', 1),
    ['server owes close from 6 to 10 (6.0 s): capture-end'],
  ],
  [
    'HTTP/1.0 announces a close by saying nothing',
    (w) => w.say('c', 'client', GET('/ HTTP/1.0')).say('c', 'server', OK('x').replace('1.1', '1.0')).wait(6).fin('c', 'server'),
    ['server owes close from 6 to 8 (6.0 s): server-close by FIN'],
  ],
  [
    'a request head that stops and goes on',
    (w) => w.say('c', 'client', 'GET / HTTP/1.1\r\nHo').wait(6).say('c', 'client', 'st: a\r\n\r\n').say('c', 'server', OK()),
    ['client owes request-head from 4 to 6 (6.0 s): answered by DATA'],
  ],
  [
    'a request head that stops, and 408',
    (w) =>
      w
        .say('c', 'client', 'GET / HTTP/1.1\r\nHo')
        .wait(6)
        .say('c', 'server', 'HTTP/1.1 408 Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
        .fin('c', 'server'),
    ['client owes request-head from 4 to 6 (6.0 s): answered by DATA'],
  ],
  [
    'a request head that stops, and a reset',
    (w) => w.say('c', 'client', 'GET / HTTP/1.1\r\nHo').wait(6).reset('c', 'server'),
    ['client owes request-head from 4 to 6 (6.0 s): server-close by RST'],
  ],
  [
    'a request body that stops, and 408',
    (w) =>
      w
        .say('c', 'client', 'POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab')
        .wait(6)
        .say('c', 'server', 'HTTP/1.1 408 Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
        .fin('c', 'server')
        .reset('c', 'client'),
    ['client owes request-body from 4 to 6 (6.0 s): answered by DATA'],
  ],
  [
    'a long wait for 100 stays on record, though the answer never comes',
    (w) => w.say('c', 'client', POST).wait(4).say('c', 'client', 'hello').wait(2).fin('c', 'server'),
    ['server owes continue from 4 to 6 (4.0 s): answered by DATA'],
  ],
  [
    'a longer one does not hide that the answer never comes',
    (w) => w.say('c', 'client', POST).wait(8).say('c', 'client', 'hello').wait(6).fin('c', 'server'),
    ['server owes response-head from 6 to 8 (6.0 s): server-close by FIN'],
  ],
  ['think time is no wait', (w) => w.say('c', 'client', GET('/')).say('c', 'server', OK()).wait(60).fin('c', 'server'), []],
])('%s', (_, story, lines) => {
  expect(waits(readHttp(story(open()).pcap()))).toEqual(lines);
});

test('deadlines of 1 and 5 s are told while the capture goes on', () => {
  const wire = open().say('c', 'client', GET('/')).open('d', 'other', 'server', 80);
  for (let second = 0; second < 20; second++) wire.wait(0.5).say('d', 'client', 'x');
  const { waiting, exchanges } = readHttp(wire.pcap());
  expect(waiting.map(({ debt, final, ended, end }) => [debt, final, ended, Math.floor(end.time / 1e9)])).toEqual([
    ['response-head', false, 'capture-end', 1],
    ['response-head', false, 'capture-end', 5],
  ]);
  expect(exchanges[0]?.wait?.final).toBe(true);
});

test('a request head that stands still is told while the capture goes on, once per silence and level', () => {
  const wire = open().say('c', 'client', 'GET / HTTP/1.1\r\nHo').open('d', 'other', 'server', 80);
  const pass = (steps: number): void => {
    for (let step = 0; step < steps; step++) wire.wait(0.25).say('d', 'client', 'x');
  };
  pass(8);
  wire.say('c', 'client', 'st: a\r\n');
  pass(30);
  wire.say('c', 'client', '\r\n').say('c', 'server', OK());
  const { waiting, exchanges, messages } = readHttp(wire.pcap());
  expect(waiting.map(({ debt, start, end }) => [debt, start.frame, Math.floor((end.time - start.time) / 1e9)])).toEqual([
    ['request-head', 4, 1],
    ['request-head', 25, 1],
    ['request-head', 25, 5],
  ]);
  expect(exchanges.map(({ ordinal }) => ordinal)).toEqual([1]);
  expect(waits({ exchanges })).toEqual(['client owes request-head from 25 to 87 (7.5 s): answered by DATA']);
  expect(messages).toEqual(['> GET / HTTP/1.1 none 0', '< HTTP/1.1 200 length 0 (1)']);
});

test('the head of the next request is watched as soon as nothing else is owed', () => {
  const wire = open()
    .say('c', 'client', `${GET('/')}GET /b HT`)
    .open('d', 'other', 'server', 80);
  const pass = (): void => {
    for (let step = 0; step < 8; step++) wire.wait(0.25).say('d', 'client', 'x');
  };
  pass();
  wire.say('c', 'server', OK());
  pass();
  expect(readHttp(wire.pcap()).waiting.map(({ debt }) => debt)).toEqual(['response-head', 'request-head']);
});

test('octets that may be no request are not told as one', () => {
  const wire = open().say('c', 'client', 'GE').open('d', 'other', 'server', 80);
  for (let step = 0; step < 30; step++) wire.wait(0.25).say('d', 'client', 'x');
  expect(readHttp(wire.pcap()).waiting).toEqual([]);
});

test('a stall that resumes is told anew when it stalls again', () => {
  const wire = open().say('c', 'client', GET('/')).say('c', 'server', OK('a', 'Content-Length: 9')).open('d', 'other', 'server', 80);
  const pass = (): void => {
    for (let step = 0; step < 8; step++) wire.wait(0.25).say('d', 'client', 'x');
  };
  pass();
  wire.say('c', 'server', 'b');
  pass();
  expect(readHttp(wire.pcap()).waiting.map(({ debt }) => debt)).toEqual(['response-body', 'response-body']);
});

test('where the chunks stand is on record when a deadline passes', () => {
  const wire = open().say('c', 'client', GET('/')).say('c', 'server', `${CHUNKED}2\r\nab\r\n0\r\n`).open('d', 'other', 'server', 80);
  for (let second = 0; second < 20; second++) wire.wait(0.5).say('d', 'client', 'x');
  expect(readHttp(wire.pcap()).chunks).toEqual(['trailer', 'trailer']);
});

test.each([
  ['until-close', `${UNTIL_CLOSE}<p>hello</p></html>`, '<p>hello</p></html>', true],
  ['chunked', `${CHUNKED}4\r\n{"a"\r\n4\r\n: 1}\r\n`, '{"a": 1}', true],
  ['chunked, unfinished', `${CHUNKED}4\r\n{"a"\r\n`, '{"a"', false],
  ['with a length', OK('{}', 'Content-Length: 5'), '', false],
])('how a body ends that stops is on record: %s', (_, answer, tail, seemsComplete) => {
  const wire = open().say('c', 'client', GET('/')).say('c', 'server', answer).wait(6).reset('c', 'client');
  expect(readHttp(wire.pcap()).exchanges[0]?.response).toMatchObject({ complete: false, tail, seemsComplete });
});

test('the ACK of each request is on record, pipelined or not', () => {
  const wire = open();
  wire.say('c', 'client', GET('/a'), { ack: false }).say('c', 'client', GET('/b'), { ack: false }).ack('c', 'server'); // 4, 5, ACK 6
  wire.say('c', 'client', GET('/c')).reset('c', 'server'); // 7, ACK 8
  expect(readHttp(wire.pcap()).exchanges.map(({ request }) => request?.acked?.frame)).toEqual([6, 6, 8]);
});

test('a request that nobody acknowledges has no ACK on record', () => {
  const wire = open().say('c', 'client', GET('/a'), { ack: false }).wait(6).fin('c', 'client', { ack: false });
  expect(readHttp(wire.pcap()).exchanges.map(({ request }) => request?.acked)).toEqual([undefined]);
});

test('beliefs, ordinals and the exchange before are on record', () => {
  const wire = open().say('c', 'client', GET('/a')).say('c', 'server', OK()).say('c', 'client', GET('/b'));
  wire.say('c', 'server', `HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n\r\nx`).close('c', 'server');
  const [, second] = readHttp(wire.pcap()).exchanges;
  expect(second).toMatchObject({ ordinal: 2, serverBelief: 'keep', clientBelief: 'close', pipelined: false, damaged: false });
});

test('ten thousand pipelined requests are paired with their answers, and those beyond are not paired by luck', () => {
  const wire = open();
  const count = 10_500;
  wire.say('c', 'client', GET('/').repeat(count), { mss: 60_000 });
  wire.say('c', 'server', Array.from({ length: count }, (_, index) => OK('', `X-N: ${index + 1}`)).join(''), { mss: 60_000 });
  wire.say('c', 'client', GET('/late')).say('c', 'server', OK('', 'X-N: late'));
  const log = readHttp(wire.pcap());
  const answered = log.exchanges.filter(({ request, response }) => request !== undefined && response !== undefined);
  expect(answered).toHaveLength(10_001);
  expect(answered.every(({ ordinal, response }) => [`${ordinal}`, 'late'].includes(numberOf(response?.fields)))).toBe(true);
  expect(log.messages).toHaveLength(2 * count + 2);
  expect(reportOf(wire).captures[0]?.issues.map((issue) => `${issue.code} ${issue.count}`)).toEqual(['pending-limit 500']);
});

function reportOf(wire: Wire): Report {
  const analyzer = createAnalyzer();
  const input = analyzer.open({ name: 'story' });
  input.push(wire.pcap());
  input.end();
  return analyzer.finish();
}

function numberOf(fields: readonly { readonly name: string; readonly value: string }[] = []): string {
  return fields.find(({ name }) => name === 'X-N')?.value ?? '';
}

test('a finding about a head that stops stands while it does, and goes when the rest comes', () => {
  const wire = open().say('c', 'client', 'GET / HTTP/1.1\r\nHo').open('d', 'other', 'server', 80);
  for (let step = 0; step < 40; step++) wire.wait(0.25).say('d', 'client', 'x');
  const stopped = wire.pcap();
  const whole = wire.say('c', 'client', 'st: a\r\n\r\n').say('c', 'server', OK()).pcap();
  const told: string[] = [];
  const analyzer = createAnalyzer({ onFinding: ({ rule }) => told.push(rule) });
  const input = analyzer.open({ name: 'pipe' });
  input.push(stopped);
  expect(told).toEqual(['request-body-short']);
  input.push(whole.subarray(stopped.length));
  input.end();
  expect(analyzer.finish().findings.map(({ rule }) => rule)).toEqual([]);
});
