/** Both directions of a connection: the classes of OISF/libhtp, test/files. */
import type { Class } from './case.ts';

const ASK = 'C: GET / HTTP/1.1 ||';
const ASKED = '> GET / HTTP/1.1 none 0';
const CONNECT = 'C: CONNECT a:443 HTTP/1.1 | Host: a:443 ||';
const CONNECTED = '> CONNECT a:443 HTTP/1.1 none 0';

export const CONVERSATIONS: readonly Class[] = [
  {
    name: 'libhtp pipelined connection',
    tests: 'answers come in the order of the requests',
    cases: [
      {
        what: 'three requests, three answers',
        said: [
          'C: GET /1 HTTP/1.1 || GET /2 HTTP/1.1 || GET /3 HTTP/1.1 ||',
          'S: HTTP/1.1 201 A | Content-Length: 0 || HTTP/1.1 202 B | Content-Length: 0 || HTTP/1.1 203 C | Content-Length: 0 ||',
        ],
        messages: [
          '> GET /1 HTTP/1.1 none 0',
          '> GET /2 HTTP/1.1 none 0',
          '> GET /3 HTTP/1.1 none 0',
          '< HTTP/1.1 201 length 0 (1)',
          '< HTTP/1.1 202 length 0 (2)',
          '< HTTP/1.1 203 length 0 (3)',
        ],
      },
      {
        what: 'the second request comes while the first answer is sent',
        said: [
          'C: GET /1 HTTP/1.1 ||',
          'S: HTTP/1.1 200 OK | Content-Length: 4 || on',
          'C: GET /2 HTTP/1.1 ||',
          'S: ly',
          'S: HTTP/1.1 404 No | Content-Length: 0 ||',
        ],
        messages: ['> GET /1 HTTP/1.1 none 0', '> GET /2 HTTP/1.1 none 0', '< HTTP/1.1 200 length 4 (1)', '< HTTP/1.1 404 length 0 (2)'],
      },
    ],
  },
  {
    name: 'libhtp 100-continue',
    tests: 'interim responses',
    cases: [
      {
        what: 'body held back until the 100',
        said: [
          'C: PUT / HTTP/1.1 | Expect: 100-continue | Content-Length: 3 ||',
          'S: HTTP/1.1 100 Continue ||',
          'C: abc',
          'S: HTTP/1.1 201 Created | Content-Length: 0 ||',
        ],
        messages: ['< HTTP/1.1 100 none 0 (1)', '> PUT / HTTP/1.1 length 3', '< HTTP/1.1 201 length 0 (1)'],
      },
      {
        what: 'two of them, one with fields',
        said: [ASK, 'S: HTTP/1.1 100 Continue | A: b || HTTP/1.1 100 Continue || HTTP/1.1 200 OK | Content-Length: 0 ||'],
        messages: [ASKED, '< HTTP/1.1 100 none 0 (1)', '< HTTP/1.1 100 none 0 (1)', '< HTTP/1.1 200 length 0 (1)'],
      },
      {
        what: 'with a length that it must not have',
        said: [ASK, 'S: HTTP/1.1 100 Continue | Content-Length: 5 || HTTP/1.1 200 OK | Content-Length: 0 ||'],
        messages: [ASKED, '< HTTP/1.1 100 none 0 (1)', '< HTTP/1.1 200 length 0 (1)'],
      },
      {
        what: 'nobody asked',
        said: [ASK, 'S: HTTP/1.1 100 Continue ||', 'S: HTTP/1.1 200 OK | Content-Length: 0 ||'],
        messages: [ASKED, '< HTTP/1.1 100 none 0 (1)', '< HTTP/1.1 200 length 0 (1)'],
      },
    ],
  },
  {
    name: 'libhtp early response',
    tests: 'the answer comes before the request is complete',
    cases: [
      {
        what: 'an answer inside the body',
        said: ['C: PUT / HTTP/1.1 | Content-Length: 6 || abc', 'S: HTTP/1.1 413 Large | Content-Length: 0 ||', 'C: def', ASK],
        messages: ['< HTTP/1.1 413 length 0 (1)', '> PUT / HTTP/1.1 length 6', ASKED],
      },
      {
        what: 'an answer and a close inside the body',
        said: ['C: PUT / HTTP/1.1 | Content-Length: 6 || abc', 'S: HTTP/1.1 413 Large | Content-Length: 0 ||', 'S.', 'C!'],
        messages: ['< HTTP/1.1 413 length 0 (1)', '> PUT / HTTP/1.1 length 3, cut'],
      },
      {
        what: 'an answer inside the head',
        said: ['C: GET / HTTP/1.1 | Ho', 'S: HTTP/1.1 400 Bad | Content-Length: 0 ||'],
        messages: ['> GET / HTTP/1.1 none 0, cut, head-cut', '< HTTP/1.1 400 length 0 (1)'],
      },
    ],
  },
  {
    name: 'libhtp CONNECT',
    tests: 'tunnels, and what is none',
    cases: [
      {
        what: 'complete, and TLS inside',
        said: [CONNECT, 'S: HTTP/1.1 200 Established ||', 'C: \x16\x03\x01\0\x05hello', 'S: \x16\x03\x03\0\x02ok'],
        messages: [CONNECTED, '< HTTP/1.1 200 tunnel 0 (1)'],
      },
      {
        what: 'HTTP inside is not of this connection',
        said: [CONNECT, 'S: HTTP/1.0 200 Established ||', ASK, 'S: HTTP/1.1 200 OK | Content-Length: 0 ||'],
        messages: [CONNECTED, '< HTTP/1.0 200 tunnel 0 (1)'],
      },
      {
        what: 'octets behind the request, before the answer',
        said: ['C: CONNECT a:443 HTTP/1.1 || \x16\x03\x01', 'S: HTTP/1.1 200 Established ||'],
        messages: [CONNECTED, '< HTTP/1.1 200 tunnel 0 (1)'],
      },
      {
        what: 'refused with a body, then asked again with credentials',
        said: [CONNECT, 'S: HTTP/1.1 407 Auth | Content-Length: 2 || no', CONNECT, 'S: HTTP/1.1 200 OK ||'],
        messages: [CONNECTED, '< HTTP/1.1 407 length 2 (1)', CONNECTED, '< HTTP/1.1 200 tunnel 0 (2)'],
      },
      {
        what: 'a length in the answer announces nothing',
        said: [CONNECT, 'S: HTTP/1.1 200 OK | Content-Length: 5 || hello'],
        messages: [CONNECTED, '< HTTP/1.1 200 tunnel 0 (1)'],
      },
    ],
  },
  {
    name: 'libhtp HTTP/0.9',
    tests: 'requests without a version',
    cases: [
      {
        what: 'one, answered with a bare body',
        said: ['C: GET /a |', 'S: <html>', 'S.', 'C.'],
        messages: ['> GET /a  none 0, no-version'],
      },
      {
        what: 'one, answered with a status line',
        said: ['C: GET /a |', 'S: HTTP/1.0 400 Bad || no', 'S.', 'C.'],
        messages: ['> GET /a  none 0, no-version', '< HTTP/1.0 400 until-close 2 (1)'],
        trailing: ['> GET /a  none 0, no-version', '< HTTP/1.0 400 until-close 9 (1)'],
      },
      {
        what: 'several in one segment',
        said: ['C: GET /a | GET /b |', 'S: <html>', 'S.', 'C.'],
        messages: ['> GET /a  none 0, no-version', '> GET /b  none 0, no-version'],
      },
    ],
  },
  {
    name: 'libhtp TE and CL, multiple CL, split chunk',
    tests: 'framing that contradicts itself, in both directions',
    cases: [
      {
        what: 'both in the request, both in the answer',
        said: [
          'C: PUT / HTTP/1.1 | Transfer-Encoding: chunked | Content-Length: 99 || 3 | abc | 0 ||',
          'S: HTTP/1.1 200 OK | Transfer-Encoding: chunked | Content-Length: 99 || 2 | ok | 0 ||',
        ],
        messages: ['> PUT / HTTP/1.1 chunked 3, length-and-coding', '< HTTP/1.1 200 chunked 2 (1), length-and-coding'],
      },
      {
        what: 'two lengths in the request, and what follows is read as a request',
        said: [
          'C: PUT / HTTP/1.1 | Content-Length: 3 | Content-Length: 0 ||GET /b HTTP/1.1 ||',
          'S: HTTP/1.1 400 Bad | Content-Length: 0 ||',
        ],
        messages: ['> PUT / HTTP/1.1 none 0, conflicting-length', '> GET /b HTTP/1.1 none 0', '< HTTP/1.1 400 length 0 (1)'],
      },
      {
        what: 'a chunk over four segments, its size over two',
        said: [ASK, 'S: HTTP/1.1 200 OK | Transfer-Encoding: chunked || 1', 'S: 0 | 01234567', 'S: 89abcd', 'S: ef |', 'S: 0 ||'],
        messages: [ASKED, '< HTTP/1.1 200 chunked 16 (1)'],
      },
    ],
  },
  {
    name: 'libhtp response stream closure, requests cut',
    tests: 'one side ends before the other',
    cases: [
      {
        what: 'the server closes behind a chunked answer',
        said: [ASK, 'S: HTTP/1.1 200 OK | Transfer-Encoding: chunked || 0 ||', 'S.', 'C.'],
        messages: [ASKED, '< HTTP/1.1 200 chunked 0 (1)'],
      },
      {
        what: 'the client half-closes and is answered',
        said: [ASK, 'C.', 'S: HTTP/1.1 200 OK | Content-Length: 0 ||', 'S.'],
        messages: [ASKED, '< HTTP/1.1 200 length 0 (1)'],
      },
      {
        what: 'a request that is cut is answered all the same',
        said: ['C: PUT / HTTP/1.1 | Content-Length: 9 || abc', 'C.', 'S: HTTP/1.1 400 Bad | Content-Length: 0 ||', 'S.'],
        messages: ['> PUT / HTTP/1.1 length 3, cut', '< HTTP/1.1 400 length 0 (1)'],
      },
      {
        what: 'the server closes without a word',
        said: [ASK, 'S.', 'C.'],
        messages: [ASKED],
      },
      {
        what: 'the server resets inside the body',
        said: [ASK, 'S: HTTP/1.1 200 OK | Content-Length: 99 || ok', 'S!'],
        messages: [ASKED, '< HTTP/1.1 200 length 2 (1), cut'],
        trailing: [ASKED, '< HTTP/1.1 200 length 9 (1), cut'],
      },
    ],
  },
  {
    name: 'libhtp empty line between requests',
    tests: 'lines that belong to no message',
    cases: [
      {
        what: 'CRLF behind a body, as old browsers sent it',
        said: ['C: POST / HTTP/1.1 | Content-Length: 3 || a=b |', 'S: HTTP/1.1 200 OK | Content-Length: 0 ||', ASK],
        messages: ['> POST / HTTP/1.1 length 3', '< HTTP/1.1 200 length 0 (1)', `${ASKED}, empty-line-before`],
      },
      {
        what: 'bare LF before the first request',
        said: ['C: \n\nGET / HTTP/1.1 ||'],
        messages: [`${ASKED}, empty-line-before`],
      },
    ],
  },
  {
    name: 'libhtp unsolicited responses',
    tests: 'the server speaks first, or twice',
    cases: [
      {
        what: '408 on a connection that was never used',
        said: ['S: HTTP/1.1 408 Timeout | Connection: close | Content-Length: 0 ||', 'S.', 'C.'],
        messages: ['< HTTP/1.1 408 length 0 (0)'],
      },
      {
        what: '408 behind a complete exchange',
        said: [ASK, 'S: HTTP/1.1 200 OK | Content-Length: 0 ||', 'S: HTTP/1.1 408 Timeout | Content-Length: 0 ||', 'S.'],
        messages: [ASKED, '< HTTP/1.1 200 length 0 (1)', '< HTTP/1.1 408 length 0 (0)'],
      },
      {
        what: 'two answers to one request',
        said: [ASK, 'S: HTTP/1.1 200 OK | Content-Length: 0 || HTTP/1.1 200 OK | Content-Length: 0 ||'],
        messages: [ASKED, '< HTTP/1.1 200 length 0 (1)', '< HTTP/1.1 200 length 0 (0)'],
      },
    ],
  },
];
