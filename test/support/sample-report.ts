/**
 * The hang of figure 4-15 as a Report value, written by hand: a browser, a proxy that relays Connection, an origin that
 * keeps its connections for 8 s. Frames and times are those of a capture taken on such a proxy.
 */

import type {
  CaptureReport,
  Connection,
  ConnectionIdentity,
  EndFacts,
  Endpoint,
  Evidence,
  Exchange,
  Finding,
  Moment,
  Report,
  RequestMessage,
  ResponseMessage,
  Text,
  Wire,
} from '../../src/model.ts';

const SECONDS = 1_795_382_403;

/** Frame and epoch microseconds behind `SECONDS`. */
const at = (frame: number, microseconds: number): Moment => ({ frame, time: microseconds * 1000 });

const REQUEST_ONE = at(14, 3_181_451);
const RELAYED_ONE = at(19, 3_185_934);
const ORIGIN_ANSWER = at(21, 3_186_076);
const PROXY_ANSWER = at(23, 3_186_229);
const REQUEST_TWO = at(25, 3_240_148);
const BARE_ACK = at(26, 3_288_032);
const ORIGIN_CLOSE = at(27, 11_199_921);
const PROXY_RESET = at(30, 11_200_349);

export function endpoint(address: string, port: number): Endpoint {
  return { address, port, text: address.includes(':') ? `[${address}]:${port}` : `${address}:${port}` };
}

function identity(stream: number, client: Endpoint, server: Endpoint): ConnectionIdentity {
  return { key: `0/${stream}`, point: 0, id: 0, ends: [client, server], seenIn: [{ capture: 0, stream }], synSeen: true, firstTime: 0 };
}

const browser = endpoint('10.0.1.10', 33730);
const proxyIn = endpoint('10.0.1.1', 8080);
const proxyOut = endpoint('10.0.2.1', 43776);
const origin = endpoint('10.0.2.20', 80);
const clientSide = identity(0, browser, proxyIn);
const serverSide = identity(3, proxyOut, origin);

const wire = (kind: Wire['kind'], octets: string): Wire => ({ kind, octets });
const value = (name: string, octets: string): Wire => ({ kind: 'field-value', name, octets });
const get = (target: string): Text => [wire('method', 'GET'), ' ', wire('target', target), ' ', wire('version', 'HTTP/1.1')];

function evidence(moment: Moment, hop: Evidence['hop'], from: Evidence['from'], text: Text): Evidence {
  const record = { offset: 24 + 200 * moment.frame, length: 200 };
  return { moment, connection: hop === 'server-side' ? serverSide : clientSide, hop, from, text, record };
}

const keepAlive: Text = [' | Connection: ', value('connection', 'keep-alive')];
const answer: Text = [
  wire('version', 'HTTP/1.1'),
  ' 200 ',
  wire('reason', 'OK'),
  ' | Content-Length: ',
  value('content-length', '588'),
  ' | Connection: ',
  value('connection', 'Keep-Alive'),
];

const EVIDENCE: readonly Evidence[] = [
  evidence(REQUEST_ONE, 'client-side', 'client', [...get('/index.html'), ...keepAlive]),
  evidence(RELAYED_ONE, 'server-side', 'client', [...get('/index.html'), ...keepAlive]),
  evidence(ORIGIN_ANSWER, 'server-side', 'server', answer),
  evidence(PROXY_ANSWER, 'client-side', 'server', answer),
  evidence(REQUEST_TWO, 'client-side', 'client', [...get('/logo.gif'), ...keepAlive]),
  evidence(BARE_ACK, 'client-side', 'server', ['bare ACK of request 2']),
  evidence(ORIGIN_CLOSE, 'server-side', 'server', ['FIN: the origin gives up']),
  evidence(PROXY_RESET, 'client-side', 'server', ['RST: request 2 was never read']),
];

const silentEnd: EndFacts = {
  octets: 855,
  gaps: 0,
  gapOctets: 0,
  lastData: REQUEST_TWO,
  last: BARE_ACK,
  fin: undefined,
  finAcked: undefined,
  reset: undefined,
  resetTraits: undefined,
  retransmissions: 0,
  lastRetransmission: undefined,
  unacked: undefined,
  probes: 0,
  lastProbe: undefined,
  zeroWindow: undefined,
  lastZeroWindow: undefined,
  firstSeq: 1,
  ackedTo: 803,
};

const atTheEnd: Connection = {
  ...clientSide,
  clientSide: 0,
  client: browser,
  server: proxyIn,
  first: at(1, 158_885),
  last: PROXY_RESET,
  until: PROXY_RESET.time,
  established: true,
  handshake: 71_000,
  clientEnd: silentEnd,
  serverEnd: { ...silentEnd, octets: 803, lastData: PROXY_ANSWER, last: PROXY_RESET, reset: PROXY_RESET, ackedTo: 855 },
  duplicates: 0,
  protocol: 'http',
  state: 'await-response',
  announced: undefined,
};

