/** An HTTP/1.0 response that keeps the connection and has no length: HTTP/1.0 has no other end for it (RULES R22). */
import type { Exchange, ResponseMessage, Rule } from '../model.ts';
import { captureCap, least } from './confidence.ts';
import { remediesFor } from './remedies.ts';
import { messageCandidate, requestOf } from './single-messages.ts';
import { isStream } from './stalls.ts';
import { ENDED, lengthOf } from './thresholds.ts';
import * as say from './words.ts';

export const http10KeepaliveWithoutLength: Rule = {
  id: 'http10-keepalive-without-length',
  on: 'exchange',
  onlyFor: ['http10'],
  title: 'HTTP/1.0 keep-alive for a body without length',
  basis: ['RFC 2068 section 19.7.1', 'RFC 9112 section 9.3'],
  remedies: remediesFor('framing'),

  check(exchange, _context, found) {
    const { response } = exchange;
    if (response?.framing !== 'until-close' || response.version !== 'HTTP/1.0' || exchange.request === undefined) return;
    if (response.options.includes('keep-alive') && !response.options.includes('close') && exchange.ended)
      found(candidateOf(exchange, response));
  },
};

function candidateOf(exchange: Exchange, response: ResponseMessage): ReturnType<typeof messageCandidate> {
  const { wait, server } = exchange;
  // A server that closes all the same has only said what it does not mean.
  const kept = wait?.debt === 'close' && lengthOf(wait) >= ENDED && !isStream(response);
  const candidate = messageCandidate(exchange, 'response', {
    severity: kept ? 'will-hang' : 'violation',
    confidence: least('proven', captureCap(wait?.connection), exchange.damaged ? 'possible' : 'proven'),
    message: [
      `${server.text} promised to keep the connection behind its HTTP/1.0 answer to `,
      ...requestOf(exchange),
      `, which has no Content-Length: ${kept ? `${say.duration(lengthOf(wait))} later nobody had told the client that it was over` : 'only the close that it did perform could end it'}`,
    ],
    fields: ['Connection', 'Content-Length'],
    because: [
      ['HTTP/1.0 knows Content-Length and the close as the end of a body, and nothing else'],
      ['who keeps a persistent connection with HTTP/1.0 must send Content-Length (RFC 2068 section 19.7.1)'],
    ],
    wouldChangeOurMind: kept ? ['a server that was still producing the body'] : [],
  });
  return kept ? { ...candidate, wait } : candidate;
}
