/** What the two rules about a relayed Connection field share: one for each direction (RULES R10 and R13). */
import type { Candidate, Confidence, Exchange, Message, Relay, Sink, Text } from '../model.ts';
import { least, pairingCap } from './confidence.ts';
import { type Deadlock, type RelayScore, relayScore, scoreText } from './relay-score.ts';
import { type Cycle, cycleOf, deadlockOf } from './wait-cycle.ts';
import * as say from './words.ts';

/** Evidence beyond the bare minimum. */
const WELL_ABOVE = 5;

export function checkRelayedConnection(relay: Relay, direction: Message['kind'], found: Sink<Candidate>): void {
  const cycle = relay.clientSide.wait === undefined ? undefined : cycleOf(relay);
  if (cycle === undefined) checkPair(relay, direction, undefined, found);
  else checkBefore(cycle, direction, found);
}

/** A deadlock is evidence about the exchange before it, where nothing else had decided that. */
function checkBefore(cycle: Cycle, direction: Message['kind'], found: Sink<Candidate>): void {
  let known = false;
  checkPair(cycle.before, direction, undefined, () => {
    known = true;
  });
  if (!known) checkPair(cycle.before, direction, deadlockOf(cycle), found);
}

function checkPair(relay: Relay, direction: Message['kind'], deadlock: Deadlock | undefined, found: Sink<Candidate>): void {
  const serverSide = relay.attempts.at(-1)?.exchange;
  if (serverSide === undefined || !relay.clientSide.ended) return;
  const [received, sent] =
    direction === 'request' ? [relay.clientSide.request, serverSide.request] : [serverSide.response, relay.clientSide.response];
  const [field, passedOn] = [say.fieldOf(received, 'connection'), say.fieldOf(sent, 'connection')];
  if (received === undefined || sent === undefined || field === undefined || field.value !== passedOn?.value) return;
  if (properUpgrade(relay.clientSide, serverSide) || closeAsAsked(relay.clientSide, sent)) return;
  const score = relayScore(relay, received, sent, deadlock);
  if (score.answer === 'relayed') found(candidateOf(relay, serverSide, direction, received, score));
}

/** A proxy that supports an upgrade sends the option as its own, and 101 crosses both hops (RULES R10, traps). */
function properUpgrade(clientSide: Exchange, serverSide: Exchange): boolean {
  return clientSide.response?.status === 101 && serverSide.response?.status === 101;
}

/** Whoever asks for close is answered with close, by the proxy itself. */
function closeAsAsked({ request }: Exchange, sent: Message): boolean {
  return sent.kind === 'response' && sent.options.includes('close') && request?.options.includes('close') === true;
}

function candidateOf(relay: Relay, serverSide: Exchange, direction: Message['kind'], received: Message, score: RelayScore): Candidate {
  const client = { exchange: relay.clientSide, hop: 'client-side' } as const;
  const server = { exchange: serverSide, hop: 'server-side' } as const;
  const evidence = direction === 'request' ? say.requestEvidence : say.responseEvidence;
  const byEvidence: Confidence = score.varies ? 'proven' : score.total >= WELL_ABOVE ? 'strong' : 'likely';
  const field = say.fieldOf(received, 'connection');
  const value: Text = field === undefined ? [] : say.fieldText(field);
  const [from, to] = direction === 'request' ? ['the client', serverSide.server.text] : [serverSide.server.text, 'the client'];
  return {
    severity: 'violation',
    confidence: least(byEvidence, pairingCap(relay)),
    message: [
      `the proxy ${relay.clientSide.server.text} relayed "`,
      ...value,
      `" of ${from} to ${to}, though it is meant for the proxy alone`,
    ],
    hops: [say.hopOf(client), say.hopOf(server)],
    exchange: relay.clientSide,
    fields: ['Connection', ...crossedWith(received, direction === 'request' ? serverSide.request : relay.clientSide.response)],
    direction,
    evidence: say.inOrder([...evidence(client), ...evidence(server)]),
    because: [[scoreText(score)]],
    wouldChangeOurMind: ['exchanges of the same route in which the proxy sends this value though it received another one'],
  };
}

/** The fields that Connection names and that crossed with it, as the proxy received them (RULES section 6.0, 7). */
function crossedWith(received: Message, sent: Message | undefined): readonly string[] {
  const crossed = [];
  for (const option of received.options) {
    const field = say.fieldOf(received, option);
    if (field !== undefined && say.fieldOf(sent, option)?.value === field.value) crossed.push(field.name);
  }
  return crossed;
}
