/** The HTTP-version of a message follows the one that the proxy received, though each hop has its own (RULES R19). */
import type { Message, Rule } from '../model.ts';
import { type Crossing, crossingCandidate, crossingsOf, fromTo } from './crossings.ts';
import { follows, pairsOf } from './relay-score.ts';
import { remediesFor } from './remedies.ts';
import * as say from './words.ts';

const HTTP10 = 'HTTP/1.0';

export const versionRelayed: Rule = {
  id: 'version-relayed',
  on: 'relay',
  onlyFor: ['versions-vary'],
  title: 'The proxy passed on the HTTP-version that it received',
  basis: ['RFC 9112 section 2.3', 'RFC 9112 section 2.5'],
  remedies: remediesFor('version'),

  check(relay, found) {
    const versions = relay.route?.versions;
    if (versions === undefined || !(follows(versions.request) || follows(versions.response))) return;
    for (const crossing of crossingsOf(relay, hasVersion)) {
      if (crossing.received.version === crossing.sent.version && follows(versions[crossing.received.kind])) found(candidateOf(crossing));
    }
  },
};

function hasVersion({ version }: Message): boolean {
  return version !== '';
}

function candidateOf(crossing: Crossing): ReturnType<typeof crossingCandidate> {
  const { relay, received, serverSide } = crossing;
  const table = relay.route?.versions[received.kind];
  const chunked = received.kind === 'request' && received.version === HTTP10 && serverSide.response?.framing === 'chunked';
  return crossingCandidate(crossing, {
    severity: 'violation',
    confidence: 'proven',
    message: [
      `the proxy ${relay.clientSide.server.text} passed on the version `,
      say.wire('version', received.version),
      ` ${fromTo(crossing)} instead of its own`,
      ...(chunked ? ['; the origin answered with a chunked body all the same'] : []),
    ],
    fields: [],
    because: [
      [
        `in all ${table === undefined ? 0 : pairsOf(table)} pairs of this route the next hop has the version of the hop before, and there were ${table?.receivedValues ?? 0} of them`,
      ],
      ['a version tells what its sender understands: the next hop believes that the proxy is what its client is (RFC 9112 section 2.3)'],
    ],
    wouldChangeOurMind: ['an exchange of the same route in which the two hops have different versions'],
  });
}
