/**
 * A field of one hop without the connection option that belongs to it (RULES R12): it usually came through a proxy that did
 * not process Connection. The one trace of relaying that a single hop shows.
 */
import type { Field, Message, Rule } from '../model.ts';
import { remediesFor } from './remedies.ts';
import { messageCandidate, requestOf, wentThroughProxy } from './single-messages.ts';
import * as say from './words.ts';

/** By field name; the option has the same one. */
const FIELDS: ReadonlySet<string> = new Set(['keep-alive', 'te', 'upgrade', 'http2-settings']);

export const orphanConnectionField: Rule = {
  id: 'orphan-connection-field',
  on: 'exchange',
  onlyFor: ['keep-alive', 'proxy-connection', 'upgrade', 'te', 'http2-settings'],
  title: 'A hop-by-hop field without its connection option',
  basis: ['RFC 9110 section 7.6.1'],
  remedies: remediesFor('nominated'),

  check(exchange, { forwarded }, found) {
    // Where the next hop is in sight, the rules about two hops say what was passed on.
    if (!exchange.ended || forwarded) return;
    for (const message of [exchange.request, exchange.response]) {
      const orphan = message && orphanOf(message);
      if (message === undefined || orphan === undefined) continue;
      const relayed = wentThroughProxy(message);
      if (message.kind === 'response' && !relayed) continue; // many servers send Keep-Alive alone
      const [from, to] = message.kind === 'request' ? [exchange.client, exchange.server] : [exchange.server, exchange.client];
      found(
        messageCandidate(exchange, message.kind, {
          severity: 'hygiene',
          confidence: relayed ? 'likely' : 'possible',
          message: [
            `${from.text} sent "`,
            ...say.fieldText(orphan),
            `" to ${to.text} with ${message.kind === 'request' ? '' : 'its answer to '}`,
            ...requestOf(exchange),
            ', but nothing in Connection that belongs to it: a proxy on the way has probably passed it on',
          ],
          fields: [orphan.name],
          because: [
            ['such a field without its option usually has been forwarded by an intermediary (RFC 9110 section 7.6.1)'],
            ...(relayed ? [['the message names an intermediary that it came through'] as const] : []),
          ],
          wouldChangeOurMind: ['the same program sending the field like this over a direct connection'],
        }),
      );
    }
  },
};

function orphanOf(message: Message): Field | undefined {
  for (const field of message.fields) {
    const { length } = field.name;
    if (length !== 2 && length !== 7 && length !== 10 && length !== 14 && length !== 16) continue;
    const name = field.name.toLowerCase();
    if (FIELDS.has(name) && !message.options.includes(name) && !belongsToProxyConnection(message, name)) return field;
    if (name === 'proxy-connection' && message.kind === 'request' && message.target.startsWith('/')) return field;
  }
  return undefined;
}

/** Browsers say "Proxy-Connection: keep-alive" to a proxy, and Keep-Alive goes with it. */
function belongsToProxyConnection(message: Message, name: string): boolean {
  return name === 'keep-alive' && say.fieldOf(message, 'proxy-connection') !== undefined;
}
