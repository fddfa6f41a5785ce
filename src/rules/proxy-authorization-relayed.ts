/** Credentials for a proxy on a connection whose receiver is addressed as an origin (RULES R39). */
import type { Rule } from '../model.ts';
import { remediesFor } from './remedies.ts';
import { messageCandidate, requestOf, wentThroughProxy } from './single-messages.ts';
import * as say from './words.ts';

/** The answer of a proxy that uses them. */
const PROXY_AUTHENTICATION_REQUIRED = 407;

export const proxyAuthorizationRelayed: Rule = {
  id: 'proxy-authorization-relayed',
  on: 'exchange',
  onlyFor: ['proxy-authorization'],
  title: "The proxy's credentials went on to the origin",
  basis: ['RFC 9110 section 11.7.2'],
  remedies: remediesFor('credentials'),

  check(exchange, _context, found) {
    const { request, response } = exchange;
    if (request === undefined || !exchange.ended || say.fieldOf(request, 'proxy-authorization') === undefined) return;
    if (!request.target.startsWith('/') || response?.status === PROXY_AUTHENTICATION_REQUIRED) return;
    const relayed = wentThroughProxy(request);
    found(
      messageCandidate(exchange, 'request', {
        severity: 'hygiene',
        confidence: relayed ? 'strong' : 'likely',
        message: [
          `${exchange.server.text} received Proxy-Authorization with `,
          ...requestOf(exchange),
          ', which addresses it as an origin',
        ],
        fields: ['Proxy-Authorization'],
        because: [
          ['a request to a proxy names the whole URI; this one names the path, so its receiver is an origin'],
          ...(relayed ? [['the request names an intermediary that it came through'] as const] : []),
        ],
        wouldChangeOurMind: ['an intercepting proxy at that address that asks for credentials'],
      }),
    );
  },
};
