import { describe, expect, test } from 'vitest';
import { parseHost, parseOctets, parsePort, parseProxy, parseTime, portsOf, proxyOf } from './narrow-options.ts';

describe('times', () => {
  const second = Date.UTC(2026, 10, 22, 21, 20, 3) / 1000;
  const day = Date.UTC(2026, 10, 22) / 1000;

  test.each([
    ['1795378037.868194123', false, 1_795_378_037, 868_194_123],
    ['0', false, 0, 0],
    ['+1.5', true, 1, 500_000_000],
    ['+0', true, 0, 0],
    ['2026-11-22T21:20:03Z', false, second, 0],
    ['2026-11-22 21:20:03.158885 UTC', false, second, 158_885_000],
    ['2026-11-22T21:20:03,5', false, second, 500_000_000],
    ['2026-11-22T22:50:03+01:30', false, second, 0],
    ['2026-11-22T18:20:03-03', false, second, 0],
    ['2026-11-22T21:20', false, second - 3, 0],
    ['2026-11-22', false, day, 0],
  ])('%s', (text, relative, seconds, nanoseconds) => {
    expect(parseTime(text)).toEqual({ relative, seconds, nanoseconds, text });
  });

  test.each(['', 'yesterday', '-5', '+-5', '1e9', '2026-02-30', '2026-11-22T25:00', '2026-11-22T21:20:61Z', '21:20'])(
    '%s is none',
    (text) => {
      expect(() => parseTime(text)).toThrow(/Epoch seconds, \+seconds/);
    },
  );
});

test.each([
  ['1', 1],
  ['500k', 500_000],
  ['64M', 64_000_000],
  ['64mb', 64_000_000],
  ['1.5G', 1_500_000_000],
])('%s bytes', (text, octets) => {
  expect(parseOctets(text)).toBe(octets);
});

test.each(['', '0', '-1', 'k', '1x', '0.2', '99999999T', 'NaN'])('%s is no number of bytes', (text) => {
  expect(() => parseOctets(text)).toThrow('A number of bytes');
});

test.each([
  ['10.0.0.1', { family: 4, text: '10.0.0.1' }],
  ['2001:DB8:0:0::1', { family: 6, text: '2001:db8::1' }],
  ['[::1]', { family: 6, text: '::1' }],
])('host %s', (value, host) => {
  expect(parseHost(value)).toEqual([host]);
  expect(parseHost('10.9.9.9', [parseHost(value)[0] ?? { family: 4, text: '' }])).toHaveLength(2);
});

test.each(['', 'example.com', '10.0.0', '10.0.0.0/8', '10.0.0.1:80', 'fe80::1%eth0'])('%s is no address', (value) => {
  expect(() => parseHost(value)).toThrow('An IPv4 or IPv6 address');
});

test('ports on which HTTP is spoken', () => {
  expect([...portsOf(parsePort('65535=http', parsePort('8081=http')))]).toEqual([8081, 65_535]);
});

test.each([
  '',
  '8081',
  '8081=',
  'http',
  '=http',
  '0=http',
  '080=http',
  '80=HTTP',
  '65536=http',
  '8081=tls',
  '8081=http2',
  '-1=http',
  '80,81=http',
])('%s is no port of HTTP', (value) => {
  expect(() => parsePort(value)).toThrow('A port and what is spoken on it, as 8081=http; nothing else but http is read.');
});

test.each([
  ['10.0.0.1', '10.0.0.1', undefined],
  ['10.0.0.1:8080', '10.0.0.1', 8080],
  ['2001:DB8::1', '2001:db8::1', undefined],
  ['[2001:db8:0::1]', '2001:db8::1', undefined],
  ['[2001:db8::1]:3128', '2001:db8::1', 3128],
])('proxy %s', (value, address, port) => {
  expect(parseProxy(value)).toEqual([value]);
  expect(proxyOf(value)).toEqual({ address, port });
});

test.each(['', 'proxy.example.com', '10.0.0.1:', '10.0.0.1:0', '10.0.0.1:65536', '10.0.0.1:http', '[10.0.0.1', ':8080', 'fe80::1%eth0'])(
  '%s is no proxy',
  (value) => {
    expect(() => parseProxy(value)).toThrow('An address, or one with a port, as 10.0.0.1:8080 or [2001:db8::1]:8080.');
  },
);
