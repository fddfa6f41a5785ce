/**
 * What to change, by product. The names of RULES section 6.9 were accepted by the product's own configuration check; the others
 * stand as their manuals have them.
 */
import type { Remedy } from '../model.ts';

export type RemedyTopic =
  | 'relay'
  | 'keep-alive-field'
  | 'framing'
  | 'ignored-request'
  | 'length'
  | 'last-chunk'
  | 'no-answer'
  | 'request-body'
  | 'continue'
  | 'pipelining'
  | 'close'
  | 'upgrade'
  | 'nominated'
  | 'orphan'
  | 'proxy-connection'
  | 'close-option'
  | 'options'
  | 'coding'
  | 'interim'
  | 'credentials'
  | 'version'
  | 'held-response'
  | 'nominated-end-to-end'
  | 'reflection'
  | 'interim-relay'
  | 'reframing'
  | 'tunnel'
  | 'one-shot'
  | 'after-close'
  | 'conflicting'
  | 'early-response'
  | 'bodyless'
  | 'echo'
  | 'lingering'
  | 'excess'
  | 'old-keep-alive'
  | 'proxy-connection-sent'
  | 'via'
  | 'host'
  | 'leak'
  | 'lifetime'
  | 'one-use'
  | 'idle-path'
  | 'retry'
  | 'association'
  | 'half-close'
  | 'small-writes'
  | 'upstream-pool'
  | 'connect';

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
    { product: 'any proxy', text: 'do not forward Keep-Alive; announce its own idle timeout or none' },
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
    {
      product: 'client',
      text: 'switch off connection reuse towards this server; in Go by Transport.DisableKeepAlives, while Transport.ResponseHeaderTimeout bounds the wait',
    },
    { product: 'tinyproxy', text: 'it serves one request per connection by design: switch off reuse in the client' },
  ],
  length: [
    {
      product: 'the sender',
      text: 'count octets, not characters, after every filter and compression; where the length is not known beforehand send Transfer-Encoding: chunked (RFC 9112 section 6.3)',
    },
    {
      product: 'nginx in front of it',
      text: 'proxy_read_timeout bounds the wait; the error log tells "upstream prematurely closed connection"',
    },
    { product: 'HAProxy in front of it', text: 'timeout server bounds the wait; the termination state of the log line begins with s or S' },
    { product: 'Varnish in front of it', text: '.first_byte_timeout and .between_bytes_timeout of the backend bound the wait' },
  ],
  'last-chunk': [
    {
      product: 'the sender',
      text: 'end every chunked body with 0 CRLF CRLF, also when the body is empty or its producer fails half-way (then close without it) (RFC 9112 section 7.1)',
    },
    {
      product: 'nginx in front of it',
      text: 'proxy_read_timeout bounds the wait; proxy_buffering off shows the client what has arrived so far',
    },
    { product: 'HAProxy in front of it', text: 'timeout server bounds the wait' },
    { product: 'Node http-proxy', text: 'proxyTimeout, and end the response in the error handler: by itself it leaves the client hanging' },
    { product: 'Varnish in front of it', text: '.between_bytes_timeout of the backend bounds the wait' },
  ],
  'no-answer': [
    {
      product: 'server or proxy',
      text: 'look into its log for what ended at that time, a worker that died or a handler that gave up; answer 500 or 503 before closing',
    },
    { product: 'the client', text: 'ask again on a new connection, where that is safe (RFC 9110 section 9.2.2)' },
    { product: 'nginx in front of it', text: 'the error log tells "upstream prematurely closed connection"; return 444 closes on purpose' },
    { product: 'HAProxy in front of it', text: 'the termination state of the log line begins with SH' },
  ],
  'request-body': [
    {
      product: 'the client',
      text: 'send the whole head, as many octets of body as Content-Length says, or the last chunk; count them after encoding (RFC 9112 section 6.3)',
    },
    {
      product: 'nginx',
      text: 'client_header_timeout and client_body_timeout bound the wait; proxy_request_buffering on keeps it from the server behind',
    },
    { product: 'HAProxy', text: 'timeout http-request bounds the wait for the head, with option http-buffer-request for the body too' },
    { product: 'Node', text: 'server.headersTimeout and server.requestTimeout bound the wait' },
  ],
  continue: [
    {
      product: 'server or proxy',
      text: 'answer Expect: 100-continue with 100 or a final status before waiting for the body, or forward the expectation (RFC 9110 section 10.1.1)',
    },
    { product: 'client', text: 'do not wait without a limit; curl: -H "Expect:" sends the body at once' },
    { product: 'Go client', text: 'Transport.ExpectContinueTimeout bounds the wait' },
  ],
  pipelining: [
    {
      product: 'server or proxy',
      text: 'after a response look for the next request in what has already been read, before waiting for the socket (RFC 9112 section 9.3.2)',
    },
    { product: 'client', text: 'switch off pipelining, or send an unanswered request again on a new connection when it is safe to repeat' },
    { product: 'Squid', text: 'pipeline_prefetch N reads N requests ahead; 0, the default, serves one after the other' },
  ],
  close: [
    {
      product: 'the server',
      text: 'close after the last octet of a response that says Connection: close, or whose end is the close (RFC 9112 section 9.6); a child process that holds a copy of the socket keeps it open',
    },
    { product: 'nginx', text: 'lingering_close and lingering_timeout bound how long a closed connection is read from' },
  ],
  upgrade: [
    {
      product: 'any proxy',
      text: 'carry an upgrade on both hops, with Connection: Upgrade of its own, or remove it and answer the request itself (RFC 9110 section 7.8); never forward Upgrade: h2c, which is obsolete (RFC 9113 section 3.1)',
    },
    {
      product: 'nginx',
      text: "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade; with map $http_upgrade $connection_upgrade { default upgrade; '' ''; }",
    },
    { product: 'Apache httpd', text: 'ProxyPass with upgrade=websocket' },
    { product: 'Varnish', text: 'return (pipe) for requests with Upgrade, and copy the field in vcl_pipe' },
  ],
  nominated: [
    {
      product: 'any proxy',
      text: 'remove every field that Connection names before Connection itself, in both directions (RFC 9110 section 7.6.1)',
    },
    { product: 'nginx', text: 'proxy_set_header NAME ""; for every such field; proxy_hide_header NAME; for responses' },
    { product: 'HAProxy', text: 'http-request del-header NAME, http-response del-header NAME' },
    { product: 'Node http-proxy', text: 'in proxyReq and proxyRes delete the fields that Connection names' },
  ],
  orphan: [
    {
      product: 'any proxy',
      text: 'remove Keep-Alive, Proxy-Connection, TE, Upgrade and HTTP2-Settings before forwarding, whether Connection names them or not (RFC 9110 section 7.6.1)',
    },
    { product: 'nginx', text: 'proxy_set_header NAME ""; for each of them; proxy_hide_header NAME; for responses' },
    { product: 'HAProxy', text: 'http-request del-header NAME, http-response del-header NAME' },
    { product: 'Node http-proxy', text: 'in proxyReq and proxyRes delete keep-alive, proxy-connection, te, upgrade and http2-settings' },
    { product: 'the sender, where no proxy is on the way', text: 'name in Connection each field that is meant for the next hop alone' },
  ],
  'proxy-connection': [
    { product: 'any proxy', text: 'do not forward Proxy-Connection; nor honour it (RFC 9112 appendix C.2.2)' },
    { product: 'nginx', text: 'proxy_set_header Proxy-Connection ""; proxy_hide_header Proxy-Connection;' },
    { product: 'HAProxy', text: 'http-request del-header proxy-connection' },
    { product: 'Varnish', text: 'unset bereq.http.Proxy-Connection; in vcl_backend_fetch' },
    { product: 'Squid', text: 'request_header_access Proxy-Connection deny all' },
    { product: 'Apache httpd', text: 'RequestHeader unset Proxy-Connection' },
  ],
  'close-option': [
    {
      product: 'any proxy',
      text: 'decide on each hop by itself whether its connection stays: remove Connection: close that came from the other hop (RFC 9110 section 7.6.1)',
    },
    { product: 'nginx', text: 'proxy_http_version 1.1; proxy_set_header Connection ""; with keepalive in the upstream' },
    { product: 'HAProxy', text: 'option http-keep-alive, without option httpclose' },
    { product: 'Node http-proxy', text: 'delete connection in proxyReq and proxyRes, and pass an agent that keeps connections' },
  ],
  options: [
    {
      product: 'the sender',
      text: 'say close or keep-alive, not both; where one layer adds its own option, replace the field instead of adding a second one (RFC 9112 section 9.3)',
    },
    { product: 'Varnish', text: 'unset bereq.http.Connection; before setting it' },
    { product: 'nginx', text: 'do not write Connection with add_header' },
  ],
  coding: [
    {
      product: 'the server',
      text: 'send no Transfer-Encoding to an HTTP/1.0 client: Content-Length, or close at the end of the body (RFC 9112 section 6.1)',
    },
    { product: 'any proxy', text: 'decode the chunked coding for an HTTP/1.0 client, and ask in HTTP/1.1 with its own version' },
    { product: 'nginx', text: 'chunked_transfer_encoding off; as a workaround for broken clients' },
    { product: 'Apache httpd', text: 'SetEnv downgrade-1.0 1, SetEnv force-response-1.0 1' },
  ],
  interim: [
    {
      product: 'any proxy',
      text: 'treat a 1xx response like every other one: remove Connection and the fields that it names before passing it on (RFC 9110 sections 7.6.1 and 15.2)',
    },
    { product: 'the origin', text: 'send no connection-specific fields in 1xx responses' },
  ],
  'held-response': [
    {
      product: 'the proxy',
      text: 'end a response where its framing ends it (Content-Length, last chunk), not where the connection ends (RFC 9112 section 6.3)',
    },
    { product: 'the proxy, at once', text: 'send "Connection: close" to the origin, so that the close comes with the last octet' },
    {
      product: 'nginx',
      text: 'proxy_buffering off passes on what has arrived; proxy_http_version 1.0 with Connection close makes origins close',
    },
    { product: 'Squid', text: 'server_persistent_connections off; detect_broken_pconn on' },
    { product: 'the origin', text: 'a short idle timeout bounds the wait' },
  ],
  'nominated-end-to-end': [
    { product: 'the sender', text: 'name in Connection only fields that are meant for the next hop alone (RFC 9110 section 7.6.1)' },
    {
      product: 'any proxy',
      text: 'add its own X-Forwarded-For, Forwarded and the like after it has taken out what Connection names, so that no client can have them removed',
    },
    { product: 'Go ReverseProxy', text: 'use Rewrite rather than Director' },
  ],
  reflection: [
    {
      product: 'server or proxy',
      text: 'write in Connection what it will do with the connection itself, not what the other end asked for (RFC 9112 section 9.3)',
    },
    { product: 'Node http-proxy', text: 'delete connection in proxyRes; version 1.18.1 gives HTTP/1.0 clients their own value back' },
  ],
  'interim-relay': [
    {
      product: 'any proxy',
      text: 'forward every 1xx that it has not asked for itself, and go on reading until the final response (RFC 9110 section 15.2)',
    },
    { product: 'server or proxy', text: 'send no 1xx to an HTTP/1.0 client' },
    { product: 'client', text: 'do not wait for 100 without a limit; curl: -H "Expect:" sends the body at once' },
  ],
  reframing: [
    {
      product: 'any proxy',
      text: 'whoever changes a body writes Content-Length anew or sends chunks; whoever takes out Transfer-Encoding sends a length or closes (RFC 9110 section 8.6, RFC 9112 section 6.3)',
    },
    {
      product: 'nginx',
      text: 'a filter that changes bodies has to clear Content-Length; gunzip and sub_filter do so by themselves',
    },
    {
      product: 'Node http-proxy',
      text: 'delete content-length in proxyRes where the body is changed; let it send chunks',
    },
    { product: 'Apache httpd', text: 'SetEnv proxy-sendchunked 1 passes bodies of requests on in chunks' },
  ],
  tunnel: [
    { product: 'any proxy', text: 'read every request of a connection' },
    { product: 'HAProxy', text: 'option http-server-close, or option http-keep-alive, instead of tunnel mode' },
    { product: 'Varnish', text: 'set bereq.http.Connection = "close"; in vcl_pipe' },
  ],
  'one-shot': [
    {
      product: 'server or proxy',
      text: 'send "Connection: close" in every response behind which it closes (RFC 9112 section 9.3)',
    },
    { product: 'client', text: 'do not use a connection of this server again' },
    { product: 'tinyproxy', text: 'it serves one request per connection by design: switch off reuse in the client' },
  ],
  version: [
    { product: 'any proxy', text: 'write its own HTTP-version on every message, in both directions (RFC 9112 section 2.3)' },
    { product: 'nginx', text: 'proxy_http_version 1.1;' },
    {
      product: 'Apache httpd',
      text: 'it asks in HTTP/1.1 by itself; SetEnv force-proxy-request-1.0 1 asks in HTTP/1.0 on purpose',
    },
    { product: 'tinyproxy', text: 'it has no setting for it: let no HTTP/1.0 client near an origin that must persist' },
  ],
  credentials: [
    {
      product: 'any proxy',
      text: 'use Proxy-Authorization and remove it, unless the next hop is a proxy that shares its users (RFC 9110 section 11.7.2)',
    },
    { product: 'nginx', text: 'proxy_set_header Proxy-Authorization "";' },
    { product: 'HAProxy', text: 'http-request del-header proxy-authorization' },
    { product: 'Squid', text: 'no login=PASS or login=PASSTHRU on a cache_peer that is an origin' },
  ],
  'after-close': [
    {
      product: 'the client',
      text: 'put no connection back into the pool when one of the two messages said close, nor after a response of HTTP/1.0 without keep-alive (RFC 9112 sections 9.3 and 9.6)',
    },
    { product: 'the server', text: 'close after the last octet of a response that says close, so that nobody can send more' },
  ],
  conflicting: [
    {
      product: 'the sender',
      text: 'send Content-Length or Transfer-Encoding: chunked, once, and never both; a program that adds the one removes the other (RFC 9112 section 6.1)',
    },
    {
      product: 'any proxy',
      text: 'refuse such a request with 400, give 502 in place of such an answer, and close that connection; or decode it and forward it with one length of its own (RFC 9112 section 6.3)',
    },
    { product: 'Envoy', text: 'leave allow_chunked_length off' },
  ],
  'early-response': [
    {
      product: 'the server',
      text: 'answer early with "Connection: close" and close, reading on for a while; or read the whole request before the next one (RFC 9112 sections 9.3 and 9.6)',
    },
    {
      product: 'the client',
      text: 'look for a response while sending; when it refuses the request, stop and close the connection (RFC 9112 section 9.5)',
    },
    { product: 'nginx', text: 'lingering_close always; lingering_time and lingering_timeout bound how much is read and thrown away' },
  ],
  bodyless: [
    {
      product: 'the server',
      text: 'send neither Content-Length nor Transfer-Encoding with 1xx, 204 and 2xx to CONNECT (RFC 9110 section 8.6, RFC 9112 section 6.1)',
    },
    {
      product: 'any proxy',
      text: 'look at the method and the status before the fields: such a response is complete with its head (RFC 9112 section 6.3, rules 1 and 2)',
    },
    { product: 'nginx in front of it', text: 'proxy_read_timeout bounds the wait' },
    { product: 'HAProxy in front of it', text: 'timeout server bounds the wait' },
  ],
  echo: [
    {
      product: 'the server',
      text: 'answer keep-alive to an HTTP/1.0 client that asks for it and is to be kept, or close after the response (RFC 9112 section 9.3)',
    },
    {
      product: 'Envoy',
      text: 'leave accept_http_10 (and default_host_for_http_10) off unless such clients exist; a proxy in front of them can speak HTTP/1.1 for them',
    },
    { product: 'the client', text: 'stop reading when the length of the response is reached' },
  ],
  lingering: [
    {
      product: 'the server',
      text: 'after an early answer shut down only the sending side, read and throw away what comes for a while, then close (RFC 9112 section 9.6)',
    },
    {
      product: 'the client',
      text: 'look for an answer while sending, and read it before the error of the next write is reported (RFC 9112 section 9.5)',
    },
    { product: 'nginx', text: 'lingering_close always; lingering_time and lingering_timeout; and reset_timedout_connection off' },
    { product: 'Varnish', text: 'the parameter timeout_linger' },
  ],
  excess: [
    {
      product: 'the server',
      text: 'count octets, not characters, after every filter; send nothing behind the head of a response to HEAD, 204 and 304, not even a last chunk (RFC 9112 section 6.3)',
    },
    { product: 'the client', text: 'close a connection on which octets come that no request is open for (RFC 9112 section 9.2)' },
  ],
  'old-keep-alive': [
    { product: 'the client', text: 'speak HTTP/1.1 to the proxy, or close after each response' },
    { product: 'Squid', text: 'client_persistent_connections off, where clients misunderstand what they are granted' },
  ],
  'proxy-connection-sent': [
    { product: 'the client', text: 'leave Proxy-Connection out; in HTTP/1.1 connections persist without a word' },
    { product: 'Squid', text: 'request_header_access Proxy-Connection deny all' },
  ],
  via: [
    { product: 'any proxy', text: 'add its own part to Via in what it forwards (RFC 9110 section 7.6.3)' },
    { product: 'Apache httpd', text: 'ProxyVia On' },
    { product: 'Squid', text: 'via on' },
    { product: 'nginx', text: 'proxy_set_header Via "1.1 name";' },
  ],
  host: [
    {
      product: 'any proxy',
      text: 'replace Host by the authority of a target in absolute form before forwarding (RFC 9112 section 3.2.2)',
    },
    { product: 'nginx', text: 'proxy_set_header Host $host; which prefers the target' },
  ],
  leak: [
    {
      product: 'the host that does not close',
      text: 'read from idle connections, or look at them now and then, and close when the peer has',
    },
    { product: 'a client with a pool', text: 'let idle connections go before the server closes them' },
    { product: 'HAProxy', text: 'timeout client-fin and timeout server-fin bound it' },
    { product: 'Squid', text: 'half_closed_clients off' },
  ],
  lifetime: [
    {
      product: 'the side that sends requests',
      text: 'give up idle connections some seconds before the server does; send again on a new connection what is safe to repeat (RFC 9112 section 9.3.1)',
    },
    {
      product: 'the server',
      text: 'keep idle connections longer than the proxy or balancer in front of it; announce the last response with Connection: close',
    },
    { product: 'nginx', text: 'keepalive_timeout of the upstream below that of the server; keepalive_requests, keepalive_time' },
    {
      product: 'Apache httpd',
      text: 'ProxyPass with ttl= below KeepAliveTimeout of the server, or with ping=; MaxKeepAliveRequests; SetEnv proxy-initial-not-pooled 1',
    },
    { product: 'HAProxy', text: 'pool-purge-delay of the server below its idle timeout; timeout http-keep-alive; http-reuse' },
    { product: 'Squid', text: 'server_idle_pconn_timeout below the idle timeout of the server; client_idle_pconn_timeout towards clients' },
    { product: 'Varnish', text: 'backend_idle_timeout below that of the backend; timeout_idle towards clients' },
    {
      product: 'Envoy',
      text: 'common_http_protocol_options.idle_timeout of the cluster: one hour by default; max_connection_duration, max_requests_per_connection',
    },
    {
      product: 'Node',
      text: 'server.keepAliveTimeout (5 s by default) above the idle timeout of what is in front of it, and server.headersTimeout above that',
    },
    {
      product: 'Go',
      text: 'Transport.IdleConnTimeout below Server.IdleTimeout of the other side; DisableKeepAlives uses no connection twice',
    },
  ],
  'one-use': [
    {
      product: 'the peer',
      text: 'remove Connection before forwarding and write its own: close, where it does not use connections again (RFC 9110 section 7.6.1)',
    },
    {
      product: 'the server, at once',
      text: 'refuse persistence to this peer: nginx keepalive_disable, Apache SetEnv nokeepalive 1, HAProxy option httpclose',
    },
  ],
  'idle-path': [
    {
      product: 'both ends',
      text: 'switch on TCP keepalive with a first probe well before the limit of the box between them (its state table, a NAT gateway, a balancer)',
    },
    {
      product: 'the side that sends requests',
      text: 'give up idle connections earlier than that limit, and bound the wait for an acknowledgement (TCP_USER_TIMEOUT)',
    },
    { product: 'nginx', text: 'proxy_socket_keepalive on; keepalive_timeout of the upstream' },
    { product: 'Apache httpd', text: 'ProxyPass with keepalive=on and ttl=' },
    { product: 'HAProxy', text: 'option srvtcpka, option clitcpka; pool-purge-delay below that limit' },
    {
      product: 'the box between',
      text: 'keep the state of idle connections for longer than their ends do; reset those whose state it drops, at both ends and at once, instead of dropping or resetting what comes later',
    },
  ],
  retry: [
    { product: 'any proxy', text: 'send again only what is idempotent (RFC 9110 section 9.2.2)' },
    { product: 'nginx', text: 'proxy_next_upstream without non_idempotent' },
    { product: 'HAProxy', text: 'retry-on without response-timeout, empty-response and junk-response for methods that are not idempotent' },
    {
      product: 'Apache httpd',
      text: 'SetEnv proxy-initial-not-pooled 1, so that such requests never meet a connection that is being closed',
    },
    { product: 'the application', text: 'accept an Idempotency-Key, and do a request that carries a known one only once' },
  ],
  association: [
    {
      product: 'any proxy',
      text: 'close a connection on which octets come that no request asked for, or whose framing is in doubt, instead of using it again (RFC 9112 sections 6.3 and 9.2)',
    },
    { product: 'any proxy, at once', text: 'do not use connections to this server again' },
    { product: 'the server', text: 'send as many octets as it announces, and no body with HEAD, 1xx, 204 and 304' },
  ],
  'half-close': [
    {
      product: 'any proxy',
      text: 'when one side of a tunnel closes, send what is left to the other side and close both (RFC 9110 section 9.3.6)',
    },
    {
      product: 'HAProxy',
      text: 'timeout client-fin and timeout server-fin bound a tunnel that is half closed, timeout tunnel one without traffic; option abortonclose',
    },
    { product: 'nginx', text: 'proxy_read_timeout ends a tunnel without traffic; proxy_ignore_client_abort off' },
    { product: 'Squid', text: 'half_closed_clients off' },
    { product: 'Varnish', text: 'pipe_timeout bounds a tunnel without traffic' },
    { product: 'Apache httpd', text: 'ProxyTimeout bounds a tunnel without traffic' },
  ],
  'small-writes': [
    { product: 'the sender', text: 'write head and body with one call, or set TCP_NODELAY' },
    { product: 'HAProxy', text: 'option http-no-delay' },
    { product: 'nginx', text: 'tcp_nodelay on; (the default)' },
  ],
  'upstream-pool': [
    { product: 'any proxy', text: 'keep its connections to the server and use them again (RFC 9112 section 9.3)' },
    {
      product: 'nginx',
      text: "proxy_http_version 1.1; proxy_set_header Connection \"\"; with keepalive n; in the upstream; in the websocket map '' '', not '' close",
    },
    { product: 'HAProxy', text: 'option http-keep-alive, without option httpclose and option http-server-close' },
    { product: 'Apache httpd', text: 'ProxyPass without disablereuse=on, no SetEnv proxy-nokeepalive' },
    { product: 'Squid', text: 'server_persistent_connections on' },
    { product: 'Node http-proxy', text: 'pass an agent that keeps connections' },
  ],
  connect: [
    { product: 'the network', text: 'find what drops the SYN: a firewall, a route, a server that is down or whose queue is full' },
    { product: 'nginx', text: 'proxy_connect_timeout bounds the wait; proxy_next_upstream tries another server' },
    { product: 'HAProxy', text: 'timeout connect, retries, option redispatch; check on the server' },
    { product: 'Apache httpd', text: 'ProxyPass with connectiontimeout= bounds the wait' },
    { product: 'Squid', text: 'connect_timeout bounds the wait' },
    { product: 'Varnish', text: '.connect_timeout of the backend bounds the wait' },
    { product: 'Envoy', text: 'connect_timeout of the cluster bounds the wait' },
  ],
};

export function remediesFor(topic: RemedyTopic): readonly Remedy[] {
  return REMEDIES[topic];
}
