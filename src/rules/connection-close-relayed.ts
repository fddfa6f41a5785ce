/**
 * The proxy pools connections, and a close of one hop ends those of the other (RULES R17): its Connection follows what it
 * received. Where the proxy does not pool, relaying is what connection-relayed-request and -response tell.
 */
import type { Message, Rule } from '../model.ts';
import { type Crossing, crossingCandidate, crossingsOf, fromTo } from './crossings.ts';
import { relayScore } from './relay-score.ts';
import { remediesFor } from './remedies.ts';

export const connectionCloseRelayed: Rule = {
  id: 'connection-close-relayed',
  on: 'relay',
  onlyFor: ['connection-twice'],
  title: 'A close meant for one hop ends a pooled connection of the other',
  basis: ['RFC 9110 section 7.6.1', 'RFC 9112 section 9.6'],
  remedies: remediesFor('close-option'),

  check(relay, found) {
    if ((relay.route?.reused ?? 0) === 0) return;
    for (const crossing of crossingsOf(relay, saysClose)) {
      const { received, sent } = crossing;
      if (!saysClose(sent)) continue;
      // A client that asked for it gets it from the proxy itself.
      if (received.kind === 'response' && relay.clientSide.request?.options.includes('close') === true) continue;
      const { varies, answer } = relayScore(relay, received, sent);
      if (varies && answer !== 'relayed') found(candidateOf(crossing));
    }
  },
};

function saysClose({ options }: Message): boolean {
  return options.includes('close');
}

function candidateOf(crossing: Crossing): ReturnType<typeof crossingCandidate> {
  const { relay, received } = crossing;
  const table = relay.route?.[received.kind];
  const pairs = table === undefined ? 0 : table.equal + table.neither;
  return crossingCandidate(crossing, {
    severity: 'hygiene',
    confidence: 'strong',
    message: [
      `the proxy ${relay.clientSide.server.text} passed the close ${fromTo(crossing)}, and a connection that it could have used again is lost`,
    ],
    fields: ['Connection'],
    because: [
      [`Connection on the next hop follows what the proxy received, in all ${pairs} pairs of this route`],
      [`the proxy uses its connections again elsewhere on this route (${relay.route?.reused ?? 0} times)`],
    ],
    wouldChangeOurMind: ['an exchange of the same route in which the proxy keeps the connection though it received a close'],
  });
}
