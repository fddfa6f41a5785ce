/**
 * A request on a connection that the client, or the server, has said it will close (RULES R52): nobody need answer it. It looks
 * like a server that ignores requests, and is the client's doing.
 */
import type { Candidate, Confidence, Exchange, RequestMessage, Rule, Text, Wait } from '../model.ts';
import { captureCap, least } from './confidence.ts';
import { remediesFor } from './remedies.ts';
import { endEvidence, silenceText } from './stalls.ts';
import { ENDED, lasted, OPEN } from './thresholds.ts';
import * as say from './words.ts';

/** A client that sends so long after a response has read it, wherever the capture was taken. */
const READ = 200e6;

export const requestAfterClose: Rule = {
  id: 'request-after-close',
  on: 'exchange',
  onlyFor: ['after-close'],
  title: 'A request on a connection that was to be closed',
  basis: ['RFC 9112 section 9.6', 'RFC 9112 section 9.3'],
  remedies: remediesFor('after-close'),

  check(exchange, _context, found) {
    const { request, previous } = exchange;
    if (request === undefined || previous === undefined || previous.damaged || previous.response?.framing === 'tunnel') return;
    if (!exchange.ended && exchange.wait === undefined) return;
    const announced = announcedBy(exchange, request, previous);
    if (announced !== undefined) found(candidateOf(exchange, request, previous, announced));
  },
};

interface Announcement {
  readonly who: Text;
  readonly confidence: Confidence;
}

/** Who had said before this request that the connection would be closed, so that its client knew. */
function announcedBy({ pipelined, response }: Exchange, request: RequestMessage, previous: Exchange): Announcement | undefined {
  const before = previous.response;
  if (previous.request?.options.includes('close') === true)
    return { who: ['the client itself had said close with ', ...say.requestText(previous.request)], confidence: 'proven' };
  // A request that was on its way already is for the client to repeat elsewhere; the end of a body without length is a close.
  if (before?.complete !== true || pipelined || previous.clientBelief !== 'close') return undefined;
  // What nobody asked for may have crossed the request: idle-close-race tells that.
  if (previous.request === undefined && request.firstTime - before.lastTime < READ) return undefined;
  const said = before.options.includes('close');
  if (!said && (before.framing === 'until-close' || response !== undefined)) return undefined;
  const confidence = request.firstTime - before.lastTime >= READ ? 'strong' : 'likely';
  if (said) return { who: ['the answer before it said close'], confidence };
  return { who: [`the answer before it was of ${before.version} and did not say keep-alive`], confidence };
}

function candidateOf(exchange: Exchange, request: RequestMessage, previous: Exchange, { who, confidence }: Announcement): Candidate {
  const seen = { exchange, hop: 'only' } as const;
  const before = { exchange: previous, hop: 'only' } as const;
  const wait = waitOf(exchange);
  return {
    severity: 'violation',
    confidence: least(
      confidence,
      wait === undefined ? (exchange.connection.synSeen ? 'proven' : 'likely') : captureCap(wait.connection),
      exchange.damaged ? 'possible' : 'proven',
    ),
    message: [
      `${exchange.client.text} sent `,
      ...say.requestText(request),
      ' on a connection that was to be closed: ',
      ...who,
      wait === undefined ? '' : `; nobody need answer it: ${silenceText(wait, exchange)}`,
    ],
    hops: [say.hopOf(seen)],
    exchange,
    wait,
    fields: ['Connection'],
    direction: 'request',
    evidence: say.inOrder([
      ...say.requestEvidence(before),
      ...say.responseEvidence(before),
      ...say.requestEvidence(seen),
      ...(wait === undefined ? [] : endEvidence(seen, wait)),
    ]),
    because: [
      ['after a message that says close, its client must send no more requests on that connection (RFC 9112 section 9.6)'],
      ...(wait === undefined
        ? []
        : [['a server must not process what comes after its close, so the silence is no fault of its own'] as const]),
    ],
    wouldChangeOurMind:
      confidence === 'proven' ? [] : ['a client that had sent it before the response reached it: then it may ask again elsewhere'],
  };
}

/** The silence that followed. */
function waitOf({ wait }: Exchange): Wait | undefined {
  if (wait?.debt !== 'response-head' || wait.ended === 'answered') return undefined;
  return lasted(wait, wait.ended === 'capture-end' ? OPEN : ENDED) ? wait : undefined;
}
