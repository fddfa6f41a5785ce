/**
 * The server believes the exchange over and waits for the next request, the client waits for the rest of the response (RULES R06).
 * Seen on one hop: the server closes after the very time after which it closes idle connections, or it says itself, by a 408 in
 * the middle of its response, that it waited for a request.
 */
import type { Candidate, Exchange, ResponseMessage, Rule, Spread, Text, Wait } from '../model.ts';
import { captureCap, least } from './confidence.ts';
import { remediesFor } from './remedies.ts';
import { endEvidence, isStream, networkExplains } from './stalls.ts';
import { ENDED, lasted, lengthOf } from './thresholds.ts';
import * as say from './words.ts';

/** Idle closes that make a habit, and how far from their mean they and the silence may be. */
const HABIT = 2;
const LIKENESS = 0.05;
/** The oddity of a response in the middle of which its server said 408. */
const WITHIN = 'timeout-within';

export const proxyCycleOnOneHop: Rule = {
  id: 'proxy-cycle-on-one-hop',
  on: 'exchange',
  onlyFor: ['wait'],
  title: 'The server waits for a request while its client waits for the rest of the response',
  basis: ['RFC 9112 section 6.3', 'RFC 9112 section 9.3'],
  remedies: remediesFor('framing'),

  check(exchange, { server: { idleCloses } }, found) {
    const { wait, response, request } = exchange;
    if (wait === undefined || request === undefined || response === undefined || isStream(response)) return;
    if (wait.debt !== 'response-body' && wait.debt !== 'close') return;
    if (!lasted(wait, ENDED)) return;
    if (wait.ended === 'answered') {
      const stopped = wait.connection.clientEnd.zeroWindow === undefined;
      if (stopped && response.oddities.includes(WITHIN)) found(candidateOf(exchange, response, wait, undefined));
    } else if (wait.ended === 'server-close' && wait.by === 'FIN' && !networkExplains(wait)) {
      if (isHabit(idleCloses) && isLike(lengthOf(wait), idleCloses)) found(candidateOf(exchange, response, wait, idleCloses));
    }
  },
};

function isHabit({ count, mean, least, most }: Spread): boolean {
  return count >= HABIT && most - mean <= LIKENESS * mean && mean - least <= LIKENESS * mean;
}

function isLike(silence: number, { mean }: Spread): boolean {
  return Math.abs(silence - mean) <= LIKENESS * mean;
}

/** @param idleCloses of this server, where this wait ended like them; else it ended by 408 */
function candidateOf(exchange: Exchange, response: ResponseMessage, wait: Wait, idleCloses: Spread | undefined): Candidate {
  const seen = { exchange, hop: 'only' } as const;
  const silence = say.duration(lengthOf(wait));
  return {
    severity: 'hang',
    confidence: least('strong', captureCap(wait.connection), exchange.damaged ? 'possible' : 'proven'),
    message: [
      `${exchange.server.text} took its answer to `,
      ...(exchange.request === undefined ? [] : say.requestText(exchange.request)),
      ` for complete and waited for the next request, while the client waited for ${owedText(response)}: ${
        idleCloses === undefined
          ? `after ${silence} it said 408 in the middle of the body`
          : `it hung up after ${silence}, as it does with idle connections`
      }`,
    ],
    hops: [say.hopOf(seen)],
    exchange,
    wait,
    direction: 'response',
    evidence: say.inOrder([
      ...say.requestEvidence(seen),
      ...say.responseEvidence(seen),
      say.evidence(seen, 'server', wait.start, ['last octet of the response']),
      ...endEvidence(seen, wait),
    ]),
    because: [
      why(response),
      idleCloses === undefined
        ? [
            '408 answers nothing that was asked: it is what a server says when it has waited for a request too long (RFC 9110 section 15.5.9)',
          ]
        : [
            `this server closed ${idleCloses.count} idle connections after ${say.duration(idleCloses.mean)}, and this one after ${silence}: it was idle, too, to its mind`,
          ],
      ...(idleCloses === undefined ? [] : [['all that was sent was acknowledged, and nothing was sent again'] as const]),
    ],
    wouldChangeOurMind: [
      idleCloses === undefined
        ? 'content that looks like a response of its own'
        : 'a timer for slow responses that is set to the same time as the one for idle connections',
    ],
  };
}

function owedText({ framing }: ResponseMessage): string {
  return framing === 'until-close' ? 'its close' : 'the rest';
}

function why({ framing, bodyOctets, contentLength, oddities }: ResponseMessage): Text {
  if (framing === 'until-close') return ['the response has no length: only a close can end it (RFC 9112 section 6.3, rule 8)'];
  if (framing === 'length' && oddities.includes(WITHIN))
    return [`not all of the ${contentLength} octets of Content-Length had come by then`];
  if (framing === 'length') return [`the client had got ${bodyOctets} of the ${contentLength} octets of Content-Length`];
  return ['the chunked body was not ended'];
}
