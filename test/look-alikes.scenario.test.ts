/**
 * Healthy conversations that look like a hang, each beside the hang that it looks like: ladders through the whole pipeline, told
 * in several ways. What is healthy has no finding at all; what hangs has those that are listed, and no other.
 */
import { describe, expect, test } from 'vitest';
import { parseLadder, TELLINGS, type Telling, tell } from './support/ladder.ts';

interface LookAlikes {
  readonly what: string;
  readonly healthy: string;
  readonly hang: string;
}

/** A request on a connection that is used again, through a proxy: what several of the stories begin with. */
const FIRST = `
  client > proxy   GET http://o.test/first HTTP/1.1 | Host: o.test
  proxy > origin   GET /first HTTP/1.1 | Host: o.test | Via: 1.1 p
  origin > proxy   HTTP/1.1 200 OK | Content-Length: 2 || hi
  proxy > client   HTTP/1.1 200 OK | Content-Length: 2 | Via: 1.1 p || hi`;

const DIRECT = `
  client > server  GET /first HTTP/1.1 | Host: s.test
  server > client  HTTP/1.1 200 OK | Content-Length: 2 || hi`;

const BYE = `
  client closes server
  server closes client`;

const lookAlikes: readonly LookAlikes[] = [
  {
    what: 'the second request takes half a minute',
    healthy: `${FIRST}
      client > proxy   GET http://o.test/slow HTTP/1.1 | Host: o.test
      proxy > origin   GET /slow HTTP/1.1 | Host: o.test | Via: 1.1 p
      wait 30 s
      origin > proxy   HTTP/1.1 200 OK | Content-Length: 4 || slow
      proxy > client   HTTP/1.1 200 OK | Content-Length: 4 | Via: 1.1 p || slow`,
    hang: `
      client > proxy   GET http://o.test/first HTTP/1.1 | Host: o.test
                       | Connection: keep-alive
      proxy > origin   GET /first HTTP/1.1 | Host: o.test | Connection: keep-alive
      origin > proxy   HTTP/1.1 200 OK | Content-Length: 2 || hi
      proxy > client   ...
      client > proxy   GET http://o.test/slow HTTP/1.1 | Host: o.test
      wait 30 s
      origin closes proxy
      proxy closes origin
      proxy closes client
      client closes proxy
      finding: hang dumb-proxy-deadlock
      child: hang request-ignored-on-persistent-connection
      part: violation connection-relayed-request`,
  },
  {
    what: 'a client leaves a request unanswered on a connection that it had used before',
    healthy: `
      one > server     GET /updates?from=1 HTTP/1.1 | Host: s.test
      wait 30 s
      server > one     HTTP/1.1 200 OK | Content-Length: 2 || []
      two > server     GET /updates?from=2 HTTP/1.1 | Host: s.test
      wait 30 s
      server > two     HTTP/1.1 200 OK | Content-Length: 2 || []${DIRECT}
      client > server  GET /updates?from=3 HTTP/1.1 | Host: s.test
      wait 12 s
      one > server     GET /first HTTP/1.1 | Host: s.test
      server > one     HTTP/1.1 200 OK | Content-Length: 2 || hi
      wait 4 s${BYE}`,
    hang: `
      two > server     GET /next HTTP/1.1 | Host: s.test
      server > two     HTTP/1.1 200 OK | Content-Length: 2 || []${DIRECT}
      client > server  GET /next HTTP/1.1 | Host: s.test
      wait 12 s
      one > server     GET /first HTTP/1.1 | Host: s.test
      server > one     HTTP/1.1 200 OK | Content-Length: 2 || hi
      wait 4 s${BYE}
      finding: hang request-ignored-on-persistent-connection likely`,
  },
  {
    what: 'a response without length says nothing for 40 s',
    healthy: `
      client > server  GET /events HTTP/1.1 | Host: s.test
      server > client  HTTP/1.1 200 OK | Content-Type: text/event-stream || data: 1\n\n
      wait 40 s
      server > client  || data: 2\n\n
      wait 40 s
      capture ends`,
    hang: `
      client > server  GET /page HTTP/1.1 | Host: s.test
      server > client  HTTP/1.1 200 OK | Content-Type: text/html | Connection: keep-alive
                       || <html></html>
      wait 40 s
      client closes server
      server closes client
      finding: hang until-close-but-kept-open strong`,
  },
  {
    what: 'hints come before the answer',
    healthy: `
      client > proxy   GET http://o.test/page HTTP/1.1 | Host: o.test
      proxy > origin   GET /page HTTP/1.1 | Host: o.test | Via: 1.1 p
      origin > proxy   HTTP/1.1 103 Early Hints | Link: </a.css>
      proxy > client   HTTP/1.1 103 Early Hints | Link: </a.css>
      wait 6 s
      origin > proxy   HTTP/1.1 200 OK | Content-Length: 4 || page
      proxy > client   HTTP/1.1 200 OK | Content-Length: 4 | Via: 1.1 p || page`,
    hang: `
      client > proxy   GET http://o.test/page HTTP/1.1 | Host: o.test
      proxy > origin   GET /page HTTP/1.1 | Host: o.test | Via: 1.1 p
      origin > proxy   HTTP/1.1 103 Early Hints | Link: </a.css>
      proxy > client   HTTP/1.1 103 Early Hints | Link: </a.css>
      proxy closes origin
      origin closes proxy
      wait 30 s
      client closes proxy
      proxy closes client
      finding: hang interim-response-mishandled`,
  },
  {
    what: 'answers without the body that their fields announce',
    healthy: `
      client > proxy   HEAD http://o.test/page HTTP/1.1 | Host: o.test
      proxy > origin   HEAD /page HTTP/1.1 | Host: o.test | Via: 1.1 p
      origin > proxy   HTTP/1.1 200 OK | Content-Length: 1200
      proxy > client   HTTP/1.1 200 OK | Content-Length: 1200 | Via: 1.1 p
      client > proxy   GET http://o.test/page HTTP/1.1 | Host: o.test | If-None-Match: "1"
      proxy > origin   GET /page HTTP/1.1 | Host: o.test | If-None-Match: "1" | Via: 1.1 p
      origin > proxy   HTTP/1.1 304 Not Modified | Content-Length: 1200
      proxy > client   HTTP/1.1 304 Not Modified | Content-Length: 1200 | Via: 1.1 p
      client > proxy   DELETE http://o.test/page HTTP/1.1 | Host: o.test
      proxy > origin   DELETE /page HTTP/1.1 | Host: o.test | Via: 1.1 p
      origin > proxy   HTTP/1.1 204 No Content
      proxy > client   HTTP/1.1 204 No Content | Via: 1.1 p
      wait 60 s
      client closes proxy
      proxy closes client
      proxy closes origin
      origin closes proxy`,
    hang: `
      client > proxy   GET http://o.test/page HTTP/1.1 | Host: o.test | If-None-Match: "1"
      proxy > origin   GET /page HTTP/1.1 | Host: o.test | If-None-Match: "1" | Via: 1.1 p
      origin > proxy   HTTP/1.1 304 Not Modified | Content-Length: 1200
      wait 60 s
      client closes proxy
      proxy closes client
      proxy closes origin
      origin closes proxy
      finding: hang bodyless-response-with-framing
      child: hang response-held-until-origin-close`,
  },
  {
    what: 'a chunked answer with a trailer, and a pause before it',
    healthy: String.raw`
      client > server  GET /sum HTTP/1.1 | Host: s.test | TE: trailers | Connection: TE
      server > client  HTTP/1.1 200 OK | Transfer-Encoding: chunked | Trailer: Digest || 5\r\nhello\r\n0\r\n
      wait 3 s
      server > client  || Digest: abc\r\n\r\n${BYE}`,
    hang: String.raw`
      client > server  GET /sum HTTP/1.1 | Host: s.test | TE: trailers | Connection: TE
      server > client  HTTP/1.1 200 OK | Transfer-Encoding: chunked | Trailer: Digest || 5\r\nhello\r\n0\r\n
      wait 30 s${BYE}
      finding: hang chunk-terminator-missing proven`,
  },
  {
    what: 'three requests are sent at once',
    healthy: String.raw`
      client > server  || GET /a HTTP/1.1\r\nHost: s.test\r\n\r\nGET /b HTTP/1.1\r\nHost: s.test\r\n\r\nGET /c HTTP/1.1\r\nHost: s.test\r\n\r\n
      wait 6 s
      server > client  HTTP/1.1 200 OK | Content-Length: 1 || a
      wait 2 s
      server > client  HTTP/1.1 200 OK | Content-Length: 1 || b
      server > client  HTTP/1.1 200 OK | Content-Length: 1 || c
      wait 20 s${BYE}`,
    hang: String.raw`
      client > server  || GET /a HTTP/1.1\r\nHost: s.test\r\n\r\nGET /b HTTP/1.1\r\nHost: s.test\r\n\r\nGET /c HTTP/1.1\r\nHost: s.test\r\n\r\n
      server > client  HTTP/1.1 200 OK | Content-Length: 1 || a
      wait 20 s
      server closes client
      client closes server
      finding: hang pipelined-request-dropped
      child: hang request-ignored-on-persistent-connection`,
  },
  {
    what: 'the proxy closes each connection to the origin and keeps those of its client',
    healthy: `
      3 times:
      client > proxy   GET http://o.test/a HTTP/1.1 | Host: o.test | Connection: keep-alive
      proxy > origin   GET /a HTTP/1.1 | Host: o.test | Via: 1.1 p | Connection: close
      origin > proxy   HTTP/1.1 200 OK | Content-Length: 2 | Connection: close || hi
      origin closes proxy
      proxy closes origin
      proxy > client   HTTP/1.1 200 OK | Content-Length: 2 | Via: 1.1 p || hi
      wait 2 s
      again
      capture ends`,
    hang: `
      client > proxy   GET http://o.test/a HTTP/1.1 | Host: o.test | Connection: keep-alive
      proxy > origin   GET /a HTTP/1.1 | Host: o.test | Via: 1.1 p | Connection: close
      origin > proxy   HTTP/1.1 200 OK | Connection: close || hi
      proxy > client   HTTP/1.1 200 OK | Connection: close | Via: 1.1 p || hi
      wait 20 s
      client closes proxy
      proxy closes client
      proxy closes origin
      origin closes proxy
      finding: hang until-close-but-kept-open
      child: hang until-close-but-kept-open
      child: hang close-announced-not-performed
      child: hang close-announced-not-performed`,
  },
  {
    what: 'a WebSocket through a proxy on which nothing happens for a minute',
    healthy: String.raw`
      client > proxy   GET http://o.test/chat HTTP/1.1 | Host: o.test | Connection: Upgrade | Upgrade: websocket
      proxy > origin   GET /chat HTTP/1.1 | Host: o.test | Connection: Upgrade | Upgrade: websocket | Via: 1.1 p
      origin > proxy   HTTP/1.1 101 Switching Protocols | Connection: Upgrade | Upgrade: websocket
      proxy > client   HTTP/1.1 101 Switching Protocols | Connection: Upgrade | Upgrade: websocket | Via: 1.1 p
      client > proxy   || \x81\x82abcdef
      proxy > origin   ...
      wait 60 s
      origin > proxy   || \x81\x02ho
      proxy > client   ...
      client closes proxy
      proxy closes origin
      origin closes proxy
      proxy closes client`,
    hang: `
      client > proxy   GET http://o.test/chat HTTP/1.1 | Host: o.test | Connection: Upgrade | Upgrade: websocket
      proxy > origin   GET /chat HTTP/1.1 | Host: o.test | Connection: Upgrade | Upgrade: websocket | Via: 1.1 p
      origin > proxy   HTTP/1.1 101 Switching Protocols | Connection: Upgrade | Upgrade: websocket
      wait 60 s
      client closes proxy
      proxy closes origin
      origin closes proxy
      proxy closes client
      finding: hang upgrade-relayed`,
  },
  {
    what: 'a client holds its body back',
    healthy: `
      client > server  PUT /file HTTP/1.1 | Host: s.test | Content-Length: 4 | Expect: 100-continue
      wait 4 s
      server > client  HTTP/1.1 100 Continue
      client > server  || file
      server > client  HTTP/1.1 201 Created | Content-Length: 0`,
    hang: `
      client > server  PUT /file HTTP/1.1 | Host: s.test | Content-Length: 4 | Expect: 100-continue
      wait 30 s${BYE}
      finding: hang expect-continue-unanswered strong`,
  },
  {
    what: 'a client closes its direction behind the request',
    healthy: `
      client > server  GET /report HTTP/1.1 | Host: s.test
      client closes server
      wait 8 s
      server > client  HTTP/1.1 200 OK | Content-Length: 6 || report
      server closes client`,
    hang: String.raw`
      client > proxy   CONNECT s.test:443 HTTP/1.1 | Host: s.test:443
      proxy > origin   CONNECT s.test:443 HTTP/1.1 | Host: s.test:443
      origin > proxy   HTTP/1.1 200 Connection established
      proxy > client   HTTP/1.1 200 Connection established
      client > proxy   || \x16\x03\x01\x00\x05\x01\x00\x00\x01\x03
      proxy > origin   ...
      client closes proxy
      wait 30 s
      origin closes proxy
      proxy closes origin
      proxy closes client
      finding: hang half-close-not-relayed`,
  },
  {
    what: 'the server closes an idle connection, and the client has more to ask',
    healthy: `${DIRECT}
      wait 15 s
      server closes client
      client closes server
      client > server  GET /second HTTP/1.1 | Host: s.test
      server > client  HTTP/1.1 200 OK | Content-Length: 2 || hi`,
    hang: `${DIRECT}
      wait 15 s
      server closes client
      wait 1 s
      client > server  GET /second HTTP/1.1 | Host: s.test
      wait 30 s
      client closes server
      finding: loss idle-close-race proven
      child: hang request-ignored-on-persistent-connection`,
  },
  {
    what: 'CONNECT, and a silence of a minute',
    healthy: String.raw`
      client > proxy   CONNECT s.test:443 HTTP/1.1 | Host: s.test:443
      proxy > client   HTTP/1.1 200 Connection established
      client > proxy   || \x16\x03\x01\x00\x05\x01\x00\x00\x01\x03
      proxy > secure   || \x16\x03\x01\x00\x05\x01\x00\x00\x01\x03
      secure > proxy   || \x16\x03\x03\x00\x05\x02\x00\x00\x01\x03
      proxy > client   || \x16\x03\x03\x00\x05\x02\x00\x00\x01\x03
      wait 60 s
      client closes proxy
      proxy closes client
      proxy closes secure
      secure closes proxy`,
    hang: `
      client > proxy   CONNECT s.test:443 HTTP/1.1 | Host: s.test:443
      proxy knocks at secure in vain
      wait 60 s
      client closes proxy
      proxy closes client
      finding: hang upstream-connect-stall`,
  },
  {
    what: 'HTTP/1.0 without a length, through a proxy',
    healthy: `
      client > proxy   GET http://o.test/old HTTP/1.0
      proxy > origin   GET /old HTTP/1.0 | Via: 1.0 p
      origin > proxy   HTTP/1.0 200 OK || old
      wait 8 s
      origin > proxy   || page
      origin closes proxy
      proxy closes origin
      proxy > client   HTTP/1.0 200 OK | Via: 1.0 p || oldpage
      proxy closes client
      client closes proxy`,
    hang: `
      client > proxy   GET http://o.test/old HTTP/1.0
      proxy > origin   GET /old HTTP/1.0 | Via: 1.0 p
      origin > proxy   HTTP/1.0 200 OK || oldpage
      proxy > client   HTTP/1.0 200 OK | Via: 1.0 p || oldpage
      origin closes proxy
      proxy closes origin
      wait 30 s
      client closes proxy
      proxy closes client
      finding: hang until-close-but-kept-open
      child: hang close-announced-not-performed`,
  },
  {
    what: 'the proxy takes off the compression',
    healthy: String.raw`
      client > proxy   GET http://o.test/z HTTP/1.1 | Host: o.test
      proxy > origin   GET /z HTTP/1.1 | Host: o.test | Accept-Encoding: gzip | Via: 1.1 p
      origin > proxy   HTTP/1.1 200 OK | Content-Encoding: gzip | Content-Length: 6 || \x1f\x8b\x08abc
      proxy > client   HTTP/1.1 200 OK | Transfer-Encoding: chunked | Via: 1.1 p || 8\r\nabcabcab\r\n0\r\n\r\n`,
    hang: String.raw`
      client > proxy   GET http://o.test/z HTTP/1.1 | Host: o.test
      proxy > origin   GET /z HTTP/1.1 | Host: o.test | Accept-Encoding: gzip | Via: 1.1 p
      origin > proxy   HTTP/1.1 200 OK | Content-Encoding: gzip | Content-Length: 9 || \x1f\x8b\x08abcdef
      proxy > client   HTTP/1.1 200 OK | Content-Length: 9 | Via: 1.1 p || abcd
      wait 20 s
      client closes proxy
      proxy closes client
      finding: hang framing-changed-inconsistently strong
      child: hang content-length-overstated`,
  },
  {
    what: 'a login in three steps on one connection',
    healthy: `
      client > server  POST /doc HTTP/1.1 | Host: s.test | Authorization: NTLM abc | Content-Length: 0
      server > client  HTTP/1.1 401 Unauthorized | WWW-Authenticate: NTLM def | Content-Length: 0
      client > server  POST /doc HTTP/1.1 | Host: s.test | Authorization: NTLM ghi | Content-Length: 3 || doc
      wait 4 s
      server > client  HTTP/1.1 200 OK | Content-Length: 2 || ok`,
    hang: `
      client > server  POST /doc HTTP/1.1 | Host: s.test | Authorization: NTLM abc | Content-Length: 3
      wait 30 s
      server > client  HTTP/1.1 408 Request Timeout | Connection: close | Content-Length: 0
      server closes client
      client closes server
      finding: hang request-body-short strong`,
  },
  {
    what: 'the proxy asks two servers',
    healthy: `
      client > proxy   GET http://o.test/quote HTTP/1.1 | Host: o.test
      proxy > origin   GET /quote HTTP/1.1 | Host: o.test | Via: 1.1 p
      wait 400 ms
      proxy > spare    GET /quote HTTP/1.1 | Host: o.test | Via: 1.1 p
      spare > proxy    HTTP/1.1 200 OK | Content-Length: 2 || 42
      proxy > client   HTTP/1.1 200 OK | Content-Length: 2 | Via: 1.1 p || 42
      proxy resets origin`,
    hang: `
      client > proxy   POST http://o.test/order HTTP/1.1 | Host: o.test | Content-Length: 5 || one=1
      proxy > origin   POST /order HTTP/1.1 | Host: o.test | Via: 1.1 p | Content-Length: 5 || one=1
      wait 400 ms
      proxy > spare    POST /order HTTP/1.1 | Host: o.test | Via: 1.1 p | Content-Length: 5 || one=1
      spare > proxy    HTTP/1.1 200 OK | Content-Length: 2 || 42
      proxy > client   HTTP/1.1 200 OK | Content-Length: 2 | Via: 1.1 p || 42
      proxy resets origin
      finding: loss unsafe-retry-by-proxy`,
  },
  {
    what: 'a host with two addresses, of which one is dead',
    healthy: `
      client knocks at old in vain
      client > new     GET /a HTTP/1.1 | Host: s.test
      new > client     HTTP/1.1 200 OK | Content-Length: 2 || hi`,
    hang: `
      client > old     GET /a HTTP/1.1 | Host: s.test
      old > client     HTTP/1.1 200 OK | Content-Length: 2 || hi
      wait 90 s
      client > old (unacknowledged)  GET /b HTTP/1.1 | Host: s.test
      wait 300 ms
      client sends it to old again
      wait 600 ms
      client sends it to old again
      wait 2 s
      client sends it to old again
      client > new     GET /b HTTP/1.1 | Host: s.test
      new > client     HTTP/1.1 200 OK | Content-Length: 2 || hi
      wait 5 s
      client resets old
      finding: hang idle-connection-blackholed likely`,
  },
  {
    what: 'two clients share one connection of the proxy',
    healthy: `
      one > proxy      GET http://o.test/a HTTP/1.1 | Host: o.test
      two > proxy      GET http://o.test/b HTTP/1.1 | Host: o.test
      proxy > origin   GET /a HTTP/1.1 | Host: o.test | Via: 1.1 p
      wait 4 s
      origin > proxy   HTTP/1.1 200 OK | Content-Length: 1 || a
      proxy > one      HTTP/1.1 200 OK | Content-Length: 1 | Via: 1.1 p || a
      proxy > origin   GET /b HTTP/1.1 | Host: o.test | Via: 1.1 p
      wait 4 s
      origin > proxy   HTTP/1.1 200 OK | Content-Length: 1 || b
      proxy > two      HTTP/1.1 200 OK | Content-Length: 1 | Via: 1.1 p || b`,
    hang: `
      one > proxy      GET http://o.test/a HTTP/1.1 | Host: o.test
      two > proxy      GET http://o.test/b HTTP/1.1 | Host: o.test
      proxy > origin   GET /a HTTP/1.1 | Host: o.test | Via: 1.1 p
      origin > proxy   HTTP/1.1 200 OK | Content-Length: 1 || a
      wait 9 s
      origin closes proxy
      proxy closes origin
      proxy > one      HTTP/1.1 200 OK | Content-Length: 1 | Via: 1.1 p || a
      proxy > origin   GET /b HTTP/1.1 | Host: o.test | Via: 1.1 p
      origin > proxy   HTTP/1.1 200 OK | Content-Length: 1 || b
      proxy > two      HTTP/1.1 200 OK | Content-Length: 1 | Via: 1.1 p || b
      finding: hang response-held-until-origin-close
      child: hang request-held-until-origin-close`,
  },
  {
    what: 'a slow upload',
    healthy: `
      client > server  PUT /file HTTP/1.1 | Host: s.test | Content-Length: 9 || one
      wait 8 s
      client > server  || two
      wait 8 s
      client > server  || six
      server > client  HTTP/1.1 201 Created | Content-Length: 0`,
    hang: `
      client > server  PUT /file HTTP/1.1 | Host: s.test | Content-Length: 9 || one
      wait 8 s
      client > server  || two
      wait 30 s
      server closes client
      client closes server
      finding: hang request-body-short likely`,
  },
  {
    what: 'a download that stands still',
    healthy: `
      client > server  GET /big HTTP/1.1 | Host: s.test
      server > client  HTTP/1.1 200 OK | Content-Length: 9 || one
      wait 8 s
      server > client  || two
      wait 8 s
      server > client  || six`,
    hang: `
      client > server  GET /big HTTP/1.1 | Host: s.test
      server > client  HTTP/1.1 200 OK | Content-Length: 9 || one
      wait 8 s
      server > client  || two
      wait 30 s
      client closes server
      server closes client
      finding: hang content-length-overstated`,
  },
  {
    what: 'ten minutes of keep-alive probes',
    healthy: `${DIRECT}
      10 times:
      wait 60 s
      client probes server
      again
      client > server  GET /second HTTP/1.1 | Host: s.test
      server > client  HTTP/1.1 200 OK | Content-Length: 2 || hi`,
    hang: `${DIRECT}
      client > server  GET /second HTTP/1.1 | Host: s.test
      10 times:
      wait 60 s
      client probes server
      again
      client resets server
      finding: hang request-ignored-on-persistent-connection possible`,
  },
  {
    what: 'half of a file is asked for',
    healthy: `
      client > server  GET /big HTTP/1.1 | Host: s.test | Range: bytes=0-2
      server > client  HTTP/1.1 206 Partial Content | Content-Range: bytes 0-2/9 | Content-Length: 3 || one
      wait 40 s${BYE}`,
    hang: `
      client > server  GET /big HTTP/1.1 | Host: s.test | Range: bytes=0-2
      server > client  HTTP/1.1 206 Partial Content | Content-Range: bytes 0-2/9 | Content-Length: 9 || one
      wait 40 s${BYE}
      finding: hang content-length-overstated`,
  },
  {
    what: 'two proxies in a row',
    healthy: `
      client > proxy   GET http://o.test/a HTTP/1.1 | Host: o.test | Proxy-Connection: keep-alive
      proxy > inner    GET http://o.test/a HTTP/1.1 | Host: o.test | Via: 1.1 p
      inner > origin   GET /a HTTP/1.1 | Host: o.test | Via: 1.1 p, 1.1 q
      wait 12 s
      origin > inner   HTTP/1.1 200 OK | Content-Length: 2 || hi
      inner > proxy    HTTP/1.1 200 OK | Content-Length: 2 | Via: 1.1 q || hi
      proxy > client   HTTP/1.1 200 OK | Content-Length: 2 | Via: 1.1 q, 1.1 p || hi`,
    hang: `
      client > proxy   GET http://o.test/a HTTP/1.1 | Host: o.test | Proxy-Connection: keep-alive
      proxy > inner    GET http://o.test/a HTTP/1.1 | Host: o.test | Via: 1.1 p
      inner > origin   GET /a HTTP/1.1 | Host: o.test | Via: 1.1 p, 1.1 q
      origin > inner   HTTP/1.1 200 OK | Content-Length: 2 || hi
      wait 12 s
      origin closes inner
      inner closes origin
      inner > proxy    HTTP/1.1 200 OK | Content-Length: 2 | Via: 1.1 q || hi
      proxy > client   HTTP/1.1 200 OK | Content-Length: 2 | Via: 1.1 q, 1.1 p || hi
      finding: hang response-held-until-origin-close`,
  },
  {
    what: 'a client that leaves',
    healthy: `
      client > server  GET /big HTTP/1.1 | Host: s.test
      server > client  HTTP/1.1 200 OK | Content-Length: 9000 || the first part
      client resets server`,
    hang: `
      client > server  GET /big HTTP/1.1 | Host: s.test
      server > client  HTTP/1.1 200 OK | Content-Length: 9000 || the first part
      wait 20 s
      client resets server
      finding: hang content-length-overstated`,
  },
  {
    what: 'an answer before the request is complete',
    healthy: `
      client > server  PUT /file HTTP/1.1 | Host: s.test | Content-Length: 9 || one
      server > client  HTTP/1.1 403 Forbidden | Connection: close | Content-Length: 2 || no
      client > server  || twosix
      server closes client
      client closes server`,
    hang: `
      client > server  PUT /file HTTP/1.1 | Host: s.test | Content-Length: 9 || one
      server > client  HTTP/1.1 403 Forbidden | Content-Length: 2 || n
      wait 20 s
      client closes server
      server closes client
      finding: hang early-response-deadlock
      child: hang content-length-overstated`,
  },
  {
    what: 'a request that is not seen on the next hop',
    healthy: `${FIRST}
      wait 2 s
      client > proxy   GET http://o.test/first HTTP/1.1 | Host: o.test
      wait 2 s
      proxy > client   HTTP/1.1 200 OK | Content-Length: 2 | Via: 1.1 p | Age: 2 || hi`,
    hang: `${FIRST}
      wait 2 s
      client > proxy   GET http://o.test/second HTTP/1.1 | Host: o.test
      wait 30 s
      origin closes proxy
      proxy closes origin
      proxy closes client
      client closes proxy
      finding: hang dumb-proxy-deadlock
      child: hang request-ignored-on-persistent-connection`,
  },
  {
    what: 'a client that does not read for a while',
    healthy: `
      client > server  GET /big HTTP/1.1 | Host: s.test
      server > client  HTTP/1.1 200 OK | Content-Length: 9 || half
      client shuts its window to server
      wait 20 s
      client opens its window to server
      server > client  || whole`,
    hang: `
      client > server  GET /big HTTP/1.1 | Host: s.test
      server > client  HTTP/1.1 200 OK | Content-Length: 9 || half
      client shuts its window to server
      client opens its window to server
      wait 20 s
      client closes server
      server closes client
      finding: hang content-length-overstated`,
  },
  {
    what: 'the server says 408',
    healthy: `${DIRECT}
      wait 60 s
      server > client  HTTP/1.1 408 Request Timeout | Connection: close | Content-Length: 0
      server closes client
      client closes server`,
    hang: `
      client > server  GET /page HTTP/1.1 | Host: s.test
      server > client  HTTP/1.1 200 OK | Content-Length: 9 || half
      wait 60 s
      server > client  HTTP/1.1 408 Request Timeout | Connection: close | Content-Length: 0
      server closes client
      client closes server
      finding: hang proxy-cycle-on-one-hop`,
  },
];

/** `tell` leaves out the notes of all rules but one. */
const found = (story: string, telling: Telling): readonly string[] => tell(parseLadder(story, 0), 'dumb-proxy-deadlock', telling);

describe.each(lookAlikes.map((row) => [row.what, row] as const))('%s', (_what, { healthy, hang }) => {
  test.each(Object.entries(TELLINGS))('%s: nothing is found where it is healthy', (_name, telling) => {
    expect(found(`${healthy}\nno finding at all`, telling)).toEqual([]);
  });

  test.each(Object.entries(TELLINGS))('%s: the hang is found', (_name, telling) => {
    expect(found(hang, telling)).toEqual([]);
  });
});
