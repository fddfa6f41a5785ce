/**
 * Forwarders of octets (a proxy for TCP, ssh -L): they open a connection for each that they accept, before they have read
 * anything, and pass on what comes. A proxy for HTTP that has connections in store writes its own heads on them.
 */
import type { Exchange } from '../model.ts';
import { isSameHead } from '../same-head.ts';
import type { OpenAttempt, OpenRelay } from './open-relay.ts';

/** So far the connection of the attempt is a copy of that of the client side. */
export function isCopy({ hop, clientSide, attempts }: OpenRelay, attempt: OpenAttempt): boolean {
  const [near, far] = [hop.identity, attempt.hop.identity];
  if (hop.rewritten || near.point !== far.point || !near.synSeen || !far.synSeen) return false;
  if (far.firstTime < near.firstTime || far.firstTime >= hop.firstRequest) return false;
  return attempts.length === 1 && attempt.ordinal === clientSide.ordinal && isUntouched(clientSide, attempt.exchange);
}

function isUntouched(received: Exchange, sent: Exchange): boolean {
  if (received.request === undefined || sent.request === undefined || !isSameHead(received.request, sent.request)) return false;
  return received.response === undefined || sent.response === undefined || isSameHead(sent.response, received.response);
}
