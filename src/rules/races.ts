/** A request on a reused connection that its server was closing, or had closed: how the two met (RULES R43). */
import type { Connection, Exchange, Moment, RequestMessage, ResponseMessage, Wait } from '../model.ts';
import { type ForeignReset, foreignReset, forgottenOn } from './foreign-reset.ts';
import { reachOf } from './lifetimes.ts';

const REQUEST_TIMEOUT = 408;
/** A connection that was used again sooner was not idle: its server closes after each response. */
const IDLE = 500e6;
/** After such an idle time a reset without FIN may be the end of the connection's life. */
const LONG_IDLE = 5e9;
/** The client knew of the close for so long. */
const KNOWN = 10e6;

/** How the request met the close. */
export type Meeting = 'race' | 'stale-reuse' | 'reset';

interface Met {
  readonly how: Meeting;
  readonly close: Moment;
  /** Where somebody else may have reset the connection in the server's name. */
  readonly foreign?: ForeignReset | undefined;
}

export interface Race extends Met {
  readonly exchange: Exchange;
  readonly request: RequestMessage;
  readonly wait: Wait;
  /** The response before the idle time, and how long that lasted. */
  readonly before: ResponseMessage;
  readonly idle: number;
}

export function raceOf(exchange: Exchange): Race | undefined {
  const { wait, request, response, pipelined } = exchange;
  const previous = lastAsked(exchange);
  if (wait === undefined || request === undefined || response !== undefined || pipelined || wait.ended === 'answered') return undefined;
  const before = previous?.response;
  if (before?.complete !== true || previous?.request === undefined || previous.clientBelief !== 'keep') return undefined;
  const idle = request.firstTime - before.lastTime;
  const met = meetingOf(wait.connection, request, idle);
  return met && { ...met, exchange, request, wait, before, idle };
}

/** A server that closes an idle connection may say 408 first: that answers nothing. */
function lastAsked({ previous }: Exchange): Exchange | undefined {
  return previous?.request === undefined && previous?.response?.status === REQUEST_TIMEOUT ? previous.previous : previous;
}

function meetingOf(connection: Connection, request: RequestMessage, idle: number): Met | undefined {
  const { serverEnd, clientEnd } = connection;
  const { fin, reset } = serverEnd;
  const reach = reachOf(connection);
  if (fin === undefined) {
    const left = clientEnd.fin ?? clientEnd.reset;
    const own = left !== undefined && reset !== undefined && left.frame < reset.frame;
    if (reset === undefined || own || idle < LONG_IDLE || reset.time - request.lastTime > reach) return undefined;
    if (forgottenOn(connection, 'client') !== undefined) return undefined; // idle-connection-blackholed says so
    return { how: 'reset', close: reset, foreign: foreignReset(serverEnd) };
  }
  if (knownSince(connection, request, fin, reach) <= request.firstTime - KNOWN) return { how: 'stale-reuse', close: fin };
  if (wasRead(request, fin)) return undefined;
  const crossed = fin.time >= request.firstTime - reach - KNOWN && fin.time <= request.lastTime + reach;
  return idle >= IDLE && crossed ? { how: 'race', close: fin } : undefined;
}

/** The request was acknowledged before the server closed: its program had read it, or else its TCP would have sent a reset. */
export function wasRead({ acked, lastFrame }: RequestMessage, fin: Moment): boolean {
  return acked !== undefined && acked.frame <= fin.frame && fin.frame > lastFrame;
}

/** When the close had reached the client, by its ACK: the request itself carries it where no other segment came between. */
function knownSince({ serverEnd: { finAcked } }: Connection, request: RequestMessage, fin: Moment, reach: number): number {
  if (finAcked === undefined || fin.frame > request.firstFrame || finAcked.frame > request.firstFrame) return Number.POSITIVE_INFINITY;
  return finAcked.frame < request.firstFrame ? finAcked.time : fin.time + reach;
}
