/**
 * Connections to the hosts that do not close them: who acknowledged its peer's FIN long ago, owes nothing any more and still holds
 * the connection. One is nothing; what counts is how many, and that there are more and more.
 */
import type { Connection, EndFacts, Exchange, Leak, Moment } from '../model.ts';

/** A close that is owed for so long will not come. */
const LONG = 60e9;
/** Hosts that are counted. */
const MAX_HOSTS = 4096;

export class Leaks {
  private readonly hosts = new Map<string, { count: number; since: number }>();

  /** The connection is over, or the capture is. */
  at(connection: Connection, last: Exchange): Leak | undefined {
    const leak = leakIn(connection, last);
    if (leak === undefined) return undefined;
    const { address } = leak.end === 'client' ? connection.client : connection.server;
    const host = this.hosts.get(address) ?? { count: 0, since: leak.fin.time };
    if (this.hosts.size < MAX_HOSTS) this.hosts.set(address, host);
    host.count++;
    host.since = Math.min(host.since, leak.fin.time);
    return { ...leak, count: host.count, since: host.since };
  }
}

function leakIn({ clientEnd, serverEnd, until }: Connection, { request, response }: Exchange): Pick<Leak, 'end' | 'fin'> | undefined {
  if (request?.complete !== true || response?.complete !== true) return undefined;
  if (leaves(clientEnd, serverEnd, until)) return { end: 'client', fin: serverEnd.fin };
  return leaves(serverEnd, clientEnd, until) ? { end: 'server', fin: clientEnd.fin } : undefined;
}

type ClosedEnd = EndFacts & { readonly fin: Moment };

function leaves(own: EndFacts, peer: EndFacts, until: number): peer is ClosedEnd {
  const { fin, finAcked } = peer;
  if (fin === undefined || finAcked === undefined || peer.reset !== undefined || own.fin !== undefined || own.reset !== undefined)
    return false;
  return until - fin.time >= LONG && (own.lastData === undefined || own.lastData.time <= fin.time);
}
