/** The client stops in the middle of its request, and the server waits for the rest (RULES R30). */
import type { Candidate, Exchange, RequestMessage, ResponseMessage, Rule, Text } from '../model.ts';
import { type Blame, blameForRequest } from './blame.ts';
import { least } from './confidence.ts';
import { remediesFor } from './remedies.ts';
import { expectsContinue } from './single-messages.ts';
import { silenceText } from './stalls.ts';
import { type StoppedBody, shareText, stoppedBody, stoppedCandidate, stoppedHead } from './stopped-bodies.ts';
import { ENDED } from './thresholds.ts';
import * as say from './words.ts';

const REQUEST_TIMEOUT = 408;

export const requestBodyShort: Rule = {
  id: 'request-body-short',
  on: 'exchange',
  onlyFor: ['unfinished'],
  title: 'The client sent less of its request than it announced',
  basis: ['RFC 9112 section 6.3', 'RFC 9112 section 8', 'RFC 9110 section 15.5.9'],
  remedies: remediesFor('request-body'),

  check(exchange, context, found) {
    const { request, response } = exchange;
    if (request === undefined || request.complete || (isHeadCut(request) ? exchange.damaged : request.framing === 'none')) return;
    if (response?.status === REQUEST_TIMEOUT) {
      const held = request.bodyOctets === 0 && expectsContinue(request) && !isHeadCut(request);
      if (!held && response.firstTime - request.lastTime >= ENDED)
        found(timedOut(exchange, request, response, blameForRequest(exchange, context)));
      return;
    }
    // Another answer tells the client to stop: early-response-deadlock looks at what comes of that.
    if (response !== undefined) return;
    const stopped =
      stoppedHead(exchange) ?? stoppedBody(exchange, 'request-body', 'length') ?? stoppedBody(exchange, 'request-body', 'chunked');
    if (stopped !== undefined) found(silent(stopped, request, blameForRequest(exchange, context)));
  },
};

function silent(stopped: StoppedBody, request: RequestMessage, blame: Blame): Candidate {
  const { exchange, wait } = stopped;
  return stoppedCandidate(stopped, blame, {
    severity: 'hang',
    // Who closes without the rest had none; a server may only have lost patience.
    confidence: wait.ended === 'client-abort' ? 'strong' : 'likely',
    message: messageOf(blame, exchange, request, silenceText(wait, exchange)),
    because: [
      dutyOf(request),
      ...loginText(exchange),
      ['all that was sent was acknowledged, nothing was sent again, and the server had room for more'],
    ],
    wouldChangeOurMind: [SLOW, LOST],
  });
}

/** 408 is the server's own word that it waited for the client. */
function timedOut(exchange: Exchange, request: RequestMessage, response: ResponseMessage, blame: Blame): Candidate {
  const seen = { exchange, hop: blame.hops.length > 1 ? 'client-side' : 'only' } as const;
  const silence = say.duration(response.firstTime - request.lastTime);
  return {
    severity: 'hang',
    confidence: least('strong', exchange.connection.synSeen ? 'proven' : 'likely', exchange.damaged ? 'possible' : 'proven'),
    message: messageOf(blame, exchange, request, `${silence} of silence, then the server gave up with 408`),
    hops: blame.hops,
    exchange,
    wait: exchange.wait?.debtor === 'client' ? exchange.wait : undefined,
    direction: 'request',
    evidence: say.inOrder([
      ...say.requestEvidence(seen),
      say.evidence(seen, 'client', say.lastOf(request), [`last octet of the ${isHeadCut(request) ? 'head' : 'body'}`]),
      ...blame.evidence,
      ...say.responseEvidence(seen),
    ]),
    covers: blame.covers,
    because: [dutyOf(request), ['the server says itself that it waited for the client (408)'], ...loginText(exchange), ...blame.because],
    wouldChangeOurMind: [SLOW, LOST],
  };
}

const DUTY: Text = ['the server must wait for as much as the framing of the request says (RFC 9112 section 6.3)'];
const HEAD_DUTY: Text = ['a server knows what is asked of it when the empty line behind the head has come (RFC 9112 section 2.1)'];
const SLOW = 'a client that was still producing the rest: then it is slow, not wrong';
const LOST = 'octets of the request that the capture lost';

/** A client that is asked who it is may hold its body back until that is settled, while the server waits for it. */
function loginText({ request, previous }: Exchange): readonly Text[] {
  const status = previous?.response?.status;
  if (request?.bodyOctets !== 0 || (status !== 401 && status !== 407)) return [];
  return [[`the answer before it on this connection was ${status}: the client holds its body back until it is logged in`]];
}

function isHeadCut({ oddities }: RequestMessage): boolean {
  return oddities.includes('head-cut');
}

function dutyOf(request: RequestMessage): Text {
  return isHeadCut(request) ? HEAD_DUTY : DUTY;
}

function messageOf({ culprit }: Blame, { server }: Exchange, request: RequestMessage, ending: string): Text {
  return [`${culprit} sent ${sentOf(request)} of `, ...say.requestText(request), `, and ${server.text} waited for the rest: ${ending}`];
}

function sentOf(request: RequestMessage): string {
  if (isHeadCut(request)) return 'only the beginning of the head';
  return request.framing === 'length' ? shareText(request) : `${request.bodyOctets} octets of a chunked body without its end`;
}
