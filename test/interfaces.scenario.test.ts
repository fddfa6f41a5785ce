/**
 * A capture of the two interfaces of a proxy, each of which writes what it has gathered in one go, as dumpcap does, or all of it
 * behind the other, as mergecap -a does: the verdict is that of the frames in the order of time, the numbers are those of the file.
 */
import { describe, expect, test } from 'vitest';
import { createAnalyzer } from '../src/analyze.ts';
import type { Finding, Report } from '../src/model.ts';
import { describeInterface, enhancedPacket, join, section } from './support/capture-bytes.ts';
import { GET, OK, Wire, type WireFrame } from './support/wire.ts';

const ASKED = GET('/b', 'Connection: keep-alive');

/** Figure 4-15, with the hop behind the proxy on an interface of its own. */
function theHang(start?: number): readonly WireFrame[] {
  return new Wire(start === undefined ? {} : { start })
    .open('near', 'client', 'proxy', 8080)
    .say('near', 'client', GET('/a', 'Connection: keep-alive'))
    .open('far', 'proxy', 'origin', 80)
    .say('far', 'client', GET('/a', 'Connection: keep-alive'))
    .say('far', 'server', OK('hello', 'Connection: keep-alive'))
    .say('near', 'server', OK('hello', 'Connection: keep-alive'))
    .wait(0.2)
    .say('near', 'client', ASKED)
    .wait(9)
    .close('far', 'server')
    .reset('near', 'server')
    .frames();
}

/** 1: the hop behind the proxy. Ethernet, IPv4, TCP. */
function interfaceOf({ bytes }: WireFrame): number {
  const ports = [34, 36].map((at) => ((bytes[at] ?? 0) << 8) + (bytes[at + 1] ?? 0));
  return ports.includes(80) ? 1 : 0;
}

function pcapngOf(frames: readonly WireFrame[], fill: readonly Uint8Array[] = []): Uint8Array {
  const packets = frames.map((frame) => enhancedPacket(frame.bytes, { id: interfaceOf(frame), stamp: BigInt(Math.round(frame.time)) }));
  return join(section(), describeInterface(), describeInterface(), ...fill, ...packets);
}

/** Each interface writes when this many microseconds are over; the hop behind the proxy comes first. */
function gathered(frames: readonly WireFrame[], span: number): readonly WireFrame[] {
  const slot = ({ time }: WireFrame): number => Math.floor(time / span);
  return frames.toSorted((a, b) => slot(a) - slot(b) || interfaceOf(b) - interfaceOf(a) || a.time - b.time);
}

function analyzed(capture: Uint8Array): Report {
  const analyzer = createAnalyzer();
  const input = analyzer.open({ name: 'capture' });
  input.push(capture);
  input.end();
  return analyzer.finish();
}

function verdictsOf({ findings }: Report): readonly string[] {
  const told = ({ rule, severity, confidence, exchange, children }: Finding): readonly string[] => [
    `${rule} ${severity} ${confidence} ${exchange?.ordinal}`,
    ...children.flatMap(told),
  ];
  return findings.flatMap(told);
}

const codesOf = ({ captures }: Report): readonly string[] => captures.flatMap(({ issues }) => issues.map(({ code }) => code));

describe.each([
  ['every 0.25 s', 250_000],
  ['every 2 s', 2_000_000],
  ['one behind the other', 1e12],
])('two interfaces that write %s', (_what, span) => {
  const frames = gathered(theHang(), span);
  const report = analyzed(pcapngOf(frames));

  test('the verdict is that of the frames in order', () => {
    expect(frames).not.toEqual(theHang());
    expect(verdictsOf(report)).toEqual(verdictsOf(analyzed(pcapngOf(theHang()))));
    expect(report.findings[0]).toMatchObject({ rule: 'dumb-proxy-deadlock', severity: 'hang', confidence: 'strong' });
    expect(codesOf(report)).toEqual([]);
  });

  test('frames and connections have the numbers that they have in the file', () => {
    const [finding] = report.findings;
    // Wireshark numbers connections as they come in the file, and the hop behind the proxy comes first there.
    expect(finding?.hops.map(({ connection }) => connection.seenIn)).toEqual([[{ capture: 0, stream: 1 }], [{ capture: 0, stream: 0 }]]);
    const texts = finding?.evidence.map(({ moment }) => new TextDecoder('latin1').decode(frames[moment.frame - 1]?.bytes)) ?? [];
    expect(texts.filter((text) => text.includes(ASKED))).toHaveLength(1);
  });
});

const START = 1_700_000_000;

