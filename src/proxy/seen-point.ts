/**
 * What comparing points of capture needs of the exchanges and connections of one: so little that a long capture can be surveyed
 * before it is analyzed.
 */
import type { Connection, EndFacts, Exchange, ExchangeSink, Fingerprint } from '../model.ts';

export interface SeenExchange {
  readonly connection: { readonly key: string };
  readonly server: { readonly text: string };
  readonly request: SeenRequest | undefined;
  readonly response: SeenResponse | undefined;
}

interface SeenRequest {
  readonly method: string;
  readonly firstTime: number;
  readonly endOffset: number;
  readonly fingerprint: Pick<Fingerprint, 'target' | 'tail' | 'fields' | 'unique'>;
}

interface SeenResponse {
  readonly firstTime: number;
  readonly endOffset: number;
}

export type SeenConnection = Pick<Connection, 'key' | 'seenIn'> & { readonly clientEnd: SeenEnd; readonly serverEnd: SeenEnd };

type SeenEnd = Pick<EndFacts, 'firstSeq' | 'gapOctets'>;

/** What one point saw. */
export interface SeenPoint {
  /** In the order of their requests. */
  readonly exchanges: readonly SeenExchange[];
  /** By key, as they ended. */
  readonly connections: ReadonlyMap<string, SeenConnection>;
  /** By key: how each connection began, with HTTP or without. */
  readonly beginnings: ReadonlyMap<string, string>;
}

/** Keeps what comparing points needs, and lets go of everything else. */
export class Sightings implements ExchangeSink, SeenPoint {
  readonly exchanges: SeenExchange[] = [];
  readonly connections = new Map<string, SeenConnection>();
  readonly beginnings = new Map<string, string>();
  /** Places in `exchanges` of those that are not over. */
  private readonly open = new Map<Exchange, number>();

  message(): void {}

  waiting(): void {}

  response(): void {}

  request(exchange: Exchange): void {
    this.open.set(exchange, this.exchanges.length);
    this.exchanges.push(exchange);
  }

  ended(exchange: Exchange): void {
    const place = this.open.get(exchange);
    if (place === undefined) return;
    this.open.delete(exchange);
    this.exchanges[place] = essence(exchange);
  }

  connection({ key, seenIn, clientEnd, serverEnd }: Connection): void {
    this.connections.set(key, { key, seenIn, clientEnd: essenceOfEnd(clientEnd), serverEnd: essenceOfEnd(serverEnd) });
  }

  closed(key: string, began: readonly [number, number]): void {
    const beginning = beginningOf(began);
    if (beginning !== undefined) this.beginnings.set(key, beginning);
  }
}

/** The numbers of the first octets of both sides; undefined when one of them is not known. */
export function beginningOf([client, server]: readonly [number, number]): string | undefined {
  return Number.isNaN(client) || Number.isNaN(server) ? undefined : `${client} ${server}`;
}

function essence({ connection, server, request, response }: Exchange): SeenExchange {
  return {
    connection: { key: connection.key },
    server,
    request: request && {
      method: request.method,
      firstTime: request.firstTime,
      endOffset: request.endOffset,
      fingerprint: request.fingerprint,
    },
    response: response && { firstTime: response.firstTime, endOffset: response.endOffset },
  };
}

function essenceOfEnd({ firstSeq, gapOctets }: EndFacts): SeenEnd {
  return { firstSeq, gapOctets };
}
