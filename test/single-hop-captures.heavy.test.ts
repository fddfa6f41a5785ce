/**
 * The rules that look at one hop, and at one head, on captures of other people's traffic: what they say there is true, one by one,
 * and they say nothing else. Nothing of severity hang, will-hang or loss is among it.
 */
import { existsSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { FOREIGN, foreignCaptures, foreignFindings } from './support/foreign.ts';

const RULES = new Set([
  'proxy-cycle-on-one-hop',
  'bytes-after-complete-response',
  'bodyless-response-with-framing',
  'conflicting-length',
  'http10-keepalive-not-echoed',
  'early-response-deadlock',
  'response-destroyed-by-reset',
  'close-wait-leak',
  'request-after-close',
  'keep-alive-sent-to-proxy',
  'proxy-connection-sent',
  'via-missing',
  'host-not-rewritten',
]);

/** Capture, rule, severity and confidence; why it is true. */
const TRUE: readonly (readonly [finding: string, why: string])[] = [
  ['formats/suricata.bug-2769.issue_no_icmp.pcap proxy-connection-sent info proven', 'CONNECT with Proxy-Connection: Keep-Alive'],
  ['http/ndpi.http_connect.pcap proxy-connection-sent info proven', 'a browser asks its proxy for a tunnel'],
  [
    'http/suricata.http-evader-043.pcap conflicting-length violation proven',
    'a test of firewalls: Content-length: 68 beside Transfer-Encoding: chunked',
  ],
  ['http/suricata.http-evader-251.pcap conflicting-length violation proven', 'a Content-length that is folded over two lines: 68 34'],
  ['http/suricata.http-evader-253.pcap conflicting-length violation proven', 'Content-length: (68) 34'],
  ['http/suricata.http-evader-257.pcap conflicting-length violation proven', 'Content-length: ,68'],
  ['http/suricata.http-evader-313.pcap conflicting-length violation proven', 'a byte order mark before chunked'],
  ['http/suricata.http-evader-314.pcap conflicting-length violation proven', 'a control character before chunked'],
  [
    'http/zeek.http.http-09-content-length-confusion.pcap bytes-after-complete-response violation likely',
    'the server is a person at a terminal, who answers before the question',
  ],
  [
    'http/zeek.http.http-desync-request-response-5.pcap bytes-after-complete-response violation likely',
    'two more responses in the segment of the first one',
  ],
  ['http/zeek.http.proxy.pcap proxy-connection-sent info proven', 'curl asks a proxy for http://bro.org/'],
  ['http/zeek.ncp.pcap proxy-connection-sent info proven', 'a browser posts through a proxy'],
  [
    'malformed/arkime.CVE-2018-6794.pcap bytes-after-complete-response violation likely',
    'the attack itself: the server answers before it is asked, to get past a detector',
  ],
  ['malformed/zeek.261.variant-02-cl_uint64max.pcap conflicting-length violation proven', '2^64 - 1 octets, which nobody can count'],
  ['malformed/zeek.261.variant-03-cl_negative.pcap conflicting-length violation proven', 'Content-Length: -1'],
  [
    'malformed/zeek.261.variant-04-te_cl_desync.pcap conflicting-length violation proven',
    'Content-Length: 50 beside Transfer-Encoding: chunked',
  ],
  ['transport/tcpdump.ipv4_tcp_http_xml_tso.pcap proxy-connection-sent info proven', 'a POST in absolute form with Proxy-Connection'],
  [
    'transport/zeek.tcp.qi_internet_SYNACK_curl_jsonip.pcap bytes-after-complete-response violation strong',
    'somebody on the way answers first, with 5 octets; those of the server that are more come behind',
  ],
];

beforeEach((context) => {
  context.skip(!existsSync(FOREIGN), '../shared is not here');
});

test('every finding on foreign captures is one of the list', { timeout: 600_000 }, () => {
  const captures = foreignCaptures();
  expect(captures.length).toBeGreaterThan(500);
  const found = captures.flatMap((path) => foreignFindings(path, RULES));
  expect([...new Set(found)]).toEqual(TRUE.map(([finding]) => finding));
});
