/**
 * The server sends more than the framing of its response allows, or a response that nobody asked for (RULES R26): who goes on
 * reading takes it for the answer to the next request.
 */
import type { Candidate, Confidence, Connection, Excess, Exchange, ResponseMessage, Rule, Severity, Text } from '../model.ts';
import { least } from './confidence.ts';
import { remediesFor } from './remedies.ts';
import { messageCandidate, requestOf } from './single-messages.ts';
import * as say from './words.ts';

const REQUEST_TIMEOUT = 408;
const CLIENT_ERROR = 400;

export const bytesAfterCompleteResponse: Rule = {
  id: 'bytes-after-complete-response',
  on: 'exchange',
  onlyFor: ['unasked', 'excess'],
  title: 'More octets than the response has',
  basis: ['RFC 9112 section 6.3', 'RFC 9112 section 9.2'],
  remedies: remediesFor('excess'),

  check(exchange, _context, found) {
    if (!exchange.ended) return;
    const { request, response, previous } = exchange;
    if (request === undefined && response !== undefined && isUnasked(exchange, response))
      found(previous !== undefined && isTooSoon(previous) ? tooSoonOf(previous, exchange) : unaskedOf(exchange, response));
    if (previous?.excess !== undefined && isSure(previous)) found(excessOf(previous, previous.excess, exchange, undefined));
  },

  ends(connection, { last }, found) {
    if (last.excess !== undefined && isSure(last)) found(excessOf(last, last.excess, undefined, connection));
    else if (!isSentAgain(connection) && isTooSoon(last)) found(tooSoonOf(last, undefined));
  },
};

/** Where they are the rest of a 408 that began in the body, proxy-cycle-on-one-hop says so. */
function isSure(exchange: Exchange): boolean {
  return exchange.response?.oddities.includes('timeout-within') !== true && !isUnclear(exchange);
}

/** The request is in a hole: if it was HEAD, its response ended with the head, and what was taken for the body began the next one. */
function isUnclear({ request, damaged }: Exchange): boolean {
  return request === undefined && damaged;
}

/** A server that is about to close may say why; else a response needs a request. */
function isUnasked({ damaged, connection, previous }: Exchange, { status, options, complete }: ResponseMessage): boolean {
  if (damaged || !complete || (!connection.synSeen && previous === undefined)) return false;
  return status !== REQUEST_TIMEOUT && (status < CLIENT_ERROR || !options.includes('close'));
}

/**
 * The ACK that it carries does not cover the request with which it is paired, and a later one does: its server had not got that when
 * it sent it. Where none ever does, the acknowledgements may be made up, as in captures that a program wrote. An error before a close
 * is what idle-close-race tells.
 */
function isTooSoon({ request, response, damaged, pipelined, connection }: Exchange): boolean {
  if (request === undefined || response === undefined || damaged || pipelined || !connection.synSeen) return false;
  const { acked, framing, complete, lastFrame } = request;
  if (!complete || framing !== 'none' || response.status >= CLIENT_ERROR || response.firstFrame <= lastFrame) return false;
  return acked !== undefined && acked.frame > response.firstFrame;
}

/** What was seen of a request is then not all that was; its last octet alone, sent again, looks like a probe. */
function isSentAgain({ clientEnd: { retransmissions, probes } }: Connection): boolean {
  return retransmissions > 0 || probes > 0;
}

/** `next` is a response behind it that nobody seems to have asked for: the true answer. */
function tooSoonOf(exchange: Exchange, next: Exchange | undefined): Candidate {
  const { request, response, server, client } = exchange;
  const candidate = messageCandidate(exchange, 'response', {
    severity: 'violation',
    confidence: 'likely',
    message: [
      `${server.text} sent `,
      ...(response === undefined ? [] : say.statusText(response)),
      ` before ${client.text}'s `,
      ...(request === undefined ? [] : say.requestText(request)),
      ' could have come, which it answers for the client',
      ...(next?.response === undefined ? [] : ['; the ', ...say.statusText(next.response), ' behind it then has no request']),
    ],
    fields: [],
    because: [
      ['it does not acknowledge the request: it was on its way before that had arrived, and answers something else or nothing'],
      [
        'a client reads the responses of a connection in the order of its requests (RFC 9112 section 9.2): it takes this one for its answer',
      ],
    ],
    wouldChangeOurMind: ['a box between the two ends that acknowledges or answers in the name of the server'],
  });
  if (next === undefined) return candidate;
  return { ...candidate, evidence: say.inOrder([...candidate.evidence, ...say.responseEvidence({ exchange: next, hop: 'only' })]) };
}

