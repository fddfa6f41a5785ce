/**
 * A host acknowledges the close of its peer and never closes itself, again and again (RULES R51): each such connection holds a
 * descriptor, until there are none left and new connections hang.
 */
import type { Candidate, Connection, Exchange, Leak, Rule } from '../model.ts';
import { captureCap, least } from './confidence.ts';
import { remediesFor } from './remedies.ts';
import * as say from './words.ts';

/** One, or two, may have their reasons. Told at this count, and again each time it has doubled. */
const FEW = 3;
/** All at once they may be one stop of a program; more and more of them are a leak. */
const GROWTH = 1e9;

export const closeWaitLeak: Rule = {
  id: 'close-wait-leak',
  on: 'connection',
  title: 'Connections that one end never closes',
  basis: ['RFC 9112 section 9.6', 'RFC 9293 section 3.6'],
  remedies: remediesFor('leak'),

  ends(connection, { last, leak }, found) {
    if (leak === undefined || !isTold(leak.count) || leak.fin.time - leak.since < GROWTH) return;
    found(candidateOf(connection, last, leak));
  },
};

function isTold(count: number): boolean {
  const doublings = Math.log2(count / FEW);
  return doublings >= 0 && Number.isInteger(doublings);
}

function candidateOf(connection: Connection, exchange: Exchange, { end, fin, count, since }: Leak): Candidate {
  const seen = { exchange, hop: 'only' } as const;
  const [holder, closer] = end === 'client' ? [connection.client, connection.server] : [connection.server, connection.client];
  const acked = (end === 'client' ? connection.serverEnd : connection.clientEnd).finAcked;
  return {
    severity: 'hygiene',
    confidence: least('likely', captureCap(connection)),
    message: [
      `${holder.address} has not closed ${count} connections that their other ends closed, this one ${say.duration(connection.until - fin.time)} ago`,
    ],
    hops: [say.hopOf(seen)],
    exchange,
    evidence: say.inOrder([
      say.evidence(seen, end === 'client' ? 'server' : 'client', fin, ['FIN']),
      ...(acked === undefined ? [] : [say.evidence(seen, end, acked, ['ACK of the FIN, and nothing else'])]),
    ]),
    because: [
      [`${closer.text} had closed, and its FIN was acknowledged; the response was complete, so nothing was left to send`],
      [`the first of them was closed ${say.duration(fin.time - since)} before this one: they become more`],
    ],
    wouldChangeOurMind: ['the FIN of that end, if the capture lost it'],
  };
}
