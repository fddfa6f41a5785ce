/** A server that closed where it owed an answer to a request that it had got (RULES R27): what is seen of it on one connection. */
import type { Connection, Exchange, Moment, RequestMessage, Wait } from '../model.ts';
import { type ForeignReset, foreignReset, forgottenOn } from './foreign-reset.ts';
import { reachOf } from './lifetimes.ts';
import { raceOf, wasRead } from './races.ts';
import { ENDED, lengthOf } from './thresholds.ts';
import * as say from './words.ts';

/** A server that closes so soon after a response has not closed for the request that came meanwhile. */
const AT_ONCE = 100e6;

/** A close that came where an answer was owed. */
export interface Closed {
  readonly exchange: Exchange;
  readonly request: RequestMessage;
  readonly wait: Wait;
  readonly close: Moment;
  readonly foreign: ForeignReset | undefined;
}

export function closedOn(exchange: Exchange): Closed | undefined {
  const { wait, request, response, pipelined, previous } = exchange;
  if (wait?.ended !== 'server-close' || wait.debt !== 'response-head' || request === undefined || response !== undefined) return undefined;
  if (pipelined || !wasRead(request, wait.end) || (previous?.response !== undefined && previous.clientBelief === 'close')) return undefined;
  if (raceOf(exchange) !== undefined || forgottenOn(wait.connection, 'client') !== undefined) return undefined;
  const client = say.closingOf(wait.connection, 'client');
  if ((client !== undefined && client.frame < wait.end.frame) || hasSpoken(exchange, wait) || isTurned(wait.connection)) return undefined;
  const foreign = wait.by === 'RST' ? foreignReset(wait.connection.serverEnd) : undefined;
  return { exchange, request, wait, close: wait.end, foreign };
}

/** Who asks has accepted the connection: nobody knows who serves whom. */
function isTurned({ synSeen, clientSide }: Connection): boolean {
  return synSeen && clientSide !== 0;
}

/** It sent something behind all that could be read of it, though no answer of HTTP. */
function hasSpoken({ previous, interim }: Exchange, { connection }: Wait): boolean {
  const { lastData } = connection.serverEnd;
  const read = interim.at(-1) ?? previous?.response;
  return lastData !== undefined && lastData.time > (read?.lastTime ?? Number.NEGATIVE_INFINITY);
}

/** What other rules tell: a later request that is not read, and one that the server may not have seen when it closed. */
export function isOthers({ exchange: { previous, ordinal, connection }, request, wait, close }: Closed): boolean {
  if (ordinal < 2 && connection.synSeen) return false;
  if (lengthOf(wait) >= ENDED) return true;
  const sinceAnswer = close.time - (previous?.response?.lastTime ?? Number.NEGATIVE_INFINITY);
  return sinceAnswer <= AT_ONCE || (wait.by === 'RST' && close.time - request.lastTime <= reachOf(wait.connection));
}
