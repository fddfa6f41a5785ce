/** The client stops in the middle of its request, and the server waits for the rest (RULES R30). */
import type { Candidate, Exchange, RequestMessage, Rule, Wait } from '../model.ts';
import { remediesFor } from './remedies.ts';
import { networkExplains, silenceText } from './stalls.ts';
import { type StoppedBody, shareText, stoppedBody, stoppedCandidate } from './stopped-bodies.ts';
import { ENDED, lasted } from './thresholds.ts';
import * as say from './words.ts';

const REQUEST_TIMEOUT = 408;

export const requestBodyShort: Rule = {
  id: 'request-body-short',
  on: 'exchange',
  title: 'The client sent less of its request than it announced',
  basis: ['RFC 9112 section 6.3', 'RFC 9112 section 8', 'RFC 9110 section 15.5.9'],
  remedies: remediesFor('request-body'),

  check(exchange, _context, found) {
    const { request, response } = exchange;
    if (request === undefined || request.complete || request.framing === 'none') return;
    const stopped =
      response?.status === REQUEST_TIMEOUT
        ? timedOut(exchange, request)
        : (stoppedBody(exchange, 'request-body', 'length') ?? stoppedBody(exchange, 'request-body', 'chunked'));
    if (stopped !== undefined) found(candidateOf(stopped));
  },
};

/** 408 is the server's own word that it waited for the client. */
function timedOut(exchange: Exchange, request: RequestMessage): StoppedBody | undefined {
  const { response, wait } = exchange;
  if (wait === undefined || response === undefined || response.firstTime < request.lastTime) return undefined;
  const paid: Wait = {
    ...wait,
    debt: 'request-body',
    debtor: 'client',
    start: say.lastOf(request),
    end: { frame: response.firstFrame, time: response.firstTime },
    ended: 'answered',
    by: 'DATA',
    final: true,
  };
  return lasted(paid, ENDED) && !networkExplains(paid) ? { exchange, body: request, wait: paid } : undefined;
}

function candidateOf(stopped: StoppedBody): Candidate {
  const { exchange, body, wait } = stopped;
  const { request, response, client, server } = exchange;
  const said = response?.status === REQUEST_TIMEOUT;
  const sent = body.framing === 'length' ? shareText(body) : `${body.bodyOctets} octets of a chunked body without its end`;
  const ending = said
    ? `${say.duration(wait.end.time - wait.start.time)} of silence, then the server gave up with 408`
    : silenceText(wait, exchange);
  return stoppedCandidate(stopped, {
    severity: 'hang',
    confidence: said ? 'proven' : wait.ended === 'client-abort' ? 'strong' : 'likely',
    message: [
      `the client ${client.text} sent ${sent} of `,
      ...(request === undefined ? [] : say.requestText(request)),
      `, and ${server.text} waited for the rest: ${ending}`,
    ],
    because: [
      ['the server must wait for as much as the framing of the request says (RFC 9112 section 6.3)'],
      ['all that was sent was acknowledged, nothing was sent again, and the server had room for more'],
      ...(said ? [['the server says itself that it waited for the client (408)'] as const] : []),
    ],
    wouldChangeOurMind: [
      'a client that was still producing the body: then it is slow, not wrong',
      'octets of the body that the capture lost',
    ],
  });
}
