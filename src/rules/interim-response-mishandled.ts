/**
 * A 1xx response that the proxy keeps to itself, takes for the final one, or gives to an HTTP/1.0 client (RULES R34).
 *
 * What an HTTP/1.0 client gets is seen on its hop alone; for the rest both hops are needed.
 */
import type {
  Candidate,
  Confidence,
  Exchange,
  ExchangeContext,
  Moment,
  Relay,
  ResponseMessage,
  Rule,
  Severity,
  Text,
  Wait,
} from '../model.ts';
import { captureCap, least, openCap, pairingCap } from './confidence.ts';
import { remediesFor } from './remedies.ts';
import { expectsContinue, requestOf } from './single-messages.ts';
import { endEvidence, networkExplains, silenceText } from './stalls.ts';
import { COUPLING, lasted, OPEN } from './thresholds.ts';
import * as say from './words.ts';

const CONTINUE = 100;
/** Frames of two hops that are so close may have been captured in the wrong order. */
const SAME_MOMENT = 2e6;

export const interimResponseMishandled: Rule = {
  id: 'interim-response-mishandled',
  on: 'exchange',
  onlyFor: ['interim'],
  title: 'An interim response was kept back, or given to somebody who cannot read it',
  basis: ['RFC 9110 section 15.2', 'RFC 9110 section 10.1.1'],
  remedies: remediesFor('interim-relay'),

  check(exchange, context, found) {
    const fault = (exchange.ended ? givenToHttp10(exchange, context) : undefined) ?? notPassedOn(exchange, context);
    if (fault !== undefined) found(candidateOf(exchange, fault));
  },
};

interface Fault {
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly interim: ResponseMessage;
  /** The hop behind the proxy, where it matters. */
  readonly serverSide: Exchange | undefined;
  readonly wait?: Wait;
  readonly message: Text;
  readonly because: readonly Text[];
  readonly wouldChangeOurMind: readonly string[];
}

function givenToHttp10(exchange: Exchange, { relay }: ExchangeContext): Fault | undefined {
  const [interim] = exchange.interim;
  if (interim === undefined || exchange.request?.version !== 'HTTP/1.0') return undefined;
  const serverSide = nextHopOf(relay);
  const given = serverSide?.interim.find(({ status }) => status === interim.status);
  // The next hop was asked in HTTP/1.0 and did it, too: it is told there.
  if (given !== undefined && serverSide?.request?.version === 'HTTP/1.0') return undefined;
  return {
    severity: 'violation',
    confidence: 'proven',
    interim,
    serverSide: given === undefined ? undefined : serverSide,
    message: [
      `${given === undefined ? '' : 'the proxy '}${exchange.server.text} sent a ${interim.status} in answer to `,
      ...requestOf(exchange),
      ' to a client that speaks HTTP/1.0, which knows no interim responses',
    ],
    because: [['the client may take it for the whole answer, and what follows for nonsense (RFC 9110 section 15.2)']],
    wouldChangeOurMind: [],
  };
}

/** An interim response on the next hop that the client has not got, though it may or must. */
function notPassedOn(exchange: Exchange, { relay }: ExchangeContext): Fault | undefined {
  const serverSide = nextHopOf(relay);
  const { request } = exchange;
  if (relay === undefined || serverSide === undefined || request === undefined || serverSide.interim.length === 0) return undefined;
  if (request.version === 'HTTP/1.0' || exchange.damaged) return undefined;
  const kept = serverSide.interim.find((interim) => !exchange.interim.some(({ status }) => status === interim.status));
  if (kept === undefined) return takenForFinal(exchange, relay, serverSide);
  // A proxy that asked for it itself keeps it (RFC 9110 section 15.2); a client that has begun to send its body needs none.
  if (kept.status === CONTINUE && !waitedFor(exchange, kept)) return undefined;
  if (hungUpWith(exchange, kept)) return undefined;
  const hang = kept.status === CONTINUE ? hangOf(exchange, kept) : undefined;
  if (hang === undefined && !(exchange.ended && wentOn(exchange, kept))) return undefined;
  return {
    severity: hang === undefined ? 'violation' : 'hang',
    confidence: least('strong', pairingCap(relay), ...(hang === undefined ? [] : [captureCap(hang.connection), openCap(hang)])),
    interim: kept,
    serverSide,
    ...(hang === undefined ? {} : { wait: hang }),
    message: [
      `the proxy ${exchange.server.text} kept the ${kept.status} of ${serverSide.server.text} to `,
      ...say.requestText(request),
      ' to itself',
      ...(hang === undefined ? [] : [`, and the client held its body back: ${silenceText(hang, exchange)}`]),
    ],
    because: [
      [`the next hop carries ${kept.status}, the hop of the client does not`],
      ['a proxy must forward interim responses that it has not asked for itself (RFC 9110 section 15.2)'],
    ],
    wouldChangeOurMind: ['a proxy that had asked for it itself'],
  };
}

/** The client expected that 100, and had not sent its body when it came to the proxy. */
function waitedFor({ request, interim }: Exchange, { headTime }: ResponseMessage): boolean {
  if (request === undefined || !expectsContinue(request) || interim.length > 0) return false;
  return request.bodyOctets === 0 || request.lastTime - headTime > SAME_MOMENT;
}

