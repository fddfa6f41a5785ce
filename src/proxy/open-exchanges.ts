/**
 * The client-side exchanges that may still be continued on a next hop, found by what their requests have in common with it.
 *
 * Bounded in number and in age (DESIGN section 5). An exchange leaves when its response begins: what a proxy sends on later
 * cannot be what it answered with (RULES section 7.4, nesting).
 *
 * A hash table of chains and a list by age, both through the entries themselves. Everything comes and goes within
 * milliseconds, and a Map that lives on such a diet keeps making new tables, whose dead predecessors hold what they held
 * until the next full collection: it tripled the memory and the time of the collector (bench/, mix small).
 */
import { emptyList } from '../lists.ts';
import type { Fingerprint, RequestMessage } from '../model.ts';
import type { OpenRelay } from './open-relay.ts';
import { asTraitValue } from './traits.ts';

/** Entries of one key that are looked at: the newest. */
const PER_KEY = 64;
const MAX_OPEN = 8192;
const MAX_AGE = 300e9;
const BUCKETS = 16_384;

/** One key of one open exchange. */
export class Entry {
  readonly key: number;
  readonly relay: OpenRelay;
  /** Its neighbours in its bucket. */
  next: Entry | undefined;
  before: Entry | undefined;
  /** The next one of the same exchange. */
  readonly sibling: Entry | undefined;

  constructor(key: number, relay: OpenRelay, next: Entry | undefined) {
    this.key = key;
    this.relay = relay;
    this.next = next;
    this.sibling = relay.entries;
  }
}

export class OpenExchanges {
  private readonly buckets: (Entry | undefined)[] = new Array<Entry | undefined>(BUCKETS).fill(undefined);
  private oldest: OpenRelay | undefined;
  private newest: OpenRelay | undefined;
  private count = 0;
  /** As soon as there was a redirect, they are looked for. */
  private redirected = false;

  add(relay: OpenRelay, request: RequestMessage): void {
    while (this.oldest !== undefined && (this.count >= MAX_OPEN || request.headTime - this.oldest.since > MAX_AGE))
      this.remove(this.oldest);
    const { leaf, unique } = request.fingerprint;
    const key = leafKey(request.method, leaf);
    // Where many ask for the same, the proxy may name the client that it asks for.
    if (this.buckets[key & (BUCKETS - 1)] !== undefined) this.addEntry(relay, clientKey(key, relay.clientSide.client.address));
    this.addEntry(relay, key);
    for (const value of unique) this.addEntry(relay, uniqueKey(value));
    relay.older = this.newest;
    if (this.newest !== undefined) this.newest.newer = relay;
    this.newest = relay;
    this.oldest ??= relay;
    relay.open = true;
    this.count++;
  }

  remove(relay: OpenRelay): void {
    if (!relay.open) return;
    relay.open = false;
    this.count--;
    for (let entry = relay.entries; entry !== undefined; entry = entry.sibling) this.removeEntry(entry);
    relay.entries = undefined;
    if (relay.older === undefined) this.oldest = relay.newer;
    else relay.older.newer = relay.newer;
    if (relay.newer === undefined) this.newest = relay.older;
    else relay.newer.older = relay.older;
    relay.older = undefined;
    relay.newer = undefined;
  }

  /** An attempt of this exchange was answered with a redirect: it may go on at that target (a value of the trait Location). */
  addRedirect(relay: OpenRelay, location: number): void {
    if (!relay.open) return;
    this.redirected = true;
    this.addEntry(relay, redirectKey(location));
  }

  /** Those that share a key with this request, without repetition. `client`: whom the request names as its client. */
  like(method: string, { leaf, unique, target }: Fingerprint, client: string | undefined): readonly OpenRelay[] {
    const key = leafKey(method, leaf);
    let found: OpenRelay[] | undefined;
    if (client !== undefined && this.buckets[key & (BUCKETS - 1)] !== undefined) found = this.collect(clientKey(key, client), found);
    for (const value of unique) found = this.collect(uniqueKey(value), found);
    if (this.redirected) found = this.collect(redirectKey(asTraitValue(target)), found);
    return this.collect(key, found) ?? NOBODY;
  }

  private collect(key: number, others: OpenRelay[] | undefined): OpenRelay[] | undefined {
    let found = others;
    let left = PER_KEY;
    for (let entry = this.buckets[key & (BUCKETS - 1)]; entry !== undefined && left > 0; entry = entry.next) {
      if (entry.key !== key) continue;
      left--;
      if (found === undefined) found = [entry.relay];
      else if (others === undefined || !found.includes(entry.relay)) found.push(entry.relay);
    }
    return found;
  }

  private addEntry(relay: OpenRelay, key: number): void {
    const bucket = key & (BUCKETS - 1);
    const next = this.buckets[bucket];
    const entry = new Entry(key, relay, next);
    if (next !== undefined) next.before = entry;
    this.buckets[bucket] = entry;
    relay.entries = entry;
  }

  private removeEntry(entry: Entry): void {
    const { before, next } = entry;
    if (before === undefined) this.buckets[entry.key & (BUCKETS - 1)] = next;
    else before.next = next;
    if (next !== undefined) next.before = before;
    entry.next = undefined;
    entry.before = undefined;
  }
}

const NOBODY: readonly OpenRelay[] = emptyList();

/** Equal targets end alike. HEAD counts as GET, since caches turn the one into the other. */
function leafKey(method: string, leaf: number): number {
  return Math.imul(leaf ^ (method === 'HEAD' ? GET_SALT : saltOf(method)), 0x85ebca6b);
}

function clientKey(key: number, address: string): number {
  let hash = key;
  for (let at = 0; at < address.length; at++) hash = Math.imul(hash ^ address.charCodeAt(at), 0x01000193);
  return hash ^ 3;
}

function uniqueKey(value: number): number {
  return Math.imul(value, 0xc2b2ae35) ^ 1;
}

function redirectKey(location: number): number {
  return Math.imul(location, 0x27d4eb2f) ^ 2;
}

function saltOf(method: string): number {
  return (method.charCodeAt(0) << 8) ^ method.charCodeAt(1) ^ (method.length << 16);
}

const GET_SALT = saltOf('GET');
