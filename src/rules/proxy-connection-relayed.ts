/** Proxy-Connection, which is meant for the first proxy, left that proxy (RULES R16). */
import type { Field, Message, Rule } from '../model.ts';
import { type Crossing, crossingCandidate, crossingsOf, fromTo } from './crossings.ts';
import { remediesFor } from './remedies.ts';
import * as say from './words.ts';

export const proxyConnectionRelayed: Rule = {
  id: 'proxy-connection-relayed',
  on: 'relay',
  onlyFor: ['proxy-connection'],
  title: 'The proxy passed on Proxy-Connection',
  basis: ['RFC 9110 section 7.6.1', 'RFC 9112 appendix C.2.2', 'HTTP: The Definitive Guide section 4.5'],
  remedies: remediesFor('proxy-connection'),

  check(relay, found) {
    for (const crossing of crossingsOf(relay, hasIt)) {
      const field = say.fieldOf(crossing.received, 'proxy-connection');
      if (field !== undefined && say.fieldOf(crossing.sent, 'proxy-connection')?.value === field.value) found(candidateOf(crossing, field));
    }
  },
};

function hasIt(message: Message): boolean {
  return say.fieldOf(message, 'proxy-connection') !== undefined;
}

function candidateOf(crossing: Crossing, field: Field): ReturnType<typeof crossingCandidate> {
  const { relay, sent } = crossing;
  const nextIsProxy = sent.kind === 'request' && !sent.target.startsWith('/');
  return crossingCandidate(crossing, {
    severity: 'hygiene',
    // Towards another proxy it may be this proxy's own.
    confidence: nextIsProxy ? 'likely' : 'proven',
    message: [
      `the proxy ${relay.clientSide.server.text} relayed "`,
      ...say.fieldText(field),
      `" ${fromTo(crossing)}: a proxy that honours it there keeps a connection that nobody else keeps`,
    ],
    fields: ['Proxy-Connection'],
    because: [
      nextIsProxy
        ? ['the same value on both hops']
        : ['the same value on both hops, and no use for it on the next one: its receiver is addressed as an origin'],
    ],
    wouldChangeOurMind: ['a proxy that sends Proxy-Connection of its own to its next hop'],
  });
}