/** Something came on the client's hop where that response should have come first: the capture did not just end before it. */
function wentOn({ request, response, wait }: Exchange, { headTime }: ResponseMessage): boolean {
  const sent = request?.lastTime ?? Number.NaN;
  return response !== undefined || sent - headTime > SAME_MOMENT || (wait !== undefined && wait.ended !== 'capture-end');
}

/** The client was gone before the proxy could pass it on. */
function hungUpWith({ wait, ended }: Exchange, { headTime }: ResponseMessage): boolean {
  return ended && wait?.by !== undefined && wait.by !== 'DATA' && wait.end.time - headTime <= SAME_MOMENT;
}

function hangOf({ wait, request }: Exchange, { firstTime }: ResponseMessage): Wait | undefined {
  if (wait?.debt !== 'continue' || wait.ended === 'answered' || request === undefined || request.bodyOctets > 0) return undefined;
  return firstTime < wait.end.time && lasted(wait, OPEN) ? wait : undefined;
}

/** The interim response was passed on as the answer: the final one stays in the proxy, goes to the next request, or is not waited for. */
function takenForFinal(exchange: Exchange, relay: Relay, serverSide: Exchange): Fault | undefined {
  const { wait, interim, response, request } = exchange;
  const [last] = interim.slice(-1);
  if (wait?.debt !== 'response-head' || wait.ended === 'answered' || response !== undefined || last === undefined) return undefined;
  const missed = missedAnswer(relay, serverSide);
  if (missed === undefined || request === undefined || networkExplains(wait) || !lasted({ ...wait, start: missed.at }, OPEN))
    return undefined;
  return {
    severity: 'hang',
    confidence: least(missed.confidence, pairingCap(relay), captureCap(wait.connection), openCap(wait)),
    interim: last,
    serverSide,
    wait,
    message: [
      `the proxy ${exchange.server.text} took the ${last.status} of ${serverSide.server.text} to `,
      ...say.requestText(request),
      ` for the answer: ${missed.words}, ${silenceText(wait, exchange)}`,
    ],
    because: [
      [`the ${last.status} was passed on, ${missed.because}`],
      ['any number of interim responses may precede the final one (RFC 9110 section 15.2)'],
    ],
    wouldChangeOurMind: [missed.doubt],
  };
}

interface MissedAnswer {
  readonly at: Moment;
  readonly confidence: Confidence;
  readonly words: string;
  readonly because: string;
  readonly doubt: string;
}

/** The final response that the proxy did not pass on, or that it hung up on. */
function missedAnswer({ attempts }: Relay, { response, interim, server }: Exchange): MissedAnswer | undefined {
  if (response?.complete === true)
    return {
      at: say.lastOf(response),
      confidence: 'strong',
      words: `the client never got the ${response.status} behind it`,
      because: 'and the final response that followed it on the next hop was not',
      doubt: 'a proxy that holds the final response for another reason',
    };
  const [left, hungUp] = [say.closingOf(attempts[0]?.connection, 'client'), say.closingOf(attempts[0]?.connection, 'server')];
  const seen = interim.at(-1)?.lastTime ?? Number.NaN;
  if (response !== undefined || left === undefined || (hungUp !== undefined && hungUp.frame < left.frame)) return undefined;
  if (!(left.time - seen <= COUPLING)) return undefined;
  return {
    at: left,
    confidence: 'likely',
    words: `it hung up on ${server.text} ${say.duration(left.time - seen)} behind it, and the client got no answer`,
    because: 'and then the proxy closed the connection to the server that still owed the final response',
    doubt: 'a proxy that was stopped at that moment',
  };
}

function nextHopOf(relay: Relay | undefined): Exchange | undefined {
  return relay?.attempts.length === 1 ? relay.attempts[0]?.exchange : undefined;
}

function candidateOf(exchange: Exchange, fault: Fault): Candidate {
  const { severity, confidence, interim, serverSide, wait, message, because, wouldChangeOurMind } = fault;
  const client = { exchange, hop: serverSide === undefined ? 'only' : 'client-side' } as const;
  const server = serverSide && ({ exchange: serverSide, hop: 'server-side' } as const);
  const heads = (seen: say.Seen): Candidate['evidence'] =>
    seen.exchange.interim
      .filter(({ status }) => status === interim.status)
      .map((head) => say.evidence(seen, 'server', say.headOf(head), [say.wire('version', head.version), ' ', ...say.statusText(head)]));
  return {
    severity,
    confidence: least(confidence, exchange.damaged ? 'possible' : 'proven'),
    message,
    hops: [say.hopOf(client), ...(server === undefined ? [] : [say.hopOf(server)])],
    exchange,
    wait,
    direction: 'response',
    evidence: say.inOrder([
      ...say.requestEvidence(client),
      ...(server === undefined ? [] : [...heads(server), ...say.responseEvidence(server)]),
      ...heads(client),
      ...(wait === undefined ? say.responseEvidence(client) : endEvidence(client, wait)),
    ]),
    because,
    wouldChangeOurMind,
    // What the origin waits for on its hop, it waits for because of this.
    covers: wait === undefined || serverSide === undefined ? [] : [serverSide],
  };
}
