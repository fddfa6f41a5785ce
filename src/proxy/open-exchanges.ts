/**
 * The client-side exchanges that may still be continued on a next hop, found by what their requests have in common with it.
 *
 * Bounded in number and in age (DESIGN section 5). An exchange leaves when its response begins: what a proxy sends on later
 * cannot be what it answered with (RULES section 7.4, nesting).
 *
 * A hash table of chains and a list by age, both in rows of numbers. Everything comes and goes within milliseconds: entries that
 * were objects took a tenth of all that pairing allocates, and a Map that lives on such a diet keeps making new tables, whose dead
 * predecessors hold what they held until the next full collection: it tripled the memory and the time of the collector
 * (bench/, mix small).
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
/** Keys of all of them: most exchanges have two. */
const MAX_ENTRIES = 65_536;

const NONE = -1;

export class OpenExchanges {
  /** The newest entry of each bucket. */
  private readonly buckets = new Int32Array(BUCKETS).fill(NONE);
  /** Of each entry: its key, its neighbours in its bucket, the next one of the same exchange, and whose it is. */
  private readonly keys = new Int32Array(MAX_ENTRIES);
  private readonly next = new Int32Array(MAX_ENTRIES);
  private readonly before = new Int32Array(MAX_ENTRIES);
  private readonly sibling = new Int32Array(MAX_ENTRIES);
  private readonly relays: (OpenRelay | undefined)[] = [];
  /** Of the first entry of each exchange: those of the exchanges before and after it. */
  private readonly older = new Int32Array(MAX_ENTRIES);
  private readonly newer = new Int32Array(MAX_ENTRIES);
  private oldest = NONE;
  private newest = NONE;
  /** Entries that are free again, chained by `next`. */
  private free = NONE;
  private count = 0;
  /** As soon as there was a redirect, they are looked for. */
  private redirected = false;

  add(relay: OpenRelay, request: RequestMessage): void {
    this.makeRoom(request.headTime);
    const { leaf, unique } = request.fingerprint;
    const key = leafKey(request.method, leaf);
    // Where many ask for the same, the proxy may name the client that it asks for.
    const shared = this.buckets[key & (BUCKETS - 1)] !== NONE;
    const place = this.addEntry(relay, key, NONE);
    if (shared) this.addEntry(relay, clientKey(key, relay.clientSide.client.address), place);
    for (const value of unique) this.addEntry(relay, uniqueKey(value), place);
    relay.place = place;
    this.older[place] = this.newest;
    this.newer[place] = NONE;
    if (this.newest === NONE) this.oldest = place;
    else this.newer[this.newest] = place;
    this.newest = place;
    this.count++;
  }

  private makeRoom(now: number): void {
    while (this.oldest !== NONE) {
      const oldest = this.relays[this.oldest];
      if (oldest === undefined || (this.count < MAX_OPEN && this.hasEntry() && now - oldest.since <= MAX_AGE)) return;
      this.remove(oldest);
    }
  }

  private hasEntry(): boolean {
    return this.free !== NONE || this.relays.length < MAX_ENTRIES;
  }

  remove(relay: OpenRelay): void {
    const { place } = relay;
    if (place === NONE) return;
    relay.place = NONE;
    this.count--;
    const [older, newer] = [this.older[place] ?? NONE, this.newer[place] ?? NONE];
    if (older === NONE) this.oldest = newer;
    else this.newer[older] = newer;
    if (newer === NONE) this.newest = older;
    else this.older[newer] = older;
    for (let entry = place; entry !== NONE; ) {
      const sibling = this.sibling[entry] ?? NONE;
      this.removeEntry(entry);
      entry = sibling;
    }
  }

  /** An attempt of this exchange was answered with a redirect: it may go on at that target (a value of the trait Location). */
  addRedirect(relay: OpenRelay, location: number): void {
    if (relay.place === NONE) return;
    this.redirected = true;
    this.addEntry(relay, redirectKey(location), relay.place);
  }

  /** Those that share a key with this request, without repetition. `client`: whom the request names as its client. */
  like(method: string, { leaf, unique, target }: Fingerprint, client: string | undefined): readonly OpenRelay[] {
    const key = leafKey(method, leaf);
    let found: OpenRelay[] | undefined;
    if (client !== undefined && this.buckets[key & (BUCKETS - 1)] !== NONE) found = this.collect(clientKey(key, client), found);
    for (const value of unique) found = this.collect(uniqueKey(value), found);
    if (this.redirected) found = this.collect(redirectKey(asTraitValue(target)), found);
    return this.collect(key, found) ?? NOBODY;
  }

  private collect(key: number, others: OpenRelay[] | undefined): OpenRelay[] | undefined {
    let found = others;
    let left = PER_KEY;
    for (let entry = this.buckets[key & (BUCKETS - 1)] ?? NONE; entry !== NONE && left > 0; entry = this.next[entry] ?? NONE) {
      if (this.keys[entry] !== key) continue;
      left--;
      const relay = this.relays[entry];
      if (relay === undefined) continue;
      if (found === undefined) found = [relay];
      else if (others === undefined || !found.includes(relay)) found.push(relay);
    }
    return found;
  }

  /** Gives its number. `place`: the first entry of its exchange; NONE for that one itself. Without room it is not kept. */
  private addEntry(relay: OpenRelay, key: number, place: number): number {
    const entry = this.newEntry();
    if (entry === NONE) return place;
    this.keys[entry] = key;
    this.relays[entry] = relay;
    this.sibling[entry] = NONE;
    if (place !== NONE) {
      this.sibling[entry] = this.sibling[place] ?? NONE;
      this.sibling[place] = entry;
    }
    const bucket = key & (BUCKETS - 1);
    const next = this.buckets[bucket] ?? NONE;
    this.next[entry] = next;
    this.before[entry] = NONE;
    if (next !== NONE) this.before[next] = entry;
    this.buckets[bucket] = entry;
    return entry;
  }

  private newEntry(): number {
    const { free } = this;
    if (!this.hasEntry()) return NONE;
    if (free === NONE) return this.relays.push(undefined) - 1;
    this.free = this.next[free] ?? NONE;
    return free;
  }

  private removeEntry(entry: number): void {
    const [before, next] = [this.before[entry] ?? NONE, this.next[entry] ?? NONE];
    if (before === NONE) this.buckets[(this.keys[entry] ?? 0) & (BUCKETS - 1)] = next;
    else this.next[before] = next;
    if (next !== NONE) this.before[next] = before;
    this.relays[entry] = undefined;
    this.next[entry] = this.free;
    this.free = entry;
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
