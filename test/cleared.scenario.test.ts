/**
 * Every exoneration twice: the silence with what clears it, and the same without that, where a rule about hangs or relaying fires.
 * So nothing is cleared that nobody would have suspected.
 */
import { describe, expect, test } from 'vitest';
import { rules } from '../src/rules/index.ts';
import { parseLadder, TELLINGS, tell } from './support/ladder.ts';

interface Cleared {
  readonly rule: string;
  readonly cleared: string;
  readonly without: string;
}

/** The client uses its connection a second time. */
const THROUGH_PROXY = `
  client > proxy   GET http://o.test/a HTTP/1.1 | Host: o.test
  proxy > origin   GET /a HTTP/1.1 | Host: o.test | Via: 1.1 p
  origin > proxy   HTTP/1.1 200 OK | Content-Length: 2 || hi
  proxy > client   HTTP/1.1 200 OK | Content-Length: 2 | Via: 1.1 p || hi
  client > proxy   GET http://o.test/b HTTP/1.1 | Host: o.test`;

const NEVER_ASKED = `${THROUGH_PROXY}
  wait 20 s
  origin closes proxy
  proxy closes origin
  proxy closes client
  client closes proxy
  finding: hang dumb-proxy-deadlock strong
  child: hang request-ignored-on-persistent-connection`;

const DIRECT = `
  client > server  GET /a HTTP/1.1 | Host: s.test
  server > client  HTTP/1.1 200 OK | Content-Length: 2 || hi`;

const IGNORED = `${DIRECT}
  client > server  GET /b HTTP/1.1 | Host: s.test
  wait 20 s
  server closes client
  client closes server
  finding: hang request-ignored-on-persistent-connection`;

const FORWARDED = `
  client > proxy   GET /a HTTP/1.1 | Host: o.test | Connection: keep-alive, X-Trace | X-Trace: 7
  proxy > origin   ...
  origin > proxy   HTTP/1.1 200 OK | Content-Length: 2 || hi
  proxy > client   ...`;

