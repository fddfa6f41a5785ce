/** A chunked response that is never ended, on a connection that stays open, or on which something else follows (RULES R25). */
import type { Candidate, ChunkPosition, Confidence, Exchange, Rule } from '../model.ts';
import { type Blame, blameForResponse } from './blame.ts';
import { least } from './confidence.ts';
import { remediesFor } from './remedies.ts';
import { silenceText } from './stalls.ts';
import { looksWhole, type StoppedBody, stoppedBody, stoppedCandidate, tailText } from './stopped-bodies.ts';
import * as say from './words.ts';

export const chunkTerminatorMissing: Rule = {
  id: 'chunk-terminator-missing',
  on: 'exchange',
  onlyFor: ['wait', 'oddities'],
  title: 'A chunked body without its end',
  basis: ['RFC 9112 section 7.1', 'RFC 9112 section 8'],
  remedies: remediesFor('last-chunk'),

  check(exchange, context, found) {
    const stopped = stoppedBody(exchange, 'response-body', 'chunked');
    if (stopped !== undefined) found(candidateOf(stopped, blameForResponse(exchange, context)));
    else if (exchange.ended && isOverrun(exchange)) found(overrunOf(exchange, blameForResponse(exchange, context)));
  },
};

/** Where the size of a chunk was due came octets that are none: mostly the next response. Of a 408 proxy-cycle-on-one-hop tells. */
function isOverrun({ request, response, damaged }: Exchange): boolean {
  if (request === undefined || damaged || response?.framing !== 'chunked') return false;
  return response.oddities.includes('bad-chunk') && !response.oddities.includes('timeout-within');
}

/** Irregularities of a head that a strict reader would not read on from: what frames the body for the one may not for the other. */
const LENIENT: ReadonlySet<string> = new Set(['bare-cr', 'bare-lf', 'obs-fold', 'space-before-colon', 'no-colon', 'bad-field-name', 'nul']);

function overrunOf(exchange: Exchange, blame: Blame): Candidate {
  const lenient = exchange.response?.oddities.find((oddity) => LENIENT.has(oddity));
  const seen = { exchange, hop: blame.hops.length > 1 ? 'client-side' : 'only' } as const;
  const { request, response } = exchange;
  return {
    severity: 'loss',
    confidence: least(lenient === undefined ? 'strong' : 'possible', exchange.connection.synSeen ? 'proven' : 'likely'),
    message: [
      `${blame.culprit} went on behind a chunk of its answer to `,
      ...(request === undefined ? [] : say.requestText(request)),
      ' with octets that are neither a chunk nor the end of the body: from there on nobody can read the connection',
    ],
    hops: blame.hops,
    ...blame.behind,
    exchange,
    fields: ['Transfer-Encoding'],
    direction: 'response',
    evidence: say.inOrder([
      ...say.requestEvidence(seen),
      ...say.responseEvidence(seen),
      ...(response === undefined ? [] : [say.evidence(seen, 'server', say.lastOf(response), ['no chunk size where one was due'])]),
      ...blame.evidence,
    ]),
    because: [
      [`overrun: ${response?.bodyOctets ?? 0} octets of content arrived in chunks, and then something that begins with no size`],
      ['a chunked body ends with 0 CRLF CRLF and with nothing else (RFC 9112 section 7.1)'],
      ...(lenient === undefined ? [] : [[`but its head is irregular (${lenient}): others may not take the body for chunked`] as const]),
      ...blame.because,
    ],
    covers: blame.covers,
    wouldChangeOurMind: ['octets of the body that the capture lost'],
  };
}

interface Place {
  readonly code: string;
  readonly words: string;
  readonly confidence: Confidence;
}

/** Where it stopped. After "0 CRLF" nothing can follow but trailers; before a chunk size anything may be in the making. */
const PLACES: Readonly<Partial<Record<ChunkPosition, Place>>> = {
  size: { code: 'no-last-chunk', words: 'all its chunks are complete, and the last one, of size 0, is missing', confidence: 'likely' },
  data: { code: 'short-chunk', words: 'it stops in the middle of a chunk', confidence: 'likely' },
  'data-end': { code: 'chunk-crlf-withheld', words: 'the CRLF behind the data of a chunk is missing', confidence: 'likely' },
  trailer: { code: 'half-terminator', words: 'the empty line behind the last chunk is missing', confidence: 'proven' },
};
/** The place is known once the message is over. */
const UNKNOWN: Place = { code: 'open', words: 'its end is missing', confidence: 'likely' };

function candidateOf(stopped: StoppedBody, blame: Blame): Candidate {
  const { exchange, body, wait } = stopped;
  const { request } = exchange;
  const place = (body.chunk && PLACES[body.chunk]) ?? UNKNOWN;
  const whole = place.code !== 'short-chunk' && looksWhole(body);
  const over = wait.ended === 'server-close' || blame.contentIsWhole === true || whole;
  return stoppedCandidate(stopped, blame, {
    severity: 'hang',
    confidence: over && place.confidence === 'likely' ? 'strong' : place.confidence,
    message: [
      `${blame.culprit} never ended its chunked answer to `,
      ...(request === undefined ? [] : say.requestText(request)),
      `: ${place.words}, ${silenceText(wait, exchange)}`,
    ],
    because: [
      [`${place.code}: ${body.bodyOctets} octets of content arrived; ${place.words}`],
      ['a chunked body ends with 0 CRLF CRLF and with nothing else (RFC 9112 section 7.1)'],
      ['all that was sent was acknowledged, nothing was sent again, and the client had room for more'],
      ...tailText(body, whole),
      ...(wait.ended === 'server-close' ? [['the server closed without ending the body: nothing more was to come'] as const] : []),
    ],
    wouldChangeOurMind: [
      'a server that was still producing the body: then it is slow, or streams events',
      'octets of the body that the capture lost',
    ],
  });
}
