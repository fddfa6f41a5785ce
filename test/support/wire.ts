/**
 * Tells the story of some TCP connections and gives the capture of it: real frames, with handshakes, sequence numbers,
 * acknowledgements and checksums, so that tshark reads what a test wrote.
 *
 *     new Wire()
 *       .open('c1', 'client', 'proxy', 8080)
 *       .say('c1', 'client', GET('/a'))
 *       .say('c1', 'server', OK('hello'))
 *       .wait(60)
 *       .close('c1', 'client')
 *       .pcap();
 *
 * Every frame is 0.1 ms later than the one before it. `frames()` gives the frames apart, so that a test can swap, repeat, cut
 * or drop them and join them again with `pcapOf`.
 */

import { ACK, FIN, PSH, RST, SYN } from '../../src/model.ts';
import { octetsOf } from '../../src/octets.ts';
import { framePacket, type LinkType, parseAddress } from './packet.ts';
import { pcapOf, type WireFrame } from './pcap.ts';

export { GET, OK } from './messages.ts';
export { pcapOf, type WireFrame } from './pcap.ts';

/** The end that opened the connection is its client. */
export type End = 'client' | 'server';

export interface WireOptions {
  readonly linkType?: LinkType;
  /** Epoch seconds of the first frame. */
  readonly start?: number;
}

export interface OpenOptions {
  /** The client's port; by default 40001, 40002 ... */
  readonly clientPort?: number;
  /** False: the capture began later, the handshake is not in it. */
  readonly handshake?: boolean;
  /** First sequence numbers of client and server. */
  readonly isn?: readonly [number, number];
}

export interface SayOptions {
  /** False: the peer does not acknowledge before it has something to send; 'crossing': nor then, since it has not arrived. */
  readonly ack?: boolean | 'crossing';
  /** Longest payload of a segment. */
  readonly mss?: number;
}

/** A segment as it is; what is left out follows from the story so far. */
export interface SegmentOptions {
  readonly text?: string;
  readonly flags?: number;
  readonly seq?: number;
  readonly ack?: number;
  readonly window?: number;
  readonly options?: Uint8Array;
}

interface EndState {
  readonly address: Uint8Array;
  readonly port: number;
  /** Next sequence number to send, and the next one expected of the peer that was acknowledged. */
  next: number;
  acked: number;
  window: number;
  last: { readonly seq: number; readonly text: string };
}

interface Conversation {
  readonly client: EndState;
  readonly server: EndState;
}

const MSS_OPTION = Uint8Array.from([2, 4, 0x05, 0xb4]);
const NO_OPTIONS = new Uint8Array(0);
const STEP = 100;

export class Wire {
  readonly #linkType: LinkType;
  readonly #hosts = new Map<string, Uint8Array>();
  readonly #conversations = new Map<string, Conversation>();
  readonly #hopLimits = new Map<Uint8Array, number>();
  readonly #frames: WireFrame[] = [];
  #time: number;
  #lose = 0;
  #identification = 0;
  #opened = 0;

  constructor({ linkType = 'ethernet', start = 1_700_000_000 }: WireOptions = {}) {
    this.#linkType = linkType;
    this.#time = Math.round(start * 1e6);
  }

  /** Gives a host an address, IPv4 or IPv6; hosts that are not named here get 10.0.9.1, 10.0.9.2 ... in order of appearance. */
  host(name: string, address: string): this {
    this.#hosts.set(name, parseAddress(address));
    return this;
  }

  /** From now on what comes from this host arrives with this hop limit: it stands elsewhere, or somebody else sends in its name. */
  hopLimit(name: string, hopLimit: number): this {
    this.#hopLimits.set(this.#address(name), hopLimit);
    return this;
  }

  /** A new connection and its handshake. A name may be used again: the old connection is then out of reach. */
  open(name: string, client: string, server: string, port: number, options: OpenOptions = {}): this {
    const count = ++this.#opened;
    const { clientPort = 40_000 + count, handshake = true, isn = [1000 * count, 5000 * count] } = options;
    this.#conversations.set(name, {
      client: endState(this.#address(client), clientPort, isn[0], isn[1]),
      server: endState(this.#address(server), port, isn[1], isn[0]),
    });
    if (handshake) {
      return this.segment(name, 'client', { flags: SYN, ack: 0, options: MSS_OPTION })
        .segment(name, 'server', { flags: SYN | ACK, options: MSS_OPTION })
        .ack(name, 'client');
    }
    const { client: one, server: other } = this.#conversation(name);
    one.next = other.acked = isn[0] + 1;
    other.next = one.acked = isn[1] + 1;
    return this;
  }

