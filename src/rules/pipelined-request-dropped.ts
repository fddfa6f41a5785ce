/**
 * A request that was sent before the answer to the one before it is never answered, though the connection was kept (RULES
 * R32): whoever read the first one threw away what it had read with it.
 */
import type { Candidate, Confidence, Exchange, RequestMessage, Rule, Wait } from '../model.ts';
import { captureCap, least, openCap } from './confidence.ts';
import { remediesFor } from './remedies.ts';
import { endEvidence, isAnsweredSoon, silenceText } from './stalls.ts';
import { ENDED, lasted, OPEN } from './thresholds.ts';
import * as say from './words.ts';

export const pipelinedRequestDropped: Rule = {
  id: 'pipelined-request-dropped',
  on: 'exchange',
  onlyFor: ['wait'],
  title: 'A pipelined request is never answered',
  basis: ['RFC 9112 section 9.3.2'],
  remedies: remediesFor('pipelining'),

  check(exchange, { forwarded, server }, found) {
    const { wait, request, response, previous } = exchange;
    if (!exchange.pipelined || forwarded || response !== undefined || wait?.debt !== 'response-head' || wait.ended === 'answered') return;
    if (request?.acked === undefined || previous?.response?.complete !== true || previous.clientBelief !== 'keep') return;
    if (wait.connection.clientEnd.zeroWindow !== undefined) return;
    // The request that the capture lost may have been HEAD: what was read as the body of its answer is then the answer to this one.
    if (previous.request === undefined && previous.damaged) return;
    // Until the answer before it was complete, nobody owed one to this request.
    const { lastFrame, lastTime } = previous.response;
    const due = wait.start.time > lastTime ? wait : { ...wait, start: { frame: lastFrame, time: lastTime } };
    if (!lasted(due, wait.ended === 'capture-end' ? OPEN : ENDED)) return;
    found(candidateOf(exchange, request, previous, due, isAnsweredSoon(exchange, server)));
  },
};

function candidateOf(exchange: Exchange, request: RequestMessage, previous: Exchange, wait: Wait, soon: boolean): Candidate {
  const seen = { exchange, hop: 'only' } as const;
  const before = { exchange: previous, hop: 'only' } as const;
  const sameSegment = previous.request?.lastFrame === request.firstFrame;
  const idledOut = wait.ended === 'server-close';
  const dropped = sameSegment && soon;
  const byEvidence: Confidence = sameSegment && idledOut ? 'strong' : dropped || idledOut ? 'likely' : 'possible';
  return {
    severity: 'hang',
    confidence: least(byEvidence, captureCap(wait.connection), openCap(wait), exchange.damaged || previous.damaged ? 'possible' : 'proven'),
    message: [
      `${exchange.server.text} answered request ${previous.ordinal} and dropped request ${exchange.ordinal} (`,
      ...say.requestText(request),
      `), which the client had sent without waiting: ${silenceText(wait, exchange)}`,
    ],
    hops: [say.hopOf(seen)],
    exchange,
    wait,
    evidence: say.inOrder([
      ...say.requestEvidence(before),
      ...say.requestEvidence(seen),
      ...say.responseEvidence(before),
      ...endEvidence(seen, wait),
    ]),
    because: [
      ['the answer before it was complete and kept the connection, so this one was due (RFC 9112 section 9.3.2)'],
      ['TCP acknowledged the whole request'],
      ...(sameSegment ? [['it came in one segment with the request before it: it was read together with that one'] as const] : []),
      ...(soon ? [['the same target was answered at once elsewhere'] as const] : []),
      ...(idledOut ? [['the server closed as if nothing had been asked'] as const] : []),
    ],
    wouldChangeOurMind: ['the same target taking as long when it is asked alone: then the server is slow'],
  };
}
