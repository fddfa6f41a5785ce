/**
 * The same connection captured before and after a NAT on the host that captured, as `-i any` does where containers are: it is one
 * connection, and the NAT is no proxy.
 */
import { describe, expect, test } from 'vitest';
import { createAnalyzer } from '../src/analyze.ts';
import type { Report } from '../src/model.ts';
import { GET, OK, pcapOf, Wire, type WireFrame } from './support/wire.ts';

interface End {
  readonly address: readonly number[];
  readonly port?: number;
}

/** Of IPv4 behind Ethernet: the source and the destination, address and port. */
const ENDS = [
  { address: 26, port: 34 },
  { address: 30, port: 36 },
] as const;
const CLIENT: End = { address: [10, 0, 9, 1] };
const PROXY: End = { address: [10, 0, 9, 2] };
const OUTSIDE: End = { address: [198, 51, 100, 7] };

/** Every frame from or to `from` once more, 20 us later, as from or to `to`. */
function translated(frames: readonly WireFrame[], from: End, to: End): readonly WireFrame[] {
  return frames.flatMap((frame) => {
    const bytes = frame.bytes.slice();
    const view = new DataView(bytes.buffer);
    const ends = ENDS.filter(({ address, port }) => {
      const same = from.address.every((octet, index) => bytes[address + index] === octet);
      return same && (from.port === undefined || from.port === view.getUint16(port));
    });
    for (const { address, port } of ends) {
      bytes.set(to.address, address);
      if (to.port !== undefined) view.setUint16(port, to.port);
    }
    return ends.length === 0 ? [frame] : [frame, { ...frame, bytes, time: frame.time + 20 }];
  });
}

function analyzed(frames: readonly WireFrame[]): Report {
  const analyzer = createAnalyzer();
  const input = analyzer.open({ name: 'any' });
  input.push(pcapOf([...frames].sort((one, other) => one.time - other.time)));
  input.end();
  return analyzer.finish();
}

const toldIn = ({ findings, exonerations }: Report): readonly string[] =>
  [...findings, ...exonerations].map(({ id, rule, severity, confidence }) => `${id} ${rule} ${severity} ${confidence}`);

const KEPT = ['Connection: keep-alive, X-Trace', 'X-Trace: 7'];
const direct = new Wire()
  .open('c', 'client', 'proxy', 8080)
  .say('c', 'client', GET('/a', ...KEPT))
  .say('c', 'server', OK('hello', 'Connection: keep-alive'))
  .say('c', 'client', GET('/b', ...KEPT))
  .wait(4)
  .say('c', 'server', OK('again'))
  .close('c', 'client')
  .frames();

/** Figure 4-15. */
const hang = new Wire()
  .open('c', 'client', 'proxy', 8080)
  .say('c', 'client', GET('/a', 'Connection: Keep-Alive'))
  .open('s', 'proxy', 'origin', 80)
  .say('s', 'client', GET('/a', 'Connection: Keep-Alive'))
  .say('s', 'server', OK('hello'))
  .say('c', 'server', OK('hello'))
  .wait(1)
  .say('c', 'client', GET('/b'))
  .wait(9)
  .close('s', 'server')
  .close('c', 'server')
  .frames();

const FROM_CONTAINER: End = { address: PROXY.address, port: 40_002 };
const nats: readonly (readonly [what: string, from: End, to: End])[] = [
  ['of the client', CLIENT, OUTSIDE],
  ['of the client and its port', { ...CLIENT, port: 40_001 }, { ...OUTSIDE, port: 61_001 }],
  ['of the proxy and its port, a container', { ...PROXY, port: 8080 }, { ...OUTSIDE, port: 80 }],
  ['of the proxy where it asks, a container', FROM_CONTAINER, { ...OUTSIDE, port: 50_002 }],
];

describe.each(nats)('an address translation %s', (_what, from, to) => {
  test.each([
    ['a slow answer', direct],
    ['the hang', hang],
  ] as const)('%s is told as without it', (_story, frames) => {
    const [alone, report] = [analyzed(frames), analyzed(translated(frames, from, to))];
    expect(toldIn(report)).toEqual(toldIn(alone));
    const { connections, exchanges, relays } = alone;
    expect(report).toMatchObject({ connections, exchanges, relays });
  });
});

test('how many were left out is an issue of the capture', () => {
  const issues = analyzed(translated(hang, CLIENT, OUTSIDE)).captures[0]?.issues;
  expect(issues?.map(({ code, count }) => [code, count])).toEqual([['connection-translated', 1]]);
});

test.each([0, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0])('nothing is missing from a copy that was closed, with numbers from %d', (isn) => {
  const wire = new Wire()
    .open('c', 'client', 'proxy', 8080, { isn: [isn, isn] })
    .say('c', 'client', GET('/a'))
    .say('c', 'server', OK('hello'))
    .close('c', 'server');
  const [capture] = analyzed(translated(wire.frames(), CLIENT, OUTSIDE)).captures;
  expect(capture?.health.gaps).toBe(0);
  expect(capture?.issues.map(({ code }) => code)).toEqual(['connection-translated']);
});

describe('no translation, but connections of their own', () => {
  const two = (second: string, isn: readonly [number, number], target: string): Report =>
    analyzed(
      new Wire()
        .open('a', 'client', 'server', 80, { isn: [7000, 9000] })
        .open('b', second, 'server', 80, { isn })
        .say('a', 'client', GET('/a'))
        .say('b', 'client', GET(target))
        .say('a', 'server', OK('hello'))
        .say('b', 'server', OK('hello'))
        .frames(),
    );

  test.each([
    ['a number of the client that is its own', 'other', [7001, 9000], '/a'],
    ['a number of the server that is its own', 'other', [7000, 9001], '/a'],
    ['another request', 'other', [7000, 9000], '/b'],
    ['the same client', 'client', [7000, 9000], '/a'],
  ] as const)('%s', (_what, second, isn, target) => {
    expect(two(second, isn, target)).toMatchObject({ connections: 2, exchanges: 2 });
  });

  test('the same octets, but a moment later', () => {
    const wire = new Wire()
      .open('a', 'client', 'server', 80, { isn: [7000, 9000] })
      .say('a', 'client', GET('/a'))
      .wait(0.006);
    wire.open('b', 'other', 'server', 80, { isn: [7000, 9000] }).say('b', 'client', GET('/a'));
    expect(analyzed(wire.frames())).toMatchObject({ connections: 2, exchanges: 2 });
  });
});
