/**
 * A Wire whose connections are known by the hosts at their ends: what the steps of a ladder play.
 *
 * The host named proxy listens on port 8080, all others on 80. A connection is opened by the first message and again after a
 * close; `origin#2` is a second connection with the same host.
 */

import { type End, Wire, type WireFrame } from './wire.ts';

interface OpenConnection {
  readonly name: string;
  readonly client: string;
  readonly closed: Set<string>;
}

/** Told step by step; `cut` says into how many octets a message of that length is cut. */
export class Story {
  readonly #wire = new Wire();
  readonly #cut: (octets: number) => number;
  readonly #hosts: string[] = [];
  readonly #connections = new Map<string, OpenConnection>();
  readonly #received = new Map<string, string>();
  readonly #others: WireFrame[] = [];
  readonly #unseen = new Set<string>();
  #opened = 0;
  #waited = 0;

  constructor(cut: (octets: number) => number) {
    this.#cut = cut;
  }

  send(from: string, to: string, message: string, how: string | undefined): void {
    const octets = message === '...' ? this.#received.get(hostOf(from)) : octetsOfMessage(message);
    if (octets === undefined) throw new Error(`${from} has received nothing that it could pass on`);
    if (!this.#connections.has(keyOf(from, to))) this.open(from, to);
    const { name, end } = this.#at(from, to);
    // Nobody sends a TLS record octet by octet, nor what a timer says before it closes.
    const whole = octets.startsWith('\x16') || /^HTTP\/1\.. 408/.test(octets);
    const mss = whole ? 1460 : Math.min(1460, this.#cut(octets.length));
    if (how === 'lost') this.#wire.lose(Math.ceil(octets.length / mss));
    this.#wire.say(name, end, octets, { mss, ack: how === 'unacknowledged' ? 'crossing' : true });
    this.#received.set(hostOf(to), octets);
    this.#waited = 0;
  }

  open(from: string, to: string, options: { readonly handshake?: boolean } = {}): void {
    const name = `c${++this.#opened}`;
    this.#meet(hostOf(from));
    this.#meet(hostOf(to));
    this.#wire.open(name, hostOf(from), hostOf(to), hostOf(to) === 'proxy' ? 8080 : 80, options);
    this.#connections.set(keyOf(from, to), { name, client: hostOf(from), closed: new Set() });
    this.#waited = 0;
  }

  /** A SYN, and again a second later, that nobody answers. */
  knock(from: string, to: string): void {
    this.open(from, to, { handshake: false });
    const { name, end } = this.#at(from, to);
    const isn = 1000 * this.#opened;
    this.#wire.segment(name, end, { flags: 2, seq: isn, ack: 0 }).wait(1).segment(name, end, { flags: 2, seq: isn, ack: 0 });
  }

  close(from: string, to: string): void {
    const { name, end, open } = this.#at(from, to);
    this.#wire.fin(name, end);
    open.closed.add(hostOf(from));
    if (open.closed.size === 2) this.#connections.delete(keyOf(from, to));
    this.#waited = 0;
  }

  reset(from: string, to: string): void {
    const { name, end } = this.#at(from, to);
    this.#wire.reset(name, end);
    this.#connections.delete(keyOf(from, to));
    this.#waited = 0;
  }

  retransmit(from: string, to: string): void {
    const { name, end } = this.#at(from, to);
    this.#wire.retransmit(name, end);
    this.#waited = 0;
  }

  acknowledge(from: string, to: string): void {
    const { name, end } = this.#at(from, to);
    this.#wire.ack(name, end);
    this.#waited = 0;
  }

  probe(from: string, to: string): void {
    const { name, end } = this.#at(from, to);
    this.#wire.probe(name, end);
    this.#waited = 0;
  }

  window(from: string, to: string, change: 'zeroWindow' | 'openWindow'): void {
    const { name, end } = this.#at(from, to);
    this.#wire[change](name, end);
    this.#waited = 0;
  }

  wait(seconds: number): void {
    this.#wire.wait(seconds);
    this.#waited += Math.round(seconds * 1e6);
  }

  /** From now on what comes in the name of this host arrives with this hop limit. */
  hopLimit(host: string, hopLimit: number): void {
    this.#meet(host);
    this.#wire.hopLimit(host, hopLimit);
  }

  /** The capture shows one direction: nothing that this host sends, ever. */
  hide(host: string): void {
    this.#unseen.add(host);
  }

  /** A frame of somebody else, now. */
  goesOn(): void {
    const last = this.#wire.frames().at(-1)?.time ?? 0;
    this.#others.push({ time: last + this.#waited, bytes: ARP, wireLength: ARP.length });
    this.#waited = 0;
  }

  frames(): readonly WireFrame[] {
    if (this.#waited > 0) throw new Error('nothing shows that the capture went on while the ladder waited: end it with "capture ends"');
    return [...this.#wire.frames().filter((frame) => !this.#isUnseen(frame)), ...this.#others].sort((a, b) => a.time - b.time);
  }

  /** The hosts' names in place of their addresses. */
  named(text: string): string {
    return text.replaceAll(/10\.0\.9\.(\d+)(?::\d+)?/g, (_, number: string) => this.#hosts[Number(number) - 1] ?? '?');
  }

  #meet(host: string): void {
    if (this.#hosts.includes(host)) return;
    this.#hosts.push(host);
    this.#wire.host(host, `10.0.9.${this.#hosts.length}`);
  }

  #isUnseen({ bytes }: WireFrame): boolean {
    const sender = this.#hosts[(bytes[SOURCE_ADDRESS + 3] ?? 0) - 1];
    return sender !== undefined && this.#unseen.has(sender);
  }

  #at(from: string, to: string): { readonly name: string; readonly end: End; readonly open: OpenConnection } {
    const open = this.#connections.get(keyOf(from, to));
    if (open === undefined) throw new Error(`${from} and ${to} are not connected`);
    return { name: open.name, end: open.client === hostOf(from) ? 'client' : 'server', open };
  }
}

function hostOf(name: string): string {
  return name.replace(/#.*$/, '');
}

function keyOf(one: string, other: string): string {
  const number = /#(\d)/.exec(`${one}${other}`)?.[1] ?? '1';
  return [hostOf(one), hostOf(other)].sort().join(' ') + number;
}

function octetsOfMessage(message: string): string {
  const [head = '', ...body] = message.split('||');
  const lines = head.trim() === '' ? [] : head.trim().split(/ +\| +/);
  const octets = body
    .join('||')
    .trim()
    .replaceAll(/\\(?:([rn])|x([0-9a-f]{2}))/g, (_, letter: string, octet: string) =>
      letter === undefined ? String.fromCharCode(Number.parseInt(octet, 16)) : letter === 'r' ? '\r' : '\n',
    );
  return lines.length === 0 ? octets : `${lines.join('\r\n')}\r\n\r\n${octets}`;
}

/** Of an IPv4 packet behind an Ethernet header. */
const SOURCE_ADDRESS = 26;

/** Who has 10.0.9.200? */
const ARP = Uint8Array.from(
  [
    [255, 255, 255, 255, 255, 255, 2, 0, 10, 0, 9, 99, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1],
    [2, 0, 10, 0, 9, 99, 10, 0, 9, 99, 0, 0, 0, 0, 0, 0, 10, 0, 9, 200],
  ].flat(),
);
