/** --port N=http: what a capture alone leaves open is HTTP where that is known, and nothing else changes. */
import { describe, expect, test } from 'vitest';
import { analyze } from '../src/index.ts';
import { readHttp } from './support/http-log.ts';
import { GET, OK, pcapOf, Wire } from './support/wire.ts';

const PORT = 9000;
const KNOWN = new Set([PORT]);

/** A connection whose beginning was not captured. */
function midway(): Wire {
  return new Wire().open('c', 'client', 'server', PORT, { handshake: false });
}

/** Ethernet, IPv4 and TCP take 54 octets. */
function withOctets(wire: Wire, octets: number): Uint8Array {
  return pcapOf(wire.frames(), { snapLength: 54 + octets });
}

/** The end of a head of which the beginning was not captured. */
const HEAD_REST = 'accept: any\r\n\r\n';

describe.each([
  {
    name: 'a body in capitals, of which the beginning was not captured, before the next request',
    capture: midway().say('c', 'server', 'LOREM ipsum').say('c', 'client', GET('/a')).say('c', 'server', OK('hi')).pcap(),
    without: ['< HTTP/1.1 200 length 2 (0)'],
    known: ['> GET /a HTTP/1.1 none 0', '< HTTP/1.1 200 length 2 (1)'],
  },
  {
    name: 'six octets of a request that follows the rest of another one',
    capture: withOctets(midway().say('c', 'client', HEAD_REST).say('c', 'client', GET('/a')), 6),
    without: [],
    known: ['> GET /a  none 0, cut, no-version, head-cut'],
  },
  {
    name: 'a method that nobody knows, cut off',
    capture: withOctets(midway().say('c', 'client', 'BREW /pot HTTP/1.1\r\n\r\n'), 8),
    without: [],
    known: ['> BREW /po  none 0, cut, no-version, head-cut'],
  },
  {
    name: 'the answers alone, by a server that writes the version in small letters',
    capture: midway().say('c', 'server', 'http/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi').pcap(),
    without: [],
    known: ['< http/1.0 200 length 2 (0), bad-version'],
  },
])('$name', ({ capture, without, known }) => {
  test('without the hint', () => expect(readHttp(capture).messages).toEqual(without));
  test('with it', () => expect(readHttp(capture, KNOWN).messages).toEqual(known));
  test('with a hint for another port', () => expect(readHttp(capture, new Set([PORT + 1])).messages).toEqual(without));
});

test.each([6, 8, 12, 40])('a healthy conversation of which %i octets a frame were captured stays healthy', async (octets) => {
  const wire = midway().say('c', 'client', HEAD_REST);
  for (let count = 0; count < 5; count++)
    wire
      .say('c', 'client', GET(`/page-${count}`))
      .wait(0.1)
      .say('c', 'server', OK('hello'))
      .wait(20);
  const report = await analyze(withOctets(wire, octets), { httpPorts: KNOWN });
  expect(report.findings).toEqual([]);
  expect(report.exchanges).toBe(5);
});

test('what is sure to be something else stays that', () => {
  const tls = midway().say('c', 'client', '\x16\x03\x01\x00\x05hello').pcap();
  const http2 = midway().say('c', 'client', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n').pcap();
  const mail = midway().say('c', 'server', '220 mail.example.com ESMTP\r\n').say('c', 'client', 'MAIL FROM:<a@b.c>\r\n').pcap();
  expect(readHttp(tls, KNOWN).facts).toMatchObject({ encrypted: 1, exchanges: 0 });
  expect(readHttp(http2, KNOWN).facts).toMatchObject({ http2: 1, exchanges: 0 });
  expect(readHttp(mail, KNOWN).facts).toMatchObject({ exchanges: 0 });
});
