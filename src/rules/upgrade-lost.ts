/** The proxy drops Upgrade, and the origin, which has nothing to say to a plain request, never answers (RULES section 6.0, 1). */
import type { Candidate, Exchange, Field, Relay, Rule, Wait } from '../model.ts';
import { captureCap, least, openCap, pairingCap } from './confidence.ts';
import { remediesFor } from './remedies.ts';
import { endEvidence, networkExplains, silenceText } from './stalls.ts';
import { lasted, lengthOf, OPEN } from './thresholds.ts';
import * as say from './words.ts';

const GATEWAY_TIMEOUT = 504;

export const upgradeLost: Rule = {
  id: 'upgrade-lost',
  on: 'relay',
  onlyFor: ['wait'],
  title: 'The proxy dropped the Upgrade, and nobody answers what is left',
  basis: ['RFC 9110 section 7.8', 'RFC 9110 section 7.6.1'],
  remedies: remediesFor('upgrade'),

  check(relay, found) {
    const { wait, request, response } = relay.clientSide;
    const serverSide = relay.attempts.at(-1)?.exchange;
    // The proxy's own timer is no answer.
    const answered = response?.status !== GATEWAY_TIMEOUT && (response !== undefined || wait?.ended === 'answered');
    if (wait?.debt !== 'response-head' || answered) return;
    // What never arrived there cannot be answered: that is the network's.
    if (serverSide?.request?.acked === undefined) return;
    const upgrade = say.fieldOf(request, 'upgrade');
    if (upgrade === undefined || request?.options.includes('upgrade') !== true) return;
    if (serverSide.response !== undefined || say.fieldOf(serverSide.request, 'upgrade') !== undefined) return;
    if (lasted(wait, OPEN) && !networkExplains({ ...wait, debtor: 'client' })) found(candidateOf(relay, serverSide, upgrade, wait));
  },
};

function candidateOf(relay: Relay, serverSide: Exchange, upgrade: Field, wait: Wait): Candidate {
  const client = { exchange: relay.clientSide, hop: 'client-side' } as const;
  const server = { exchange: serverSide, hop: 'server-side' } as const;
  const { request, response } = relay.clientSide;
  const ending =
    response === undefined
      ? silenceText(wait, relay.clientSide)
      : `after ${say.duration(lengthOf(wait))} the proxy gave up with ${response.status}`;
  return {
    severity: 'hang',
    confidence: least(
      'likely',
      captureCap(wait.connection),
      captureCap(relay.attempts.at(-1)?.connection),
      pairingCap(relay),
      openCap(wait),
    ),
    message: [
      `the proxy ${relay.clientSide.server.text} took "`,
      ...say.fieldText(upgrade),
      '" out of ',
      ...(request === undefined ? [] : say.requestText(request)),
      `, and ${serverSide.server.text} never answered the rest: ${ending}`,
    ],
    hops: [say.hopOf(client), say.hopOf(server)],
    exchange: relay.clientSide,
    wait,
    fields: ['Upgrade'],
    direction: 'request',
    evidence: say.inOrder([
      ...say.requestEvidence(client),
      ...say.requestEvidence(server),
      ...(response === undefined ? endEvidence(client, wait) : say.responseEvidence(client)),
    ]),
    because: [
      ['the client asks for an upgrade, and the request on the next hop does not'],
      [
        'the request arrived at the origin, which sent no answer: it waits for a request that it understands, or has no handler for this one',
      ],
    ],
    wouldChangeOurMind: ['the origin answering the same request without Upgrade elsewhere: then it was only slow this time'],
  };
}