  /** Latin-1 text in one or more segments, acknowledged by the peer at the end. */
  say(name: string, end: End, text: string, { ack = true, mss = 1460 }: SayOptions = {}): this {
    const peer = this.#conversation(name)[peerOf(end)];
    const { acked } = peer;
    for (let at = 0; at < text.length; at += mss) {
      const last = at + mss >= text.length;
      this.segment(name, end, { text: text.slice(at, at + mss), flags: last ? PSH | ACK : ACK });
    }
    if (ack === true) return this.ack(name, peerOf(end));
    if (ack === 'crossing') peer.acked = acked;
    return this;
  }

  /** A bare acknowledgement of everything the peer sent. */
  ack(name: string, end: End): this {
    const conversation = this.#conversation(name);
    conversation[end].acked = conversation[peerOf(end)].next;
    return this.segment(name, end);
  }

  /** That end's receive window is full; `ack` with `openWindow` before it says that it is open again. */
  zeroWindow(name: string, end: End): this {
    this.#conversation(name)[end].window = 0;
    return this.ack(name, end);
  }

  openWindow(name: string, end: End): this {
    this.#conversation(name)[end].window = 65_535;
    return this.ack(name, end);
  }

  /** FIN of that end, and the peer's acknowledgement. */
  fin(name: string, end: End, { ack = true }: { readonly ack?: boolean } = {}): this {
    this.segment(name, end, { flags: FIN | ACK });
    return ack ? this.ack(name, peerOf(end)) : this;
  }

  /** That end closes first, the peer follows. */
  close(name: string, end: End): this {
    return this.fin(name, end).fin(name, peerOf(end));
  }

  reset(name: string, end: End): this {
    return this.segment(name, end, { flags: RST | ACK });
  }

  /** A keep-alive probe, with no octet or one that is no data, and the peer's answer to it. */
  probe(name: string, end: End, { octet = false, answered = true }: { readonly octet?: boolean; readonly answered?: boolean } = {}): this {
    const { next } = this.#conversation(name)[end];
    this.segment(name, end, { seq: next - 1, text: octet ? '\0' : '' });
    return answered ? this.ack(name, peerOf(end)) : this;
  }

  /** That end's last data segment once more, or other octets in its place. */
  retransmit(name: string, end: End, text?: string): this {
    const { last } = this.#conversation(name)[end];
    return this.segment(name, end, { seq: last.seq, text: text ?? last.text, flags: PSH | ACK });
  }

  /** The next frames are sent, and arrive, but are not in the capture. */
  lose(count = 1): this {
    this.#lose = count;
    return this;
  }

  wait(seconds: number): this {
    this.#time += Math.round(seconds * 1e6);
    return this;
  }

  /** One segment, as told. It moves the sender's sequence number only if it begins there. */
  segment(name: string, end: End, options: SegmentOptions = {}): this {
    const conversation = this.#conversation(name);
    const [sender, peer] = [conversation[end], conversation[peerOf(end)]];
    const { text = '', flags = ACK, seq = sender.next, ack = sender.acked, window = sender.window } = options;
    const payload = octetsOf(text);
    this.#capture(sender, peer, { seq, ack, flags, window, options: options.options ?? NO_OPTIONS, payload });
    if (seq !== sender.next) return this;
    sender.next = (seq + payload.length + ((flags & SYN) !== 0 ? 1 : 0) + ((flags & FIN) !== 0 ? 1 : 0)) >>> 0;
    peer.acked = sender.next;
    if (payload.length > 0) sender.last = { seq, text };
    return this;
  }

  frames(): readonly WireFrame[] {
    return this.#frames;
  }

  pcap(): Uint8Array {
    return pcapOf(this.#frames, { linkType: this.#linkType });
  }

  #capture(
    from: EndState,
    to: EndState,
    tcp: { seq: number; ack: number; flags: number; window: number; options: Uint8Array; payload: Uint8Array },
  ): void {
    this.#identification = (this.#identification + 1) & 0xffff;
    const hopLimit = this.#hopLimits.get(from.address);
    const bytes = framePacket({ linkType: this.#linkType, from, to, identification: this.#identification, hopLimit, ...tcp });
    if (this.#lose > 0) this.#lose--;
    else this.#frames.push({ time: this.#time, bytes, wireLength: bytes.length });
    this.#time += STEP;
  }

  #address(name: string): Uint8Array {
    const known = this.#hosts.get(name) ?? Uint8Array.of(10, 0, 9, this.#hosts.size + 1);
    this.#hosts.set(name, known);
    return known;
  }

  #conversation(name: string): Conversation {
    const conversation = this.#conversations.get(name);
    if (conversation === undefined) throw new Error(`the story has no connection ${name}`);
    return conversation;
  }
}

function endState(address: Uint8Array, port: number, next: number, acked: number): EndState {
  return { address, port, next, acked, window: 65_535, last: { seq: next, text: '' } };
}

function peerOf(end: End): End {
  return end === 'client' ? 'server' : 'client';
}
