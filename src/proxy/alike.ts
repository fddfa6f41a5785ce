/**
 * Exchanges of two points of capture -> bounds for the offset of their clocks.
 *
 * request at the one <= request at the other + offset, and response at the other + offset <= response at the one: the first
 * point is taken to be nearer to the clients.
 */
import type { Bounds } from './bounds.ts';
import type { SeenExchange } from './seen-point.ts';

export type Pair = readonly [SeenExchange, SeenExchange];

/** Pairs of one look that are compared each with each. */
const MOST_ALIKE = 64;
/** What a value that names one request counts for. */
const BY_NAME = 4;
/** More of them make nothing more exact. */
const MOST_BOUNDS = 50_000;
/** Looks that are compared; of more, a sample that is the same for both points. */
const MOST_LOOKS = 20_000;

/** Answered exchanges that look alike, and what each pair of them counts for. */
export function boundsOfAlike(one: readonly SeenExchange[], other: readonly SeenExchange[]): readonly Bounds[] {
  const bounds = [...pairUp(one, other, namesOf, BY_NAME), ...pairUp(one, other, lookOf, 1)];
  const step = Math.ceil(bounds.length / MOST_BOUNDS);
  return step <= 1 ? bounds : bounds.filter((_, index) => index % step === 0);
}

/** The same exchange at both points: which of them is nearer to the client does not matter. */
export function boundsOfSame(pairs: readonly Pair[]): readonly Bounds[] {
  const bounds: Bounds[] = [];
  for (const [{ request, response }, other] of pairs) {
    if (request === undefined || other.request === undefined) continue;
    const there = request.firstTime - other.request.firstTime;
    const back = response === undefined || other.response === undefined ? there : response.firstTime - other.response.firstTime;
    bounds.push({ time: other.request.firstTime, least: Math.min(there, back), most: Math.max(there, back), weight: 1 });
  }
  return bounds;
}

type KeysOf = (exchange: SeenExchange) => readonly number[];

const namesOf: KeysOf = ({ request }) => request?.fingerprint.unique ?? [];
const lookOf: KeysOf = ({ request }) => (request === undefined ? [] : [request.fingerprint.tail + HASHES * request.method.charCodeAt(0)]);

/** Number of values of a hash: the first letter of a method, which tells GET from HEAD and POST, goes above them. */
const HASHES = 2 ** 32;

function pairUp(one: readonly SeenExchange[], other: readonly SeenExchange[], keysOf: KeysOf, weight: number): readonly Bounds[] {
  const bounds: Bounds[] = [];
  const step = Math.ceil(new Set(one.flatMap(keysOf)).size / MOST_LOOKS);
  const sampled: KeysOf = (exchange) => keysOf(exchange).filter((key) => key % step === 0);
  const ours = groupBy(one, sampled);
  for (const [key, theirs] of groupBy(other, sampled)) pairGroup(ours.get(key) ?? [], theirs, weight, bounds);
  return bounds;
}

/** In their order where two servers answered equally often; else each with each, unless they are too many to tell anything. */
function pairGroup(ours: readonly SeenExchange[], theirs: readonly SeenExchange[], weight: number, bounds: Bounds[]): void {
  if (ours.length === 0) return;
  const byTheirServer = groupBy(theirs, serverOf);
  for (const [ourServer, one] of groupBy(ours, serverOf)) {
    for (const [theirServer, other] of byTheirServer) {
      if (ourServer === theirServer) continue;
      if (one.length === other.length) {
        for (const [index, exchange] of one.entries()) add(exchange, other[index], weight / one.length, bounds);
      } else if (one.length * other.length <= MOST_ALIKE) {
        const share = weight / Math.max(one.length, other.length);
        for (const exchange of one) for (const partner of other) add(exchange, partner, share, bounds);
      }
    }
  }
}

const serverOf = ({ server }: SeenExchange): readonly string[] => [server.text];

/** What was never answered was perhaps never forwarded. */
function add({ request, response }: SeenExchange, other: SeenExchange | undefined, weight: number, bounds: Bounds[]): void {
  const [sent, answer] = [other?.request, other?.response];
  if (request === undefined || response === undefined || sent === undefined || answer === undefined) return;
  const least = request.firstTime - sent.firstTime;
  const most = response.firstTime - answer.firstTime;
  if (least <= most) bounds.push({ time: sent.firstTime, least, most, weight });
}

function groupBy<K>(exchanges: readonly SeenExchange[], keysOf: (exchange: SeenExchange) => readonly K[]): Map<K, SeenExchange[]> {
  const groups = new Map<K, SeenExchange[]>();
  for (const exchange of exchanges) {
    if (exchange.response === undefined) continue;
    for (const key of keysOf(exchange)) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [exchange]);
      else group.push(exchange);
    }
  }
  return groups;
}
