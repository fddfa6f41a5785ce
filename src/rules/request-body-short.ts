/** The client stops in the middle of its request, and the server waits for the rest (RULES R30). */
import type { Candidate, Exchange, RequestMessage, ResponseMessage, Rule, Text } from '../model.ts';
import { type Blame, blameForRequest } from './blame.ts';
import { least } from './confidence.ts';
import { remediesFor } from './remedies.ts';
import { expectsContinue } from './single-messages.ts';
import { silenceText } from './stalls.ts';
import { type StoppedBody, shareText, stoppedBody, stoppedCandidate } from './stopped-bodies.ts';
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
    if (request === undefined || request.complete || request.framing === 'none') return;
    if (response?.status === REQUEST_TIMEOUT) {
      const held = request.bodyOctets === 0 && expectsContinue(request);
      if (!held && response.firstTime - request.lastTime >= ENDED)
        found(timedOut(exchange, request, response, blameForRequest(exchange, context)));
      return;
    }
    // Another answer tells the client to stop: early-response-deadlock looks at what comes of that.
    if (response !== undefined) return;
    const stopped = stoppedBody(exchange, 'request-body', 'length') ?? stoppedBody(exchange, 'request-body', 'chunked');
    if (stopped !== undefined) found(silent(stopped, request, blameForRequest(exchange, context)));
  },
};

function silent(stopped: StoppedBody, request: RequestMessage, blame: Blame): Candidate {
  const { exchange, wait } = stopped;
  return stoppedCandidate(stopped, blame, {
    severity: 'hang',
    // Who closes without the rest had none; a server may only have lost patience.
    confidence: wait.ended === 'client-abort' ? 'strong' : 'likely',
    message: messageOf(exchange, request, silenceText(wait, exchange)),
    because: [DUTY, ['all that was sent was acknowledged, nothing was sent again, and the server had room for more']],
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
    message: messageOf(exchange, request, `${silence} of silence, then the server gave up with 408`),
    hops: blame.hops,
    exchange,
    wait: exchange.wait?.debt === 'request-body' ? exchange.wait : undefined,
    direction: 'request',
    evidence: say.inOrder([
      ...say.requestEvidence(seen),
      say.evidence(seen, 'client', say.lastOf(request), ['last octet of the body']),
      ...blame.evidence,
      ...say.responseEvidence(seen),
    ]),
    covers: blame.covers,
    because: [DUTY, ['the server says itself that it waited for the client (408)'], ...blame.because],
    wouldChangeOurMind: [SLOW, LOST],
  };
}

const DUTY: Text = ['the server must wait for as much as the framing of the request says (RFC 9112 section 6.3)'];
const SLOW = 'a client that was still producing the body: then it is slow, not wrong';
const LOST = 'octets of the body that the capture lost';

function messageOf({ client, server }: Exchange, request: RequestMessage, ending: string): Text {
  const sent = request.framing === 'length' ? shareText(request) : `${request.bodyOctets} octets of a chunked body without its end`;
  return [`the client ${client.text} sent ${sent} of `, ...say.requestText(request), `, and ${server.text} waited for the rest: ${ending}`];
}
