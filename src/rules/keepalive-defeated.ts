/**
 * The clients keep their connections to the proxy, and the proxy makes a new one to its server for every request, because it says
 * close itself (RULES R54): nginx does so by default, and the map that is copied for WebSocket does.
 */
import type { Candidate, PeerProfile, Rule, ServerProfile, Text } from '../model.ts';
import { hopOfPeer, seenOn } from './lifetimes.ts';
import { remediesFor } from './remedies.ts';
import * as say from './words.ts';

const LEAST = 20;
/** Share of requests that are not the first on their connection, from which on the client side persists. */
const PERSISTS = 0.5;

export const keepaliveDefeated: Rule = {
  id: 'keepalive-defeated',
  on: 'profile',
  title: 'The proxy makes a new connection to its server for every request',
  basis: ['RFC 9112 section 9.3', 'RFC 9110 section 7.6.1'],
  remedies: remediesFor('upstream-pool'),

  check(profile, found) {
    const { connections, requests, closeAsked, forwarding, asked } = profile;
    if (connections < LEAST || requests > connections || closeAsked < requests) return;
    const persists = asked !== undefined && reusedShare(asked) >= PERSISTS;
    if (persists || (asked === undefined && forwarding === requests)) found(candidateOf(profile, persists));
  },
};

function reusedShare({ first, later }: ServerProfile): number {
  return first + later === 0 ? 0 : later / (first + later);
}

function candidateOf(profile: PeerProfile, persists: boolean): Candidate {
  const { client, server, connections, handshakes, exchanges, requestExamples, asked } = profile;
  const share = exchanges.count === 0 ? 0 : handshakes.mean / (handshakes.mean + exchanges.mean);
  const because: Text[] = [[`${connections} connections, each with one request that says close`]];
  if (persists && asked !== undefined)
    because.push([
      `of the requests that it was asked itself, ${Math.round(100 * reusedShare(asked))} % came on connections that were kept`,
    ]);
  else because.push(['its requests name who passed them on: it is a proxy']);
  if (handshakes.count > 0)
    because.push([
      `the handshake takes ${say.duration(handshakes.mean)}, ${Math.round(100 * share)} % of the time from SYN to the end of the response`,
    ]);
  return {
    severity: 'hygiene',
    confidence: persists ? 'strong' : 'likely',
    message: [`the proxy ${client} says close in every request to ${server.text}: ${connections} requests took ${connections} connections`],
    hops: hopOfPeer(profile, requestExamples[0]),
    exchange: undefined,
    fields: ['Connection'],
    direction: 'request',
    evidence: say.inOrder(
      requestExamples.map(({ connection, moment }) =>
        seenOn(connection, 'client', moment, ['a new connection, and a request that says close']),
      ),
    ),
    because,
    wouldChangeOurMind: ['a server that cannot keep connections: then the proxy is right'],
  };
}
