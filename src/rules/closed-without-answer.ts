/**
 * A request had arrived, and its server closed without a word: an answer of no octets at all (RULES R27). It was no race, since the
 * server's TCP had acknowledged the request before it closed. Behind a proxy, the hop that closed first is to blame.
 */
import type { Candidate, Confidence, Evidence, Exchange, Relay, Rule, Text } from '../model.ts';
import { brokenCandidate, brokenUpload } from './broken-uploads.ts';
import { captureCap, least, pairingCap } from './confidence.ts';
import { hopLimitText } from './foreign-reset.ts';
import { refusedFor, toldText } from './gateway-error.ts';
import { remediesFor } from './remedies.ts';
import { wentThroughProxy } from './single-messages.ts';
import { endEvidence, silenceText } from './stalls.ts';
import { ENDED, lasted, OPEN } from './thresholds.ts';
import { type Closed, closedOn, isOthers } from './unanswered-closes.ts';
import * as say from './words.ts';

export const closedWithoutAnswer: Rule = {
  id: 'closed-without-answer',
  on: 'exchange',
  onlyFor: ['wait', 'unanswered'],
  title: 'The server closed the connection in place of an answer',
  basis: ['RFC 9110 section 15.6', 'RFC 9112 section 9.5'],
  remedies: remediesFor('no-answer'),

  check(exchange, { relay, parent }, found) {
    if (!exchange.ended) return;
    const paired = relay !== undefined && isPaired(relay);
    if (!paired && parent !== undefined) return; // the hop before shows what became of it
    const lost = paired ? behindProxy(relay) : onOneHop(exchange);
    if (lost !== undefined) found(candidateOf(lost));
  },

  ends(connection, context, found) {
    const broken = brokenUpload(connection, context);
    if (broken !== undefined) found(brokenCandidate(broken));
  },
};

interface Lost extends Closed {
  /** Where it came to the client through a proxy. */
  readonly relay?: Relay;
  /** What the proxy made of it, for its client. */
  readonly outcome?: Text;
  readonly severity: 'loss' | 'hang';
  /** Why it is this box that is to blame. */
  readonly because?: Text;
}

function isPaired({ attempts, link: { confidence } }: Relay): boolean {
  return attempts.length > 0 && confidence !== 'ambiguous' && confidence !== 'none';
}

function onOneHop(exchange: Exchange): Lost | undefined {
  const closed = closedOn(exchange);
  return closed === undefined || isOthers(closed) ? undefined : { ...closed, severity: 'loss' };
}

/** The client side of a relay: what its proxy met on the next hop, or did itself. */
function behindProxy(relay: Relay): Lost | undefined {
  const { clientSide } = relay;
  const serverSide = relay.attempts.at(-1)?.exchange;
  const origin = serverSide && closedOn(serverSide);
  if (origin !== undefined) {
    const outcome = isOthers(origin) ? undefined : outcomeOf(relay, origin);
    return outcome && { ...origin, ...outcome, relay };
  }
  const closed = closedOn(clientSide);
  const answer = serverSide?.response;
  if (closed === undefined || answer === undefined || answer.headTime >= closed.close.time) return undefined;
  const had: Text = [`the proxy had begun to receive the answer of ${serverSide?.server.text}: `, ...say.statusText(answer)];
  return { ...closed, severity: 'loss', relay, because: had };
}

/** How the close of the origin reached the client; undefined where it did no harm. */
function outcomeOf(relay: Relay, { close }: Closed): Pick<Lost, 'outcome' | 'severity'> | undefined {
  const { clientSide } = relay;
  if (refusedFor(relay) !== undefined) return { outcome: toldText(clientSide), severity: 'loss' };
  const { wait, response, server } = clientSide;
  if (response !== undefined || wait === undefined || wait.debt !== 'response-head' || wait.end.time < close.time) return undefined;
  if (wait.ended === 'server-close') return { outcome: [`, and ${server.text} passed that on by closing, too`], severity: 'loss' };
  if (wait.ended === 'answered' || !lasted(wait, wait.ended === 'capture-end' ? OPEN : ENDED)) return undefined;
  return { outcome: [`, and the proxy ${server.text} told its client nothing: ${silenceText(wait, clientSide)}`], severity: 'hang' };
}

