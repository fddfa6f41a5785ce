/**
 * A proxy keeps a connection with a client of HTTP/1.0 (RULES R36). RFC 9112 forbids it, and every widespread proxy does it: a
 * note, which tells who took part when such a connection hangs. Told once per connection.
 */
import type { Candidate, Confidence, Connection, ConnectionContext, Exchange, Relay, RequestMessage, Rule, Text } from '../model.ts';
import { least, pairingCap } from './confidence.ts';
import { isForwarder } from './forwarder.ts';
import { remediesFor } from './remedies.ts';
import { isForProxy, requestOf, wentThroughProxy } from './single-messages.ts';
import * as say from './words.ts';

export const proxyPersistsWithHttp10Client: Rule = {
  id: 'proxy-persists-with-http10-client',
  on: 'connection',
  title: 'A proxy keeps the connection of an HTTP/1.0 client',
  basis: ['RFC 9112 section 9.3', 'RFC 9112 appendix C.2.2'],
  remedies: remediesFor('old-keep-alive'),

  ends(connection, context, found) {
    const { last } = context;
    if (last.request?.version !== 'HTTP/1.0' || last.request.method === 'CONNECT' || last.response?.complete !== true) return;
    const byWhom = proxyBy(last.request, context);
    if (byWhom !== undefined && (isReused(last) || promises(last, context.relay))) found(candidateOf(connection, last, byWhom));
  },
};

interface Proxy {
  readonly confidence: Confidence;
  readonly because: Text;
}

/** What shows that it is one. */
function proxyBy(request: RequestMessage, { last, relay }: ConnectionContext): Proxy | undefined {
  if (relay !== undefined && relay.attempts.length > 0)
    return isForwarder(relay)
      ? undefined
      : { confidence: least('strong', pairingCap(relay)), because: ['the request went on to the next hop'] };
  if (isForProxy(request)) return { confidence: 'strong', because: ['the client asked it as a proxy: the target is in absolute form'] };
  if (last.response === undefined || !wentThroughProxy(last.response)) return undefined;
  return { confidence: 'likely', because: ['its answer names in Via who passed it on'] };
}

/** The client sent a second request on it, and got an answer. */
function isReused({ ordinal, previous }: Exchange): boolean {
  return ordinal > 1 && previous?.request?.version === 'HTTP/1.0';
}

/** The word of the proxy itself, and not one that it passed on. */
function promises({ response, clientBelief }: Exchange, relay: Relay | undefined): boolean {
  const said = relay?.attempts.at(-1)?.exchange.response;
  return clientBelief === 'keep' && response?.options.includes('keep-alive') === true && said?.options.includes('keep-alive') !== true;
}

function candidateOf(connection: Connection, last: Exchange, { confidence, because }: Proxy): Candidate {
  const seen = { exchange: last, hop: 'only' } as const;
  const reused = isReused(last);
  const first = last.previous && ({ exchange: last.previous, hop: 'only' } as const);
  return {
    severity: 'info',
    confidence: least(confidence, reused ? 'proven' : 'likely', last.damaged ? 'possible' : 'proven'),
    message: reused
      ? [
          `the proxy ${connection.server.text} kept the connection of the HTTP/1.0 client ${connection.client.text} and answered request ${last.ordinal} on it, `,
          ...requestOf(last),
        ]
      : [
          `the proxy ${connection.server.text} told the HTTP/1.0 client ${connection.client.text} in its answer to `,
          ...requestOf(last),
          ' that it keeps the connection',
        ],
    hops: [say.hopOf(seen)],
    exchange: last,
    fields: ['Connection'],
    direction: 'response',
    evidence: say.inOrder([
      ...(reused && first !== undefined ? [...say.requestEvidence(first), ...say.responseEvidence(first)] : []),
      ...say.requestEvidence(seen),
      ...say.responseEvidence(seen),
    ]),
    because: [
      because,
      [
        'a proxy must not keep a connection with an HTTP/1.0 client (RFC 9112 section 9.3): between the two may be one that does not know keep-alive. Most proxies do it all the same',
      ],
    ],
    wouldChangeOurMind: ['an origin server that is taken for a proxy'],
  };
}
