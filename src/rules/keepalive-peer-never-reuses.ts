/**
 * A peer that asks for persistence, never sends a second request, and closes only after the server has (RULES R04): what a dumb
 * proxy looks like from the origin, whose operator has nothing but his own capture.
 */
import type { Candidate, PeerProfile, Rule, Text } from '../model.ts';
import { hopOfPeer, isConstant, seenOn, spreadText } from './lifetimes.ts';
import { remediesFor } from './remedies.ts';
import * as say from './words.ts';

const LEAST = 3;
/** How much the idle times may differ, as a share of their mean. */
const SPREAD = 0.05;
/** A relay that waits for the close follows it so soon. */
const FOLLOWS = 50e6;
/** Health checks come at a fixed pace. */
const PACE = 0.1;

export const keepalivePeerNeverReuses: Rule = {
  id: 'keepalive-peer-never-reuses',
  on: 'profile',
  title: 'A peer asks for persistent connections and never uses one again',
  basis: ['RFC 9110 section 7.6.1', 'RFC 9112 section 9.3'],
  remedies: remediesFor('one-use'),

  check(profile, found) {
    const { connections, single, neglected, reuses, serverCloses, ownCloses, reactions } = profile;
    if (single < LEAST || single < connections || reuses.count > 0 || ownCloses.count > 0 || profile.closeAsked > 0) return;
    // A browser with one object per host has no idle connection to use when it opens the next.
    if (neglected < LEAST - 1 || !isConstant(serverCloses, SPREAD)) return;
    if (reactions.count < single || reactions.most > FOLLOWS || isHealthCheck(profile)) return;
    found(candidateOf(profile));
  },
};

function isHealthCheck({ sameTarget, intervals }: PeerProfile): boolean {
  return sameTarget && isConstant(intervals, PACE);
}

function candidateOf(profile: PeerProfile): Candidate {
  const { client, server, single, neglected, serverCloses, reactions, leftovers, closeExamples } = profile;
  const marked = leftovers.length > 0;
  const because: Text[] = [
    [`${single} connections carried one request each, and were kept by request and response`],
    [`${neglected} of them were opened while another one was open and idle`],
    [`the server closed them after their idle time: ${spreadText(serverCloses)}`],
    [`the peer followed within ${say.duration(reactions.most)}: the close is what it was waiting for`],
  ];
  if (marked) because.push([`its requests carry ${leftovers.join(' and ')}, which a proxy should have taken out`]);
  return {
    severity: marked ? 'will-hang' : 'hygiene',
    confidence: marked ? 'strong' : 'likely',
    message: [
      `${client} asks ${server.text} for persistent connections, sends one request on each, and waits for the server to close: it looks like a proxy that relays Connection and reads each answer up to the close`,
    ],
    hops: hopOfPeer(profile, closeExamples[0]),
    exchange: undefined,
    fields: ['Connection', ...leftovers],
    direction: 'request',
    evidence: say.inOrder(
      closeExamples.map(({ connection, moment, duration }) =>
        seenOn(connection, 'server', moment, [`FIN after ${say.duration(duration)} without traffic, and the peer follows`]),
      ),
    ),
    because,
    wouldChangeOurMind: [
      'a second request on any connection of this peer',
      'a capture of its client side in which answers arrive at once',
      'many hosts behind this address that ask once each',
    ],
  };
}
