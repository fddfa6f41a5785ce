/** The answer was still out when the capture ended, and that was too soon to tell (RULES X4). */
import type { Rule, Wait } from '../model.ts';
import { asked, clearedWait, isNoticed } from './clearing.ts';
import { openCap } from './confidence.ts';
import { lengthOf, OPEN, stillBlind } from './thresholds.ts';
import * as say from './words.ts';

export const captureEnded: Rule = {
  id: 'capture-ended',
  on: 'exchange',
  onlyFor: ['wait'],
  exonerates: true,
  title: 'The capture ended before the answer could be missed',
  basis: ['RFC 9112 section 9.5'],
  remedies: [],

  check(exchange, _context, found) {
    const { wait } = exchange;
    if (wait === undefined || wait.ended !== 'capture-end' || !wait.final || !isNoticed(wait)) return;
    const blind = stillBlind(wait, OPEN);
    if (!blind && openCap(wait) !== 'possible') return;
    found(
      clearedWait(exchange, wait, {
        confidence: blind ? 'likely' : 'possible',
        message: [
          ...asked(exchange),
          ` of ${exchange.client.text} waits for ${owed(wait)} when the capture ends after ${say.duration(lengthOf(wait))}: `,
          blind ? 'that is too soon to call it a hang' : 'nothing more of its connection was captured, so nobody knows how it went on',
        ],
        because: [
          blind
            ? ['a silence without an end counts from 5 s on, and the last 2 s of a capture may be missing from the file']
            : ['captures are cut to the first packets of each connection, or filtered: silence there says nothing'],
        ],
        wouldChangeOurMind: ['a longer capture: keep it running for 130 s after the stall begins'],
      }),
    );
  },
};

function owed({ debt, debtor }: Wait): string {
  const debts = {
    'request-head': 'the rest of its head',
    'request-body': 'the rest of its body',
    continue: 'a 100 (Continue)',
    'response-head': 'its answer',
    'response-body': 'the rest of its answer',
    close: 'the close behind its answer',
  };
  return `${debts[debt]} from the ${debtor}`;
}