test('a clock that was set back on both does not part them', () => {
  const report = analyzed(pcapngOf([...theHang(START + 20), ...theHang(START)]));
  const one = verdictsOf(analyzed(pcapngOf(theHang())));
  expect(verdictsOf(report).filter((verdict) => verdict.includes('deadlock'))).toHaveLength(2);
  expect(verdictsOf(report)).toHaveLength(2 * one.length - 1); // that there is no Via is told once
  expect(codesOf(report)).toEqual(['time-backwards']);
});

test.each([0, 1])('a stamp in the year 2099 on interface %i does not part them', (id) => {
  const stray = enhancedPacket(new Uint8Array(60), { id, stamp: 4_100_000_000_000_000n });
  expect(verdictsOf(analyzed(pcapngOf(theHang(), [stray])))).toContain('dumb-proxy-deadlock hang strong 2');
});

test('what is too far behind to be sorted is said', () => {
  const bulk = Array.from({ length: 180 }, (_, index) =>
    enhancedPacket(new Uint8Array(200_000), { stamp: 1_900_000_000_000_000n + BigInt(index) }),
  );
  const [near, far] = [0, 1].map((id) => theHang().filter((frame) => interfaceOf(frame) === id));
  const behind = far?.map((frame) => enhancedPacket(frame.bytes, { id: 1, stamp: BigInt(frame.time) })) ?? [];
  expect(codesOf(analyzed(join(pcapngOf(near ?? []), ...bulk, ...behind)))).toContain('interfaces-unsorted');
});

test('an interface that is described behind a frame comes too late to be sorted, and the numbers stay', () => {
  const [first, ...rest] = gathered(theHang(), 1e12).map((frame) =>
    enhancedPacket(frame.bytes, { id: interfaceOf(frame), stamp: BigInt(frame.time) }),
  );
  const late = join(
    section(),
    describeInterface(),
    enhancedPacket(new Uint8Array(60), { stamp: 1n }),
    describeInterface(),
    first ?? new Uint8Array(),
    ...rest,
  );
  const report = analyzed(late);
  expect(codesOf(report)).toContain('interfaces-unsorted');
  expect(report.findings[0]?.hops.map(({ connection }) => connection.seenIn)).toEqual([[{ capture: 0, stream: 1 }]]);
});

test('a clock that goes on lets the frames go on: a finding does not wait for the end of a live capture', () => {
  const told: string[] = [];
  const analyzer = createAnalyzer({ onFinding: ({ rule }) => told.push(rule) });
  const input = analyzer.open({ name: 'stdin' });
  const frames = gathered(theHang(), 250_000);
  input.push(pcapngOf(frames));
  const times = frames.map(({ time }) => time / 1e6);
  analyzer.tick(Math.min(...times) + 3);
  expect(told).not.toContain('dumb-proxy-deadlock');
  analyzer.tick(Math.max(...times) + 3);
  expect(told).toContain('dumb-proxy-deadlock');
});

/** A body that never ends: a network that had to send it again would explain that. */
const unended = new Wire()
  .open('c', 'client', 'server', 80)
  .say('c', 'client', GET('/a'))
  .say('c', 'server', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n')
  .wait(30)
  .close('c', 'client')
  .frames();

/** The same on its way further on, 40 ms later, with so much less time to live. */
function withCopies(hops: number, id: number): Uint8Array {
  const copies = unended.map((frame) => {
    const bytes = Uint8Array.from(frame.bytes);
    bytes[22] = (bytes[22] ?? 0) - hops;
    return { ...frame, bytes, time: frame.time + 40_000, id };
  });
  const frames = [...unended.map((frame) => ({ ...frame, id: 0 })), ...copies].toSorted((a, b) => a.time - b.time);
  const packets = frames.map((frame) => enhancedPacket(frame.bytes, { id: frame.id, stamp: BigInt(frame.time) }));
  return join(section(), describeInterface(), describeInterface(), ...packets);
}

test.each([
  ['behind a router', 1, 0],
  ['on another interface', 0, 1],
])('a segment that was captured again %s, as late as the line is long, was not sent again', (_where, hops, id) => {
  const report = analyzed(withCopies(hops, id));
  expect(verdictsOf(report)).toEqual(['chunk-terminator-missing hang likely 1']);
  expect(verdictsOf(report)).toEqual(verdictsOf(analyzed(pcapngOf(unended))));
  expect(report.captures[0]?.health.duplicates).toBeGreaterThan(2);
});

test('the same at the same place was sent again', () => {
  expect(verdictsOf(analyzed(withCopies(0, 0)))).toEqual([]);
  expect(analyzed(withCopies(0, 0)).captures[0]?.health.duplicates).toBe(0);
});
