/** Octets that TCP delivered are missing from the file (RULES X7): what seems unanswered may lie in the hole. */
import type { Candidate, Exchange, Rule } from '../model.ts';
import { asked, cleared, clearedWait } from './clearing.ts';
import { ENDED, lengthOf } from './thresholds.ts';

export const lossInCapture: Rule = {
  id: 'loss-in-capture',
  on: 'exchange',
  onlyFor: ['damaged'],
  exonerates: true,
  title: 'What is missing was delivered, and the capture lost it',
  basis: ['RFC 9293 section 3.4'],
  remedies: [],

  check(exchange, _context, found) {
    const { damaged, ended, request, response } = exchange;
    if (!damaged || !ended || request === undefined || response?.complete === true) return;
    // Frames that were cut lose octets as well; that nothing came back is then seen all the same.
    if (response !== undefined && exchange.wait === undefined) return;
    found(candidateOf(exchange));
  },
};

function candidateOf(exchange: Exchange): Candidate {
  const { wait, response, client } = exchange;
  const missing = wait === undefined ? 0 : wait.connection.clientEnd.gapOctets + wait.connection.serverEnd.gapOctets;
  const clearing = {
    confidence: 'possible',
    message: [
      response === undefined ? 'the answer to ' : 'the rest of the answer to ',
      ...asked(exchange),
      ` of ${client.text} is not in the capture, which has holes there${missing > 0 ? ` (${missing} octets of that connection)` : ''}`,
    ],
    because: [['octets that TCP acknowledged are missing from the file: they were sent and delivered, and nobody captured them']],
    wouldChangeOurMind: ['a capture without losses: full packets (-s 0) and a large buffer (-B 16384)'],
  } as const;
  return wait !== undefined && lengthOf(wait) >= ENDED ? clearedWait(exchange, wait, clearing) : cleared(exchange, clearing);
}
