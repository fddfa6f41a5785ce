/**
 * A message is written in two small pieces, and the second one waits until the peer's delayed acknowledgement of the first arrives
 * (RULES R53): 40 ms on Linux, 200 ms elsewhere, for every such message on a connection that is used again.
 */
import type { AckStall, Candidate, PeerProfile, Rule } from '../model.ts';
import { hopOfPeer, seenOn } from './lifetimes.ts';
import { remediesFor } from './remedies.ts';
import * as say from './words.ts';

/** As many may be chance, and as many cannot. */
const LEAST = 3;
const SURE = 10;

export const delayedAckStall: Rule = {
  id: 'delayed-ack-stall',
  on: 'profile',
  title: 'Messages wait for a delayed acknowledgement',
  basis: ['RFC 9293 section 3.7.4', 'RFC 9293 section 3.8.6.3'],
  remedies: remediesFor('small-writes'),

  check(profile, found) {
    for (const by of ['client', 'server'] as const) if (profile.ackStalls[by].count >= LEAST) found(candidateOf(profile, by));
  },
};

function candidateOf(profile: PeerProfile, by: AckStall['by']): Candidate {
  const { client, server, ackExamples } = profile;
  const { count, mean } = profile.ackStalls[by];
  const [sender, peer] = by === 'client' ? [client, server.text] : [server.text, client];
  return {
    severity: 'hygiene',
    confidence: count >= SURE ? 'strong' : 'likely',
    message: [
      `${sender} writes its ${by === 'client' ? 'requests' : 'responses'} in two small pieces, and the second one waits for the acknowledgement of the first: ${say.duration(mean)} each, ${count} times`,
    ],
    hops: hopOfPeer(profile, ackExamples[0]),
    exchange: undefined,
    direction: by === 'client' ? 'request' : 'response',
    evidence: say.inOrder(
      ackExamples.map(({ connection, moment, duration }) =>
        seenOn(connection, by, moment, [`the rest of a message, ${say.duration(duration)} after its beginning and at once after the ACK`]),
      ),
    ),
    because: [
      [`each time ${peer} sent nothing but a bare acknowledgement in between, and the rest followed within 1 ms`],
      ['Nagle holds a small segment back while an earlier one is not acknowledged, and the peer delays that acknowledgement'],
    ],
    wouldChangeOurMind: ['a sender that takes as long to produce the rest by itself'],
  };
}
