/** The server closed before the framing of its response was complete: a part is lost (RULES R27). */
import type { Candidate, Connection, Exchange, Moment, ResponseMessage, Rule, Wait } from '../model.ts';
import { type Blame, blameForResponse } from './blame.ts';
import { captureCap, least } from './confidence.ts';
import { remediesFor } from './remedies.ts';
import { isStream } from './stalls.ts';
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
    if (wait === undefined || request === undefined || response === undefined || response.complete) return;
    if (wait.debt !== 'response-body' && !(wait.debt === 'response-head' && isHeadCut(response))) return;
    const [server, client] = [say.closingOf(wait.connection, 'server'), say.closingOf(wait.connection, 'client')];
    if (server === undefined || wait.ended === 'answered') return;
    // A client that left first has cut the response short itself.
    if (client !== undefined && client.frame < server.frame) return;
    found(candidateOf({ exchange, response, wait, connection: wait.connection, close: server }, blameForResponse(exchange, context)));
  },

  ends(connection, { last, relay }, found) {
    const { response, request } = last;
    if (response?.framing !== 'until-close' || response.complete || request === undefined) return;
    if (isStream(response) || isHeadCut(response)) return;
    const { fin, reset } = connection.serverEnd;
    const client = say.closingOf(connection, 'client');
    if (reset === undefined || fin !== undefined || (client !== undefined && client.frame < reset.frame)) return;
    found(candidateOf({ exchange: last, response, wait: last.wait, connection, close: reset }, blameForResponse(last, { relay })));
  },
};

interface Truncation {
  readonly exchange: Exchange;
  readonly response: ResponseMessage;
  readonly wait: Wait | undefined;
  readonly connection: Connection;
  readonly close: Moment;
}

function candidateOf({ exchange, response, wait, connection, close }: Truncation, blame: Blame): Candidate {
  const seen = { exchange, hop: blame.hops.length > 1 ? 'client-side' : 'only' } as const;
  const { request } = exchange;
  const untold = response.framing === 'until-close' && !isHeadCut(response);
  return {
    severity: 'loss',
    // Many a server resets where it should close, behind all that it had to send.
    confidence: least(untold ? 'likely' : 'strong', captureCap(connection), exchange.damaged ? 'possible' : 'proven'),
    message: [
      `${blame.culprit} ${untold ? 'reset the connection in place of closing it behind' : 'closed in the middle of'} its answer to `,
      ...(request === undefined ? [] : say.requestText(request)),
      `: the client got ${gotText(response)}`,
    ],
    hops: blame.hops,
    ...blame.behind,
    exchange,
    wait,
    direction: 'response',
    evidence: say.inOrder([
      ...say.requestEvidence(seen),
      ...say.responseEvidence(seen),
      say.evidence(seen, 'server', say.lastOf(response), ['last octet of the response']),
      ...blame.evidence,
      ...say.closeEvidence(seen, connection, 'server').filter(({ moment }) => moment.frame === close.frame),
    ]),
    because: [
      [
        untold
          ? 'without a length only an orderly close ends a response: behind a reset its receiver must not take it for whole (RFC 9112 section 8)'
          : 'a response that ends before its framing says so is incomplete, and its receiver must not take it for whole (RFC 9112 section 8)',
      ],
      ['the client had not closed before'],
      ...blame.because,
    ],
    covers: blame.covers,
    wouldChangeOurMind: ['octets between the last one and the close that the capture lost'],
  };
}

function isHeadCut({ oddities }: ResponseMessage): boolean {
  return oddities.includes('head-cut');
}

function gotText(response: ResponseMessage): string {
  if (isHeadCut(response)) return 'only the beginning of its head';
  if (response.framing === 'length') return shareText(response);
  const body = response.framing === 'chunked' ? 'a chunked body without its end' : 'a body, and cannot tell whether that is all';
  return `${response.bodyOctets} octets of ${body}`;
}