function message(sent: Moment, endOffset: number) {
  return {
    version: 'HTTP/1.1',
    fields: [{ name: 'Connection', value: 'keep-alive' }],
    options: ['keep-alive'],
    notable: 0,
    contentLength: Number.NaN,
    oddities: [],
    fingerprint: { target: 1, tail: 1, leaf: 1, query: 0, authority: 1, fields: 1, unique: [], traits: [] },
    firstFrame: sent.frame,
    firstTime: sent.time,
    headFrame: sent.frame,
    headTime: sent.time,
    lastFrame: sent.frame,
    lastTime: sent.time,
    bodyOctets: 0,
    complete: true,
    missingOctets: 0,
    chunk: undefined,
    tail: '',
    seemsComplete: false,
    endOffset,
    acked: undefined,
  };
}

function request(sent: Moment, endOffset: number, target: string): RequestMessage {
  return { ...message(sent, endOffset), kind: 'request', framing: 'none', method: 'GET', target, absoluteForm: false };
}

const response: ResponseMessage = {
  ...message(PROXY_ANSWER, 803),
  kind: 'response',
  framing: 'length',
  contentLength: 588,
  bodyOctets: 588,
  status: 200,
  reason: 'OK',
};

const firstExchange: Exchange = {
  connection: clientSide,
  client: browser,
  server: proxyIn,
  ordinal: 1,
  request: request(REQUEST_ONE, 454, '/index.html'),
  interim: [],
  response,
  serverBelief: 'keep',
  clientBelief: 'keep',
  pipelined: false,
  previous: undefined,
  wait: undefined,
  announced: undefined,
  ackStall: undefined,
  damaged: false,
  unaligned: false,
  excess: undefined,
  ended: true,
};

export const unansweredExchange: Exchange = {
  ...firstExchange,
  ordinal: 2,
  request: request(REQUEST_TWO, 855, '/logo.gif'),
  response: undefined,
  serverBelief: undefined,
  clientBelief: undefined,
  previous: firstExchange,
};

const hops: Finding['hops'] = [
  { role: 'client-side', connection: clientSide, client: browser, server: proxyIn },
  { role: 'server-side', connection: serverSide, client: proxyOut, server: origin },
];

const relayed: Finding = {
  id: 'F2',
  fingerprint: 'connection-header-relayed/10.0.1.1/10.0.2.20/*',
  group: 'G2',
  rule: 'connection-header-relayed',
  severity: 'violation',
  confidence: 'strong',
  title: 'The proxy passed on a header meant for the proxy itself',
  message: [
    'The proxy sent Connection: ',
    value('connection', 'keep-alive'),
    ' on to the origin as the client had written it. The field belongs to one hop and has to be removed or made anew.',
  ],
  hops,
  exchange: firstExchange,
  wait: undefined,
  fields: ['Connection'],
  direction: 'request',
  evidence: EVIDENCE.slice(0, 2),
  because: [['the field has the same octets on both hops: ', value('connection', 'keep-alive')]],
  wouldChangeOurMind: ['a request of the same route whose Connection field differs between the hops'],
  basis: ['RFC 9110 section 7.6.1'],
  remedies: [{ product: 'nginx', text: '`proxy_set_header Connection "";` together with `proxy_http_version 1.1;`' }],
  partOf: 'F1',
  children: [],
};

