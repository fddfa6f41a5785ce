/** Requests: the classes of nodejs/llhttp, test/request. */
import type { Class } from './case.ts';

const ANSWER = 'S: HTTP/1.1 200 OK | Content-Length: 0 ||';
const ANSWERED = '< HTTP/1.1 200 length 0 (1)';

export const REQUESTS: readonly Class[] = [
  {
    name: 'llhttp request/connection',
    tests: 'keep-alive and close by version and option, upgrades',
    cases: [
      {
        what: 'HTTP/1.1 without an option is kept',
        said: ['C: GET /a HTTP/1.1 | Host: a ||', ANSWER, 'C: GET /b HTTP/1.1 | Host: a ||'],
        messages: ['> GET /a HTTP/1.1 none 0', ANSWERED, '> GET /b HTTP/1.1 none 0'],
        persistence: ['keep', 'nothing'],
      },
      {
        what: 'close, in any letter case and among others',
        said: ['C: GET / HTTP/1.1 | Connection: foo, CLOSE ||', ANSWER],
        messages: ['> GET / HTTP/1.1 none 0', ANSWERED],
        persistence: ['close'],
      },
      {
        what: 'HTTP/1.0 without an option is closed',
        said: ['C: GET / HTTP/1.0 ||', ANSWER],
        messages: ['> GET / HTTP/1.0 none 0', ANSWERED],
        persistence: ['close'],
      },
      {
        what: 'HTTP/1.0 with keep-alive is kept',
        said: ['C: GET / HTTP/1.0 | Connection: Keep-Alive ||', ANSWER, 'C: GET / HTTP/1.0 ||'],
        messages: ['> GET / HTTP/1.0 none 0', ANSWERED, '> GET / HTTP/1.0 none 0'],
        persistence: ['keep', 'nothing'],
      },
      {
        what: 'a request behind close is a request all the same',
        said: ['C: GET /a HTTP/1.1 | Connection: close || GET /b HTTP/1.1 ||'],
        messages: ['> GET /a HTTP/1.1 none 0', '> GET /b HTTP/1.1 none 0'],
      },
      {
        what: 'options over several fields, with empty elements',
        said: ['C: GET / HTTP/1.1 | Connection: , a,, | CONNECTION: close ||', ANSWER],
        messages: ['> GET / HTTP/1.1 none 0', ANSWERED],
        persistence: ['close'],
        fields: { connection: [', a,,', 'close'] },
      },
      {
        what: 'a token that merely contains close',
        said: ['C: GET / HTTP/1.1 | Connection: closer, unclose ||', ANSWER],
        messages: ['> GET / HTTP/1.1 none 0', ANSWERED],
        persistence: ['keep'],
      },
      {
        what: 'keep-alive and close together: close wins',
        said: ['C: GET / HTTP/1.1 | Connection: keep-alive, close ||', ANSWER],
        messages: ['> GET / HTTP/1.1 none 0', ANSWERED],
        persistence: ['close'],
      },
      {
        what: 'an upgrade that is asked for and not granted changes nothing',
        said: ['C: GET /a HTTP/1.1 | Connection: Upgrade | Upgrade: x ||', ANSWER, 'C: GET /b HTTP/1.1 ||'],
        messages: ['> GET /a HTTP/1.1 none 0', ANSWERED, '> GET /b HTTP/1.1 none 0'],
      },
      {
        what: 'an upgrade of a request with a body comes behind the body',
        said: [
          'C: POST / HTTP/1.1 | Connection: Upgrade | Upgrade: x | Content-Length: 3 || abc',
          'S: HTTP/1.1 101 Switch | Connection: Upgrade | Upgrade: x ||',
          'C: GET / HTTP/1.1 ||',
        ],
        messages: ['> POST / HTTP/1.1 length 3', '< HTTP/1.1 101 tunnel 0 (1)'],
      },
      {
        what: 'Upgrade without the option, answered with 101, is a tunnel',
        said: ['C: GET / HTTP/1.1 | Upgrade: x ||', 'S: HTTP/1.1 101 Switch || GET / HTTP/1.1 ||'],
        messages: ['> GET / HTTP/1.1 none 0', '< HTTP/1.1 101 tunnel 0 (1)'],
      },
      {
        what: 'h2c that is granted is a tunnel',
        said: [
          'C: GET / HTTP/1.1 | Connection: Upgrade, HTTP2-Settings | Upgrade: h2c | HTTP2-Settings: AAMAAABk ||',
          'S: HTTP/1.1 101 Switching Protocols | Connection: Upgrade | Upgrade: h2c || \0\0\0\x04\0\0\0\0\0',
          'C: PRI * HTTP/2.0 || SM ||',
        ],
        messages: ['> GET / HTTP/1.1 none 0', '< HTTP/1.1 101 tunnel 0 (1)'],
      },
    ],
  },
  {
    name: 'llhttp request/content-length',
    tests: 'what Content-Length may say, and what is no length',
    cases: [
      {
        what: 'zero',
        said: ['C: PUT / HTTP/1.1 | Content-Length: 000 || PUT /b HTTP/1.1 ||'],
        messages: ['> PUT / HTTP/1.1 length 0', '> PUT /b HTTP/1.1 none 0'],
      },
      {
        what: 'leading zeros',
        said: ['C: PUT / HTTP/1.1 | Content-Length: 003 || abc'],
        messages: ['> PUT / HTTP/1.1 length 3'],
      },
      {
        what: 'the same value twice',
        said: ['C: PUT / HTTP/1.1 | Content-Length: 3 | Content-Length: 3 || abc'],
        messages: ['> PUT / HTTP/1.1 length 3, repeated-length'],
      },
      {
        what: 'the same value as a list',
        said: ['C: PUT / HTTP/1.1 | Content-Length: 3, 3 || abc'],
        messages: ['> PUT / HTTP/1.1 length 3, repeated-length'],
      },
      {
        what: 'two values',
        said: ['C: PUT / HTTP/1.1 | Content-Length: 1 | Content-Length: 2 ||'],
        messages: ['> PUT / HTTP/1.1 none 0, conflicting-length'],
      },
      {
        what: 'a sign',
        said: ['C: PUT / HTTP/1.1 | Content-Length: +3 ||'],
        messages: ['> PUT / HTTP/1.1 none 0, invalid-length'],
      },
      {
        what: 'a negative number',
        said: ['C: PUT / HTTP/1.1 | Content-Length: -3 ||'],
        messages: ['> PUT / HTTP/1.1 none 0, invalid-length'],
      },
      {
        what: 'hexadecimal digits',
        said: ['C: PUT / HTTP/1.1 | Content-Length: 0x3 ||'],
        messages: ['> PUT / HTTP/1.1 none 0, invalid-length'],
      },
      {
        what: 'a space inside the number',
        said: ['C: PUT / HTTP/1.1 | Content-Length: 4 2 ||'],
        messages: ['> PUT / HTTP/1.1 none 0, invalid-length'],
      },
      {
        what: 'nothing',
        said: ['C: PUT / HTTP/1.1 | Content-Length: ||'],
        messages: ['> PUT / HTTP/1.1 none 0, invalid-length'],
      },
      {
        what: 'spaces behind the number',
        said: ['C: PUT / HTTP/1.1 | Content-Length: 3 \t | A: b || abc'],
        messages: ['> PUT / HTTP/1.1 length 3'],
      },
      {
        what: 'the largest number that is exact',
        said: ['C: PUT / HTTP/1.1 | Content-Length: 9007199254740991 || abc'],
        messages: ['> PUT / HTTP/1.1 length 3, cut'],
        trailing: ['> PUT / HTTP/1.1 length 10, cut'],
      },
      {
        what: 'more than 64 bits can hold',
        said: ['C: PUT / HTTP/1.1 | Content-Length: 18446744073709551616 ||'],
        messages: ['> PUT / HTTP/1.1 none 0, invalid-length'],
      },
      {
        what: 'a folded number',
        said: ['C: PUT / HTTP/1.1 | Content-Length: |\t3 | A: b || abc'],
        messages: ['> PUT / HTTP/1.1 length 3, obs-fold'],
      },
      {
        what: 'a space before the colon',
        said: ['C: PUT / HTTP/1.1 | Content-Length : 3 || abc'],
        messages: ['> PUT / HTTP/1.1 length 3, space-before-colon'],
      },
      {
        what: 'a length in a GET',
        said: ['C: GET / HTTP/1.1 | content-length: 3 || abcGET /b HTTP/1.1 ||'],
        messages: ['> GET / HTTP/1.1 length 3', '> GET /b HTTP/1.1 none 0'],
      },
      {
        what: 'length before coding',
        said: ['C: PUT / HTTP/1.1 | Content-Length: 1 | Transfer-Encoding: chunked || 0 ||'],
        messages: ['> PUT / HTTP/1.1 chunked 0, length-and-coding'],
      },
      {
        what: 'coding before length',
        said: ['C: PUT / HTTP/1.1 | Transfer-Encoding: chunked | Content-Length: 1 || 0 ||'],
        messages: ['> PUT / HTTP/1.1 chunked 0, length-and-coding'],
      },
    ],
  },
  {
    name: 'llhttp request/finish',
    tests: 'the stream ends at the end of a message, and inside one',
    cases: [
      { what: 'behind a message', said: ['C: GET / HTTP/1.1 ||', 'C.'], messages: ['> GET / HTTP/1.1 none 0'] },
      {
        what: 'inside a body',
        said: ['C: PUT / HTTP/1.1 | Content-Length: 9 || abc', 'C.', 'S.'],
        messages: ['> PUT / HTTP/1.1 length 3, cut'],
        trailing: ['> PUT / HTTP/1.1 length 9'],
      },
      {
        what: 'inside a head',
        said: ['C: GET / HTTP/1.1 | Host: a |', 'C.', 'S.'],
        messages: ['> GET / HTTP/1.1 none 0, cut, head-cut'],
      },
      {
        what: 'inside a start line',
        said: ['C: GET /a HTT', 'C.', 'S.'],
        messages: ['> GET /a HTT  none 0, cut, no-version, head-cut'],
        trailing: [],
      },
    ],
  },
  {
    name: 'llhttp request/invalid',
    tests: 'what a server may refuse and we must describe all the same',
    cases: [
      {
        what: 'a version that is none',
        said: ['C: GET / HTTP/5.6x ||'],
        messages: ['> GET / HTTP/5.6x none 0, bad-version'],
      },
      {
        what: 'a version with two digits',
        said: ['C: GET / HTTP/01.1 ||'],
        messages: ['> GET / HTTP/01.1 none 0, bad-version'],
      },
      {
        what: 'a version in small letters',
        said: ['C: GET / http/1.1 ||'],
        messages: ['> GET / http/1.1 none 0, bad-version'],
      },
      {
        what: 'ICE/1.0 is no HTTP',
        said: ['C: SOURCE / ICE/1.0 ||'],
        messages: [],
      },
      {
        what: 'RTSP is no HTTP',
        said: ['C: OPTIONS rtsp://a/b RTSP/1.0 | CSeq: 1 ||'],
        messages: [],
      },
      {
        what: 'a line without a colon',
        said: ['C: GET / HTTP/1.1 | Host a | B: c ||'],
        messages: ['> GET / HTTP/1.1 none 0, no-colon'],
        fields: { b: ['c'], host: [] },
      },
      {
        what: 'a name that is empty',
        said: ['C: GET / HTTP/1.1 | : a | B: c ||'],
        messages: ['> GET / HTTP/1.1 none 0, bad-field-name'],
        fields: { b: ['c'] },
      },
      {
        what: 'a name with a space in it',
        said: ['C: GET / HTTP/1.1 | Fo o: bar ||'],
        messages: ['> GET / HTTP/1.1 none 0, bad-field-name'],
        fields: { 'fo o': ['bar'] },
      },
      {
        what: 'a name with a control in it',
        said: ['C: GET / HTTP/1.1 | Fo\x01o: bar ||'],
        messages: ['> GET / HTTP/1.1 none 0, bad-field-name'],
      },
      {
        what: 'a name beyond ASCII',
        said: ['C: GET / HTTP/1.1 | F\xfc: bar ||'],
        messages: ['> GET / HTTP/1.1 none 0, bad-field-name'],
      },
      {
        what: 'NUL in a value',
        said: ['C: GET / HTTP/1.1 | A: b\0c ||'],
        messages: ['> GET / HTTP/1.1 none 0, nul'],
        fields: { a: ['b\0c'] },
      },
      {
        what: 'a bare CR in a value',
        said: ['C: GET / HTTP/1.1 | A: b\rContent-Length: 9 ||'],
        messages: ['> GET / HTTP/1.1 none 0, bare-cr'],
        fields: { 'content-length': [] },
      },
      {
        what: 'a bare CR in front of the blank line',
        said: ['C: GET / HTTP/1.1 | A: b |\r| C: d ||'],
        messages: ['> GET / HTTP/1.1 none 0, no-colon, bare-cr'],
        fields: { a: ['b'], c: ['d'] },
      },
      {
        what: 'a space in front of the first field',
        said: ['C: GET / HTTP/1.1 |\tContent-Length: 9 | A: b ||'],
        messages: ['> GET / HTTP/1.1 none 0, leading-space'],
        fields: { 'content-length': [], a: ['b'] },
      },
      {
        what: 'a space in the target',
        said: ['C: GET /a b HTTP/1.1 ||'],
        messages: ['> GET /a b HTTP/1.1 none 0'],
      },
      {
        what: 'two spaces between the parts',
        said: ['C: GET  /a  HTTP/1.1 ||'],
        messages: ['> GET /a HTTP/1.1 none 0, extra-space'],
      },
      {
        what: 'a space behind the version',
        said: ['C: GET /a HTTP/1.1  ||'],
        messages: ['> GET /a HTTP/1.1 none 0, extra-space'],
      },
      {
        what: 'a tab instead of a space',
        said: ['C: GET\t/a\tHTTP/1.1 ||'],
        messages: [],
      },
      {
        what: 'two Host fields',
        said: ['C: GET / HTTP/1.1 | Host: a | Host: b ||'],
        messages: ['> GET / HTTP/1.1 none 0, repeated-host'],
        fields: { host: ['a', 'b'] },
      },
    ],
  },
  {
    name: 'llhttp request/lenient-headers',
    tests: 'values that a lenient receiver takes',
    cases: [
      {
        what: 'controls in a value stay octets',
        said: ['C: GET / HTTP/1.1 | A: \x01\x0c\x7f ||'],
        messages: ['> GET / HTTP/1.1 none 0'],
        fields: { a: ['\x01\x0c\x7f'] },
      },
      {
        what: 'octets beyond ASCII stay octets',
        said: ['C: GET / HTTP/1.1 | A: \xe9\xff ||'],
        messages: ['> GET / HTTP/1.1 none 0'],
        fields: { a: ['\xe9\xff'] },
      },
      {
        what: 'a value over three lines is one',
        said: ['C: GET / HTTP/1.1 | A: b |  c |\td | E: f ||'],
        messages: ['> GET / HTTP/1.1 none 0, obs-fold'],
        fields: { a: ['b c d'], e: ['f'] },
      },
      {
        what: 'white space around a value does not count',
        said: ['C: GET / HTTP/1.1 | A:\t b\t  | C:d ||'],
        messages: ['> GET / HTTP/1.1 none 0'],
        fields: { a: ['b'], c: ['d'] },
      },
      {
        what: 'an empty value',
        said: ['C: GET / HTTP/1.1 | A: | B:c ||'],
        messages: ['> GET / HTTP/1.1 none 0'],
        fields: { a: [''], b: ['c'] },
      },
      {
        what: 'bare LF ends every line',
        said: ['C: PUT / HTTP/1.1\nContent-Length: 3\n\nabc'],
        messages: ['> PUT / HTTP/1.1 length 3, bare-lf'],
      },
      {
        what: 'bare LF ends the last line only',
        said: ['C: GET / HTTP/1.1 | A: b |\n'],
        messages: ['> GET / HTTP/1.1 none 0, bare-lf'],
      },
    ],
  },
  {
    name: 'llhttp request/lenient-header-value-relaxed',
    tests: 'any control but NUL, CR and LF is a part of the value',
    cases: [
      {
        what: 'each of them, at the beginning, inside and at the end',
        said: ['C: GET / HTTP/1.1 | A: \x02b | C: d\x1be | F: g\x0b ||'],
        messages: ['> GET / HTTP/1.1 none 0'],
        fields: { a: ['\x02b'], c: ['d\x1be'], f: ['g\x0b'] },
      },
      {
        what: 'in a field that decides the framing, which then names no coding',
        said: ['C: POST / HTTP/1.1 | Transfer-Encoding: chunked\x01 || 0 ||'],
        messages: ['> POST / HTTP/1.1 none 0, unknown-coding'],
      },
      {
        what: 'in a length, which is none then',
        said: ['C: POST / HTTP/1.1 | Content-Length: 3\x01 || abc'],
        messages: ['> POST / HTTP/1.1 none 0, invalid-length'],
      },
      {
        what: 'in an option of Connection, which is another one then',
        said: ['C: GET / HTTP/1.1 | Connection: close\x01 ||', 'S: HTTP/1.1 204 No ||'],
        messages: ['> GET / HTTP/1.1 none 0', '< HTTP/1.1 204 none 0 (1)'],
        persistence: ['keep'],
      },
    ],
  },
  {
    name: 'llhttp request/lenient-version',
    tests: 'versions that nobody speaks',
    cases: [
      { what: 'HTTP/5.6', said: ['C: GET / HTTP/5.6 ||'], messages: ['> GET / HTTP/5.6 none 0'] },
      { what: 'HTTP/0.9 spelled out', said: ['C: GET / HTTP/0.9 ||'], messages: ['> GET / HTTP/0.9 none 0'] },
      { what: 'HTTP/1.2', said: ['C: GET / HTTP/1.2 ||', ANSWER], messages: ['> GET / HTTP/1.2 none 0', ANSWERED], persistence: ['keep'] },
    ],
  },
  {
    name: 'llhttp request/method',
    tests: 'methods, known and unknown',
    cases: [
      {
        what: 'the methods of RFC 9110 and some of WebDAV',
        said: [
          'C: HEAD /1 HTTP/1.1 || DELETE /2 HTTP/1.1 || TRACE /3 HTTP/1.1 || PATCH /4 HTTP/1.1 || PROPFIND /5 HTTP/1.1 || M-SEARCH * HTTP/1.1 ||',
        ],
        messages: [
          '> HEAD /1 HTTP/1.1 none 0',
          '> DELETE /2 HTTP/1.1 none 0',
          '> TRACE /3 HTTP/1.1 none 0',
          '> PATCH /4 HTTP/1.1 none 0',
          '> PROPFIND /5 HTTP/1.1 none 0',
          '> M-SEARCH * HTTP/1.1 none 0',
        ],
      },
      { what: 'one that nobody knows', said: ['C: FROBNICATE / HTTP/1.1 ||'], messages: ['> FROBNICATE / HTTP/1.1 none 0'] },
      { what: 'in small letters', said: ['C: get / HTTP/1.1 ||'], messages: ['> get / HTTP/1.1 none 0'] },
      { what: 'one that begins like another', said: ['C: GETX / HTTP/1.1 ||'], messages: ['> GETX / HTTP/1.1 none 0'] },
      {
        what: 'CONNECT with a body behind it, refused',
        said: ['C: CONNECT a:443 HTTP/1.1 | Content-Length: 3 || abc', 'S: HTTP/1.1 403 No | Content-Length: 0 ||', 'C: GET / HTTP/1.1 ||'],
        messages: ['> CONNECT a:443 HTTP/1.1 length 3', '< HTTP/1.1 403 length 0 (1)', '> GET / HTTP/1.1 none 0'],
      },
      {
        what: 'QUERY with a body',
        said: ['C: QUERY /q HTTP/1.1 | Content-Length: 3 || a=b'],
        messages: ['> QUERY /q HTTP/1.1 length 3'],
      },
      { what: 'a symbol of the token alphabet', said: ['C: A+B*C / HTTP/1.1 ||'], messages: ['> A+B*C / HTTP/1.1 none 0'] },
      { what: 'PRI of HTTP/2 is not read', said: ['C: PRI * HTTP/2.0 || SM || \0\0\0\x04'], messages: [] },
    ],
  },
  {
    name: 'llhttp request/pausing',
    tests: 'the reader stops at each border of a message and goes on',
    cases: [
      {
        what: 'behind head, body and message',
        said: ['C: PUT /a HTTP/1.1 | Content-Length: 3 ||', 'C: a', 'C: bc', 'C: PUT /b HTTP/1.1 ||'],
        messages: ['> PUT /a HTTP/1.1 length 3', '> PUT /b HTTP/1.1 none 0'],
      },
      {
        what: 'behind chunk size, chunk and trailer',
        said: ['C: PUT /a HTTP/1.1 | Transfer-Encoding: chunked ||', 'C: 3 |', 'C: abc |', 'C: 0 |', 'C: T: u |', 'C: |'],
        messages: ['> PUT /a HTTP/1.1 chunked 3, trailer-fields'],
      },
    ],
  },
  {
    name: 'llhttp request/pipelining',
    tests: 'several requests in one segment',
    cases: [
      {
        what: 'with bodies of every framing between them',
        said: [
          'C: PUT /a HTTP/1.1 | Content-Length: 3 || aaaPUT /b HTTP/1.1 | Transfer-Encoding: chunked || 3 | bbb | 0 || GET /c HTTP/1.1 ||',
        ],
        messages: ['> PUT /a HTTP/1.1 length 3', '> PUT /b HTTP/1.1 chunked 3', '> GET /c HTTP/1.1 none 0'],
      },
      {
        what: 'an empty line between them',
        said: ['C: PUT /a HTTP/1.1 | Content-Length: 3 || aaa ||GET /b HTTP/1.1 ||'],
        messages: ['> PUT /a HTTP/1.1 length 3', '> GET /b HTTP/1.1 none 0, empty-line-before'],
      },
    ],
  },
  {
    name: 'llhttp request/sample',
    tests: 'requests as programs send them',
    cases: [
      {
        what: 'curl',
        said: ['C: GET /test HTTP/1.1 | User-Agent: curl/7.18.0 (i486-pc-linux-gnu) | Host: 0.0.0.0=5000 | Accept: */* ||'],
        messages: ['> GET /test HTTP/1.1 none 0'],
        fields: { host: ['0.0.0.0=5000'] },
      },
      {
        what: 'a field without value at the end',
        said: ['C: GET / HTTP/1.1 | X: ||'],
        messages: ['> GET / HTTP/1.1 none 0'],
        fields: { x: [''] },
      },
      {
        what: 'no fields at all',
        said: ['C: GET / HTTP/1.1 ||'],
        messages: ['> GET / HTTP/1.1 none 0'],
      },
      {
        what: 'a field name of one letter and one of eighty',
        said: [`C: GET / HTTP/1.1 | A: b | ${'n'.repeat(80)}: v ||`],
        messages: ['> GET / HTTP/1.1 none 0'],
        fields: { [`${'n'.repeat(80)}`]: ['v'] },
      },
      {
        what: 'empty lines before the request',
        said: ['C: |||GET / HTTP/1.1 ||'],
        messages: ['> GET / HTTP/1.1 none 0, empty-line-before'],
      },
      {
        what: 'a request line longer than a segment',
        said: [`C: GET /${'x'.repeat(3000)} HTTP/1.1 ||`],
        messages: [`> GET /${'x'.repeat(3000)} HTTP/1.1 none 0`],
      },
    ],
  },
  {
    name: 'llhttp request/transfer-encoding',
    tests: 'the chunked coding and what stands beside it',
    cases: [
      {
        what: 'chunks of several sizes, in both letter cases',
        said: ['C: PUT / HTTP/1.1 | Transfer-Encoding: chunked || a | 0123456789 | B | 01234567890 | 0 ||'],
        messages: ['> PUT / HTTP/1.1 chunked 21'],
      },
      {
        what: 'sizes with leading zeros',
        said: ['C: PUT / HTTP/1.1 | Transfer-Encoding: chunked || 0003 | abc | 000 ||'],
        messages: ['> PUT / HTTP/1.1 chunked 3'],
      },
      {
        what: 'extensions: a name, a value, a quoted string with CR and semicolon',
        said: ['C: PUT / HTTP/1.1 | Transfer-Encoding: chunked || 3;a;b=c;d="e;\\"f" | abc | 0;x ||'],
        messages: ['> PUT / HTTP/1.1 chunked 3, chunk-extension'],
      },
      {
        what: 'trailer fields',
        said: ['C: PUT / HTTP/1.1 | Transfer-Encoding: chunked || 3 | abc | 0 | Vary: * | Content-Length: 9 || GET /b HTTP/1.1 ||'],
        messages: ['> PUT / HTTP/1.1 chunked 3, trailer-fields', '> GET /b HTTP/1.1 none 0'],
      },
      {
        what: 'the coding in capitals',
        said: ['C: PUT / HTTP/1.1 | Transfer-Encoding: CHUNKED || 0 ||'],
        messages: ['> PUT / HTTP/1.1 chunked 0'],
      },
      {
        what: 'gzip before chunked',
        said: ['C: PUT / HTTP/1.1 | Transfer-Encoding: gzip, chunked || 3 | abc | 0 ||'],
        messages: ['> PUT / HTTP/1.1 chunked 3'],
      },
      {
        what: 'gzip before chunked, in two fields',
        said: ['C: PUT / HTTP/1.1 | Transfer-Encoding: gzip | Transfer-Encoding: chunked || 3 | abc | 0 ||'],
        messages: ['> PUT / HTTP/1.1 chunked 3'],
      },
      {
        what: 'chunked is not last',
        said: ['C: PUT / HTTP/1.1 | Transfer-Encoding: chunked, gzip ||'],
        messages: ['> PUT / HTTP/1.1 none 0, unknown-coding'],
      },
      {
        what: 'a coding that nobody knows',
        said: ['C: PUT / HTTP/1.1 | Transfer-Encoding: pigeons ||'],
        messages: ['> PUT / HTTP/1.1 none 0, unknown-coding'],
      },
      {
        what: 'a name that merely contains chunked',
        said: ['C: PUT / HTTP/1.1 | Transfer-Encoding: nothing-chunked ||'],
        messages: ['> PUT / HTTP/1.1 none 0, unknown-coding'],
      },
      {
        what: 'identity',
        said: ['C: PUT / HTTP/1.1 | Transfer-Encoding: identity | Content-Length: 3 || abc'],
        messages: ['> PUT / HTTP/1.1 length 3, length-and-coding, identity-coding'],
      },
      {
        what: 'an empty coding',
        said: ['C: PUT / HTTP/1.1 | Transfer-Encoding: | Content-Length: 3 || abc'],
        messages: ['> PUT / HTTP/1.1 length 3, length-and-coding, identity-coding'],
      },
      {
        what: 'chunked in HTTP/1.0',
        said: ['C: PUT / HTTP/1.0 | Transfer-Encoding: chunked || 3 | abc | 0 ||'],
        messages: ['> PUT / HTTP/1.0 chunked 3, coding-in-http10'],
      },
      {
        what: 'chunked twice',
        said: ['C: PUT / HTTP/1.1 | Transfer-Encoding: chunked, chunked || 3 | abc | 0 ||'],
        messages: ['> PUT / HTTP/1.1 chunked 3, repeated-chunked'],
      },
      {
        what: 'a size that is none',
        said: ['C: PUT / HTTP/1.1 | Transfer-Encoding: chunked || xyz |'],
        messages: ['> PUT / HTTP/1.1 chunked 0, cut, bad-chunk'],
      },
      {
        what: 'a size that is empty',
        said: ['C: PUT / HTTP/1.1 | Transfer-Encoding: chunked || | abc'],
        messages: ['> PUT / HTTP/1.1 chunked 0, cut, bad-chunk'],
      },
      {
        what: 'a sign before the size',
        said: ['C: PUT / HTTP/1.1 | Transfer-Encoding: chunked || +3 | abc | 0 ||'],
        messages: ['> PUT / HTTP/1.1 chunked 0, cut, bad-chunk'],
      },
      {
        what: 'a size beyond every number',
        said: [`C: PUT / HTTP/1.1 | Transfer-Encoding: chunked || ${'f'.repeat(20)} | abc`],
        messages: ['> PUT / HTTP/1.1 chunked 0, cut, bad-chunk'],
      },
      {
        what: 'more data than the chunk announced',
        said: ['C: PUT / HTTP/1.1 | Transfer-Encoding: chunked || 3 | abcd | 0 ||'],
        messages: ['> PUT / HTTP/1.1 chunked 3, cut, bad-chunk'],
      },
      {
        what: 'spaces around the size',
        said: ['C: PUT / HTTP/1.1 | Transfer-Encoding: chunked || 3 \t\r\nabc|0 ||'],
        messages: ['> PUT / HTTP/1.1 chunked 3, chunk-extension'],
      },
      {
        what: 'bare LF in the framing',
        said: ['C: PUT / HTTP/1.1 | Transfer-Encoding: chunked || 3\nabc\n0\n\n'],
        messages: ['> PUT / HTTP/1.1 chunked 3, chunk-bare-lf'],
      },
      {
        what: 'a bare CR behind the size is white space',
        said: ['C: PUT / HTTP/1.1 | Transfer-Encoding: chunked || 3\rabc|0 ||'],
        messages: ['> PUT / HTTP/1.1 chunked 3, cut, chunk-extension'],
        trailing: ['> PUT / HTTP/1.1 chunked 3, cut, chunk-extension, bad-chunk'],
      },
      {
        what: 'the last chunk without its blank line',
        said: ['C: PUT / HTTP/1.1 | Transfer-Encoding: chunked || 3 | abc | 0 |'],
        messages: ['> PUT / HTTP/1.1 chunked 3, cut'],
        trailing: ['> PUT / HTTP/1.1 chunked 3, cut, trailer-fields'],
      },
      {
        what: 'the chunks end without a last one',
        said: ['C: PUT / HTTP/1.1 | Transfer-Encoding: chunked || 3 | abc |', 'C.', 'S.'],
        messages: ['> PUT / HTTP/1.1 chunked 3, cut'],
        trailing: ['> PUT / HTTP/1.1 chunked 3, cut, bad-chunk'],
      },
    ],
  },
  {
    name: 'llhttp request/uri and url',
    tests: 'the four forms of a target, and what stands in them',
    cases: [
      { what: 'absolute-form', said: ['C: GET http://a:80/b?c HTTP/1.1 ||'], messages: ['> GET http://a:80/b?c HTTP/1.1 none 0'] },
      { what: 'authority-form', said: ['C: CONNECT a:443 HTTP/1.0 ||'], messages: ['> CONNECT a:443 HTTP/1.0 none 0'] },
      { what: 'asterisk-form', said: ['C: OPTIONS * HTTP/1.1 ||'], messages: ['> OPTIONS * HTTP/1.1 none 0'] },
      { what: 'an IPv6 literal', said: ['C: GET http://[::1]:8080/ HTTP/1.1 ||'], messages: ['> GET http://[::1]:8080/ HTTP/1.1 none 0'] },
      { what: 'user information', said: ['C: GET http://u:p@a/ HTTP/1.1 ||'], messages: ['> GET http://u:p@a/ HTTP/1.1 none 0'] },
      { what: 'a fragment', said: ['C: GET /a#b?c HTTP/1.1 ||'], messages: ['> GET /a#b?c HTTP/1.1 none 0'] },
      {
        what: 'a query of question marks',
        said: ['C: GET /?a=http://b/?c HTTP/1.1 ||'],
        messages: ['> GET /?a=http://b/?c HTTP/1.1 none 0'],
      },
      { what: 'two slashes', said: ['C: GET //a//b HTTP/1.1 ||'], messages: ['> GET //a//b HTTP/1.1 none 0'] },
      { what: 'octets beyond ASCII', said: ['C: GET /\xe4\xff HTTP/1.1 ||'], messages: ['> GET /\xe4\xff HTTP/1.1 none 0'] },
      { what: 'quotes and angle brackets', said: ['C: GET /"<>" HTTP/1.1 ||'], messages: ['> GET /"<>" HTTP/1.1 none 0'] },
      { what: 'a query without a path', said: ['C: GET ?a HTTP/1.1 ||'], messages: ['> GET ?a HTTP/1.1 none 0'] },
      { what: 'HTTP/0.9', said: ['C: GET /a |', 'S: <p>', 'S.', 'C.'], messages: ['> GET /a  none 0, no-version'] },
    ],
  },
];