function candidateOf(lost: Lost): Candidate {
  const { exchange, relay, wait, severity } = lost;
  const ofOrigin = relay !== undefined && relay.clientSide !== exchange;
  const clientSide = relay?.clientSide ?? exchange;
  const serverSide = relay?.attempts.at(-1)?.exchange;
  const client = { exchange: clientSide, hop: relay === undefined ? 'only' : 'client-side' } as const;
  const server = serverSide && ({ exchange: serverSide, hop: 'server-side' } as const);
  return {
    severity,
    confidence: least(
      confidenceOf(lost),
      captureCap(wait.connection),
      relay === undefined ? 'proven' : pairingCap(relay),
      exchange.damaged || clientSide.damaged ? 'possible' : 'proven',
    ),
    message: messageOf(lost),
    hops: (ofOrigin ? [server, client] : [client, server]).flatMap((seen) => (seen === undefined ? [] : [say.hopOf(seen)])),
    exchange: clientSide,
    wait,
    direction: 'response',
    evidence: evidenceOf(lost, client, server, ofOrigin),
    because: becauseOf(lost),
    ...(ofOrigin ? { covers: [exchange] } : {}),
    wouldChangeOurMind: [
      'a server that refuses such requests on purpose, as nginx does with return 444',
      'a server that was being stopped at that moment',
      'octets of an answer that the capture lost',
    ],
  };
}

/**
 * A reset may also come from elsewhere; and where it is the first sign of the request's arrival, nobody may have looked at that. A
 * proxy whose own client was not captured may have asked again, and lost nothing.
 */
function confidenceOf({ wait, request, close, foreign, relay }: Lost): Confidence {
  if (wait.by === 'FIN') return relay === undefined && wentThroughProxy(request) ? 'likely' : 'strong';
  return foreign === undefined && request.acked !== undefined && request.acked.frame < close.frame ? 'likely' : 'possible';
}

function evidenceOf(
  { request, wait, close }: Lost,
  client: say.Seen,
  server: say.Seen | undefined,
  ofOrigin: boolean,
): readonly Evidence[] {
  const closing = ofOrigin && server !== undefined ? server : client;
  return say.inOrder([
    ...say.requestEvidence(client),
    ...(server === undefined ? [] : [...say.requestEvidence(server), ...say.responseEvidence(server)]),
    ...(request.acked === undefined || request.acked.frame === close.frame
      ? []
      : [say.evidence(closing, 'server', request.acked, ['ACK of the whole request'])]),
    say.evidence(closing, 'server', close, [wait.by ?? 'close']),
    ...say.responseEvidence(client),
    ...(ofOrigin && client.exchange.response === undefined && client.exchange.wait !== undefined
      ? endEvidence(client, client.exchange.wait)
      : []),
  ]);
}

function messageOf({ exchange, request, close, relay, outcome = [], wait }: Lost): Text {
  const proxy = relay !== undefined && relay.clientSide === exchange ? 'the proxy ' : '';
  const how = wait.by === 'RST' ? 'reset' : 'closed';
  return [
    `${proxy}${exchange.server.text} ${how} the connection ${say.duration(close.time - request.lastTime)} after it had got `,
    ...say.requestText(request),
    ` of ${exchange.client.text}, without an answer`,
    ...outcome,
  ];
}

function becauseOf({ exchange, wait, foreign, because }: Lost): readonly Text[] {
  return [
    wait.by === 'FIN'
      ? ['its TCP had acknowledged the whole request, and closed in order: a reset comes where something was left unread']
      : ['its TCP had acknowledged the whole request, and then gave the connection up: nobody may have read it'],
    ['the client had not closed before'],
    ...(because === undefined ? [] : [because]),
    ...(foreign === undefined ? [] : [[...hopLimitText(foreign, exchange.server), ': somebody else may have sent it'] as const]),
    ['whoever cannot answer says so with a status of 5xx, so that the client knows what it may repeat (RFC 9110 section 15.6)'],
  ];
}
