/** A field that Connection names crossed the proxy with it or without it: Connection was not processed (RULES R11). */
import type { Field, Message, Rule } from '../model.ts';
import { type Crossing, crossingCandidate, crossingsOf, fromTo } from './crossings.ts';
import { remediesFor } from './remedies.ts';
import * as say from './words.ts';

/** Options that name no field, and those whose field a proxy may send as its own. */
const OTHERS: ReadonlySet<string> = new Set(['close', 'keep-alive', 'upgrade', 'te', 'connection']);

export const nominatedFieldRelayed: Rule = {
  id: 'nominated-field-relayed',
  on: 'relay',
  onlyFor: ['options'],
  title: 'The proxy passed on a field that Connection names',
  basis: ['RFC 9110 section 7.6.1'],
  remedies: remediesFor('nominated'),

  check(relay, found) {
    for (const crossing of crossingsOf(relay, namesFields)) {
      const { received, sent } = crossing;
      const passedOn = received.options.flatMap((option) => {
        const field = OTHERS.has(option) ? undefined : say.fieldOf(received, option);
        return field !== undefined && say.fieldOf(sent, option)?.value === field.value ? [field] : [];
      });
      const [first] = passedOn;
      if (first !== undefined) found(candidateOf(crossing, passedOn, first));
    }
  },
};

function namesFields({ options }: Message): boolean {
  return options.some((option) => !OTHERS.has(option));
}

function candidateOf(crossing: Crossing, passedOn: readonly Field[], first: Field): ReturnType<typeof crossingCandidate> {
  const { relay, sent } = crossing;
  const again = passedOn.every(({ name }) => sent.options.includes(name.toLowerCase()));
  return crossingCandidate(crossing, {
    severity: again ? 'hygiene' : 'violation',
    confidence: 'proven',
    message: [
      `the proxy ${relay.clientSide.server.text} relayed "`,
      ...say.fieldText(first),
      `" ${fromTo(crossing)}, though Connection names it: it was meant for the proxy alone`,
    ],
    fields: passedOn.map(({ name }) => name),
    because: [
      ['Connection names it on the hop where it came from, and it left the proxy with the same value'],
      ...(again ? [['the proxy names it in Connection again: the next hop knows at least that it is not end-to-end'] as const] : []),
    ],
    wouldChangeOurMind: ['a proxy that writes this field itself, with the same value by chance'],
  });
}
