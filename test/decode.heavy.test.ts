/**
 * The decode stage against Wireshark's dissectors, on every foreign capture: per pair of ends the frames with TCP, the octets
 * of payload each way, and the flags. A header that Wireshark counts for its numbers alone counts here as well.
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
import { ACK, FIN, RST, type Segment, SYN } from '../src/model.ts';
import { concat, framePacket, parseAddress } from './support/packet.ts';
import { pcapOf, type WireFrame } from './support/pcap.ts';

const CAPTURES = new URL('../../shared/captures/', import.meta.url);
const ORACLE = new URL('oracle.json', CAPTURES);

const BAD_OFFSET = 'Wireshark counts octets, but not flags, of a header whose data offset is wrong';
const OUTER = 'the oracle names the outer IPv4 addresses of IPv6 inside IPv4';

/** Captures in which we see something else, and why. */
const DIFFERENCES: Readonly<Record<string, string>> = {
  'formats/ndpi.6in4tunnel.pcap': OUTER,
  'formats/pcapplusplus.IPv4-encapsulated-IPv6.pcap': OUTER,
  'formats/snort3demo.teredo.teredo.pcap': OUTER,
  'formats/tcpdump.gso-ipv4-geneve-ipv6.pcap': OUTER,
  'formats/tcpdump.gso-ipv4-vxlan-ipv6.pcap': OUTER,
  'formats/zeek.tunnels.ayiya3.pcap': OUTER,
  'formats/zeek.tunnels.gre-aruba-amsdu.pcap': 'of an 802.11 aggregate the first frame is read, Wireshark reads the second one too',
  'http/suricata.drop-protocol-change.pcap': BAD_OFFSET,
  'malformed/ndpi.ip_fragmented_garbage.pcap': BAD_OFFSET,
  'malformed/ndpi.reasm_crash_anon.pcapng': BAD_OFFSET,
  'malformed/suricata.tcp-session-decode-malformed-ipv4.pcap': 'Wireshark gives up at an IPv4 option that runs past the header',
  'transport/pcapplusplus.tcp-reassembly.pcap': 'Wireshark counts headers that an sFlow sample holds, which another machine saw',
};

interface OracleStream {
  readonly first: string;
  readonly second: string;
  readonly packets: number;
  readonly bytesFromFirst: number;
  readonly bytesFromSecond: number;
  readonly syn: number;
  readonly synAck: number;
  readonly fin: number;
  readonly rst: number;
}

interface Oracle {
  readonly captures: Readonly<Record<string, { readonly tcp: { readonly streams: readonly OracleStream[] } | null }>>;
}

/** Counts of one pair of ends; `octets` by sender. */
interface Pair {
  frames: number;
  readonly octets: Map<string, number>;
  syn: number;
  synAck: number;
  fin: number;
  rst: number;
}

class Pairs {
  readonly #pairs = new Map<string, Pair>();

  of(one: string, other: string): Pair {
    const key = [one, other].sort().join(' ');
    const pair = this.#pairs.get(key) ?? { frames: 0, octets: new Map(), syn: 0, synAck: 0, fin: 0, rst: 0 };
    this.#pairs.set(key, pair);
    return pair;
  }

