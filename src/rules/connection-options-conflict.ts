/** One message says both close and keep-alive (RULES R37). */
import type { Exchange, Message, Rule } from '../model.ts';
import { remediesFor } from './remedies.ts';
import { messageCandidate, requestOf } from './single-messages.ts';

export const connectionOptionsConflict: Rule = {
  id: 'connection-options-conflict',
  on: 'exchange',
  onlyFor: ['options'],
  title: 'Connection says close and keep-alive',
  basis: ['RFC 9112 section 9.3', 'RFC 9112 section 9.6'],
  remedies: remediesFor('options'),

  check(exchange, _context, found) {
    if (!exchange.ended) return;
    for (const message of [exchange.request, exchange.response]) {
      if (message === undefined || message.options.length < 2) continue;
      if (message.options.includes('close') && message.options.includes('keep-alive')) found(candidateOf(exchange, message));
    }
  },
};

function candidateOf(exchange: Exchange, message: Message): ReturnType<typeof messageCandidate> {
  const lines = message.fields.filter(({ name }) => name.toLowerCase() === 'connection').length;
  const sender = message.kind === 'request' ? exchange.client : exchange.server;
  return messageCandidate(exchange, message.kind, {
    severity: 'violation',
    confidence: 'proven',
    message: [
      `${sender.text} said both close and keep-alive in ${message.kind === 'request' ? '' : 'its answer to '}`,
      ...requestOf(exchange),
      lines > 1 ? ', in several Connection fields: two layers wrote one each' : '',
    ],
    fields: ['Connection'],
    because: [['close wins (RFC 9112 section 9.3), but a receiver that looks at one of them only keeps what the other end closes']],
    wouldChangeOurMind: [],
  });
}
