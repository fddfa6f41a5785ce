/**
 * Recognises a connection that was captured twice under different ends: before and after a NAT on the host that captured (`-i any`
 * where containers are). Both copies shake hands by the same two initial sequence numbers, which are drawn by lot, and begin with
 * the same octets, all within a moment.
 *
 * It remembers the latest handshakes in a table that forgets by overwriting.
 */
import type { Segment } from '../model.ts';

const SLOTS = 1024;
/** Copies of a segment are at most this far apart, in nanoseconds. */
const APART = 5e6;

interface Handshake {
  readonly client: number;
  readonly server: number;
  readonly id: number;
  readonly time: number;
  /** The first data on one of the two: what it was, and when. */
  first: { readonly trace: number; readonly time: number } | undefined;
}

export class Translations {
  private readonly handshakes: (Handshake | undefined)[] = new Array(SLOTS);

  /** A connection has got its SYN-ACK: the id of another one that got the same just before, or -1. */
  meet(id: number, client: number, server: number, time: number): number {
    const slot = slotOf(client, server);
    const known = this.known(client, server);
    if (known !== undefined && known.id !== id && Math.abs(time - known.time) <= APART) return known.id;
    this.handshakes[slot] = { client, server, id, time, first: undefined };
    return -1;
  }

  /** The first data on one of two that have met: is it what the other one began with just before? */
  repeats(client: number, server: number, segment: Segment): boolean {
    const known = this.known(client, server);
    if (known === undefined) return false;
    const { first } = known;
    const [trace, { time }] = [traceOf(segment), segment.frame];
    if (first !== undefined) return first.trace === trace && Math.abs(time - first.time) <= APART;
    known.first = { trace, time };
    return false;
  }

  private known(client: number, server: number): Handshake | undefined {
    const known = this.handshakes[slotOf(client, server)];
    return known?.client === client && known.server === server ? known : undefined;
  }
}

function slotOf(client: number, server: number): number {
  return (Math.imul(client ^ Math.imul(server, 0x9e3779b1), 0x85ebca6b) >>> 16) & (SLOTS - 1);
}

function traceOf({ bytes, start, end, seq, ack }: Segment): number {
  let trace = seq ^ Math.imul(ack, 0x9e3779b1);
  for (let at = start; at < end; at++) trace = Math.imul(trace ^ (bytes[at] ?? 0), 0x01000193);
  return trace | 0;
}