  lines(): string[] {
    const octets = (pair: Pair): string => JSON.stringify([...pair.octets].filter(([, count]) => count > 0).sort());
    return [...this.#pairs]
      .map(([key, pair]) => `${key} frames=${pair.frames} ${octets(pair)} ${pair.syn} ${pair.synAck} ${pair.fin} ${pair.rst}`)
      .sort();
  }
}

function addOctets(pair: Pair, sender: string, count: number): void {
  pair.octets.set(sender, (pair.octets.get(sender) ?? 0) + count);
}

function ours(name: string): string[] {
  const pairs = new Pairs();
  const addresses = newAddresses();
  const count = (segment: Segment): void => {
    const { family, flags } = segment;
    const source = `${addresses.text(family, segment.source)}:${segment.sourcePort}`;
    const pair = pairs.of(source, `${addresses.text(family, segment.destination)}:${segment.destinationPort}`);
    pair.frames++;
    addOctets(pair, source, segment.length);
    if ((flags & SYN) !== 0) pair[(flags & ACK) === 0 ? 'syn' : 'synAck']++;
    if ((flags & FIN) !== 0) pair.fin++;
    if ((flags & RST) !== 0) pair.rst++;
  };
  const decode = decodeFrames(addresses, newDecodeFacts(), count, count);
  const capture = readCapture(newCaptureFacts(0, name, 'p1', 0), { seconds: Number.NaN }, decode.push);
  try {
    capture.push(new Uint8Array(readFileSync(new URL(name, CAPTURES))));
    capture.end();
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
  }
  return pairs.lines();
}

function theirs(streams: readonly OracleStream[]): string[] {
  const pairs = new Pairs();
  for (const stream of streams) {
    const pair = pairs.of(stream.first, stream.second);
    pair.frames += stream.packets;
    addOctets(pair, stream.first, stream.bytesFromFirst);
    addOctets(pair, stream.second, stream.bytesFromSecond);
    pair.syn += stream.syn;
    pair.synAck += stream.synAck;
    pair.fin += stream.fin;
    pair.rst += stream.rst;
  }
  return pairs.lines();
}

test.skipIf(!existsSync(ORACLE))('TCP segments are those that Wireshark sees (skipped where ../shared is absent)', () => {
  const oracle: Oracle = JSON.parse(readFileSync(ORACLE, 'utf8'));
  const readable = Object.entries(oracle.captures).flatMap(([name, { tcp }]) => (tcp === null ? [] : [{ name, streams: tcp.streams }]));
  const different = readable.filter(({ name, streams }) => ours(name).join('\n') !== theirs(streams).join('\n'));
  expect(readable.length).toBeGreaterThan(600);
  expect(different.map(({ name }) => name).sort()).toEqual(Object.keys(DIFFERENCES).sort());
});

const installed = spawnSync('tshark', ['--version'], { encoding: 'utf8' }).stdout ?? '';

function tcpPacket(port: number, octets: number): Uint8Array {
  const ends = { from: { address: parseAddress('10.0.0.1'), port }, to: { address: parseAddress('10.0.0.2'), port: 80 } };
  const segment = { seq: 100, ack: 0, flags: ACK, window: 1000, options: new Uint8Array(0), payload: new Uint8Array(octets).fill(120) };
  return framePacket({ linkType: 'raw', ...ends, identification: port & 0xffff, ...segment });
}

function sent(bytes: Uint8Array, wireLength = bytes.length): WireFrame {
  return { time: 1e15, bytes, wireLength };
}

/** The packet with another protocol, total length and fragment field, and these octets behind its header. */
function ipv4(like: Uint8Array, protocol: number, fragment: number, payload: Uint8Array): Uint8Array {
  const packet = concat(like.subarray(0, 20), payload);
  const view = new DataView(packet.buffer);
  view.setUint16(2, packet.length);
  view.setUint16(6, fragment);
  packet[9] = protocol;
  return packet;
}

/** TCP headers that are cut by the capture or by IP, with any data offset, and quoted by any kind of ICMP message. */
function oddHeaders(): readonly WireFrame[] {
  const frames: WireFrame[] = [];
  let port = 1024;
  for (let octets = 0; octets <= 24; octets++) {
    const whole = tcpPacket(port++, 4);
    frames.push(sent(whole.subarray(0, 20 + octets), whole.length));
    frames.push(sent(ipv4(tcpPacket(port, 0), 6, 0, tcpPacket(port++, 4).subarray(20, 20 + octets))));
    const quoted = tcpPacket(port++, 4).subarray(0, 20 + octets);
    frames.push(sent(ipv4(quoted, 1, 0, concat(Uint8Array.of(3, 1, 0, 0, 0, 0, 0, 0), quoted))));
  }
  for (let offset = 0; offset < 16; offset++) {
    const packet = tcpPacket(port++, 24);
    packet[32] = offset << 4;
    frames.push(sent(packet));
  }
  for (let type = 0; type <= 42; type++) {
    const quoted = tcpPacket(port++, 4);
    frames.push(sent(ipv4(quoted, 1, 0, concat(Uint8Array.of(type, 0, 0, 0, 0, 0, 0, 0), quoted))));
  }
  return frames;
}

/** Datagrams in fragments: interleaved, out of order, some of them twice, some never, some cut by the capture. */
function oddFragments(): readonly WireFrame[] {
  const frames: WireFrame[] = [];
  let state = 4711;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 8) % limit;
  };
  for (let port = 1024; port < 1524; port++) {
    const packet = tcpPacket(port, 8 * below(12) + below(8));
    const payload = packet.subarray(20);
    for (let from = 0; from < payload.length; ) {
      const to = Math.min(payload.length, from + 8 * (1 + below(4)));
      const part = ipv4(packet, 6, (to < payload.length ? 0x2000 : 0) | (from / 8), payload.subarray(from, to));
      for (let copies = [1, 1, 1, 1, 1, 2, 0][below(7)] ?? 1; copies > 0; copies--) {
        const cut = below(20) === 0 ? below(part.length - 19) : 0;
        frames.splice(Math.max(0, frames.length - below(9)), 0, sent(part.subarray(0, part.length - cut), part.length));
      }
      from = to;
    }
  }
  return frames;
}

/** Frames to which Wireshark gives a `tcp.stream`: number and source port. */
function numberedByTshark(bytes: Uint8Array): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'decode-'));
  try {
    writeFileSync(join(folder, 'odd.pcap'), bytes);
    const fields = ['-n', '-Y', 'tcp.stream', '-T', 'fields', '-e', 'frame.number', '-e', 'tcp.srcport'];
    return spawnSync('tshark', ['-r', join(folder, 'odd.pcap'), ...fields], { encoding: 'utf8' })
      .stdout.trimEnd()
      .split('\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function numberedByUs(bytes: Uint8Array): readonly string[] {
  const found: string[] = [];
  const note = ({ frame, sourcePort }: Segment): void => void found.push(`${frame.number}\t${sourcePort}`);
  const decode = decodeFrames(newAddresses(), newDecodeFacts(), note, note);
  const capture = readCapture(newCaptureFacts(0, 'odd', 'p1', 0), { seconds: Number.NaN }, decode.push);
  capture.push(bytes);
  capture.end();
  return found;
}

test.skipIf(!installed.includes('TShark (Wireshark) 4.0.')).each([
  ['headers', oddHeaders(), 40],
  ['fragments', oddFragments(), 200],
])('odd %s are numbered where tshark 4.0 numbers them (skipped without it)', (_, frames, atLeast) => {
  const bytes = pcapOf(frames, { linkType: 'raw' });
  const ours = numberedByUs(bytes);
  expect(ours.length).toBeGreaterThan(atLeast);
  expect(ours).toEqual(numberedByTshark(bytes));
});
