/**
 * The server closes idle connections before the side that sends requests would do so, and that side uses them up to the last
 * moment (RULES R44): now and then a request will meet a close, see idle-close-race.
 */
import type { Candidate, Confidence, PeerProfile, Rule, Text } from '../model.ts';
import { hopOfPeer, isConstant, seenOn, spreadText } from './lifetimes.ts';
import { remediesFor } from './remedies.ts';
import * as say from './words.ts';

/** Closes by the server that show its timer, and from which on it is beyond doubt. */
const SURE = 5;
/** Spread of a timer that the load of a server may delay, as a share of the mean. */
const SPREAD = 0.05;
/** The client uses connections that are older than this share of the timer. */
const CLOSE_CALL = 0.5;

export const keepaliveTimeoutInversion: Rule = {
  id: 'keepalive-timeout-inversion',
  on: 'profile',
  title: 'The server gives up idle connections before the side that uses them',
  basis: ['RFC 9112 section 9.5', 'RFC 9112 section 9.3.1'],
  remedies: remediesFor('lifetime'),

  check(profile, found) {
    const { serverCloses, ownCloses, reuses, races } = profile;
    if (!isConstant(serverCloses, SPREAD) || ownCloses.least < serverCloses.least) return;
    // What a browser loses it asks for again, and nobody notices.
    const isPool = profile.forwarding > 0 || profile.asked !== undefined;
    const risky = isPool && reuses.count > 0 && reuses.most >= CLOSE_CALL * serverCloses.least && reuses.most < serverCloses.most;
    if (risky || races > 0) found(candidateOf(profile));
  },
};

function candidateOf(profile: PeerProfile): Candidate {
  const { client, server, serverCloses, ownCloses, reuses, races, longestReuse, closeExamples } = profile;
  const confidence: Confidence = races > 0 || serverCloses.count >= SURE ? 'strong' : 'likely';
  const [example] = closeExamples;
  const because: Text[] = [[`idle connections that ${server.text} closed: ${spreadText(serverCloses)}`]];
  because.push([
    ownCloses.count === 0
      ? `${client} never closed an idle connection itself: it keeps them longer than that`
      : `${client} closed idle connections itself ${spreadText(ownCloses)}`,
  ]);
  if (reuses.count > 0) because.push([`it used connections again after up to ${say.duration(reuses.most)}`]);
  if (races > 0) because.push([`${races} of its requests met such a close`]);
  return {
    severity: 'hygiene',
    confidence,
    message: [
      `${server.text} closes connections that were idle for ${say.duration(serverCloses.least)}, and ${client} keeps them longer and uses them again: requests will meet the close and be lost`,
    ],
    hops: hopOfPeer(profile, example ?? longestReuse),
    exchange: undefined,
    evidence: say.inOrder([
      ...closeExamples.map(({ connection, moment, duration }) =>
        seenOn(connection, 'server', moment, [`FIN after ${say.duration(duration)} without traffic`]),
      ),
      ...(longestReuse === undefined
        ? []
        : [seenOn(longestReuse.connection, 'client', longestReuse.moment, [`used again after ${say.duration(longestReuse.duration)}`])]),
    ]),
    because,
    wouldChangeOurMind: [`an idle connection that ${client} closes earlier than ${say.duration(serverCloses.least)}`],
  };
}
