/**
 * Connections that several points of capture saw: found by their octets, since a NAT between the points changes addresses and
 * ports but not sequence numbers. An exchange is the same when its messages end at the same sequence numbers and look alike.
 */
import type { Connection } from '../model.ts';
import type { Pair } from './alike.ts';
import type { SeenConnection, SeenExchange, SeenPoint } from './seen-point.ts';

interface Sighting {
  readonly point: number;
  readonly exchange: SeenExchange;
}

export class SameConnections {
  /** The connection that stands for a copy of it, by the key of the copy. */
  private readonly originals = new Map<string, SeenConnection>();
  private readonly sightings: (readonly Sighting[])[] = [];

  /** @param order points, of which the earlier one keeps a connection when nothing else tells which copy is better */
  constructor(points: readonly SeenPoint[], order: readonly number[]) {
    const bySign = new Map<string, Sighting[]>();
    for (const point of order) {
      for (const exchange of points[point]?.exchanges ?? []) {
        const sign = signOf(exchange, points[point]?.connections.get(exchange.connection.key));
        if (sign === undefined) continue;
        const known = bySign.get(sign);
        if (known === undefined) bySign.set(sign, [{ point, exchange }]);
        else if (known.every((sighting) => sighting.point !== point)) known.push({ point, exchange });
      }
    }
    for (const sightings of bySign.values()) if (sightings.length > 1) this.add(sightings, points);
  }

  /** The exchanges that both points saw. */
  pairs(one: number, other: number): readonly Pair[] {
    return this.sightings.flatMap((sightings) => {
      const [first, second] = [sightings.find(({ point }) => point === one), sightings.find(({ point }) => point === other)];
      return first === undefined || second === undefined ? [] : [[first.exchange, second.exchange] as const];
    });
  }

  /** Keys of the connections that another one stands for. */
  get copies(): ReadonlySet<string> {
    return new Set(this.originals.keys());
  }

  /** Where the copies of each connection were seen, by the key of the one that stands for them. */
  seenElsewhere(connections: readonly SeenPoint[]): Map<string, Connection['seenIn']> {
    const elsewhere = new Map<string, Connection['seenIn']>();
    for (const [copy, original] of this.originals) {
      const { seenIn } = connections.map((seen) => seen.connections.get(copy)).find((found) => found !== undefined) ?? original;
      elsewhere.set(original.key, [...(elsewhere.get(original.key) ?? []), ...seenIn]);
    }
    return elsewhere;
  }

  private add(sightings: readonly Sighting[], points: readonly SeenPoint[]): void {
    this.sightings.push(sightings);
    const copies = sightings.flatMap(({ point, exchange }) => points[point]?.connections.get(exchange.connection.key) ?? []);
    const [best] = copies.toSorted((a, b) => missing(a) - missing(b));
    if (best === undefined || copies.some(({ key }) => this.originals.has(key))) return;
    for (const copy of copies) if (copy !== best) this.originals.set(copy.key, best);
  }
}

function missing({ clientEnd, serverEnd }: SeenConnection): number {
  return clientEnd.gapOctets + serverEnd.gapOctets;
}

function signOf({ request, response }: SeenExchange, connection: SeenConnection | undefined): string | undefined {
  if (request === undefined || connection === undefined) return undefined;
  const end = (seq: number, offset: number | undefined): string => (offset === undefined ? '-' : String((seq + offset) >>> 0));
  const { target, fields } = request.fingerprint;
  const [sent, answered] = [connection.clientEnd.firstSeq, connection.serverEnd.firstSeq];
  if (Number.isNaN(sent)) return undefined;
  return `${end(sent, request.endOffset)} ${end(answered, response?.endOffset)} ${target} ${fields}`;
}
