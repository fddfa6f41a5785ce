/** The response gives the client's own Connection value back to it (RULES R18): whoever wrote it copied instead of deciding. */
import type { Candidate, Confidence, Exchange, Field, Rule, Text } from '../model.ts';
import { least, pairingCap } from './confidence.ts';
import { remediesFor } from './remedies.ts';
import { requestOf } from './single-messages.ts';
import * as say from './words.ts';

const SWITCHING = 101;
/** Options that a server may choose by itself, as it spells them. */
const USUAL = /^(?:keep-alive|Keep-Alive|close|Close|upgrade|Upgrade)$/;

export const connectionOptionReflected: Rule = {
  id: 'connection-option-reflected',
  on: 'exchange',
  onlyFor: ['options'],
  title: "The response echoes the client's Connection field",
  basis: ['RFC 9110 section 7.6.1', 'RFC 9112 section 9.3'],
  remedies: remediesFor('reflection'),

  check(exchange, { relay }, found) {
    const { request, response } = exchange;
    const asked = say.fieldOf(request, 'connection');
    if (!exchange.ended || asked === undefined || response === undefined || response.status === SWITCHING) return;
    const given = say.fieldOf(response, 'connection');
    if (given?.value !== asked.value) return;
    const unusual = asked.value.split(',').filter((option) => !USUAL.test(option.trim()));
    if (unusual.length === 0 && !asked.value.includes(',')) return;
    const serverSide = relay?.attempts.at(-1)?.exchange;
    const origin = say.fieldOf(serverSide?.response, 'connection');
    // What came from the next hop like this is relayed, not reflected.
    if (serverSide?.response !== undefined && origin?.value === asked.value) return;
    const seen = relay !== undefined && serverSide?.response !== undefined ? { serverSide, cap: pairingCap(relay) } : undefined;
    const byValue: Confidence = unusual.length > 0 ? 'strong' : 'likely';
    const confidence = seen === undefined ? byValue : least(unusual.length > 0 ? 'proven' : 'strong', seen.cap);
    found(candidateOf(exchange, asked, seen?.serverSide, origin, confidence));
  },
};

function candidateOf(
  exchange: Exchange,
  asked: Field,
  serverSide: Exchange | undefined,
  origin: Field | undefined,
  confidence: Confidence,
): Candidate {
  const client = { exchange, hop: serverSide === undefined ? 'only' : 'client-side' } as const;
  const server = serverSide === undefined ? undefined : ({ exchange: serverSide, hop: 'server-side' } as const);
  const others: Text = origin === undefined ? ['no Connection field'] : ['"', ...say.fieldText(origin), '"'];
  return {
    severity: 'violation',
    confidence,
    message: [
      `${exchange.server.text} answered `,
      ...requestOf(exchange),
      ' with the Connection field of the request itself, "',
      ...say.fieldText(asked),
      '"',
    ],
    hops: [say.hopOf(client), ...(server === undefined ? [] : [say.hopOf(server)])],
    exchange,
    fields: ['Connection'],
    direction: 'response',
    evidence: say.inOrder([
      ...say.requestEvidence(client),
      ...(server === undefined ? [] : say.responseEvidence(server)),
      ...say.responseEvidence(client),
    ]),
    because: [
      ['the same octets in both directions, and not what servers write by themselves'],
      ...(server === undefined ? [] : [[`the answer of ${server.exchange.server.text} had `, ...others]]),
    ],
    wouldChangeOurMind: ['the same value in answers to requests that said something else'],
  };
}
