/** The response stops before its Content-Length, and the connection stays open: the client waits for the rest (RULES R24). */
import type { Candidate, Confidence, Rule } from '../model.ts';
import { type Blame, blameForResponse } from './blame.ts';
import { remediesFor } from './remedies.ts';
import { silenceText } from './stalls.ts';
import { type StoppedBody, shareText, stoppedBody, stoppedCandidate } from './stopped-bodies.ts';
import * as say from './words.ts';

export const contentLengthOverstated: Rule = {
  id: 'content-length-overstated',
  on: 'exchange',
  onlyFor: ['wait'],
  title: 'Fewer octets of body than Content-Length promised',
  basis: ['RFC 9110 section 8.6', 'RFC 9112 section 6.3', 'RFC 9112 section 8'],
  remedies: remediesFor('length'),

  check(exchange, context, found) {
    const stopped = stoppedBody(exchange, 'response-body', 'length');
    if (stopped !== undefined) found(candidateOf(stopped, blameForResponse(exchange, context)));
  },
};

function candidateOf(stopped: StoppedBody, blame: Blame): Candidate {
  const { exchange, body, wait } = stopped;
  const { request } = exchange;
  const missing = body.contentLength - body.bodyOctets;
  return stoppedCandidate(stopped, blame, {
    severity: 'hang',
    confidence: confidenceOf(stopped, blame),
    message: [
      `${blame.culprit} sent ${shareText(body)} in answer to `,
      ...(request === undefined ? [] : say.requestText(request)),
      ` and kept the connection: ${missing} ${missing === 1 ? 'octet is' : 'octets are'} missing, ${silenceText(wait, exchange)}`,
    ],
    because: [
      ['the client must wait for as many octets as Content-Length says (RFC 9112 section 6.3, rule 6)'],
      ['all that was sent was acknowledged, nothing was sent again, and the client had room for more'],
      ...(wait.ended === 'server-close' ? [['the server closed without sending the rest: it had none'] as const] : []),
    ],
    wouldChangeOurMind: [
      'a server that was still producing the rest: then it is slow, not wrong',
      'octets of the body that the capture lost',
    ],
  });
}

/** Its sender ended it in order without the rest: there was none. Anybody else may only have lost patience, and a reset says less. */
function confidenceOf({ wait }: StoppedBody, { behind, covers: [serverSide] }: Blame): Confidence {
  if (wait.ended !== 'server-close') return 'likely';
  const sent = behind.owedBehind === true ? serverSide?.wait : wait;
  return sent?.ended === 'server-close' && sent.by === 'FIN' ? 'proven' : 'strong';
}
