/**
 * A head from which two receivers may read two lengths (RULES R29): where hops disagree about the end of a message, one of them
 * waits for octets that the other does not have, or takes a body for the next request.
 */
import type { Candidate, Confidence, Exchange, ExchangeContext, Message, RequestMessage, Rule, Text, Wait } from '../model.ts';
import { type Ambiguity, ambiguityOf } from './ambiguous-framing.ts';
import { captureCap, least, openCap, pairingCap } from './confidence.ts';
import { remediesFor } from './remedies.ts';
import { messageCandidate, requestOf } from './single-messages.ts';
import { arrived, endEvidence, networkExplains, silenceText } from './stalls.ts';
import { ENDED, lasted, OPEN } from './thresholds.ts';
import * as say from './words.ts';

export const conflictingLength: Rule = {
  id: 'conflicting-length',
  on: 'exchange',
  onlyFor: ['oddities', 'coding'],
  title: 'A message whose length depends on who reads it',
  basis: ['RFC 9112 section 6.1', 'RFC 9112 section 6.3', 'RFC 9112 section 11.2'],
  remedies: remediesFor('conflicting'),

  check(exchange, context, found) {
    const { request, response } = exchange;
    if (request !== undefined && isSuspect(request)) {
      const ambiguity = ambiguityOf(request);
      const wait = ambiguity && stallOf(exchange, context);
      if (ambiguity !== undefined && wait !== undefined) found(hangOf(exchange, request, ambiguity, wait, context));
      else if (ambiguity !== undefined && exchange.ended) found(violationOf(exchange, request, ambiguity));
    }
    if (response === undefined || !exchange.ended || !isSuspect(response)) return;
    const ambiguity = ambiguityOf(response);
    if (ambiguity !== undefined) found(violationOf(exchange, response, ambiguity));
  },
};

/** Nearly all messages are not: that is seen at once. */
function isSuspect({ oddities, framing }: Message): boolean {
  return oddities.length > 0 || framing === 'chunked';
}

/** The server has all that was sent and says nothing: it may be waiting for what its own reading of the length still lacks. */
function stallOf({ wait, request }: Exchange, context: ExchangeContext): Wait | undefined {
  if (wait === undefined || request === undefined || wait.ended === 'answered') return undefined;
  if (context.forwarded && passedOn(context) === undefined) return undefined;
  if (wait.debt !== 'response-head' && wait.debt !== 'request-body') return undefined;
  if (!arrived({ ...wait, debtor: 'server' }) || networkExplains(wait)) return undefined;
  return lasted(wait, wait.ended === 'capture-end' ? OPEN : ENDED) ? wait : undefined;
}

/** The same on the next hop, where nobody has answered either. */
function passedOn({ relay }: ExchangeContext): Exchange | undefined {
  const next = relay?.attempts.at(-1)?.exchange;
  if (next?.request === undefined || next.response !== undefined || !isSuspect(next.request)) return undefined;
  return ambiguityOf(next.request) === undefined ? undefined : next;
}

/** Both readings of a request with a length and chunks, in words; undefined where there are not two. */
function readingsOf({ framing, contentLength, bodyOctets, complete, chunk }: RequestMessage): Text | undefined {
  if (framing !== 'chunked' || Number.isNaN(contentLength)) return undefined;
  const chunks = complete
    ? `${bodyOctets} octets in chunks, which are complete`
    : `${bodyOctets} octets in chunks, not complete (${chunk ?? 'size'} is next)`;
  return [`by Content-Length the body has ${contentLength} octets, by Transfer-Encoding ${chunks}`];
}

/** One reading is complete and the other is not, so that one end may have sent all and the other end may wait for more. */
function disagree({ framing, contentLength, bodyOctets, complete }: RequestMessage): boolean {
  if (framing !== 'chunked' || Number.isNaN(contentLength)) return false;
  return complete ? contentLength > bodyOctets + CHUNK_FRAMING : contentLength <= bodyOctets;
}

/** Size line, CRLF and last chunk of a short body: so many octets more than its content count for Content-Length. */
const CHUNK_FRAMING = 12;

function hangOf(
  exchange: Exchange,
  request: RequestMessage,
  { what, because, fields }: Ambiguity,
  wait: Wait,
  context: ExchangeContext,
): Candidate {
  const next = passedOn(context);
  const seen = { exchange, hop: next === undefined ? 'only' : 'client-side' } as const;
  const behind = next === undefined ? [] : [{ exchange: next, hop: 'server-side' } as const];
  const readings = readingsOf(request);
  // A proxy that passed it on had found an end.
  const byEvidence: Confidence = !disagree(request) ? 'possible' : next === undefined ? 'likely' : 'strong';
  const pairing = next === undefined || context.relay === undefined ? 'proven' : pairingCap(context.relay);
  return {
    severity: 'hang',
    confidence: least(byEvidence, pairing, captureCap(wait.connection), openCap(wait), exchange.damaged ? 'possible' : 'proven'),
    message: [
      `${exchange.client.text} sent `,
      ...requestOf(exchange),
      ' with ',
      ...what,
      next === undefined ? '' : `, the proxy ${exchange.server.text} passed it on`,
      `, and ${(next ?? exchange).server.text} seems to wait for another end of it: ${silenceText(wait, exchange)}`,
    ],
    hops: [seen, ...behind].map(say.hopOf),
    exchange,
    wait,
    fields,
    direction: 'request',
    evidence: say.inOrder([
      ...say.requestEvidence(seen),
      say.evidence(seen, 'client', say.lastOf(request), ['last octet of the request']),
      ...behind.flatMap(say.requestEvidence),
      ...endEvidence(seen, wait),
    ]),
    ...(next === undefined ? {} : { covers: [next] }),
    because: [[because], ...(readings === undefined ? [] : [readings]), ['all that the client sent was acknowledged']],
    wouldChangeOurMind: ['the same target taking as long for a request with one length: then the server is slow'],
  };
}

function violationOf(exchange: Exchange, message: Message, { what, because, fields }: Ambiguity): Candidate {
  const [sender, whose] = message.kind === 'request' ? [exchange.client, ''] : [exchange.server, 'its answer to '];
  return messageCandidate(exchange, message.kind, {
    severity: 'violation',
    confidence: exchange.damaged ? 'likely' : 'proven',
    message: [`${sender.text} sent ${whose}`, ...requestOf(exchange), ' with ', ...what],
    fields,
    because: [[because], ['two hops that read it differently take the rest of one message for the next one (RFC 9112 section 11.2)']],
    wouldChangeOurMind: [],
  });
}
