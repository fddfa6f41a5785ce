/**
 * How well a request on the next hop continues a client-side one: additive evidence in bits (RULES section 7.4).
 */
import type { Exchange, Field, RequestMessage } from '../model.ts';
import type { Habits } from './habits.ts';
import type { Hop, OpenRelay } from './open-relay.ts';
import type { Rarity } from './rarity.ts';

/** Doubt about the order of two frames of the same clock. */
const EPSILON = 2e6;

export interface Context {
  readonly rarity: Rarity;
  readonly habits: Habits | undefined;
}

/** Writes down what each piece of evidence weighed; most scores are never shown, so nobody writes them down. */
export type Parts = string[] | undefined;

/** NaN when the one cannot continue the other. */
export function scoreOf(relay: OpenRelay, serverSide: Exchange, hop: Hop, context: Context, parts: Parts): number {
  const clientSide = relay.clientSide;
  const [received, sent] = [clientSide.request, serverSide.request];
  if (received === undefined || sent === undefined || !possible(clientSide, serverSide, received, sent)) return Number.NaN;
  return (
    identifiers(received, sent, context.rarity, parts) +
    addresses(clientSide, serverSide, sent, context.habits, parts) +
    note(relay.hop.identity === hop.peer ? (hop.sameInARow >= 8 ? 8 : 4) : 0, 'same pair of connections as before', parts) +
    note(latency(sent.firstTime - received.firstTime), 'time between the hops', parts) +
    note(relay.attempts.length > 0 ? -4 : 0, 'already continued', parts)
  );
}

function note(weight: number, part: string, parts: Parts): number {
  if (parts !== undefined && weight !== 0) parts.push(`${part} ${weight > 0 ? '+' : ''}${Math.round(weight * 10) / 10}`);
  return weight;
}

function possible(clientSide: Exchange, serverSide: Exchange, received: RequestMessage, sent: RequestMessage): boolean {
  if (clientSide.connection === serverSide.connection || clientSide.server.text === serverSide.server.text) return false;
  if (received.method !== sent.method && !(received.method === 'HEAD' && sent.method === 'GET')) return false;
  if (received.firstTime > sent.firstTime + EPSILON) return false;
  const sameClient = clientSide.client.address === serverSide.client.address;
  return !sameClient || clientSide.server.address === serverSide.client.address;
}

function identifiers(received: RequestMessage, sent: RequestMessage, rarity: Rarity, parts: Parts): number {
  const [a, b] = [received.fingerprint, sent.fingerprint];
  let bits = note(received.method === sent.method ? 1 : -1, 'method', parts);
  if (a.unique.length > 0 && b.unique.length > 0) bits += note(shared(a.unique, b.unique) ? 20 : -4, 'request id', parts);
  if (a.target === b.target) bits += note(within(2, rarity.bits(a.target), 12), 'target', parts);
  else bits += note(a.tail === b.tail ? 5 : a.leaf === b.leaf ? 3 : 0, 'end of the target', parts);
  if (a.fields === b.fields && a.fields !== 0) bits += note(within(3, rarity.bits(a.fields), 20), 'all end-to-end fields', parts);
  else for (const value of a.traits) if (b.traits.includes(value)) bits += note(Math.min(8, rarity.bits(value)), 'a field value', parts);
  bits += note(a.authority !== 0 && a.authority === b.authority ? 2 : 0, 'authority', parts);
  if (received.contentLength > 0 && sent.contentLength > 0) {
    bits += note(received.contentLength === sent.contentLength ? 4 : -4, 'body length', parts);
  }
  return bits;
}

function shared(some: readonly number[], others: readonly number[]): boolean {
  for (const value of some) if (others.includes(value)) return true;
  return false;
}

function within(least: number, value: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

function addresses(clientSide: Exchange, serverSide: Exchange, sent: RequestMessage, habits: Habits | undefined, parts: Parts): number {
  const bits = note(habits?.weigh(clientSide.server.address, serverSide.client.address) ?? 0, 'addresses', parts);
  const claimed = claimedClient(sent.fields);
  return claimed === undefined ? bits : bits + note(claimed === clientSide.client.address ? 8 : -10, 'client named by the proxy', parts);
}

/** The client that the sender names: the last element of X-Forwarded-For, or X-Real-IP. */
function claimedClient(fields: readonly Field[]): string | undefined {
  for (const { name, value } of fields) {
    if (name.length === 15 && name.toLowerCase() === 'x-forwarded-for') return value.slice(value.lastIndexOf(',') + 1).trim();
    if (name.length === 9 && name.toLowerCase() === 'x-real-ip') return value.trim();
  }
  return undefined;
}

/** A proxy forwards within milliseconds; seconds later it may still do so, from a queue. */
function latency(nanoseconds: number): number {
  if (nanoseconds < 50e6) return 3;
  if (nanoseconds < 1e9) return 1;
  return nanoseconds < 5e9 ? -1 : -3;
}
