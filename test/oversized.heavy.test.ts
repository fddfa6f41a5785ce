/** Captures that are small, and huge in one dimension: each costs what its octets cost, and is told in a line or two. */
import { expect, test } from 'vitest';
import { createAnalyzer } from '../src/analyze.ts';
import type { Report } from '../src/model.ts';
import { GET, OK, Wire } from './support/wire.ts';

/** Of processor time; the slowest takes a third of it on an idle machine. */
const MOST_SECONDS = 6;

function reportOf(capture: Uint8Array): Report {
  const analyzer = createAnalyzer();
  const input = analyzer.open({ name: 'oversized' });
  input.push(capture);
  input.end();
  return analyzer.finish();
}

const open = (): Wire => new Wire().open('c', 'client', 'server', 80);
const asked = (): Wire => open().say('c', 'client', GET('/'));
const big = { mss: 60_000 };

const CASES: readonly (readonly [what: string, make: () => Wire, exchanges: number, issues: readonly string[]])[] = [
  [
    'a body of a million chunks of an octet',
    () => asked().say('c', 'server', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'1\r\nx\r\n'.repeat(1e6)}0\r\n\r\n`, big),
    1,
    [],
  ],
  [
    'a million header fields',
    () =>
      open()
        .say('c', 'client', `GET / HTTP/1.1\r\n${'a:b\r\n'.repeat(1e6)}\r\n`, big)
        .say('c', 'server', OK()),
    1,
    [],
  ],
  [
    'a head of colons',
    () =>
      open()
        .say('c', 'client', `GET / HTTP/1.1\r\n${':'.repeat(262_144)}\r\n\r\n`, { mss: 10 })
        .say('c', 'server', OK()),
    1,
    [],
  ],
  ['interim responses without end', () => asked().say('c', 'server', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(5e4) + OK(), big), 1, []],
  ['a hundred thousand pipelined requests', () => open().say('c', 'client', GET('/').repeat(1e5), big), 1e5, ['pending-limit 90000']],
  [
    'a hundred thousand pipelined requests and their answers',
    () => open().say('c', 'client', GET('/').repeat(1e5), big).say('c', 'server', OK().repeat(1e5), big),
    19e4,
    ['pending-limit 90000'],
  ],
  ['twenty thousand retries of one request', retries, 20_001, []],
  ['ten thousand equal requests that a proxy passes on', equals, 2e4, []],
];

test.each(CASES)('%s', (_what, make, exchanges, issues) => {
  const capture = make().pcap();
  const before = process.cpuUsage();
  const report = reportOf(capture);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1e6).toBeLessThan(MOST_SECONDS);
  expect(report.exchanges).toBe(exchanges);
  expect(report.captures.flatMap((file) => file.issues.map(({ code, count }) => `${code} ${count}`))).toEqual(issues);
  expect(report.findings.filter(({ severity }) => severity !== 'info' && severity !== 'hang')).toEqual([]);
});

function retries(): Wire {
  const wire = new Wire().open('near', 'client', 'proxy', 8080).say('near', 'client', GET('/a'));
  for (let count = 0; count < 20_000; count++)
    wire.open(`far${count}`, 'proxy', 'server', 80).say(`far${count}`, 'client', GET('/a')).reset(`far${count}`, 'server');
  return wire.say('near', 'server', OK());
}

function equals(): Wire {
  const wire = new Wire();
  const each = (tell: (name: string) => void): void => {
    for (let count = 0; count < 10_000; count++) tell(`${count}`);
  };
  each((name) => wire.open(`near${name}`, 'client', 'proxy', 8080).say(`near${name}`, 'client', GET('/')));
  each((name) => wire.open(`far${name}`, 'proxy', 'server', 80).say(`far${name}`, 'client', GET('/')));
  each((name) => wire.say(`far${name}`, 'server', OK()));
  each((name) => wire.say(`near${name}`, 'server', OK()));
  return wire;
}
