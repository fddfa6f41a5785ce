/**
 * The server says that it will close and does not (RULES R23). Told where the close is also the end of the body, which
 * until-close-but-kept-open owns.
 */
import type { Candidate, Exchange, ResponseMessage, Rule, Wait } from '../model.ts';
import { captureCap, least, openCap } from './confidence.ts';
import { remediesFor } from './remedies.ts';
import { endEvidence, isStream, networkExplains, silenceText } from './stalls.ts';
import { lasted, OPEN } from './thresholds.ts';
import * as say from './words.ts';

export const closeAnnouncedNotPerformed: Rule = {
  id: 'close-announced-not-performed',
  on: 'exchange',
  title: 'A close that was announced did not come',
  basis: ['RFC 9112 section 9.6', 'RFC 9112 section 9.3'],
  remedies: remediesFor('close'),

  check(exchange, _context, found) {
    const { wait, response, request } = exchange;
    if (wait?.debt !== 'close' || response?.framing !== 'until-close' || wait.ended === 'answered' || request === undefined) return;
    const announced = response.options.includes('close') || exchange.serverBelief === 'close';
    if (announced && !isStream(response) && lasted(wait, OPEN) && !networkExplains(wait)) found(candidateOf(exchange, response, wait));
  },
};

function candidateOf(exchange: Exchange, response: ResponseMessage, wait: Wait): Candidate {
  const seen = { exchange, hop: 'only' } as const;
  const { request, server } = exchange;
  const said = response.options.includes('close');
  return {
    severity: 'hang',
    confidence: least('likely', captureCap(wait.connection), openCap(wait), exchange.damaged ? 'possible' : 'proven'),
    message: [
      `${server.text} ${said ? 'announced' : 'owed'} a close behind its answer to `,
      ...(request === undefined ? [] : say.requestText(request)),
      ` and did not perform it: ${silenceText(wait, exchange)}`,
    ],
    hops: [say.hopOf(seen)],
    exchange,
    wait,
    ...(said ? { fields: ['Connection'] } : {}),
    direction: 'response',
    evidence: say.inOrder([
      ...say.requestEvidence(seen),
      ...say.responseEvidence(seen),
      say.evidence(seen, 'server', wait.start, ['last octet of the body']),
      ...endEvidence(seen, wait),
    ]),
    because: [
      [
        said
          ? 'the response says Connection: close: its sender must close after it (RFC 9112 section 9.6)'
          : 'without keep-alive and without a length the server must close after the response (RFC 9112 section 9.3)',
      ],
      ['the client needs that close: nothing else ends the body'],
    ],
    wouldChangeOurMind: ['a server that was still producing the body: then it is slow, and closes when it is done'],
  };
}
