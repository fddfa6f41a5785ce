/** Keep-Alive parameters of one hop reach the other: a promise by somebody who does not keep that connection (RULES R14). */
import type { Candidate, Confidence, Exchange, Message, Relay, Rule, Sink } from '../model.ts';
import { brokenCandidate, brokenPromise } from './broken-promises.ts';
import { least, pairingCap } from './confidence.ts';
import { isDefault, relayScore } from './relay-score.ts';
import { remediesFor } from './remedies.ts';
import * as say from './words.ts';

export const keepAliveParamsRelayed: Rule = {
  id: 'keep-alive-params-relayed',
  on: 'relay',
  onlyFor: ['keep-alive'],
  title: 'Keep-Alive parameters were passed on to another hop',
  basis: ['RFC 9110 section 7.6.1', 'RFC 2068 section 19.7.1.1'],
  remedies: remediesFor('keep-alive-field'),

  check(relay, found) {
    const serverSide = relay.attempts.at(-1)?.exchange;
    if (serverSide === undefined || !relay.clientSide.ended) return;
    compare(relay, serverSide, relay.clientSide.request, serverSide.request, found);
    compare(relay, serverSide, serverSide.response, relay.clientSide.response, found);
  },

  ends(connection, context, found) {
    const broken = brokenPromise(connection, context);
    if (broken !== undefined) found(brokenCandidate(broken));
  },
};

function compare(
  relay: Relay,
  serverSide: Exchange,
  received: Message | undefined,
  sent: Message | undefined,
  found: Sink<Candidate>,
): void {
  const [field, passedOn] = [say.fieldOf(received, 'keep-alive'), say.fieldOf(sent, 'keep-alive')];
  if (received === undefined || sent === undefined || field === undefined || field.value !== passedOn?.value) return;
  // Two servers with the same default say the same by themselves: then only other signs of relaying make it a finding.
  const byValue = !isDefault(field.value);
  const score = byValue ? undefined : relayScore(relay, received, sent);
  if (score !== undefined && score.answer !== 'relayed') return;
  const client = { exchange: relay.clientSide, hop: 'client-side' } as const;
  const server = { exchange: serverSide, hop: 'server-side' } as const;
  const direction = received.kind;
  const evidence = direction === 'request' ? say.requestEvidence : say.responseEvidence;
  const byEvidence: Confidence = byValue ? 'proven' : 'likely';
  found({
    severity: 'hygiene',
    confidence: least(byEvidence, pairingCap(relay)),
    message: [
      `the proxy ${relay.clientSide.server.text} relayed "`,
      ...say.fieldText(field),
      direction === 'response'
        ? `" of ${serverSide.server.text} to the client: it promises what only the origin can keep`
        : `" of the client to ${serverSide.server.text}, though it is meant for the proxy alone`,
    ],
    hops: [say.hopOf(client), say.hopOf(server)],
    exchange: relay.clientSide,
    fields: ['Keep-Alive'],
    direction,
    evidence: say.inOrder([...evidence(client), ...evidence(server)]),
    because: [
      byValue
        ? ['the same parameters on both hops, and not those of a common default']
        : [`the same parameters on both hops, and other signs of relaying (${score?.parts.join(', ') ?? ''})`],
    ],
    wouldChangeOurMind: ['a proxy that is configured to announce exactly these parameters itself'],
  });
}