export const theHang: Finding = {
  id: 'F1',
  fingerprint: 'dumb-proxy-deadlock/10.0.1.1/10.0.2.20/logo.gif',
  group: 'G1',
  rule: 'dumb-proxy-deadlock',
  severity: 'hang',
  confidence: 'proven',
  title: 'The proxy waits for a close that the origin will not send',
  message: [
    'The proxy never read request 2. The client sent ',
    wire('method', 'GET'),
    ' ',
    wire('target', '/logo.gif'),
    ' on a connection that the response had promised to keep (Connection: ',
    value('connection', 'Keep-Alive'),
    '). TCP acknowledged it, nothing was forwarded, and 7.96 s later, 0.4 ms after the origin hung up, the proxy reset the client. ' +
      'The origin waited for a next request while the proxy waited for a close: nobody could move.',
  ],
  hops,
  exchange: unansweredExchange,
  wait: {
    debt: 'response-head',
    debtor: 'server',
    start: REQUEST_TWO,
    end: PROXY_RESET,
    ended: 'server-close',
    by: 'RST',
    connection: atTheEnd,
    final: true,
  },
  fields: ['Connection'],
  direction: 'both',
  evidence: EVIDENCE,
  because: [
    ['cycle: the client waits for the proxy, the proxy for the origin, the origin for the proxy'],
    ['the proxy reset the client 0.4 ms after the origin closed'],
    ['Connection: ', value('connection', 'keep-alive'), ' reached the origin as the client had sent it'],
    ['request 2 was forwarded on no connection of the proxy while it waited'],
  ],
  wouldChangeOurMind: ['request 2 on a connection of the proxy that this capture does not show'],
  basis: ['HTTP: The Definitive Guide figure 4-15', 'RFC 9112 section 9.3', 'RFC 9110 section 7.6.1'],
  remedies: [
    { product: 'nginx', text: '`proxy_http_version 1.1;` `proxy_set_header Connection "";`' },
    { product: 'any proxy', text: 'until it is fixed, send Connection: close to the origin, or switch off reuse in the client' },
  ],
  partOf: undefined,
  children: [
    {
      ...relayed,
      id: 'F3',
      group: 'G3',
      rule: 'request-ignored-on-persistent-connection',
      severity: 'hang',
      confidence: 'strong',
      title: 'A later request on a kept connection is never answered',
      partOf: 'F1',
    },
  ],
};

export const exonerated: Finding = {
  ...relayed,
  id: 'X1',
  fingerprint: 'slow-origin/10.0.1.1/10.0.2.20',
  group: 'GX1',
  rule: 'slow-origin',
  severity: 'info',
  confidence: 'strong',
  title: 'The origin answered every request that reached it within 1 ms',
  message: ['The origin is not slow: it answered ', wire('method', 'GET'), ' ', wire('target', '/logo.gif'), ' after 125 us.'],
  evidence: EVIDENCE.slice(1, 3),
  because: [],
  wouldChangeOurMind: [],
  remedies: [],
  fields: [],
  partOf: undefined,
};

const capture: CaptureReport = {
  index: 0,
  name: 'proxy.pcap',
  point: 'p1',
  format: 'pcap',
  linkTypes: ['LINUX_SLL2'],
  firstFrame: 0,
  frames: 48,
  bytes: 12_870,
  firstTime: 158_885_000,
  lastTime: 11_420_912_000,
  observedUntil: 11_420_912_000,
  complete: true,
  dropped: undefined,
  cutFrames: 0,
  interfaces: [],
  names: [],
  comments: 0,
  issues: [],
  health: {
    connections: 5,
    continued: 0,
    synSeen: 5,
    bothDirections: 5,
    gaps: 0,
    duplicates: 0,
    cutFrames: 0,
    dropped: undefined,
    encrypted: 0,
    http2: 0,
    quic: 0,
    tunnels: [],
  },
};

export const sampleReport: Report = {
  tool: { name: 'hopcheck', version: '0.1.0' },
  base: { seconds: SECONDS },
  captures: [capture],
  verdict: [
    'The proxy 10.0.1.1:8080 ignored ',
    wire('method', 'GET'),
    ' ',
    wire('target', '/logo.gif'),
    ' for 7.96 s: it had passed Connection: ',
    value('connection', 'keep-alive'),
    ' on and waited for a close that the origin had no reason to send',
  ],
  connections: 5,
  exchanges: 6,
  relays: 2,
  outlines: [
    {
      key: 'p1#9',
      client: endpoint('10.0.1.11', 40_001),
      server: endpoint('10.0.1.1', 8080),
      first: { frame: 1, time: 158_885_000 },
      last: { frame: 48, time: 11_420_912_000 },
    },
  ],
  proxies: [['10.0.1.1', '10.0.2.1']],
  pairing: {
    pairs: 2,
    unpaired: 1,
    ambiguous: 0,
    medianLatency: 430_000,
    negativeLatency: 0,
    nestingViolated: 0,
    reliable: true,
    decidedBy: [{ evidence: 'all end-to-end fields', count: 2 }],
  },
  rules: [
    { id: 'dumb-proxy-deadlock', lookedAt: 2 },
    { id: 'connection-header-relayed', lookedAt: 2 },
    { id: 'request-ignored-on-persistent-connection', lookedAt: 6 },
  ],
  findings: [theHang, relayed],
  groups: [
    { id: 'G1', rule: 'dumb-proxy-deadlock', count: 1 },
    { id: 'G2', rule: 'connection-header-relayed', count: 2 },
  ],
  exonerations: [exonerated],
  locate: (_point, frame) => ({ capture: 0, frame }),
};

/** The same capture after the proxy was fixed. */
export const cleanReport: Report = {
  ...sampleReport,
  verdict: ['No connection-management fault in 6 exchanges, 2 of them seen on both hops'],
  findings: [],
  groups: [],
  exonerations: [],
};
