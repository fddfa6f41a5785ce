/** Why a proxy asks more than once for one exchange, and why it does not: retries, races, redirects and credentials. */
import type { OpenAttempt, OpenRelay } from './open-relay.ts';

/** Bits against an attempt that was answered, though the client was not answered with it: the loser of a race. */
export const UNUSED = -3;

/** A proxy does not ask again for what it has got: false when one of the two was answered well before the other one was sent. */
export function hasReason(attempt: OpenAttempt, own: ReadonlyMap<OpenAttempt, number>): boolean {
  for (const other of own.keys()) if (answeredBefore(attempt, other) || answeredBefore(other, attempt)) return false;
  return true;
}

function answeredBefore(earlier: OpenAttempt, later: OpenAttempt): boolean {
  const { response } = earlier.exchange;
  return response !== undefined && isFinal(response.status) && response.firstTime < later.request.firstTime;
}

/** An answer after which there is nothing left to ask: no failure, no redirect, no demand for credentials. */
function isFinal(status: number): boolean {
  return status < 300 || status === 304 || (status >= 400 && status < 500 && status !== 401 && status !== 407 && status !== 408);
}

/** An attempt whose answer the client was not given: it failed, or asked for something, or came too late. */
export function unused({ exchange }: OpenAttempt): number {
  return exchange.response !== undefined && isFinal(exchange.response.status) ? UNUSED : 0;
}

/** Bits against asking again for what the proxy has got an answer to; less where that answer may be somebody else's. */
const ANSWERED = -10;
const PERHAPS_ANSWERED = -5;

function answered({ claims }: OpenAttempt): number {
  return claims.length > 1 ? PERHAPS_ANSWERED : ANSWERED;
}

/** Bits against one more attempt of an exchange that has some already, for all that is known when it begins. */
export function alreadyContinued(relay: OpenRelay): number {
  const last = relay.attempts.at(-1);
  if (last === undefined) return 0;
  const status = last.exchange.response?.status;
  if (status !== undefined) return isFinal(status) ? answered(last) : 0;
  return last.endedAt < Number.POSITIVE_INFINITY || failedAt(last) !== undefined ? 0 : -2;
}

/** When the proxy had reason to ask again: its connection was closed from either end before there was an answer. */
export function failedAt({ exchange: { wait, response } }: OpenAttempt): number | undefined {
  const closed = wait?.ended === 'client-abort' || wait?.ended === 'server-close';
  return closed && response === undefined ? wait.end.time : undefined;
}
