/** The proxy forwards an Upgrade that it cannot carry: the origin switches protocols, and the client never learns it (RULES R20). */
import type { Candidate, Confidence, Exchange, Field, Relay, Rule, Severity, Text } from '../model.ts';
import { least, pairingCap } from './confidence.ts';
import { remediesFor } from './remedies.ts';
import * as say from './words.ts';

const SWITCHING = 101;

export const upgradeRelayed: Rule = {
  id: 'upgrade-relayed',
  on: 'relay',
  title: 'The proxy forwarded an Upgrade that it cannot carry',
  basis: ['RFC 9110 section 7.8', 'RFC 9110 section 7.6.1', 'RFC 9113 section 3.1'],
  remedies: remediesFor('upgrade'),

  check(relay, found) {
    const serverSide = relay.attempts.at(-1)?.exchange;
    if (serverSide === undefined || !relay.clientSide.ended) return;
    const [upgrade, passedOn] = [say.fieldOf(relay.clientSide.request, 'upgrade'), say.fieldOf(serverSide.request, 'upgrade')];
    if (upgrade === undefined || passedOn?.value !== upgrade.value) return;
    const failure = failureOf(relay.clientSide, serverSide, upgrade);
    if (failure !== undefined) found(candidateOf(relay, serverSide, upgrade, failure));
  },
};

interface Failure {
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly words: string;
  readonly because: Text;
}

function failureOf(clientSide: Exchange, serverSide: Exchange, { value }: Field): Failure | undefined {
  const [to, from] = [clientSide.response, serverSide.response];
  if (from?.status === SWITCHING && to?.status !== SWITCHING) {
    return {
      severity: to === undefined && clientSide.wait !== undefined ? 'hang' : 'loss',
      confidence: clientSide.damaged ? 'possible' : 'strong',
      words: `the origin switched protocols, and the client was told ${to === undefined ? 'nothing' : to.status}`,
      because: ['101 on the one hop and not on the other: the two ends speak different protocols from here on'],
    };
  }
  if (to?.status === SWITCHING && (!to.options.includes('upgrade') || say.fieldOf(to, 'upgrade') === undefined)) {
    return {
      severity: 'violation',
      confidence: 'strong',
      words: 'the 101 reached the client without "Connection: upgrade" or without Upgrade',
      because: ['a 101 must say to which protocol it switches, with the connection option that belongs to it'],
    };
  }
  if (!/(?:^|[\s,])h2c(?:$|[\s,])/i.test(value)) return undefined;
  return {
    severity: 'violation',
    confidence: 'strong',
    words: 'an intermediary must not forward it: what follows would pass the proxy unread',
    because: ['h2c is a property of one hop (RFC 9113 section 3.1), and a way to smuggle requests past the proxy'],
  };
}

function candidateOf(relay: Relay, serverSide: Exchange, upgrade: Field, failure: Failure): Candidate {
  const client = { exchange: relay.clientSide, hop: 'client-side' } as const;
  const server = { exchange: serverSide, hop: 'server-side' } as const;
  const { wait } = relay.clientSide;
  return {
    severity: failure.severity,
    confidence: least(failure.confidence, pairingCap(relay)),
    message: [
      `the proxy ${relay.clientSide.server.text} relayed "`,
      ...say.fieldText(upgrade),
      `" to ${serverSide.server.text}: ${failure.words}`,
    ],
    hops: [say.hopOf(client), say.hopOf(server)],
    exchange: relay.clientSide,
    ...(failure.severity === 'hang' ? { wait } : {}),
    fields: ['Upgrade'],
    direction: 'request',
    evidence: say.inOrder([
      ...say.requestEvidence(client),
      ...say.requestEvidence(server),
      ...say.responseEvidence(server),
      ...say.responseEvidence(client),
    ]),
    because: [failure.because],
    wouldChangeOurMind: ['octets of the next protocol that cross the proxy in both directions'],
  };
}
