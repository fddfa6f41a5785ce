/**
 * The answer began before the request was complete, and then neither side went on (RULES R42): the client has stopped because it
 * was answered, the server still reads the request.
 */
import type { Candidate, Confidence, Exchange, RequestMessage, ResponseMessage, Rule, Severity, Text, Wait } from '../model.ts';
import { captureCap, least, openCap } from './confidence.ts';
import { silenceBehind } from './last-silence.ts';
import { remediesFor } from './remedies.ts';
import { expectsContinue } from './single-messages.ts';
import { endEvidence, isStream, networkExplains, silenceText } from './stalls.ts';
import { shareText } from './stopped-bodies.ts';
import { lasted, OPEN } from './thresholds.ts';
import * as say from './words.ts';

const REQUEST_TIMEOUT = 408;
/** The first status that refuses a request or sends it elsewhere. */
const REDIRECTION = 300;

export const earlyResponseDeadlock: Rule = {
  id: 'early-response-deadlock',
  on: 'exchange',
  onlyFor: ['wait'],
  title: 'Answered before the request was complete, and then nobody went on',
  basis: ['RFC 9112 section 9.3', 'RFC 9112 section 9.5'],
  remedies: remediesFor('early-response'),

  check(exchange, { relay }, found) {
    const { request, response, wait } = exchange;
    if (wait === undefined || request === undefined || response === undefined || wait.ended === 'answered') return;
    if (response.complete || !isAnsweredEarly(request, response)) return;
    const later = request.lastTime > response.lastTime ? request : response;
    const silence = later.lastTime > wait.start.time ? { ...wait, start: say.lastOf(later) } : wait;
    if (!lasted(silence, OPEN) || networkExplains(silence)) return;
    // A proxy that passes on both bodies as they come shows the same on its next hop.
    const next = relay?.attempts.at(-1)?.exchange;
    const same = next?.request?.complete === false && next.response?.complete === false;
    found({ ...candidateOf(exchange, request, response, silence), ...(same ? { covers: [next] } : {}) });
  },

  ends(connection, { last }, found) {
    const { request, response } = last;
    if (request === undefined || response?.complete !== true || !isAnsweredEarly(request, response)) return;
    if (last.serverBelief !== 'keep' || last.clientBelief !== 'keep') return;
    const later = say.lastOf(request.lastTime > response.lastTime ? request : response);
    const silence = silenceBehind(connection, later, { debt: 'request-body', debtor: 'client' });
    // A client that closes has drawn the right conclusion.
    if (silence === undefined || silence.ended === 'client-abort' || !lasted(silence, OPEN) || networkExplains(silence)) return;
    found(candidateOf(last, request, response, silence));
  },
};

/** Some of the body was still to come. One that was held back need not follow a refusal (RFC 9110 section 10.1.1). */
function isAnsweredEarly(request: RequestMessage, response: ResponseMessage): boolean {
  if (request.complete || request.framing === 'none' || request.oddities.includes('head-cut')) return false;
  if (response.framing === 'tunnel' || response.status === REQUEST_TIMEOUT || isStream(request) || isStream(response)) return false;
  return request.bodyOctets > 0 || !expectsContinue(request);
}

function candidateOf(exchange: Exchange, request: RequestMessage, response: ResponseMessage, wait: Wait): Candidate {
  const seen = { exchange, hop: 'only' } as const;
  const severity: Severity = response.complete ? 'will-hang' : 'hang';
  // Both may be meant to flow at once; nobody streams a refusal.
  const byEvidence: Confidence = response.status < REDIRECTION ? 'possible' : wait.ended === 'capture-end' ? 'likely' : 'strong';
  return {
    severity,
    confidence: least(byEvidence, captureCap(wait.connection), openCap(wait), exchange.damaged ? 'possible' : 'proven'),
    message: messageOf(exchange, request, response, wait),
    hops: [say.hopOf(seen)],
    exchange,
    wait,
    direction: 'both',
    evidence: say.inOrder([
      ...say.requestEvidence(seen),
      say.evidence(seen, 'client', say.lastOf(request), ['last octet of the request']),
      ...say.responseEvidence(seen),
      say.evidence(seen, 'server', say.lastOf(response), ['last octet of the response']),
      ...endEvidence(seen, wait),
    ]),
    because: [
      ['the response began while the client was still sending, and the client then stopped'],
      response.complete
        ? ['both ends keep the connection, on which the next request would be read as the rest of this body (RFC 9112 section 9.3)']
        : ['neither message is complete, and neither side sends: each waits for the other'],
      ['all that was sent was acknowledged, and nothing was sent again'],
    ],
    wouldChangeOurMind: ['two bodies that are meant to flow at the same time, with a pause in both'],
  };
}

function messageOf(exchange: Exchange, request: RequestMessage, response: ResponseMessage, wait: Wait): Text {
  const sent = request.framing === 'length' ? shareText(request) : `${request.bodyOctets} octets of a chunked body`;
  return [
    `${exchange.server.text} answered `,
    ...say.requestText(request),
    ' with ',
    ...say.statusText(response),
    ` after ${sent}, the client stopped, and `,
    response.complete ? 'the connection is kept with half a request on it' : 'the answer stops as well',
    `: ${silenceText(wait, exchange)}`,
  ];
}
