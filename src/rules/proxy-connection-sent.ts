/** A client sends Proxy-Connection to a proxy (RULES section 6.6): harmless with one proxy, a trap with two. Told once per connection. */
import type { Rule } from '../model.ts';
import { remediesFor } from './remedies.ts';
import { isForProxy, messageCandidate, requestOf } from './single-messages.ts';
import * as say from './words.ts';

export const proxyConnectionSent: Rule = {
  id: 'proxy-connection-sent',
  on: 'exchange',
  onlyFor: ['proxy-connection'],
  title: 'A client sends Proxy-Connection',
  basis: ['RFC 9112 appendix C.2.2', 'HTTP: The Definitive Guide section 4.5'],
  remedies: remediesFor('proxy-connection-sent'),

  check(exchange, _context, found) {
    const { request, ended, ordinal } = exchange;
    if (!ended || ordinal !== 1 || request === undefined || !isForProxy(request)) return;
    const field = say.fieldOf(request, 'proxy-connection');
    if (field === undefined) return;
    found(
      messageCandidate(exchange, 'request', {
        severity: 'info',
        confidence: exchange.damaged ? 'likely' : 'proven',
        message: [
          `the client ${exchange.client.text} sent "`,
          ...say.fieldText(field),
          `" to the proxy ${exchange.server.text}, with `,
          ...requestOf(exchange),
        ],
        fields: ['Proxy-Connection'],
        because: [
          [
            'clients are encouraged not to send it (RFC 9112 appendix C.2.2): behind a proxy that does not know it stands perhaps one that does, and keeps a connection that nobody else keeps',
          ],
        ],
        wouldChangeOurMind: [],
      }),
    );
  },
};
