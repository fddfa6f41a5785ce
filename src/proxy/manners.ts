/**
 * What each proxy does to what it passes on, learned from pairs that are beyond doubt: which parts it keeps as they are, and
 * which prefixes of targets it writes anew.
 *
 * So a difference weighs as much as it is unlike this proxy: another User-Agent says little at first, and nearly everything
 * once a hundred pairs had the same one on both hops.
 */
import type { Exchange } from '../model.ts';
import type { Hop } from './open-relay.ts';

/** Parts of a message that a proxy may keep or change; the numbers are places in a table. */
export const FIELDS = 0;
export const AUTHORITY = 1;
export const AGENT = 2;
export const COOKIE = 3;
export const ID = 4;
export const CLAIM = 5;
export const PEER = 6;
export const OTHER_TRAIT = 7;
export const ANSWER_FIELDS = 8;
export const DATE = 9;
export const VALIDATOR = 10;
export const SET_COOKIE = 11;
export const LENGTH = 12;
export const LOCATION = 13;
export const CHAIN = 14;
/** Whether it names its client at all. */
export const NAMES = 15;
const PARTS = 16;

/** How often each part differs between the two hops of a pair, before anything is known of the proxy. */
const USUALLY: readonly number[] = [0.2, 0.2, 0.01, 0.03, 0.1, 0.01, 0.3, 0.05, 0.3, 0.1, 0.01, 0.02, 0.005, 0.1, 0.003, 0.5];
/** How often it differs between messages that do not belong together but look alike otherwise. */
const BY_CHANCE = 0.5;
/** Pairs that the usual shares are worth. */
const BACKGROUND = 4;
/** Most that a difference can say against a pair, in bits. */
const MOST_AGAINST = 12;
/** Pairs that are learned from, and one in so many later. */
const FIRST_LESSONS = 64;
const EVERY = 8;
const MAX_PROXIES = 4096;
const MAX_PREFIXES = 4;

interface Prefix {
  readonly from: string;
  readonly to: string;
}

export class Manners {
  private readonly same = new Float64Array(PARTS);
  private readonly other = new Float64Array(PARTS);
  /** What `against` says of each part, until something is learned of it. */
  private readonly weights = new Float64Array(PARTS).fill(Number.NaN);
  readonly prefixes: Prefix[] = [];
  private lessons = 0;

  /** True for the first pairs and for some of the later ones: what is known well needs no more of them. */
  get learns(): boolean {
    return this.lessons++ < FIRST_LESSONS || this.lessons % EVERY === 0;
  }

  learn(part: number, equal: boolean): void {
    const counts = equal ? this.same : this.other;
    counts[part] = (counts[part] ?? 0) + 1;
    this.weights[part] = Number.NaN;
  }

  /** Bits against a pair in which this part differs: 0 or less. */
  against(part: number): number {
    const known = this.weights[part] ?? Number.NaN;
    return Number.isNaN(known) ? this.weighAgainst(part) : known;
  }

  private weighAgainst(part: number): number {
    const [same, other, usually] = [this.same[part] ?? 0, this.other[part] ?? 0, USUALLY[part] ?? BY_CHANCE];
    const share = (other + usually * BACKGROUND) / (same + other + BACKGROUND);
    const weight = Math.max(-MOST_AGAINST, Math.min(0, Math.log2(share / BY_CHANCE)));
    this.weights[part] = weight;
    return weight;
  }

  /** Bits for a pair in which this part is equal, when chance alone makes it equal in that share of the cases. */
  inFavour(part: number, byChance: number): number {
    const [same, other, usually] = [this.same[part] ?? 0, this.other[part] ?? 0, USUALLY[part] ?? BY_CHANCE];
    const share = (same + (1 - usually) * BACKGROUND) / (same + other + BACKGROUND);
    return Math.max(0, Math.log2(share / byChance));
  }

  /** The targets of the two hops differ by a prefix that this proxy is known to write anew; undefined when none is known. */
  rewrites(received: string, sent: string): boolean | undefined {
    if (this.prefixes.length === 0) return undefined;
    const path = pathOf(received);
    for (const { from, to } of this.prefixes) {
      if (path.startsWith(from) && to + path.slice(from.length) === sent) return true;
    }
    return false;
  }

  learnPrefix(received: string, sent: string): void {
    if (this.prefixes.length >= MAX_PREFIXES || this.rewrites(received, sent) === true) return;
    const path = pathOf(received);
    let shared = 0;
    let cut = 0;
    while (shared < path.length && shared < sent.length && path.at(-1 - shared) === sent.at(-1 - shared)) {
      shared++;
      if (path.at(-shared) === '/') cut = shared;
    }
    if (cut > 0) this.prefixes.push({ from: path.slice(0, path.length - cut), to: sent.slice(0, sent.length - cut) });
  }
}

/** Nothing is known of it yet. */
export const STRANGER = new Manners();

export class KnownManners {
  private readonly known = new Map<string, Manners>();

  /** Of the server that the client-side exchange asked. */
  of({ server }: Exchange): Manners {
    return this.known.get(server.text) ?? STRANGER;
  }

  /** Of the server of that hop, which remembers them. */
  ofHop(hop: Hop, clientSide: Exchange): Manners {
    hop.manners ??= this.known.get(clientSide.server.text);
    return hop.manners ?? STRANGER;
  }

  /** To be taught; undefined when too many are known already. */
  pupil(hop: Hop, { server }: Exchange): Manners | undefined {
    hop.manners ??= this.known.get(server.text);
    if (hop.manners !== undefined || this.known.size >= MAX_PROXIES) return hop.manners;
    hop.manners = new Manners();
    this.known.set(server.text, hop.manners);
    return hop.manners;
  }
}

/** Path and query of a target in origin-form or absolute-form. */
function pathOf(target: string): string {
  if (target.startsWith('/')) return target;
  const authority = target.indexOf('://');
  const path = authority < 0 ? -1 : target.indexOf('/', authority + 3);
  return path < 0 ? target : target.slice(path);
}
