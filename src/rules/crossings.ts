/** What the rules about relayed fields share: one message on two hops, and the candidate that shows both. */
import type { Candidate, Confidence, Exchange, Message, Relay, Severity, Text } from '../model.ts';
import { least, pairingCap } from './confidence.ts';
import * as say from './words.ts';

/** A message as the proxy received it and as it passed it on. */
export interface Crossing {
  readonly relay: Relay;
  readonly serverSide: Exchange;
  readonly received: Message;
  readonly sent: Message;
}

/** Both messages of a relay that is over, those that were seen on both hops and whose received one is `wanted`. */
export function crossingsOf(relay: Relay, wanted: (received: Message) => boolean): readonly Crossing[] {
  const serverSide = relay.attempts.at(-1)?.exchange;
  if (serverSide === undefined || !relay.clientSide.ended) return NONE;
  const request = crossingOf(relay, serverSide, relay.clientSide.request, serverSide.request, wanted);
  const response = crossingOf(relay, serverSide, serverSide.response, relay.clientSide.response, wanted);
  if (request === undefined) return response === undefined ? NONE : [response];
  return response === undefined ? [request] : [request, response];
}

const NONE: readonly Crossing[] = [];

function crossingOf(
  relay: Relay,
  serverSide: Exchange,
  received: Message | undefined,
  sent: Message | undefined,
  wanted: (received: Message) => boolean,
): Crossing | undefined {
  return received === undefined || sent === undefined || !wanted(received) ? undefined : { relay, serverSide, received, sent };
}

/** "the client to 10.0.2.20:80", or the other way round. */
export function fromTo({ received, serverSide }: Crossing): string {
  return received.kind === 'request' ? `of the client to ${serverSide.server.text}` : `of ${serverSide.server.text} to the client`;
}

export interface CrossingJudgement {
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly message: Text;
  readonly fields: readonly string[];
  readonly because: readonly Text[];
  readonly wouldChangeOurMind: readonly string[];
}

export function crossingCandidate({ relay, serverSide, received }: Crossing, judgement: CrossingJudgement): Candidate {
  const client = { exchange: relay.clientSide, hop: 'client-side' } as const;
  const server = { exchange: serverSide, hop: 'server-side' } as const;
  const evidence = received.kind === 'request' ? say.requestEvidence : say.responseEvidence;
  return {
    ...judgement,
    confidence: least(judgement.confidence, pairingCap(relay)),
    hops: [say.hopOf(client), say.hopOf(server)],
    exchange: relay.clientSide,
    direction: received.kind,
    evidence: say.inOrder([...evidence(client), ...evidence(server)]),
  };
}
