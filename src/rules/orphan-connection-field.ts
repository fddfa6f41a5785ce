/**
 * A field of one hop without the connection option that belongs to it (RULES R12): it usually came through a proxy that did
 * not process Connection. The one trace of relaying that a single hop shows.
 */
import type { Exchange, Field, Message, Rule } from '../model.ts';
import { isDefault } from './relay-score.ts';
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
  remedies: remediesFor('orphan'),

  check(exchange, { forwarded, parent }, found) {
    // Where the next hop is in sight, the rules about two hops say what was passed on.
    if (!exchange.ended || forwarded) return;
    for (const message of [exchange.request, exchange.response]) {
      const orphan = message && orphanOf(message);
      if (message === undefined || orphan === undefined) continue;
      const before = message.kind === 'request' && hadIt(parent, orphan) ? parent : undefined;
      if (before !== undefined && isToldOfBoth(orphan)) continue;
      const relayed = before !== undefined || wentThroughProxy(message);
      if (message.kind === 'response' && !relayed) continue; // many servers send Keep-Alive alone
      const [from, to] = message.kind === 'request' ? [exchange.client, exchange.server] : [exchange.server, exchange.client];
      found(
        messageCandidate(exchange, message.kind, {
          severity: 'hygiene',
          confidence: before === undefined ? (relayed ? 'likely' : 'possible') : 'strong',
          message: [
            `${from.text} sent "`,
            ...say.fieldText(orphan),
            `" to ${to.text} with ${message.kind === 'request' ? '' : 'its answer to '}`,
            ...requestOf(exchange),
            before === undefined
              ? ', but nothing in Connection that belongs to it: a proxy on the way has probably passed it on'
              : `, but nothing in Connection that belongs to it: it had received the same from ${before.client.text}, and passed it on`,
          ],
          fields: [orphan.name],
          because: [
            ['such a field without its option usually has been forwarded by an intermediary (RFC 9110 section 7.6.1)'],
            ...(before !== undefined ? [['the same value on the hop before'] as const] : []),
            ...(wentThroughProxy(message) ? [['the message names an intermediary that it came through'] as const] : []),
          ],
          wouldChangeOurMind: ['the same program sending the field like this over a direct connection'],
        }),
      );
    }
  },
};

function hadIt(parent: Exchange | undefined, { name, value }: Field): boolean {
  return say.fieldOf(parent?.request, name.toLowerCase())?.value === value;
}

/** proxy-connection-relayed and keep-alive-params-relayed tell it of the two hops. */
function isToldOfBoth({ name, value }: Field): boolean {
  return /^proxy-connection$/i.test(name) || (/^keep-alive$/i.test(name) && !isDefault(value));
}

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
