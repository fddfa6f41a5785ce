/** A request on a reused connection, or one opened in advance, that its server was closing, or had closed: how the two met (RULES R43). */
import type { Connection, Exchange, Moment, RequestMessage, ResponseMessage, Wait } from '../model.ts';
import { type ForeignReset, foreignReset, forgottenOn } from './foreign-reset.ts';
import { reachOf } from './lifetimes.ts';
import * as say from './words.ts';

const CLIENT_ERROR = 400;
const REQUEST_TIMEOUT = 408;
/** A connection that was used again sooner was not idle: its server closes after each response. */
const IDLE = 500e6;
/** After such an idle time a reset without FIN may be the end of the connection's life. */
const LONG_IDLE = 5e9;
/** The client knew of the close for so long. */
const KNOWN = 10e6;

/** How the request met the close. 'last-words': the server had something to say before it closed, and that is read as the answer. */
type Meeting = 'race' | 'stale-reuse' | 'reset' | 'last-words';

interface Met {
  readonly how: Meeting;
  readonly close: Moment;
  /** Where somebody else may have reset the connection in the server's name. */
  readonly foreign?: ForeignReset | undefined;
}

export interface Race extends Met {
  readonly exchange: Exchange;
  readonly request: RequestMessage;
  readonly connection: Connection;
  readonly wait: Wait | undefined;
  /** The response before the idle time; undefined where the request was the first one. */
  readonly before: ResponseMessage | undefined;
  /** Since when the connection was idle, and for how long. */
  readonly since: Moment;
  readonly idle: number;
}

export function raceOf(exchange: Exchange): Race | undefined {
  const { wait, request, response, pipelined } = exchange;
  const previous = lastAsked(exchange);
  if (wait === undefined || request === undefined || response !== undefined || pipelined || wait.ended === 'answered') return undefined;
  const before = previous?.response;
  const { connection } = wait;
  const used = before?.complete === true && previous?.request !== undefined && previous.clientBelief === 'keep';
  if (!used && !isFirst(exchange, connection)) return undefined;
  const since = before === undefined ? connection.first : say.lastOf(before);
  const idle = request.firstTime - since.time;
  const met = meetingOf(connection, request, before === undefined ? undefined : idle);
  return met && { ...met, exchange, request, connection, wait, before, since, idle };
}

/** Nothing came before it on a connection that the client opened; who asks on one that it has accepted may be anybody. */
function isFirst({ ordinal, previous, damaged, request }: Exchange, { synSeen, clientSide }: Connection): boolean {
  return ordinal === 1 && previous === undefined && request?.complete === true && !damaged && synSeen && clientSide === 0;
}

/** The same where the server says why it closes, and the request is on its way to it: on a connection that is over. */
export function lastWordsOn(connection: Connection, exchange: Exchange): Race | undefined {
  const { request, response, ordinal, pipelined, wait } = exchange;
  if (request === undefined || response === undefined || pipelined || !isLastWord(request, response)) return undefined;
  const previous = lastAsked(exchange);
  const before = previous?.response;
  if (ordinal > 1 && (before?.complete !== true || previous?.clientBelief !== 'keep')) return undefined;
  const since = before === undefined ? connection.first : say.lastOf(before);
  const idle = request.firstTime - since.time;
  if (idle < IDLE || (before === undefined && !connection.synSeen)) return undefined;
  return { how: 'last-words', close: say.headOf(response), exchange, request, connection, wait, before, since, idle };
}

/** An error before a close, with an ACK that does not cover the request: the server had not got it yet, and does not speak of it. */
function isLastWord({ acked, framing, lastFrame }: RequestMessage, { status, options, firstFrame }: ResponseMessage): boolean {
  if (status < CLIENT_ERROR || framing !== 'none' || firstFrame <= lastFrame) return false;
  return (acked === undefined || acked.frame > firstFrame) && (status === REQUEST_TIMEOUT || options.includes('close'));
}

/** A server that closes an idle connection may say 408 first: that answers nothing. */
function lastAsked({ previous }: Exchange): Exchange | undefined {
  return previous?.request === undefined && previous?.response?.status === REQUEST_TIMEOUT ? previous.previous : previous;
}

/** `idle`: since the response before; undefined where there was none, and a reset is a refusal of whatever kind. */
function meetingOf(connection: Connection, request: RequestMessage, idle: number | undefined): Met | undefined {
  const { serverEnd, clientEnd } = connection;
  const { fin, reset } = serverEnd;
  const reach = reachOf(connection);
  if (fin === undefined) {
    const left = clientEnd.fin ?? clientEnd.reset;
    const own = left !== undefined && reset !== undefined && left.frame < reset.frame;
    if (reset === undefined || own || idle === undefined || idle < LONG_IDLE || reset.time - request.lastTime > reach) return undefined;
    if (forgottenOn(connection, 'client') !== undefined) return undefined; // idle-connection-blackholed says so
    return { how: 'reset', close: reset, foreign: foreignReset(serverEnd) };
  }
  if (knownSince(connection, request, fin, reach) <= request.firstTime - KNOWN) return { how: 'stale-reuse', close: fin };
  if (wasRead(request, fin)) return undefined;
  const crossed = fin.time >= request.firstTime - reach - KNOWN && fin.time <= request.lastTime + reach;
  return (idle === undefined || idle >= IDLE) && crossed ? { how: 'race', close: fin } : undefined;
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
