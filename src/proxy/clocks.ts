/**
 * How far apart the clocks of two points of capture are, from what a proxy cannot help doing: it forwards a request after it
 * has it, and answers after it was answered (RULES section 7.4, interval method).
 *
 * Each exchange that was seen on both hops bounds the offset from both sides; many of them leave a narrow interval. Clocks
 * drift, so this is done for stretches of time, and between them the offset runs on a line.
 */
import type { Exchange } from '../model.ts';

/** Length of a stretch. */
const STRETCH = 30e9;
/** Share of the bounds that may come from wrong pairs. */
const OUTLIERS = 0.05;

/** What to add to a time of the one point to get the time of the other. */
export interface Clock {
  /** At that time of the point that is corrected. */
  offsetAt(time: number): number;
  readonly offset: number;
  /** Half the width of the interval, in nanoseconds. */
  readonly uncertainty: number;
  readonly pairs: number;
}

interface Bounds {
  readonly time: number;
  readonly least: number;
  readonly most: number;
}

/** Undefined when nothing was seen on both hops. */
export function estimateClock(clientSide: readonly Exchange[], serverSide: readonly Exchange[]): Clock | undefined {
  const bounds = pairUp(clientSide, serverSide).flatMap(([one, other]) => boundsOf(one, other));
  if (bounds.length === 0) return undefined;
  const knots = stretches(bounds).map(intervalOf);
  const narrowest = knots.toSorted((a, b) => a.half - b.half)[0];
  if (narrowest === undefined) return undefined;
  return { offsetAt: (time) => interpolate(knots, time), offset: narrowest.offset, uncertainty: narrowest.half, pairs: bounds.length };
}

/** How many exchanges took longer at the first point than at the second one: its side is nearer to the clients. */
export function longerAt(one: readonly Exchange[], other: readonly Exchange[]): number {
  return pairUp(one, other).filter(([a, b]) => durationOf(a) > durationOf(b)).length;
}

function durationOf({ request, response }: Exchange): number {
  return request === undefined || response === undefined ? Number.NaN : response.headTime - request.headTime;
}

/** Answered exchanges of the same request, where two servers, one at each point, answered it equally often: in their order. */
function pairUp(one: readonly Exchange[], other: readonly Exchange[]): (readonly [Exchange, Exchange])[] {
  const ones = byRequest(one);
  const pairs: (readonly [Exchange, Exchange])[] = [];
  for (const [request, theirServers] of byRequest(other)) {
    for (const [theirServer, theirs] of theirServers) {
      for (const [ourServer, ours] of ones.get(request) ?? []) {
        if (ourServer === theirServer || ours.length !== theirs.length) continue;
        for (const [index, exchange] of ours.entries()) {
          const partner = theirs[index];
          if (partner !== undefined) pairs.push([exchange, partner]);
        }
      }
    }
  }
  return pairs;
}

/** By request, and then by the server that answered it. */
function byRequest(exchanges: readonly Exchange[]): Map<string, Map<string, Exchange[]>> {
  const found = new Map<string, Map<string, Exchange[]>>();
  for (const exchange of exchanges) {
    const { request, response, server } = exchange;
    if (request === undefined || response === undefined) continue; // what was never answered was perhaps never forwarded
    const key = `${request.method} ${request.fingerprint.tail}`;
    const servers = found.get(key) ?? new Map<string, Exchange[]>();
    found.set(key, servers);
    const known = servers.get(server.text);
    if (known === undefined) servers.set(server.text, [exchange]);
    else known.push(exchange);
  }
  return found;
}

/** request received <= request sent + offset, and response received + offset <= response sent. */
function boundsOf(clientSide: Exchange, serverSide: Exchange): readonly Bounds[] {
  const [received, sent] = [clientSide.request, serverSide.request];
  const [answered, answer] = [clientSide.response, serverSide.response];
  if (received === undefined || sent === undefined || answered === undefined || answer === undefined) return [];
  const least = received.firstTime - sent.firstTime;
  const most = answered.firstTime - answer.firstTime;
  return least <= most ? [{ time: sent.firstTime, least, most }] : [];
}

function stretches(bounds: readonly Bounds[]): Bounds[][] {
  const found: Bounds[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const bound of bounds.toSorted((a, b) => a.time - b.time)) {
    if (bound.time > end) {
      found.push([]);
      end = bound.time + STRETCH;
    }
    found.at(-1)?.push(bound);
  }
  return found;
}

interface Knot {
  readonly time: number;
  readonly offset: number;
  readonly half: number;
}

function intervalOf(bounds: readonly Bounds[]): Knot {
  const least = quantile(bounds.map((bound) => bound.least).toSorted((a, b) => b - a));
  const most = quantile(bounds.map((bound) => bound.most).toSorted((a, b) => a - b));
  const time = bounds.reduce((sum, bound) => sum + bound.time, 0) / bounds.length;
  return { time, offset: (least + most) / 2, half: Math.abs(most - least) / 2 };
}

/** The first value behind the outliers. */
function quantile(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length * OUTLIERS)] ?? 0;
}

function interpolate(knots: readonly Knot[], time: number): number {
  const after = knots.findIndex((knot) => knot.time >= time);
  const [right, left] = [knots[after], knots[after - 1]];
  if (right === undefined) return knots.at(-1)?.offset ?? 0;
  if (left === undefined) return right.offset;
  return left.offset + ((right.offset - left.offset) * (time - left.time)) / (right.time - left.time);
}
