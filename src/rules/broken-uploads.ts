/**
 * The server closes while the client is sending a body, and says nothing (RULES R27 for what was never answered). Whoever wants no
 * more of a request says so in an answer, and closes after that (RFC 9112 section 9.6).
 */
import type { Candidate, Confidence, Connection, ConnectionContext, Exchange, Moment, RequestMessage } from '../model.ts';
import { captureCap, least } from './confidence.ts';
import { foreignReset, hopLimitText } from './foreign-reset.ts';
import { reachOf } from './lifetimes.ts';
import { wentThroughProxy } from './single-messages.ts';
import { isStream } from './stalls.ts';
import { shareText } from './stopped-bodies.ts';
import { ENDED, OPEN } from './thresholds.ts';
import * as say from './words.ts';

interface BrokenUpload {
  readonly exchange: Exchange;
  readonly request: RequestMessage;
  readonly connection: Connection;
  readonly close: Moment;
}

/** On a connection that is over. What a proxy sent on is told of the hop where it broke. */
export function brokenUpload(connection: Connection, { last, relay }: ConnectionContext): BrokenUpload | undefined {
  const { request, response, damaged, pipelined, previous } = last;
  if (request === undefined || response !== undefined || damaged || pipelined || (relay?.attempts.length ?? 0) > 0) return undefined;
  if (request.complete || request.bodyOctets === 0 || isStream(request) || (previous !== undefined && previous.clientBelief === 'close'))
    return undefined;
  const [close, left] = [say.closingOf(connection, 'server'), say.closingOf(connection, 'client')];
  if (close === undefined || (left !== undefined && left.frame < close.frame) || connection.clientSide !== 0) return undefined;
  // Before that it crossed the request, and after that the server has run out of patience: other rules tell it.
  if (close.time <= request.firstTime + reachOf(connection) || close.time - request.lastTime >= OPEN) return undefined;
  const { lastData } = connection.serverEnd;
  return lastData !== undefined && lastData.time > request.firstTime ? undefined : { exchange: last, request, connection, close };
}

export function brokenCandidate({ exchange, request, connection, close }: BrokenUpload): Candidate {
  const seen = { exchange, hop: 'only' } as const;
  const { fin } = connection.serverEnd;
  const orderly = fin?.frame === close.frame;
  const foreign = orderly ? undefined : foreignReset(connection.serverEnd);
  const sent = request.framing === 'length' ? shareText(request) : `${request.bodyOctets} octets of a chunked body`;
  return {
    severity: 'loss',
    confidence: least(confidenceOf(request, close, orderly, foreign !== undefined), captureCap(connection)),
    message: [
      `${exchange.server.text} ${orderly ? 'closed' : 'reset'} the connection in the middle of `,
      ...say.requestText(request),
      ` of ${exchange.client.text}, after ${sent}, without an answer`,
    ],
    hops: [say.hopOf(seen)],
    exchange,
    direction: 'request',
    evidence: say.inOrder([
      ...say.requestEvidence(seen),
      say.evidence(seen, 'client', say.lastOf(request), ['last octet of the body']),
      ...say.closeEvidence(seen, connection, 'server'),
    ]),
    because: [
      ['the client had not closed before, and its request was not complete'],
      ...(foreign === undefined ? [] : [[...hopLimitText(foreign, exchange.server), ': somebody else may have sent it'] as const]),
      ['whoever wants no more of a request answers it before closing, so that the client knows why (RFC 9112 section 9.6)'],
    ],
    wouldChangeOurMind: [
      'a server that was being stopped at that moment',
      'an answer, 413 or 401 for example, that the reset destroyed before it was captured',
    ],
  };
}

/** A pause before it may have been the client's; what a proxy met, it may have mended by itself. */
function confidenceOf(request: RequestMessage, close: Moment, orderly: boolean, foreign: boolean): Confidence {
  if (foreign) return 'possible';
  return orderly && close.time - request.lastTime < ENDED && !wentThroughProxy(request) ? 'strong' : 'likely';
}
