/** The server closed before the framing of its response was complete: a part is lost (RULES R27). */
import type { Candidate, Exchange, Moment, ResponseMessage, Rule, Wait } from '../model.ts';
import { type Blame, blameForResponse } from './blame.ts';
import { captureCap, least } from './confidence.ts';
import { remediesFor } from './remedies.ts';
import { shareText } from './stopped-bodies.ts';
import * as say from './words.ts';

export const truncatedByClose: Rule = {
  id: 'truncated-by-close',
  on: 'exchange',
  onlyFor: ['wait'],
  title: 'The connection was closed in the middle of a response',
  basis: ['RFC 9112 section 8', 'RFC 9112 section 6.3'],
  remedies: remediesFor('length'),

  check(exchange, context, found) {
    const { wait, response, request } = exchange;
    if (wait?.debt !== 'response-body' || request === undefined || response === undefined || response.complete) return;
    const [server, client] = [say.closingOf(wait.connection, 'server'), say.closingOf(wait.connection, 'client')];
    if (server === undefined || wait.ended === 'answered') return;
    // A client that left first has cut the response short itself.
    if (client !== undefined && client.frame < server.frame) return;
    found(candidateOf(exchange, response, wait, server, blameForResponse(exchange, context)));
  },
};

function candidateOf(exchange: Exchange, response: ResponseMessage, wait: Wait, close: Moment, blame: Blame): Candidate {
  const seen = { exchange, hop: blame.hops.length > 1 ? 'client-side' : 'only' } as const;
  const { request } = exchange;
  const got = response.framing === 'length' ? shareText(response) : `${response.bodyOctets} octets of a chunked body without its end`;
  return {
    severity: 'loss',
    confidence: least('strong', captureCap(wait.connection), exchange.damaged ? 'possible' : 'proven'),
    message: [
      `${blame.culprit} closed in the middle of its answer to `,
      ...(request === undefined ? [] : say.requestText(request)),
      `: the client got ${got}`,
    ],
    hops: blame.hops,
    exchange,
    wait,
    direction: 'response',
    evidence: say.inOrder([
      ...say.requestEvidence(seen),
      ...say.responseEvidence(seen),
      say.evidence(seen, 'server', say.lastOf(response), ['last octet of the body']),
      ...blame.evidence,
      ...say.closeEvidence(seen, wait.connection, 'server').filter(({ moment }) => moment.frame === close.frame),
    ]),
    because: [
      ['a response that ends before its framing says so is incomplete, and its receiver must not take it for whole (RFC 9112 section 8)'],
      ['the client had not closed before'],
      ...blame.because,
    ],
    covers: blame.covers,
    wouldChangeOurMind: ['octets between the last one and the close that the capture lost'],
  };
}
