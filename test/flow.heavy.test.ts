/**
 * Connections and their numbers against Wireshark's `tcp.stream`: on every foreign capture (the oracle was made with tshark
 * 4.0.17), and on connections that begin and end in every odd way, which the tshark of this machine judges.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newCaptureFacts, readCapture } from '../src/capture/read-capture.ts';
import { newAddresses } from '../src/decode/addresses.ts';
import { newDecodeFacts } from '../src/decode/decode-facts.ts';
import { decodeFrames } from '../src/decode/decode-frames.ts';
import { CaptureError } from '../src/errors.ts';
import { assembleFlows, type FlowStage } from '../src/flow/assemble-flows.ts';
import { ACK, type ConnectionIdentity, FIN, RST, type Segment, SYN } from '../src/model.ts';
import { framePacket, parseAddress } from './support/packet.ts';
import { pcapOf, type WireFrame } from './support/pcap.ts';

const CAPTURES = new URL('../../shared/captures/', import.meta.url);
const ORACLE = new URL('oracle.json', CAPTURES);

const OUTER = 'the oracle names the outer IPv4 addresses of IPv6 inside IPv4';
const SAMPLED = 'Wireshark makes connections of headers that an sFlow sample holds, which another machine saw';

/** Captures in which we see other connections, and why. */
const DIFFERENCES: Readonly<Record<string, string>> = {
  'formats/ndpi.6in4tunnel.pcap': OUTER,
  'formats/pcapplusplus.IPv4-encapsulated-IPv6.pcap': OUTER,
  'formats/snort3demo.teredo.teredo.pcap': OUTER,
  'formats/tcpdump.gso-ipv4-geneve-ipv6.pcap': OUTER,
  'formats/tcpdump.gso-ipv4-vxlan-ipv6.pcap': OUTER,
  'formats/zeek.tunnels.ayiya3.pcap': OUTER,
  'transport/pcapplusplus.tcp-reassembly.pcap': SAMPLED,
};

interface Oracle {
  readonly captures: Readonly<
    Record<string, { readonly tcp: { readonly streams: readonly { readonly first: string; readonly second: string }[] } | null }>
  >;
}

/** Reads a capture; the ends of every connection, by stream number. */
function connectionsOf(bytes: Uint8Array, watch: (flow: FlowStage, segment: Segment) => void): readonly string[] {
  const addresses = newAddresses();
  const identities: ConnectionIdentity[] = [];
  const ignore = (): void => undefined;
  const flow = assembleFlows(0, 'p1', addresses, (table) => ({
    data: ignore,
    gap: ignore,
    acked: ignore,
    fin: ignore,
    reset: ignore,
    closed: (connection) => identities.push(table.identity(connection)),
  }));
  const decode = decodeFrames(
    addresses,
    newDecodeFacts(),
    (segment) => watch(flow, segment),
    (segment, quoted) => flow.number(segment, quoted),
  );
  const capture = readCapture(newCaptureFacts(0, 'capture', 'p1', 0), { seconds: Number.NaN }, (frame) => decode.push(frame));
  try {
    capture.push(bytes);
    capture.end();
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
  }
  decode.end();
  flow.end();
  const byStream: string[] = [];
  for (const { seenIn, ends } of identities) byStream[seenIn[0]?.stream ?? -1] = pairOf(ends[0].text, ends[1].text);
  return byStream;
}

function pairOf(one: string, other: string): string {
  return [one, other]
    .map((end) => end.replaceAll(/[[\]]/g, ''))
    .sort()
    .join(' ');
}

test.skipIf(!existsSync(ORACLE))('foreign captures have the connections that Wireshark sees (skipped where ../shared is absent)', () => {
  const oracle: Oracle = JSON.parse(readFileSync(ORACLE, 'utf8'));
  const readable = Object.entries(oracle.captures).flatMap(([name, { tcp }]) => (tcp === null ? [] : [{ name, streams: tcp.streams }]));
  const different = readable.filter(({ name, streams }) => {
    const ours = connectionsOf(new Uint8Array(readFileSync(new URL(name, CAPTURES))), (flow, segment) => flow.push(segment));
    return ours.join('\n') !== streams.map(({ first, second }) => pairOf(first, second)).join('\n');
  });
  expect(readable.length).toBeGreaterThan(600);
  expect(different.map(({ name }) => name).sort()).toEqual(Object.keys(DIFFERENCES).sort());
});

const installed = spawnSync('tshark', ['--version'], { encoding: 'utf8' }).stdout ?? '';

/** A sequence of numbers that is the same in every run. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    yield state >>> 8;
  }
}

const FLAGS = [SYN, SYN, SYN | ACK, SYN | ACK, ACK, ACK, FIN | ACK, RST, RST | ACK, SYN | FIN, 0];
const STEPS = [0, 0, 0, 1, 1, 1, 5, 6, -1, 400, 70_000];
const BASES = [100, 500] as const;

/** 3,000 connections of up to 9 segments, whose numbers nearly fit. */
function oddConnections(): readonly WireFrame[] {
  const random = numbers(4711);
  const pick = <T>(values: readonly [T, ...T[]] | readonly T[], fallback: T): T => values[random.next().value % values.length] ?? fallback;
  const ends = [parseAddress('10.0.0.1'), parseAddress('10.0.0.2')] as const;
  const frames: WireFrame[] = [];
  for (let connection = 0; connection < 3000; connection++) {
    for (let left = pick([2, 3, 4, 5, 6, 7, 8, 9], 2); left > 0; left--) {
      const side = pick([0, 1] as const, 0);
      const peer = side === 0 ? 1 : 0;
      const port = (end: 0 | 1): number => (end === 0 ? 1024 + connection : 80);
      const flags = pick(FLAGS, ACK);
      const bytes = framePacket({
        linkType: 'raw',
        from: { address: ends[side], port: port(side) },
        to: { address: ends[peer], port: port(peer) },
        identification: 0,
        seq: BASES[side] + pick(STEPS, 0),
        ack: (flags & ACK) === 0 ? 0 : BASES[peer] + pick(STEPS, 0),
        flags,
        window: 1000,
        options: new Uint8Array(0),
        payload: new Uint8Array((flags & (SYN | RST)) === 0 ? pick([0, 0, 5], 0) : 0),
      });
      frames.push({ time: 1e15 + frames.length * 100, bytes, wireLength: bytes.length });
    }
  }
  return frames;
}

/** Wireshark's number of each frame. */
function streamsOf(bytes: Uint8Array): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'flow-'));
  try {
    writeFileSync(join(folder, 'odd.pcap'), bytes);
    const fields = ['-T', 'fields', '-e', 'tcp.stream'];
    return spawnSync('tshark', ['-r', join(folder, 'odd.pcap'), ...fields], { encoding: 'utf8' })
      .stdout.trimEnd()
      .split('\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Other versions have other rules for a SYN that comes again, so the number of the version is part of the judgement. */
test.skipIf(!installed.includes('TShark (Wireshark) 4.0.'))(
  'odd connections are numbered as tshark 4.0 numbers them (skipped without it)',
  () => {
    const bytes = pcapOf(oddConnections(), { linkType: 'raw' });
    const current = new Map<number, number>();
    const ours: string[] = [];
    connectionsOf(bytes, (flow, segment) => {
      const before = flow.facts.streams;
      flow.push(segment);
      const port = Math.max(segment.sourcePort, segment.destinationPort);
      if (flow.facts.streams > before) current.set(port, before);
      ours.push(`${current.get(port)}`);
    });
    expect(ours.length).toBeGreaterThan(15_000);
    expect(ours).toEqual(streamsOf(bytes));
  },
);
