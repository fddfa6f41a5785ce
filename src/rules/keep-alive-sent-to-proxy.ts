/**
 * An HTTP/1.0 client asks a proxy to keep the connection (RULES section 6.6): where the proxy does not know the word and passes it
 * on, the hang of figure 4-15 begins here. Told once per connection.
 */
import type { RequestMessage, Rule } from '../model.ts';
import { remediesFor } from './remedies.ts';
import { isForProxy, messageCandidate, requestOf } from './single-messages.ts';

export const keepAliveSentToProxy: Rule = {
  id: 'keep-alive-sent-to-proxy',
  on: 'exchange',
  onlyFor: ['http10'],
  title: 'An HTTP/1.0 client asks a proxy for keep-alive',
  basis: ['RFC 2068 section 19.7.1', 'RFC 9112 appendix C.2.2', 'HTTP: The Definitive Guide section 4.5'],
  remedies: remediesFor('old-keep-alive'),

  check(exchange, _context, found) {
    const { request, ended, ordinal } = exchange;
    if (!ended || ordinal !== 1 || request === undefined || !asksProxy(request)) return;
    found(
      messageCandidate(exchange, 'request', {
        severity: 'info',
        confidence: exchange.damaged ? 'likely' : 'proven',
        message: [
          `the HTTP/1.0 client ${exchange.client.text} asked the proxy ${exchange.server.text} to keep the connection, with `,
          ...requestOf(exchange),
        ],
        fields: ['Connection'],
        because: [
          [
            'an HTTP/1.0 client must not send keep-alive to a proxy (RFC 2068 section 19.7.1): one that does not know it passes it on, and waits for a close that does not come',
          ],
        ],
        wouldChangeOurMind: ['a client that knows its proxy to understand persistent connections'],
      }),
    );
  },
};

function asksProxy(request: RequestMessage): boolean {
  return request.version === 'HTTP/1.0' && request.options.includes('keep-alive') && request.method !== 'CONNECT' && isForProxy(request);
}
