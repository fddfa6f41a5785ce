/**
 * Several points of capture -> what they tell of each other: how their clocks differ, and which connections more than one saw.
 *
 * It takes all that the points saw: a clock that drifts is only known at the end.
 */
import type { Connection } from '../model.ts';
import { type Clock, clockOfRelayed, clockOfSame } from './clocks.ts';
import { SameConnections } from './same-connections.ts';
import type { SeenPoint } from './seen-point.ts';

/** What was found out about the clock of a point. */
interface PointClock {
  readonly point: number;
  readonly reference: number;
  readonly clock: Clock;
}

export interface ComparedPoints {
  readonly clocks: readonly PointClock[];
  /** What another point tells already: connections that both saw, and the exchanges on them. */
  readonly copies: { readonly connections: number; readonly exchanges: number };
  /** True for a connection that another point tells. */
  isCopy(key: string): boolean;
  /** Where the copies of each connection were seen, by the key of the one that is told. */
  readonly elsewhere: ReadonlyMap<string, Connection['seenIn']>;
}

export function comparePoints(points: readonly SeenPoint[]): ComparedPoints {
  const relayed = relayedClocks(points);
  const reference = nearestToClients(points, relayed);
  const order = [...points.keys()].sort((a, b) => Number(b === reference) - Number(a === reference) || a - b);
  const same = new SameConnections(points, order);
  const { copies } = same;
  const isCopy = (key: string): boolean => copies.has(key);
  return {
    clocks: clocksOf(points, reference, [(by, index) => clockOfSame(same.pairs(by, index)), relayed]),
    copies: {
      connections: sumOf(points, ({ connections }) => [...connections.keys()].filter(isCopy).length) + unreadCopies(points),
      exchanges: sumOf(points, ({ exchanges }) => exchanges.filter(({ connection }) => isCopy(connection.key)).length),
    },
    isCopy,
    elsewhere: same.seenElsewhere(points),
  };
}

/** The clock of one point by that of another one. */
type ClockBetween = (by: number, index: number) => Clock | undefined;

/** From exchanges that look alike, each worked out once. */
function relayedClocks(points: readonly SeenPoint[]): ClockBetween {
  const known = new Map<number, Clock | undefined>();
  return (by, index) => {
    const [nearer, own] = [points[by], points[index]];
    const pair = by * points.length + index;
    if (!known.has(pair)) known.set(pair, nearer && own && clockOfRelayed(nearer.exchanges, own.exchanges));
    return known.get(pair);
  };
}

/** The point whose exchanges enclose those of the others. */
function nearestToClients(points: readonly SeenPoint[], relayed: ClockBetween): number {
  let reference = 0;
  for (const index of points.keys()) {
    if (index === reference) continue;
    const nearer = relayed(index, reference)?.agreement ?? 0;
    if (nearer > (relayed(reference, index)?.agreement ?? 0)) reference = index;
  }
  return reference;
}

/** By the reference, or through a point whose clock is known already: connections that both saw are worth more than exchanges that look alike. */
function clocksOf(points: readonly SeenPoint[], reference: number, finders: readonly ClockBetween[]): readonly PointClock[] {
  const clocks: PointClock[] = [];
  const set = [reference];
  const open = new Set(points.keys());
  open.delete(reference);
  for (const find of finders) {
    for (const by of set) {
      for (const index of open) {
        const clock = find(by, index);
        if (clock === undefined) continue;
        const known = clocks.find(({ point }) => point === by)?.clock;
        clocks.push({ point: index, reference, clock: through(clock, known) });
        open.delete(index);
        set.push(index);
      }
    }
  }
  return clocks;
}

/** The clock of a point by that of another one, which has a clock itself. */
function through(clock: Clock, by: Clock | undefined): Clock {
  if (by === undefined) return clock;
  const first = (time: number): number => time + clock.offsetAt(time);
  return {
    ...clock,
    offsetAt: (time) => clock.offsetAt(time) + by.offsetAt(first(time)),
    offset: clock.offset + by.offset,
    drift: clock.drift + by.drift,
    uncertainty: clock.uncertainty + by.uncertainty,
  };
}

/** Connections without HTTP, such as those of TLS, that another point saw as well: a NAT leaves their sequence numbers as they are. */
function unreadCopies(points: readonly SeenPoint[]): number {
  const known = new Set<string>();
  let copies = 0;
  for (const { exchanges, beginnings } of points) {
    const read = new Set(exchanges.map(({ connection }) => connection.key));
    const own = [...beginnings].flatMap(([key, beginning]) => (read.has(key) ? [] : [beginning]));
    for (const beginning of own) if (known.has(beginning)) copies++;
    for (const beginning of own) known.add(beginning);
  }
  return copies;
}

function sumOf<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}
