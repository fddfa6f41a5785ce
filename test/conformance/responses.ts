/** Responses: the classes of nodejs/llhttp, test/response. */
import type { Class } from './case.ts';

const ASK = 'C: GET / HTTP/1.1 ||';
const ASKED = '> GET / HTTP/1.1 none 0';

export const RESPONSES: readonly Class[] = [
  {
    name: 'llhttp response/connection',
    tests: 'keep-alive, close, and bodies that end with the connection',
    cases: [
      {
        what: 'HTTP/1.1 with a length is kept',
        said: [ASK, 'S: HTTP/1.1 200 OK | Content-Length: 2 || ok'],
        messages: [ASKED, '< HTTP/1.1 200 length 2 (1)'],
        persistence: ['keep'],
      },
      {
        what: 'close with a length',
        said: [ASK, 'S: HTTP/1.1 200 OK | Connection: close | Content-Length: 2 || ok'],
        messages: [ASKED, '< HTTP/1.1 200 length 2 (1)'],
        persistence: ['close'],
      },
      {
        what: 'HTTP/1.0 with a length is closed',
        said: [ASK, 'S: HTTP/1.0 200 OK | Content-Length: 2 || ok'],
        messages: [ASKED, '< HTTP/1.0 200 length 2 (1)'],
        persistence: ['close'],
      },
      {
        what: 'HTTP/1.0 with keep-alive and a length is kept',
        said: [ASK, 'S: HTTP/1.0 200 OK | Connection: keep-alive | Content-Length: 2 || ok'],
        messages: [ASKED, '< HTTP/1.0 200 length 2 (1)'],
        persistence: ['keep'],
      },
      {
        what: 'keep-alive without a length: two beliefs',
        said: [ASK, 'S: HTTP/1.0 200 OK | Connection: keep-alive || ok'],
        messages: [ASKED, '< HTTP/1.0 200 until-close 2 (1), cut'],
        trailing: [ASKED, '< HTTP/1.0 200 until-close 9 (1), cut'],
        persistence: ['keep/close'],
      },
      {
        what: 'no length: the body goes to the FIN',
        said: [ASK, 'S: HTTP/1.1 200 OK || ok', 'S.', 'C.'],
        messages: [ASKED, '< HTTP/1.1 200 until-close 2 (1)'],
        trailing: [ASKED, '< HTTP/1.1 200 until-close 9 (1)'],
        persistence: ['close'],
      },
      {
        what: 'no length, and a reset: cut',
        said: [ASK, 'S: HTTP/1.1 200 OK || ok', 'S!'],
        messages: [ASKED, '< HTTP/1.1 200 until-close 2 (1), cut'],
        trailing: [ASKED, '< HTTP/1.1 200 until-close 9 (1), cut'],
      },
      {
        what: 'a response inside a body that ends with the connection is body',
        said: [ASK, 'S: HTTP/1.1 200 OK || HTTP/1.1 404 No | Content-Length: 0 ||', 'S.', 'C.'],
        messages: [ASKED, '< HTTP/1.1 200 until-close 38 (1)'],
        trailing: [ASKED, '< HTTP/1.1 200 until-close 45 (1)'],
      },
      {
        what: '204 and 304 have no body, whatever they say',
        said: [
          'C: GET /a HTTP/1.1 || GET /b HTTP/1.1 || GET /c HTTP/1.1 ||',
          'S: HTTP/1.1 204 No | Content-Length: 5 || HTTP/1.1 304 Not | Transfer-Encoding: chunked || HTTP/1.1 200 OK | Content-Length: 0 ||',
        ],
        messages: [
          '> GET /a HTTP/1.1 none 0',
          '> GET /b HTTP/1.1 none 0',
          '> GET /c HTTP/1.1 none 0',
          '< HTTP/1.1 204 none 0 (1)',
          '< HTTP/1.1 304 none 0 (2)',
          '< HTTP/1.1 200 length 0 (3)',
        ],
        persistence: ['keep', 'keep', 'keep'],
      },
      {
        what: '101 switches, and what follows is no HTTP',
        said: [
          'C: GET / HTTP/1.1 | Connection: upgrade | Upgrade: x ||',
          'S: HTTP/1.1 101 Switching Protocols | Connection: upgrade | Upgrade: x || body',
          'S: HTTP/1.1 200 OK | Content-Length: 0 ||',
        ],
        messages: [ASKED, '< HTTP/1.1 101 tunnel 0 (1)'],
      },
      {
        what: '101 with a length is a tunnel all the same',
        said: [ASK, 'S: HTTP/1.1 101 Switching Protocols | Upgrade: x | Content-Length: 4 || body'],
        messages: [ASKED, '< HTTP/1.1 101 tunnel 0 (1)'],
      },
      {
        what: '101 with chunked is a tunnel all the same',
        said: [ASK, 'S: HTTP/1.1 101 Switching Protocols | Upgrade: x | Transfer-Encoding: chunked || 2 | bo | 0 ||'],
        messages: [ASKED, '< HTTP/1.1 101 tunnel 0 (1)'],
      },
      {
        what: '200 with Upgrade keeps its body',
        said: [ASK, 'S: HTTP/1.1 200 OK | Connection: upgrade | Upgrade: h2c | Content-Length: 4 || body'],
        messages: [ASKED, '< HTTP/1.1 200 length 4 (1)'],
      },
    ],
  },
  {
    name: 'llhttp response/content-length',
    tests: 'lengths of responses',
    cases: [
      {
        what: 'a length that ends the message while the connection stays',
        said: [ASK, 'S: HTTP/1.1 200 OK | Content-Length: 2 || ok', ASK, 'S: HTTP/1.1 200 OK | Content-Length: 0 ||'],
        messages: [ASKED, '< HTTP/1.1 200 length 2 (1)', ASKED, '< HTTP/1.1 200 length 0 (2)'],
      },
      {
        what: 'a length and a coding',
        said: [ASK, 'S: HTTP/1.1 200 OK | Content-Length: 99 | Transfer-Encoding: chunked || 2 | ok | 0 ||'],
        messages: [ASKED, '< HTTP/1.1 200 chunked 2 (1), length-and-coding'],
      },
      {
        what: 'a length and identity',
        said: [ASK, 'S: HTTP/1.1 200 OK | Content-Length: 2 | Transfer-Encoding: identity || ok'],
        messages: [ASKED, '< HTTP/1.1 200 length 2 (1), length-and-coding, identity-coding'],
      },
      {
        what: 'two lengths: until the close, and both are kept',
        said: [ASK, 'S: HTTP/1.1 200 OK | Content-Length: 2 | Content-Length: 4 || four', 'S.', 'C.'],
        messages: [ASKED, '< HTTP/1.1 200 until-close 4 (1), conflicting-length'],
        trailing: [ASKED, '< HTTP/1.1 200 until-close 11 (1), conflicting-length'],
        fields: { 'content-length': ['2', '4'] },
      },
      {
        what: 'less than announced, then FIN',
        said: [ASK, 'S: HTTP/1.1 200 OK | Content-Length: 12 || ok', 'S.', 'C.'],
        messages: [ASKED, '< HTTP/1.1 200 length 2 (1), cut'],
        trailing: [ASKED, '< HTTP/1.1 200 length 9 (1), cut'],
      },
      {
        what: 'more than announced',
        said: [ASK, 'S: HTTP/1.1 200 OK | Content-Length: 2 || okay', ASK, 'S: HTTP/1.1 200 OK | Content-Length: 0 ||'],
        messages: [ASKED, '< HTTP/1.1 200 length 2 (1)', ASKED, '< HTTP/1.1 200 length 0 (2), octets-before'],
      },
      {
        what: 'a length in an answer to HEAD announces nothing',
        said: ['C: HEAD / HTTP/1.1 ||', 'S: HTTP/1.1 200 OK | Content-Length: 999 ||', ASK, 'S: HTTP/1.1 200 OK | Content-Length: 1 || x'],
        messages: ['> HEAD / HTTP/1.1 none 0', '< HTTP/1.1 200 none 0 (1)', ASKED, '< HTTP/1.1 200 length 1 (2)'],
      },
    ],
  },
  {
    name: 'llhttp response/finish',
    tests: 'the stream ends',
    cases: [
      {
        what: 'behind a head without length',
        said: [ASK, 'S: HTTP/1.1 200 OK ||', 'S.', 'C.'],
        messages: [ASKED, '< HTTP/1.1 200 until-close 0 (1)'],
        trailing: [ASKED, '< HTTP/1.1 200 until-close 7 (1)'],
      },
      {
        what: 'inside the head',
        said: [ASK, 'S: HTTP/1.1 200 OK | A: b |', 'S.', 'C.'],
        messages: [ASKED, '< HTTP/1.1 200 until-close 0 (1), cut, head-cut'],
      },
    ],
  },
  {
    name: 'llhttp response/invalid',
    tests: 'status lines and fields that a client may refuse',
    cases: [
      {
        what: 'no reason, and no space for it',
        said: [ASK, 'S: HTTP/1.1 200 | Content-Length: 0 ||'],
        messages: [ASKED, '< HTTP/1.1 200 length 0 (1)'],
      },
      {
        what: 'a status of two digits',
        said: [ASK, 'S: HTTP/1.1 20 OK | Content-Length: 0 ||'],
        messages: [ASKED, '< HTTP/1.1 20 length 0 (1), bad-status'],
      },
      {
        what: 'a status of four digits',
        said: [ASK, 'S: HTTP/1.1 2000 OK | Content-Length: 0 ||'],
        messages: [ASKED, '< HTTP/1.1 2000 length 0 (1), bad-status'],
      },
      {
        what: 'letters in the status',
        said: [ASK, 'S: HTTP/1.1 2x0 OK | Content-Length: 0 ||'],
        messages: [ASKED, '< HTTP/1.1 2 length 0 (1), bad-status'],
      },
      {
        what: 'a version of three digits',
        said: [ASK, 'S: HTTP/1.10 200 OK | Content-Length: 0 ||'],
        messages: [ASKED, '< HTTP/1.10 200 length 0 (1), bad-version'],
      },
      {
        what: 'a version without its dot',
        said: [ASK, 'S: HTTP/11 200 OK | Content-Length: 0 ||'],
        messages: [ASKED, '< HTTP/11 200 length 0 (1), bad-version'],
      },
      {
        what: 'two spaces before the status',
        said: [ASK, 'S: HTTP/1.1  200 OK | Content-Length: 0 ||'],
        messages: [ASKED, '< HTTP/1.1 200 length 0 (1), extra-space'],
      },
      {
        what: 'a tab before the status',
        said: [ASK, 'S: HTTP/1.1\t200 OK | Content-Length: 0 ||'],
        messages: [ASKED, '< HTTP/1.1 200 length 0 (1), extra-space'],
      },
      {
        what: 'a space before the version',
        said: [ASK, 'S:  HTTP/1.1 200 OK | Content-Length: 0 ||'],
        messages: [ASKED, '< HTTP/1.1 200 length 0 (1), octets-before'],
      },
      {
        what: 'a space before the first field',
        said: [ASK, 'S: HTTP/1.1 200 OK |\tA: b | Content-Length: 0 ||'],
        messages: [ASKED, '< HTTP/1.1 200 length 0 (1), leading-space'],
      },
      {
        what: 'a field without a name',
        said: [ASK, 'S: HTTP/1.1 200 OK | : b | Content-Length: 0 ||'],
        messages: [ASKED, '< HTTP/1.1 200 length 0 (1), bad-field-name'],
      },
      {
        what: 'a space before the colon',
        said: [ASK, 'S: HTTP/1.1 200 OK | Content-Length : 0 ||'],
        messages: [ASKED, '< HTTP/1.1 200 length 0 (1), space-before-colon'],
      },
      {
        what: 'a bare CR inside the status line',
        said: [ASK, 'S: HTTP/1.1 200 O\rK | Content-Length: 0 ||'],
        messages: [ASKED, '< HTTP/1.1 200 length 0 (1), bare-cr'],
      },
      {
        what: 'NUL in a value',
        said: [ASK, 'S: HTTP/1.1 200 OK | A: \0 | Content-Length: 0 ||'],
        messages: [ASKED, '< HTTP/1.1 200 length 0 (1), nul'],
      },
    ],
  },
  {
    name: 'llhttp response/lenient-version',
    tests: 'versions that nobody speaks',
    cases: [
      {
        what: 'HTTP/5.6',
        said: [ASK, 'S: HTTP/5.6 200 OK | Content-Length: 0 ||'],
        messages: [ASKED, '< HTTP/5.6 200 length 0 (1)'],
      },
    ],
  },
  {
    name: 'llhttp response/pausing',
    tests: 'the reader stops at each border of a message and goes on',
    cases: [
      {
        what: 'behind status line, fields, head and body',
        said: [ASK, 'S: HTTP/1.1 200 OK |', 'S: Content-Length: 2 |', 'S: |', 'S: o', 'S: k'],
        messages: [ASKED, '< HTTP/1.1 200 length 2 (1)'],
      },
      {
        what: 'between the CR and the LF of every line',
        said: [
          ASK,
          'S: HTTP/1.1 200 OK\r',
          'S: \nTransfer-Encoding: chunked\r',
          'S: \n\r',
          'S: \n2\r',
          'S: \nok\r',
          'S: \n0\r',
          'S: \n\r',
          'S: \n',
        ],
        messages: [ASKED, '< HTTP/1.1 200 chunked 2 (1)'],
      },
    ],
  },
  {
    name: 'llhttp response/pipelining',
    tests: 'several responses in one segment',
    cases: [
      {
        what: 'of every framing, without octets between them',
        said: [
          'C: GET /a HTTP/1.1 || GET /b HTTP/1.1 || HEAD /c HTTP/1.1 || GET /d HTTP/1.1 ||',
          'S: HTTP/1.1 200 OK | Content-Length: 1 || aHTTP/1.1 200 OK | Transfer-Encoding: chunked || 1 | b | 0 || HTTP/1.1 200 OK | Content-Length: 9 || HTTP/1.1 204 No ||',
        ],
        messages: [
          '> GET /a HTTP/1.1 none 0',
          '> GET /b HTTP/1.1 none 0',
          '> HEAD /c HTTP/1.1 none 0',
          '> GET /d HTTP/1.1 none 0',
          '< HTTP/1.1 200 length 1 (1)',
          '< HTTP/1.1 200 chunked 1 (2)',
          '< HTTP/1.1 200 none 0 (3)',
          '< HTTP/1.1 204 none 0 (4)',
        ],
      },
    ],
  },
  {
    name: 'llhttp response/sample',
    tests: 'responses as servers send them',
    cases: [
      {
        what: 'a reason beyond ASCII',
        said: [ASK, 'S: HTTP/1.1 500 Oriënt | Content-Length: 0 ||'.replace('ë', '\xeb')],
        messages: [ASKED, '< HTTP/1.1 500 length 0 (1)'],
      },
      {
        what: 'an empty line before the status line',
        said: [ASK, 'S: |HTTP/1.1 200 OK | Content-Length: 0 ||'],
        messages: [ASKED, '< HTTP/1.1 200 length 0 (1), empty-line-before'],
      },
      {
        what: 'a body of line feeds',
        said: [ASK, 'S: HTTP/1.1 200 OK | Content-Length: 4 || \n\r\n\n', ASK, 'S: HTTP/1.1 200 OK | Content-Length: 0 ||'],
        messages: [ASKED, '< HTTP/1.1 200 length 4 (1)', ASKED, '< HTTP/1.1 200 length 0 (2)'],
      },
      {
        what: 'Proxy-Connection is not Connection',
        said: [ASK, 'S: HTTP/1.1 200 OK | Proxy-Connection: close | Content-Length: 0 ||'],
        messages: [ASKED, '< HTTP/1.1 200 length 0 (1)'],
        persistence: ['keep'],
      },
      {
        what: 'bare LF ends every line',
        said: [ASK, 'S: HTTP/1.1 200 OK\nContent-Length: 2\n\nok'],
        messages: [ASKED, '< HTTP/1.1 200 length 2 (1), bare-lf'],
      },
      {
        what: 'underscores and digits in names',
        said: [ASK, 'S: HTTP/1.1 200 OK | x_y-1.2: v | Content-Length: 0 ||'],
        messages: [ASKED, '< HTTP/1.1 200 length 0 (1)'],
        fields: { 'x_y-1.2': ['v'] },
      },
      {
        what: 'a folded field of its own line',
        said: [ASK, 'S: HTTP/1.1 200 OK | A: |\tb | Content-Length: 0 ||'],
        messages: [ASKED, '< HTTP/1.1 200 length 0 (1), obs-fold'],
        fields: { a: ['b'] },
      },
    ],
  },
  {
    name: 'llhttp response/transfer-encoding',
    tests: 'the chunked coding of responses',
    cases: [
      {
        what: 'two chunks and trailers',
        said: [ASK, 'S: HTTP/1.1 200 OK | Transfer-Encoding: chunked || 2 | ok | 1 | ! | 0 | A: b ||'],
        messages: [ASKED, '< HTTP/1.1 200 chunked 3 (1), trailer-fields'],
      },
      {
        what: 'chunked is not last: until the close',
        said: [ASK, 'S: HTTP/1.1 200 OK | Transfer-Encoding: chunked, deflate || ok', 'S.', 'C.'],
        messages: [ASKED, '< HTTP/1.1 200 until-close 2 (1), unknown-coding'],
        trailing: [ASKED, '< HTTP/1.1 200 until-close 9 (1), unknown-coding'],
        persistence: ['close'],
      },
      {
        what: 'an unknown coding: until the close, whatever the length says',
        said: [ASK, 'S: HTTP/1.1 200 OK | Transfer-Encoding: pigeons | Content-Length: 1 || ok', 'S.', 'C.'],
        messages: [ASKED, '< HTTP/1.1 200 until-close 2 (1), length-and-coding, unknown-coding'],
        trailing: [ASKED, '< HTTP/1.1 200 until-close 9 (1), length-and-coding, unknown-coding'],
      },
      {
        what: 'the last chunk is missing, then FIN',
        said: [ASK, 'S: HTTP/1.1 200 OK | Transfer-Encoding: chunked || 2 | ok |', 'S.', 'C.'],
        messages: [ASKED, '< HTTP/1.1 200 chunked 2 (1), cut'],
        trailing: [ASKED, '< HTTP/1.1 200 chunked 2 (1), cut, bad-chunk'],
      },
      {
        what: 'half of the last chunk is missing, then FIN',
        said: [ASK, 'S: HTTP/1.1 200 OK | Transfer-Encoding: chunked || 2 | ok | 0 |', 'S.', 'C.'],
        messages: [ASKED, '< HTTP/1.1 200 chunked 2 (1), cut'],
        trailing: [ASKED, '< HTTP/1.1 200 chunked 2 (1), cut, trailer-fields'],
      },
      {
        what: 'FIN inside the data of a chunk',
        said: [ASK, 'S: HTTP/1.1 200 OK | Transfer-Encoding: chunked || 20 | ok', 'S.', 'C.'],
        messages: [ASKED, '< HTTP/1.1 200 chunked 2 (1), cut'],
        trailing: [ASKED, '< HTTP/1.1 200 chunked 9 (1), cut'],
      },
    ],
  },
];
