/**
 * The proxy changed how long a message is, or how its end is told, and not both (RULES R40): the length that the next hop reads
 * is not that of what it gets.
 */
import type { Candidate, Confidence, Exchange, Relay, RequestMessage, ResponseMessage, Rule, Severity, Text, Wait } from '../model.ts';
import { captureCap, least, openCap, pairingCap } from './confidence.ts';
import { remediesFor } from './remedies.ts';
import { contentCodingOf } from './single-messages.ts';
import { endEvidence, isStream, networkExplains, silenceText } from './stalls.ts';
import { lasted, OPEN } from './thresholds.ts';
import * as say from './words.ts';

export const framingChangedInconsistently: Rule = {
  id: 'framing-changed-inconsistently',
  on: 'relay',
  onlyFor: ['reframed', 'unfinished'],
  title: 'The proxy changed the framing of a message and not its body, or the other way round',
  basis: ['RFC 9110 section 8.6', 'RFC 9112 section 6.3', 'RFC 9112 section 9.3'],
  remedies: remediesFor('reframing'),

  check(relay, found) {
    const serverSide = relay.attempts.length === 1 ? relay.attempts[0]?.exchange : undefined;
    if (serverSide === undefined || relay.clientSide.damaged || serverSide.damaged) return;
    const fault = requestFault(relay.clientSide, serverSide) ?? responseFault(relay.clientSide, serverSide);
    if (fault !== undefined) found(candidateOf(relay, serverSide, fault));
  },
};

interface Fault {
  readonly direction: 'request' | 'response';
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly wait: Wait | undefined;
  readonly fields: readonly string[];
  readonly words: string;
  readonly because: readonly Text[];
}

/** The body stayed behind: Content-Length: 0, or nothing, where the client had sent one. */
function requestFault({ request, ended }: Exchange, { request: sent }: Exchange): Fault | undefined {
  if (!ended || request?.complete !== true || request.bodyOctets === 0 || sent === undefined || sent.method !== request.method)
    return undefined;
  if (sent.oddities.length > 0 || (sent.framing !== 'none' && sent.contentLength !== 0)) return undefined;
  return {
    direction: 'request',
    severity: 'violation',
    confidence: 'strong',
    wait: undefined,
    fields: sent.framing === 'none' ? ['Content-Length', 'Transfer-Encoding'] : ['Content-Length'],
    words: `announced no body on the next hop, though the client had sent ${request.bodyOctets} octets`,
    because: [['what follows that head on the next hop, if anything does, is read as the next request']],
  };
}

function responseFault(clientSide: Exchange, { request: asked, response: received }: Exchange): Fault | undefined {
  const { request, response } = clientSide;
  if (response === undefined || received?.complete !== true || response.status !== received.status || isStream(response)) return undefined;
  if (request === undefined || asked?.method !== request.method) return undefined;
  return lengthLost(clientSide, response, received) ?? lengthWrong(clientSide, response, received);
}

/** It said where it ends, and does so no more; and the proxy means to keep the connection. */
function lengthLost(clientSide: Exchange, response: ResponseMessage, received: ResponseMessage): Fault | undefined {
  if (response.framing !== 'until-close' || clientSide.serverBelief !== 'keep') return undefined;
  if (received.framing !== 'length' && received.framing !== 'chunked') return undefined;
  const field = received.framing === 'length' ? 'Content-Length' : 'Transfer-Encoding';
  const wait = hangOf(clientSide, 'close');
  if (wait === undefined && !clientSide.ended) return undefined;
  return {
    direction: 'response',
    severity: wait === undefined ? 'violation' : 'hang',
    confidence: 'strong',
    wait,
    fields: [field],
    words: `took ${field} out and says keep-alive: nothing tells the client where the body ends`,
    because: [['a message on a connection that is kept must tell its own length (RFC 9112 section 9.3)']],
  };
}

/** It promises a length, and what was passed on is shorter: the length was kept when the body changed, or changed without it. */
function lengthWrong(clientSide: Exchange, response: ResponseMessage, received: ResponseMessage): Fault | undefined {
  if (response.framing !== 'length' || response.complete) return undefined;
  const coding = contentCodingOf(response) !== contentCodingOf(received);
  const kept = response.contentLength === received.bodyOctets && coding;
  const changed = response.contentLength !== received.bodyOctets && response.bodyOctets >= received.bodyOctets;
  const wait = hangOf(clientSide, 'response-body');
  if (!(kept || changed) || wait === undefined) return undefined;
  return {
    direction: 'response',
    severity: 'hang',
    confidence: 'strong',
    wait,
    fields: kept ? ['Content-Length', 'Content-Encoding'] : ['Content-Length'],
    words: kept
      ? `passed on the Content-Length of ${response.contentLength} with a body in another coding, of ${response.bodyOctets} octets`
      : `announces ${response.contentLength} octets of a body of which the next hop had ${received.bodyOctets}`,
    because: [['a Content-Length that is known to be wrong must not be forwarded (RFC 9110 section 8.6)']],
  };
}

function hangOf({ wait }: Exchange, debt: Wait['debt']): Wait | undefined {
  return wait?.debt === debt && wait.ended !== 'answered' && lasted(wait, OPEN) && !networkExplains(wait) ? wait : undefined;
}

function candidateOf(relay: Relay, serverSide: Exchange, fault: Fault): Candidate {
  const client = { exchange: relay.clientSide, hop: 'client-side' } as const;
  const server = { exchange: serverSide, hop: 'server-side' } as const;
  const { severity, direction, wait, fields, words, because } = fault;
  const caps = wait === undefined ? [] : [captureCap(wait.connection), openCap(wait)];
  const evidence = direction === 'request' ? say.requestEvidence : say.responseEvidence;
  const request: RequestMessage | undefined = relay.clientSide.request;
  return {
    severity,
    confidence: least(fault.confidence, pairingCap(relay), ...caps),
    message: [
      `the proxy ${relay.clientSide.server.text} ${words}: `,
      ...(request === undefined ? [] : say.requestText(request)),
      ...(wait === undefined ? [] : [`, ${silenceText(wait, relay.clientSide)}`]),
    ],
    hops: [say.hopOf(client), say.hopOf(server)],
    exchange: relay.clientSide,
    wait,
    fields,
    direction,
    evidence: say.inOrder([
      ...(direction === 'response' ? say.requestEvidence(client) : []),
      ...evidence(server),
      ...evidence(client),
      ...(wait === undefined ? [] : endEvidence(client, wait)),
    ]),
    because: [['the same message on both hops, with another framing'], ...because],
    wouldChangeOurMind: ['a request that the proxy made on its own account, and which only looks like the one of the client'],
  };
}
