/** A 1xx response crossed the proxy with its connection-specific fields (RULES R38). */
import type { Candidate, Exchange, Field, Relay, ResponseMessage, Rule } from '../model.ts';
import { least, pairingCap } from './confidence.ts';
import { remediesFor } from './remedies.ts';
import * as say from './words.ts';

export const hopFieldsInInterimResponse: Rule = {
  id: 'hop-fields-in-interim-response',
  on: 'relay',
  onlyFor: ['interim'],
  title: 'The proxy passed on hop-by-hop fields of an interim response',
  basis: ['RFC 9110 section 7.6.1', 'RFC 9110 section 15.2'],
  remedies: remediesFor('interim'),

  check(relay, found) {
    const serverSide = relay.attempts.at(-1)?.exchange;
    if (serverSide === undefined || !relay.clientSide.ended || serverSide.interim.length === 0) return;
    for (const [index, received] of serverSide.interim.entries()) {
      const sent = relay.clientSide.interim[index];
      if (sent?.status !== received.status) continue;
      const fields = say.hopFields(received).filter(({ name, value }) => say.fieldOf(sent, name.toLowerCase())?.value === value);
      const [first] = fields;
      if (first !== undefined) found(candidateOf(relay, serverSide, received, sent, fields, first));
    }
  },
};

function candidateOf(
  relay: Relay,
  serverSide: Exchange,
  received: ResponseMessage,
  sent: ResponseMessage,
  fields: readonly Field[],
  first: Field,
): Candidate {
  const client = { exchange: relay.clientSide, hop: 'client-side' } as const;
  const server = { exchange: serverSide, hop: 'server-side' } as const;
  const head = (message: ResponseMessage): Candidate['message'] => [
    say.wire('version', message.version),
    ' ',
    ...say.statusText(message),
    ...say.hopFields(message).flatMap((field) => [' | ', ...say.fieldText(field)]),
  ];
  return {
    severity: 'violation',
    confidence: least('proven', pairingCap(relay)),
    message: [
      `the proxy ${relay.clientSide.server.text} relayed "`,
      ...say.fieldText(first),
      `" in a ${received.status} of ${serverSide.server.text} to the client`,
    ],
    hops: [say.hopOf(client), say.hopOf(server)],
    exchange: relay.clientSide,
    fields: fields.map(({ name }) => name),
    direction: 'response',
    evidence: say.inOrder([
      say.evidence(server, 'server', say.headOf(received), head(received)),
      say.evidence(client, 'server', say.headOf(sent), head(sent)),
    ]),
    because: [['the same fields with the same values in the interim response on both hops']],
    wouldChangeOurMind: ['a proxy that asked for the interim response itself and wrote these fields'],
  };
}