function unaskedOf(exchange: Exchange, response: ResponseMessage): Candidate {
  return messageCandidate(exchange, 'response', {
    severity: 'violation',
    confidence: 'likely',
    message: [`${exchange.server.text} sent `, ...say.statusText(response), ' though no request was open'],
    fields: [],
    because: [
      ['responses answer requests, in their order (RFC 9112 section 9.2): the client may take this one for the answer to its next request'],
    ],
    wouldChangeOurMind: ['a request before it that the capture lost'],
  });
}

/** `next` came behind it on the connection; `connection` is known when nothing did. */
function excessOf(exchange: Exchange, excess: Excess, next: Exchange | undefined, connection: Connection | undefined): Candidate {
  const seen = { exchange, hop: 'only' } as const;
  const { octets, first, beginning } = excess;
  const owed = next?.request !== undefined && next.request.firstTime <= first.time;
  const destroyed = next?.request !== undefined && next.response === undefined && !owed && next.wait?.ended === 'client-abort';
  const severity: Severity = destroyed ? 'loss' : 'violation';
  // Behind a request that is open it may also be a strange answer to that one.
  const byEvidence: Confidence = owed ? 'likely' : 'strong';
  return {
    severity,
    confidence: least(byEvidence, exchange.connection.synSeen ? 'proven' : 'likely', exchange.damaged ? 'possible' : 'proven'),
    message: [
      `${exchange.server.text} sent ${counted(octets)} behind its answer to `,
      ...requestOf(exchange),
      ` that ${octets === 1 ? 'belongs' : 'belong'} to no response${lengthText(exchange)}`,
      destroyed ? '; the client then sent another request, and broke off without an answer' : '',
    ],
    hops: [say.hopOf(seen)],
    exchange,
    direction: 'response',
    evidence: say.inOrder([
      ...say.requestEvidence(seen),
      ...say.responseEvidence(seen),
      say.evidence(seen, 'server', first, ['octets too many: ', say.wire('octets', beginning), beginning.length < octets ? ' ...' : '']),
      ...(next === undefined ? [] : say.requestEvidence({ exchange: next, hop: 'only' })),
      ...(connection === undefined ? [] : say.closeEvidence(seen, connection, 'client')),
    ]),
    because: [
      whyOver(exchange),
      next === undefined
        ? ['a client must not use such octets, and should close the connection (RFC 9112 section 9.2)']
        : ['the connection was used again: its client may take them for the next answer (RFC 9112 section 9.2)'],
    ],
    wouldChangeOurMind: ['a protocol other than HTTP that both ends had agreed on'],
  };
}

function counted(octets: number): string {
  return octets === 1 ? '1 octet' : `${octets} octets`;
}

function lengthText({ response }: Exchange): string {
  return response?.framing === 'length' ? `: its Content-Length was ${response.contentLength}` : '';
}

/** Why the response was over. */
function whyOver({ request, response }: Exchange): Text {
  if (response?.framing === 'length') return [`the body was complete after the ${response.contentLength} octets of Content-Length`];
  if (response?.framing === 'chunked') return ['the body was complete with its last chunk'];
  if (request?.method === 'HEAD') return ['a response to HEAD ends with its head (RFC 9112 section 6.3, rule 1)'];
  return [`a response with ${response?.status ?? 'that status'} ends with its head (RFC 9112 section 6.3, rule 1)`];
}
