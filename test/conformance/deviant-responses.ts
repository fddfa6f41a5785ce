/** Responses with deviant framing: the classes of the HTTP Evader catalogue (OISF/suricata-verify, tests/http-evader). */
import type { Class } from './case.ts';

const ASK = 'C: GET / HTTP/1.1 ||';
const ASKED = '> GET / HTTP/1.1 none 0';
const chunked = (body: string, coding = 'Transfer-Encoding: chunked'): readonly string[] => [
  ASK,
  `S: HTTP/1.1 200 OK | ${coding} || ${body}`,
];

export const DEVIANT_RESPONSES: readonly Class[] = [
  {
    name: 'http-evader chunk syntax',
    tests: 'sizes, borders and ends of chunks that some client takes',
    cases: [
      { what: 'a size with leading zeros', said: chunked('000000002 | ok | 0 ||'), messages: [ASKED, '< HTTP/1.1 200 chunked 2 (1)'] },
      { what: 'forty leading zeros', said: chunked(`${'0'.repeat(40)}2 | ok | 0 ||`), messages: [ASKED, '< HTTP/1.1 200 chunked 2 (1)'] },
      { what: '0x before the size', said: chunked('0x2 | ok | 0 ||'), messages: [ASKED, '< HTTP/1.1 200 chunked 0 (1), cut, bad-chunk'] },
      {
        what: 'a space before the size',
        said: chunked(' 2 | ok | 0 ||').map((turn) => turn.replace('||  2', '|| \x202')),
        messages: [ASKED, '< HTTP/1.1 200 chunked 0 (1), cut, bad-chunk'],
      },
      {
        what: 'a space behind the size',
        said: chunked('2  | ok | 0 ||'),
        messages: [ASKED, '< HTTP/1.1 200 chunked 2 (1), chunk-extension'],
      },
      {
        what: 'a semicolon and nothing behind it',
        said: chunked('2; | ok | 0 ||'),
        messages: [ASKED, '< HTTP/1.1 200 chunked 2 (1), chunk-extension'],
      },
      {
        what: 'an extension without a semicolon',
        said: chunked('2 foo | ok | 0 ||'),
        messages: [ASKED, '< HTTP/1.1 200 chunked 2 (1), chunk-extension'],
      },
      {
        what: 'a letter behind the size that is no digit',
        said: chunked('2g | ok | 0 ||'),
        messages: [ASKED, '< HTTP/1.1 200 chunked 0 (1), cut, bad-chunk'],
      },
      { what: 'bare LF behind every size', said: chunked('2\nok|0\n|'), messages: [ASKED, '< HTTP/1.1 200 chunked 2 (1), chunk-bare-lf'] },
      { what: 'bare LF behind the data', said: chunked('2 | ok\n0 ||'), messages: [ASKED, '< HTTP/1.1 200 chunked 2 (1), chunk-bare-lf'] },
      { what: 'nothing behind the data', said: chunked('2 | ok0 ||'), messages: [ASKED, '< HTTP/1.1 200 chunked 2 (1), cut, bad-chunk'] },
      {
        what: 'CR CR LF behind the size',
        said: chunked('2\r|ok|0 ||'),
        messages: [ASKED, '< HTTP/1.1 200 chunked 2 (1), chunk-extension'],
      },
      { what: 'a negative size', said: chunked('-2 | ok | 0 ||'), messages: [ASKED, '< HTTP/1.1 200 chunked 0 (1), cut, bad-chunk'] },
      {
        what: 'a size that wraps 32 bits',
        said: chunked('100000002 | ok | 0 ||'),
        messages: [ASKED, '< HTTP/1.1 200 chunked 9 (1), cut'],
        trailing: [ASKED, '< HTTP/1.1 200 chunked 16 (1), cut'],
      },
      {
        what: 'a size that wraps 64 bits',
        said: chunked('10000000000000002 | ok | 0 ||'),
        messages: [ASKED, '< HTTP/1.1 200 chunked 0 (1), cut, bad-chunk'],
      },
      {
        what: 'an empty line between two chunks',
        said: chunked('2 | ok || 0 ||'),
        messages: [ASKED, '< HTTP/1.1 200 chunked 2 (1), cut, bad-chunk'],
      },
      { what: 'the last chunk written 00', said: chunked('2 | ok | 00 ||'), messages: [ASKED, '< HTTP/1.1 200 chunked 2 (1)'] },
      {
        what: 'a body that is not chunked although it says so',
        said: chunked('hello'),
        messages: [ASKED, '< HTTP/1.1 200 chunked 0 (1), cut, bad-chunk'],
      },
    ],
  },
  {
    name: 'http-evader CL and TE together',
    tests: 'two framings, or a coding that hides',
    cases: [
      {
        what: 'a length that is too small',
        said: chunked('2 | ok | 0 ||', 'Content-Length: 1 | Transfer-Encoding: chunked'),
        messages: [ASKED, '< HTTP/1.1 200 chunked 2 (1), length-and-coding'],
      },
      {
        what: 'two lengths and a coding',
        said: chunked('2 | ok | 0 ||', 'Content-Length: 1 | Content-Length: 2 | Transfer-Encoding: chunked'),
        messages: [ASKED, '< HTTP/1.1 200 chunked 2 (1), conflicting-length, length-and-coding'],
      },
      {
        what: 'a comma before chunked',
        said: chunked('2 | ok | 0 ||', 'Transfer-Encoding: ,chunked'),
        messages: [ASKED, '< HTTP/1.1 200 chunked 2 (1)'],
      },
      {
        what: 'a comma behind chunked',
        said: chunked('2 | ok | 0 ||', 'Transfer-Encoding: chunked,'),
        messages: [ASKED, '< HTTP/1.1 200 chunked 2 (1)'],
      },
      {
        what: 'chunked in a folded line',
        said: chunked('2 | ok | 0 ||', 'Transfer-Encoding: |\tchunked'),
        messages: [ASKED, '< HTTP/1.1 200 chunked 2 (1), obs-fold'],
      },
      {
        what: 'a tab before the colon',
        said: chunked('2 | ok | 0 ||', 'Transfer-Encoding\t: chunked'),
        messages: [ASKED, '< HTTP/1.1 200 chunked 2 (1), space-before-colon'],
      },
      {
        what: 'quotes around chunked',
        said: [...chunked('ok', 'Transfer-Encoding: "chunked"'), 'S.', 'C.'],
        messages: [ASKED, '< HTTP/1.1 200 until-close 2 (1), unknown-coding'],
        trailing: [ASKED, '< HTTP/1.1 200 until-close 9 (1), unknown-coding'],
      },
      {
        what: 'a semicolon behind chunked',
        said: [...chunked('ok', 'Transfer-Encoding: chunked;x'), 'S.', 'C.'],
        messages: [ASKED, '< HTTP/1.1 200 until-close 2 (1), unknown-coding'],
        trailing: [ASKED, '< HTTP/1.1 200 until-close 9 (1), unknown-coding'],
      },
      {
        what: 'NUL behind chunked',
        said: [...chunked('ok', 'Transfer-Encoding: chunked\0'), 'S.', 'C.'],
        messages: [ASKED, '< HTTP/1.1 200 until-close 2 (1), nul, unknown-coding'],
        trailing: [ASKED, '< HTTP/1.1 200 until-close 9 (1), nul, unknown-coding'],
      },
      {
        what: 'a field whose name only resembles the coding',
        said: [...chunked('ok', 'Transfer_Encoding: chunked'), 'S.', 'C.'],
        messages: [ASKED, '< HTTP/1.1 200 until-close 2 (1)'],
        trailing: [ASKED, '< HTTP/1.1 200 until-close 9 (1)'],
      },
      {
        what: 'chunked in HTTP/1.0',
        said: [ASK, 'S: HTTP/1.0 200 OK | Transfer-Encoding: chunked || 2 | ok | 0 ||'],
        messages: [ASKED, '< HTTP/1.0 200 chunked 2 (1), coding-in-http10'],
      },
      {
        what: 'chunked in HTTP/1.2',
        said: [ASK, 'S: HTTP/1.2 200 OK | Transfer-Encoding: chunked || 2 | ok | 0 ||'],
        messages: [ASKED, '< HTTP/1.2 200 chunked 2 (1)'],
      },
    ],
  },
  {
    name: 'http-evader odd Content-Encoding',
    tests: 'content codings do not frame a message',
    cases: [
      {
        what: 'chunked as content coding',
        said: [ASK, 'S: HTTP/1.1 200 OK | Content-Encoding: chunked | Content-Length: 2 || ok'],
        messages: [ASKED, '< HTTP/1.1 200 length 2 (1)'],
      },
      {
        what: 'gzip over two fields',
        said: [ASK, 'S: HTTP/1.1 200 OK | Content-Encoding: gzip | Content-Encoding: gzip | Content-Length: 2 || ok'],
        messages: [ASKED, '< HTTP/1.1 200 length 2 (1)'],
      },
      {
        what: 'gzip as the only transfer coding',
        said: [ASK, 'S: HTTP/1.1 200 OK | Transfer-Encoding: gzip || ok', 'S.', 'C.'],
        messages: [ASKED, '< HTTP/1.1 200 until-close 2 (1), unknown-coding'],
        trailing: [ASKED, '< HTTP/1.1 200 until-close 9 (1), unknown-coding'],
      },
    ],
  },
  {
    name: 'http-evader broken status lines',
    tests: 'status lines that some client takes',
    cases: [
      { what: 'no status', said: [ASK, 'S: HTTP/1.1 | Content-Length: 0 ||'], messages: [ASKED, '< HTTP/1.1 0 length 0 (1), bad-status'] },
      {
        what: 'a word instead of a status',
        said: [ASK, 'S: HTTP/1.1 OK | Content-Length: 0 ||'],
        messages: [ASKED, '< HTTP/1.1 0 length 0 (1), bad-status'],
      },
      {
        what: 'a word glued to the version',
        said: [ASK, 'S: HTTP/1.1foobar 200 OK | Content-Length: 0 ||'],
        messages: [ASKED, '< HTTP/1.1foobar 200 length 0 (1), bad-version'],
      },
      {
        what: 'the version in small letters',
        said: [ASK, 'S: http/1.1 200 OK | Content-Length: 0 ||'],
        messages: [ASKED, '< http/1.1 200 length 0 (1), bad-version'],
      },
      { what: 'ICY of radio servers is no HTTP', said: [ASK, 'S: ICY 200 OK | icy-name: x || music'], messages: [ASKED] },
      {
        what: 'a status that is 1xx',
        said: [ASK, 'S: HTTP/1.1 199 Strange || HTTP/1.1 200 OK | Content-Length: 0 ||'],
        messages: [ASKED, '< HTTP/1.1 199 none 0 (1)', '< HTTP/1.1 200 length 0 (1)'],
      },
    ],
  },
  {
    name: 'http-evader folded fields',
    tests: 'lines that go on, and lines that are none',
    cases: [
      {
        what: 'a folded length is one value with a space in it',
        said: [ASK, 'S: HTTP/1.1 200 OK | Content-Length: 6 |\t8 || ok', 'S.', 'C.'],
        messages: [ASKED, '< HTTP/1.1 200 until-close 2 (1), obs-fold, invalid-length'],
        trailing: [ASKED, '< HTTP/1.1 200 until-close 9 (1), obs-fold, invalid-length'],
        fields: { 'content-length': ['6 8'] },
      },
      {
        what: 'a coding hidden in a folded line is not a field',
        said: [ASK, 'S: HTTP/1.1 200 OK | X: y |\tTransfer-Encoding: chunked | Content-Length: 2 || ok'],
        messages: [ASKED, '< HTTP/1.1 200 length 2 (1), obs-fold'],
        fields: { x: ['y Transfer-Encoding: chunked'] },
      },
      {
        what: 'a blank line of spaces goes on',
        said: [ASK, 'S: HTTP/1.1 200 OK | X: y |\t | Content-Length: 2 || ok'],
        messages: [ASKED, '< HTTP/1.1 200 length 2 (1), obs-fold'],
        fields: { x: ['y'] },
      },
      {
        what: 'CR CR LF behind a field',
        said: [ASK, 'S: HTTP/1.1 200 OK | X: y\r| Content-Length: 2 || ok'],
        messages: [ASKED, '< HTTP/1.1 200 length 2 (1), bare-cr'],
        fields: { x: ['y\r'] },
      },
      {
        what: 'LF CR ends no head',
        said: [ASK, 'S: HTTP/1.1 200 OK\n\rContent-Length: 2\n\nok', 'S.', 'C.'],
        messages: [ASKED, '< HTTP/1.1 200 until-close 2 (1), bare-lf, bare-cr, bad-field-name'],
        trailing: [ASKED, '< HTTP/1.1 200 until-close 9 (1), bare-lf, bare-cr, bad-field-name'],
      },
    ],
  },
];
