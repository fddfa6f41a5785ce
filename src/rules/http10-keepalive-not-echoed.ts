/**
 * An HTTP/1.0 client asks for keep-alive, the server keeps the connection and does not say so (RULES R41): the client has its
 * response and waits for the close that must follow it.
 */
import type { Candidate, Confidence, Exchange, ResponseMessage, Rule, Wait } from '../model.ts';
import { captureCap, least, openCap } from './confidence.ts';
import { silenceBehind } from './last-silence.ts';
import { remediesFor } from './remedies.ts';
import { endEvidence, networkExplains, silenceText } from './stalls.ts';
import { lasted, OPEN } from './thresholds.ts';
import * as say from './words.ts';

const HTTP10 = 'HTTP/1.0';

export const http10KeepaliveNotEchoed: Rule = {
  id: 'http10-keepalive-not-echoed',
  on: 'connection',
  title: 'A connection kept for an HTTP/1.0 client that was not told so',
  basis: ['RFC 9112 section 9.3', 'RFC 9112 appendix C.2.2'],
  remedies: remediesFor('echo'),

  ends(connection, { last }, found) {
    const { response } = last;
    if (response === undefined || !isUntold(last, response)) return;
    const wait = silenceBehind(connection, say.lastOf(response), { debt: 'close', debtor: 'server' });
    if (wait !== undefined && lasted(wait, OPEN) && !networkExplains(wait)) found(candidateOf(last, response, wait));
  },
};

/** The client asked, the answer is complete and says neither yes nor no. A client that went on has understood. */
function isUntold({ request, ordinal }: Exchange, response: ResponseMessage): boolean {
  if (request?.version !== HTTP10 || !request.options.includes('keep-alive') || request.options.includes('close') || ordinal !== 1)
    return false;
  if (!response.complete || response.framing === 'until-close' || response.framing === 'tunnel' || response.framing === 'chunked')
    return false;
  return !response.options.includes('keep-alive') && !response.options.includes('close');
}

function candidateOf(exchange: Exchange, response: ResponseMessage, wait: Wait): Candidate {
  const seen = { exchange, hop: 'only' } as const;
  // An answer of HTTP/1.0 without keep-alive must be followed by a close; one of HTTP/1.1 need not, if the client understands that.
  const byEvidence: Confidence = response.version === HTTP10 ? 'likely' : 'possible';
  return {
    severity: 'hang',
    confidence: least(byEvidence, captureCap(wait.connection), openCap(wait), exchange.damaged ? 'possible' : 'proven'),
    message: [
      `${exchange.server.text} answered `,
      ...(exchange.request === undefined ? [] : say.requestText(exchange.request)),
      ` of the HTTP/1.0 client ${exchange.client.text} and kept the connection, but did not say keep-alive: ${silenceText(wait, exchange)}`,
    ],
    hops: [say.hopOf(seen)],
    exchange,
    wait,
    fields: ['Connection'],
    direction: 'response',
    evidence: say.inOrder([
      ...say.requestEvidence(seen),
      ...say.responseEvidence(seen),
      say.evidence(seen, 'server', wait.start, ['last octet of the response']),
      ...endEvidence(seen, wait),
    ]),
    because: [
      ['the request asks for keep-alive in HTTP/1.0, and the response is complete'],
      response.version === HTTP10
        ? ['without keep-alive in the response the connection does not persist (RFC 9112 section 9.3): the server has to close it']
        : ['a client of HTTP/1.0 may need the word keep-alive to know that no close follows (RFC 9112 appendix C.2.2)'],
      ['neither side closed, and the client sent nothing more'],
    ],
    wouldChangeOurMind: ['a client that had understood all the same and kept the connection for later: then nobody waited'],
  };
}
