/** While a client waits, its server itself knocks at a further server that does not answer: the network's, not HTTP's (RULES R55). */
import type { Candidate, Connection, Exchange, Rule, Wait } from '../model.ts';
import { captureCap, least, openCap } from './confidence.ts';
import { hopOf } from './lifetimes.ts';
import { remediesFor } from './remedies.ts';
import { arrived, silenceText } from './stalls.ts';
import { ENDED, lasted, lengthOf, OPEN } from './thresholds.ts';
import * as say from './words.ts';

/** A SYN that follows the request so soon was sent for it. */
const AT_ONCE = 250e6;
const SERVER_ERROR = 500;

export const upstreamConnectStall: Rule = {
  id: 'upstream-connect-stall',
  on: 'exchange',
  onlyFor: ['wait'],
  title: 'The proxy cannot reach the server behind it',
  basis: ['RFC 9293 section 3.8.3', 'RFC 9110 section 15.6.5'],
  remedies: remediesFor('connect'),

  check(exchange, { knocking }, found) {
    const { wait, request, response } = exchange;
    if (wait === undefined || request === undefined || wait.debt !== 'response-head') return;
    // The answer of somebody who knows that he has none is no answer.
    if (response !== undefined && response.status < SERVER_ERROR) return;
    if (!lasted(wait, wait.ended === 'capture-end' ? OPEN : ENDED) || !arrived(wait)) return;
    const knock = knocking.findLast(({ first }) => first.time <= wait.end.time);
    if (knock !== undefined) found(candidateOf(exchange, wait, knock));
  },
};

function candidateOf(exchange: Exchange, wait: Wait, knock: Connection): Candidate {
  const client = { exchange, hop: 'client-side' } as const;
  const { request, response } = exchange;
  const soon = knock.first.time - wait.start.time <= AT_ONCE;
  const tries = 1 + knock.clientEnd.retransmissions;
  const ending =
    response === undefined ? silenceText(wait, exchange) : `after ${say.duration(lengthOf(wait))} it answered ${response.status}`;
  const last = knock.clientEnd.lastRetransmission;
  return {
    severity: 'hang',
    confidence: least(soon ? 'strong' : 'likely', captureCap(wait.connection), openCap(wait), exchange.damaged ? 'possible' : 'proven'),
    message: [
      `${exchange.server.text} cannot answer `,
      ...(request === undefined ? [] : say.requestText(request)),
      `: it has asked ${knock.server.text} for a connection ${tries} times, and nobody answers there: ${ending}`,
    ],
    hops: [say.hopOf(client), hopOf(knock, 'server-side')],
    exchange,
    wait,
    evidence: say.inOrder([
      ...say.requestEvidence(client),
      { moment: knock.first, connection: knock, hop: 'server-side', from: 'client', text: ['SYN'] },
      ...(last === undefined
        ? []
        : [{ moment: last, connection: knock, hop: 'server-side', from: 'client', text: [`SYN, for the ${tries}th time`] } as const]),
      ...say.responseEvidence(client),
    ]),
    because: [
      ['no SYN-ACK and no reset came back: what drops the SYN is the network, or a server that is down'],
      [
        soon
          ? `the first SYN left ${say.duration(Math.max(0, knock.first.time - wait.start.time))} after the request was complete`
          : 'the first SYN left while the client waited; it may have been sent for another request',
      ],
      ['connection management is not at fault: there is no connection on which the request could be forwarded'],
    ],
    wouldChangeOurMind: ['an answer to the SYN that the capture does not show', 'the same request being forwarded on another connection'],
  };
}