const table: readonly Cleared[] = [
  {
    rule: 'slow-origin',
    cleared: `${THROUGH_PROXY}
      proxy > origin   GET /b HTTP/1.1 | Host: o.test | Via: 1.1 p
      wait 20 s
      origin > proxy   HTTP/1.1 200 OK | Content-Length: 2 || ho
      proxy > client   HTTP/1.1 200 OK | Content-Length: 2 | Via: 1.1 p || ho
      cleared: info slow-origin strong`,
    without: NEVER_ASKED,
  },
  {
    rule: 'slow-proxy',
    cleared: `${THROUGH_PROXY}
      wait 20 s
      proxy > origin   GET /b HTTP/1.1 | Host: o.test | Via: 1.1 p
      origin > proxy   HTTP/1.1 200 OK | Content-Length: 2 || ho
      proxy > client   HTTP/1.1 200 OK | Content-Length: 2 | Via: 1.1 p || ho
      cleared: info slow-proxy strong`,
    without: NEVER_ASKED,
  },
  {
    rule: 'long-poll-or-stream',
    cleared: `
      client > server  GET /events HTTP/1.1 | Host: s.test
      server > client  HTTP/1.1 200 OK | Content-Type: text/event-stream | Connection: keep-alive || data: 1\\n\\n
      wait 40 s
      capture ends
      cleared: info long-poll-or-stream`,
    without: `
      client > server  GET /events HTTP/1.1 | Host: s.test
      server > client  HTTP/1.1 200 OK | Content-Type: text/plain | Connection: keep-alive || data: 1\\n\\n
      wait 40 s
      capture ends
      finding: hang until-close-but-kept-open`,
  },
  {
    rule: 'client-think-time',
    cleared: `${DIRECT}
      wait 20 s
      server closes client
      client closes server
      cleared: info client-think-time`,
    without: IGNORED,
  },
  {
    rule: 'capture-ended',
    cleared: `${DIRECT}
      client > server  GET /b HTTP/1.1 | Host: s.test
      wait 4 s
      capture ends
      cleared: info capture-ended`,
    without: `${DIRECT}
      client > server  GET /b HTTP/1.1 | Host: s.test
      wait 4 s
      client probes server
      wait 9 s
      capture ends
      finding: hang request-ignored-on-persistent-connection`,
  },
  {
    rule: 'one-sided',
    cleared: `
      nothing that server sends is captured${DIRECT}
      client > server  GET /b HTTP/1.1 | Host: s.test
      server > client  HTTP/1.1 200 OK | Content-Length: 2 || ho
      wait 20 s
      client closes server
      capture ends
      cleared: info one-sided`,
    without: IGNORED,
  },
  {
    rule: 'flow-control',
    cleared: `
      client > server  GET /big HTTP/1.1 | Host: s.test
      server > client  HTTP/1.1 200 OK | Content-Length: 9 || half
      client shuts its window to server
      wait 20 s
      client closes server
      server closes client
      cleared: info flow-control`,
    without: `
      client > server  GET /big HTTP/1.1 | Host: s.test
      server > client  HTTP/1.1 200 OK | Content-Length: 9 || half
      wait 20 s
      client closes server
      server closes client
      finding: hang content-length-overstated`,
  },
  {
    rule: 'loss-in-capture',
    cleared: `${DIRECT}
      client > server  GET /b HTTP/1.1 | Host: s.test
      server > client (lost) HTTP/1.1 200 OK | Content-Length: 2 || ho
      wait 20 s
      client closes server
      server closes client
      capture ends
      cleared: info loss-in-capture`,
    without: IGNORED,
  },
  {
    rule: 'answered-by-intermediary',
    cleared: `${THROUGH_PROXY}
      wait 20 s
      proxy > client   HTTP/1.1 504 Gateway Timeout | Content-Length: 0
      cleared: info answered-by-intermediary`,
    without: NEVER_ASKED,
  },
  {
    rule: 'pool-queueing',
    cleared: `${THROUGH_PROXY}
      proxy > origin   GET /b HTTP/1.1 | Host: o.test | Via: 1.1 p
      other > proxy    GET http://o.test/c HTTP/1.1 | Host: o.test
      wait 20 s
      origin > proxy   HTTP/1.1 200 OK | Content-Length: 2 || ho
      proxy > client   HTTP/1.1 200 OK | Content-Length: 2 | Via: 1.1 p || ho
      proxy > origin   GET /c HTTP/1.1 | Host: o.test | Via: 1.1 p
      origin > proxy   HTTP/1.1 200 OK | Content-Length: 2 || ha
      proxy > other    HTTP/1.1 200 OK | Content-Length: 2 | Via: 1.1 p || ha
      cleared: info pool-queueing`,
    without: NEVER_ASKED,
  },
  {
    rule: 'buffering',
    cleared: `${THROUGH_PROXY}
      proxy > origin   GET /b HTTP/1.1 | Host: o.test | Via: 1.1 p
      origin > proxy   HTTP/1.1 200 OK | Content-Length: 2 || ho
      wait 20 s
      proxy > client   HTTP/1.1 200 OK | Content-Length: 2 | Via: 1.1 p || ho
      wait 5 s
      origin closes proxy
      proxy closes origin
      cleared: info buffering`,
    without: `${THROUGH_PROXY}
      proxy > origin   GET /b HTTP/1.1 | Host: o.test | Via: 1.1 p
      origin > proxy   HTTP/1.1 200 OK | Content-Length: 2 || ho
      wait 20 s
      origin closes proxy
      proxy closes origin
      proxy > client   HTTP/1.1 200 OK | Content-Length: 2 | Via: 1.1 p || ho
      finding: hang response-held-until-origin-close`,
  },
  {
    rule: 'encrypted',
    cleared: `${THROUGH_PROXY}
      proxy > secure   || \\x16\\x03\\x01\\x00\\x05\\x01\\x00\\x00\\x01\\x03
      wait 20 s
      proxy > client   HTTP/1.1 200 OK | Content-Length: 2 | Via: 1.1 p || ho
      cleared: info encrypted possible`,
    without: NEVER_ASKED,
  },
  {
    rule: 'tunnel-node',
    cleared: `
      client opens proxy
      proxy opens origin${FORWARDED}
      cleared: info tunnel-node`,
    without: `${FORWARDED}
      finding: violation connection-relayed-request
      finding: hygiene nominated-field-relayed`,
  },
  {
    rule: 'client-bug',
    cleared: `
      client > server  GET /a HTTP/1.1 | Host: s.test
      server > client  HTTP/1.1 200 OK | Transfer-Encoding: chunked || 2\\r\\nhi\\r\\n0\\r\\n\\r\\n
      wait 20 s
      client resets server
      capture ends
      cleared: info client-bug`,
    without: `
      client > server  GET /a HTTP/1.1 | Host: s.test
      server > client  HTTP/1.1 200 OK | Transfer-Encoding: chunked || 2\\r\\nhi\\r\\n0\\r\\n
      wait 20 s
      client resets server
      capture ends
      finding: hang chunk-terminator-missing`,
  },
];

test('all that exonerates is here', () => {
  const exonerating = rules.filter(({ exonerates }) => exonerates).map(({ id }) => id);
  expect(table.map(({ rule }) => rule)).toEqual(exonerating);
});

describe.each(table.map((row) => [row.rule, row] as const))('%s', (rule, { cleared, without }) => {
  test.each(Object.entries(TELLINGS))('%s: is told, and nothing else', (_name, telling) => {
    expect(tell(parseLadder(cleared, 0), rule, telling)).toEqual([]);
  });

  test.each(Object.entries(TELLINGS))('%s: without it a rule fires', (_name, telling) => {
    expect(tell(parseLadder(without, 0), rule, telling)).toEqual([]);
  });
});
