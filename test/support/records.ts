/** Records by hand: the smallest exchange, relay or candidate that a test can say something about. */
import type {
  Candidate,
  ConnectionIdentity,
  Endpoint,
  Exchange,
  Field,
  Fingerprint,
  PairingQuality,
  RequestMessage,
  ResponseMessage,
  ServerProfile,
  Spread,
} from '../../src/model.ts';
import { notableIn } from '../../src/notable.ts';

function endpoint(text: string): Endpoint {
  const [address = '', port = '0'] = text.split(':');
  return { address, port: Number(port), text };
}

export function identity(client: string, server: string, key = `${client} ${server}`): ConnectionIdentity {
  return {
    key,
    point: 0,
    id: 0,
    ends: [endpoint(client), endpoint(server)],
    seenIn: [{ capture: 0, stream: 0 }],
    synSeen: true,
    firstTime: 0,
  };
}

const NO_HASHES: Fingerprint = { target: 0, tail: 0, leaf: 0, query: 0, authority: 0, fields: 0, unique: [], traits: [] };

const AT_ONCE = {
  version: 'HTTP/1.1',
  fields: [],
  options: [],
  notable: 0,
  framing: 'none',
  contentLength: Number.NaN,
  oddities: [],
  fingerprint: NO_HASHES,
  firstFrame: 1,
  firstTime: 0,
  headFrame: 1,
  headTime: 0,
  lastFrame: 1,
  lastTime: 0,
  bodyOctets: 0,
  complete: true,
  missingOctets: 0,
  chunk: undefined,
  tail: '',
  seemsComplete: false,
  endOffset: 100,
  acked: undefined,
} as const;

export function request(target: string, more: Partial<RequestMessage> = {}): RequestMessage {
  return {
    ...AT_ONCE,
    kind: 'request',
    method: 'GET',
    target,
    absoluteForm: /^https?:/.test(target),
    notable: notableIn(more.fields ?? []),
    ...more,
  };
}

export function response(status: number, more: Partial<ResponseMessage> = {}): ResponseMessage {
  return { ...AT_ONCE, kind: 'response', status, reason: 'OK', notable: notableIn(more.fields ?? []), ...more };
}

export function field(name: string, value: string): Field {
  return { name, value };
}

export function exchange(connection: ConnectionIdentity, more: Partial<Exchange> = {}): Exchange {
  return {
    connection,
    client: connection.ends[0],
    server: connection.ends[1],
    ordinal: 1,
    request: request('/a'),
    interim: [],
    response: response(200),
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
    ...more,
  };
}

export function candidate(of: Exchange, more: Partial<Candidate> = {}): Candidate {
  return {
    severity: 'hang',
    confidence: 'strong',
    message: ['it hangs'],
    hops: [{ role: 'only', connection: of.connection, client: of.client, server: of.server }],
    exchange: of,
    evidence: [],
    because: [],
    wouldChangeOurMind: [],
    ...more,
  };
}

/** The account of a pairing that had nothing to pair. */
export const NO_PAIRS: PairingQuality = {
  pairs: 0,
  unpaired: 0,
  ambiguous: 0,
  medianLatency: Number.NaN,
  negativeLatency: 0,
  nestingViolated: 0,
  reliable: true,
  decidedBy: [],
};

const NO_SPREAD: Spread = {
  count: 0,
  mean: 0,
  least: Number.POSITIVE_INFINITY,
  most: Number.NEGATIVE_INFINITY,
  deviation: Number.NaN,
};

export function serverProfile(more: Partial<ServerProfile> = {}): ServerProfile {
  return {
    server: '10.0.0.2:80',
    first: 0,
    firstAnswered: 0,
    later: 0,
    laterAnswered: 0,
    lastAnsweredStart: Number.NEGATIVE_INFINITY,
    closedAtOnce: 0,
    closedAtOnceWithin: 0,
    stayedOpen: 0,
    idleCloses: NO_SPREAD,
    latencies: { count: 0, median: Number.NaN, p95: Number.NaN },
    stalls: new Map(),
    slowRoutes: new Map(),
    soonTargets: new Int32Array(1),
    ...more,
  };
}
