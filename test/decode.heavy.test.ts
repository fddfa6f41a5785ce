/**
 * The decode stage against Wireshark's dissectors, on every foreign capture: per pair of ends the frames with TCP, the octets
 * of payload each way, and the flags. A header that Wireshark counts for its numbers alone counts here as well.
 */

import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { newCaptureFacts, readCapture } from '../src/capture/read-capture.ts';
import { newAddresses } from '../src/decode/addresses.ts';
import { newDecodeFacts } from '../src/decode/decode-facts.ts';
import { decodeFrames } from '../src/decode/decode-frames.ts';
import { CaptureError } from '../src/errors.ts';
import { ACK, FIN, RST, type Segment, SYN } from '../src/model.ts';

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
