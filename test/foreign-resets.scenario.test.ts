/**
 * Resets that a box on the way sends in the name of an end, told by their hop limits, where a ladder cannot say it: frames that are
 * captured on both sides of the host that forwards them, other ends and families, and several times.
 */
import { describe, expect, test } from 'vitest';
import { createAnalyzer } from '../src/analyze.ts';
import type { Finding } from '../src/model.ts';
import { plain, safeText } from '../src/view/index.ts';
import { GET, OK, pcapOf, Wire, type WireFrame } from './support/wire.ts';

/** Of IPv4 behind Ethernet. */
const HOP_LIMIT = 22;

function findingsIn(frames: readonly WireFrame[]): readonly Finding[] {
  const analyzer = createAnalyzer();
  const input = analyzer.open({ name: 'any' });
  input.push(pcapOf(frames));
  input.end();
  return analyzer.finish().findings;
}

const toldIn = (frames: readonly WireFrame[]): readonly string[] =>
  findingsIn(frames).map(({ rule, severity, confidence }) => `${rule} ${severity} ${confidence}`);

const HELLO = '\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03';
const DATA = '\x17\x03\x03\x00\x05abcde';
const STRONG = 'idle-connection-blackholed loss strong';

interface Told {
  /** With what the server's segments arrive, and then its reset. */
  readonly usual?: number;
  readonly reset?: number;
  readonly idle?: number;
  readonly address?: string;
}

function lostRequest({ usual = 52, reset = 62, idle = 350, address = '10.0.9.7' }: Told = {}): Wire {
  return new Wire()
    .host('client', address.includes(':') ? 'fd00::9' : '10.0.9.9')
    .host('server', address)
    .hopLimit('server', usual)
    .open('c', 'client', 'server', 80)
    .say('c', 'client', GET('/a'))
    .say('c', 'server', OK('hi'))
    .wait(idle)
    .say('c', 'client', GET('/b'), { ack: false })
    .hopLimit('server', reset)
    .reset('c', 'server');
}

describe('the place of who sent the reset', () => {
  test.each<[string, Told, string]>([
    ['IPv4', {}, STRONG],
    ['IPv6', { address: 'fd00::7' }, STRONG],
    ['three hops nearer', { reset: 55 }, STRONG],
    ['three hops farther', { reset: 49 }, STRONG],
    ['two hops nearer: a route may have changed', { reset: 54 }, 'idle-connection-blackholed loss likely'],
    ['as far away, and of another kind', { usual: 52, reset: 243 }, 'idle-connection-blackholed loss likely'],
    ['next to the place of capture, of another kind', { usual: 52, reset: 255 }, STRONG],
    ['the same', { reset: 52 }, 'idle-close-race loss likely'],
    ['the same, on the host of the server', { usual: 64, reset: 64 }, 'idle-close-race loss likely'],
    ['another one, sooner than boxes forget', { idle: 20 }, 'idle-close-race loss possible'],
  ])('%s', (_, told, expected) => {
    expect(toldIn(lostRequest(told).frames())).toEqual([expected]);
  });
});

/** As captured on both interfaces of the host that forwards them. */
function forwarded(frames: readonly WireFrame[]): readonly WireFrame[] {
  return frames.flatMap((frame) => {
    const bytes = frame.bytes.slice();
    bytes[HOP_LIMIT] = (bytes[HOP_LIMIT] ?? 0) - 1;
    return [frame, { ...frame, bytes, time: frame.time + 20 }];
  });
}

describe('captured on both sides of a router', () => {
  test('a box between', () => {
    expect(toldIn(forwarded(lostRequest().frames()))).toEqual([STRONG]);
  });

  test("the server's own reset", () => {
    expect(toldIn(forwarded(lostRequest({ reset: 52 }).frames()))).toEqual(['idle-close-race loss likely']);
  });

  test("the server's own reset, of which only the copy was captured", () => {
    const frames = forwarded(lostRequest({ reset: 52 }).frames());
    expect(toldIn([...frames.slice(0, -2), ...frames.slice(-1)])).toEqual(['idle-close-race loss likely']);
  });
});

test('it says how long nothing passed, both hop limits, and which timer is near', () => {
  const [finding] = findingsIn(lostRequest({ idle: 240.4 }).frames());
  const text = (finding?.because ?? []).map((line) => safeText(line, { showSecrets: true, hash: plain })).join('\n');
  expect(text).toContain('a hop limit (TTL) of 62, and all else from 10.0.9.7:80 with 52');
  expect(text).toContain('idle for 240.4 s (near 240 s)');
  expect(finding?.evidence.map(({ from, text: [words = ''] }) => [from, words])).toEqual([
    ['server', 'last octets of this end'],
    ['client', { kind: 'method', octets: 'GET' }],
    ['server', 'RST, hop limit (TTL) 62'],
  ]);
});

test('no timer is near', () => {
  const [finding] = findingsIn(lostRequest({ idle: 500 }).frames());
  expect(`${finding?.because.flat()}`).toContain('idle for 500.0 s: longer than');
});

test('octets of the server that come after a long time, reset in the name of the client', () => {
  const story = new Wire()
    .hopLimit('client', 57)
    .open('c', 'client', 'server', 443)
    .say('c', 'client', HELLO)
    .wait(900)
    .say('c', 'server', DATA, { ack: false })
    .hopLimit('client', 63)
    .reset('c', 'client');
  const [finding, ...others] = findingsIn(story.frames());
  expect([finding?.rule, others]).toEqual(['idle-connection-blackholed', []]);
  expect(`${finding?.message}`).toMatch(
    /^octets of 10\.0\.9\.\d:443 \(TLS\) were lost: after 900\.0 s .* in the name of 10\.0\.9\.\d:40001$/,
  );
});

test('a request is lost at once, its connection is told once, and the next one is well', () => {
  const story = lostRequest()
    .hopLimit('server', 52)
    .open('d', 'client', 'server', 80)
    .say('d', 'client', GET('/b'))
    .say('d', 'server', OK('hi'));
  const findings = findingsIn(story.close('d', 'client').frames());
  expect(findings.map(({ rule, children }) => [rule, children.length])).toEqual([['idle-connection-blackholed', 0]]);
});
