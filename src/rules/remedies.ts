/** What to change, by product (RULES section 6.9: every name was accepted by the product's own configuration check). */
import type { Remedy } from '../model.ts';

export type RemedyTopic = 'relay' | 'keep-alive-field' | 'framing' | 'ignored-request';

const REMEDIES: Readonly<Record<RemedyTopic, readonly Remedy[]>> = {
  relay: [
    {
      product: 'any proxy',
      text: 'remove Connection and every field that it names before forwarding, in both directions, and write its own (RFC 9110 section 7.6.1)',
    },
    {
      product: 'any proxy, at once',
      text: 'send "Connection: close" to the origin, or refuse persistence to clients, until it is repaired',
    },
    {
      product: 'nginx',
      text: 'proxy_http_version 1.1; proxy_set_header Connection ""; never proxy_set_header Connection $http_connection',
    },
    { product: 'HAProxy', text: 'option http-server-close, or option httpclose, on the backend' },
    {
      product: 'Node http-proxy',
      text: 'in proxyReq and proxyRes delete connection, keep-alive, proxy-connection, te, trailer, upgrade and the fields that Connection names',
    },
    { product: 'client', text: 'switch off connection reuse towards this proxy' },
  ],
  'keep-alive-field': [
    { product: 'any proxy', text: 'do not forward Keep-Alive; announce the own idle timeout or none' },
    { product: 'nginx', text: 'proxy_hide_header Keep-Alive;' },
    { product: 'HAProxy', text: 'http-response del-header keep-alive, http-request del-header keep-alive' },
    { product: 'Varnish', text: 'unset resp.http.Keep-Alive; in vcl_deliver' },
    { product: 'Node http-proxy', text: 'delete keep-alive in proxyReq and proxyRes' },
  ],
  framing: [
    {
      product: 'the sender',
      text: 'send Content-Length or Transfer-Encoding: chunked; or send "Connection: close" and close when the body ends (RFC 9112 sections 6.3 and 9.3)',
    },
    { product: 'Squid in front of it', text: 'detect_broken_pconn on' },
    { product: 'nginx in front of it', text: 'proxy_set_header Connection "close"; for that upstream' },
  ],
  'ignored-request': [
    {
      product: 'server or proxy',
      text: 'read the next request of a connection that it keeps, or announce "Connection: close" and close (RFC 9112 sections 9.3 and 9.6)',
    },
    { product: 'client', text: 'switch off connection reuse towards this server' },
    { product: 'tinyproxy', text: 'it serves one request per connection by design: switch off reuse in the client' },
  ],
};

export function remediesFor(topic: RemedyTopic): readonly Remedy[] {
  return REMEDIES[topic];
}
