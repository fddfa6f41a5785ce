/**
 * The proxy gave a request the response of the one before it (RULES R49). Told only where something on the server-side connection
 * can have made the two ends count differently, and the answer on the client side is the earlier one.
 */
import type { Attempt, Candidate, Exchange, Relay, ResponseMessage, Rule } from '../model.ts';
import { least, pairingCap } from './confidence.ts';
import { remediesFor } from './remedies.ts';
import * as say from './words.ts';

/** Of two clocks, or of frames that overtake each other. */
const EPSILON = 2e6;
const OK = 200;
const NOT_MODIFIED = 304;

export const responseMisassociated: Rule = {
  id: 'response-misassociated',
  on: 'relay',
  onlyFor: ['doubtful'],
  title: 'The proxy answered a request with the response of another one',
  basis: ['RFC 9112 section 9.2', 'RFC 9112 section 6.3'],
  remedies: remediesFor('association'),

  check(relay, found) {
    const { clientSide, attempts } = relay;
    const attempt = attempts.at(-1);
    const given = clientSide.response;
    if (attempt?.doubtful !== true || attempt.exchange.ordinal < 2 || !clientSide.ended || given?.complete !== true) return;
    const { exchange } = attempt;
    const earlier = exchange.previous?.response;
    if (earlier?.complete !== true || [clientSide, exchange, exchange.previous].some(isUnsure) || attempt.unseen) return;
    const own = exchange.response;
    // The cache of the proxy asked whether its copy was still good, and answered with that.
    if (own?.status === NOT_MODIFIED && given.status === OK) return;
    // What is right cannot come before it is there, and differs.
    const isOwn = own !== undefined && own.firstTime <= given.firstTime + EPSILON && !differ(own, given);
    if (!isOwn && isSame(earlier, given) && (own === undefined || differ(own, given))) found(candidateOf(relay, attempt, given, earlier));
  },
};

/** The capture has holes where its request and its answer were found, or before: the order on its connection proves nothing. */
function isUnsure(exchange: Exchange | undefined): boolean {
  return exchange !== undefined && (exchange.damaged || exchange.unaligned);
}

function isSame(one: ResponseMessage, other: ResponseMessage): boolean {
  if (differ(one, other)) return false;
  const { traits } = one.fingerprint;
  return one.bodyOctets > 0 && (traits.length === 0 || traits.some((trait) => other.fingerprint.traits.includes(trait)));
}

/** A proxy does not change these by itself; the length it may, by compression. */
function differ(one: ResponseMessage, other: ResponseMessage): boolean {
  const coding = (message: ResponseMessage): string | undefined => say.fieldOf(message, 'content-encoding')?.value;
  return one.status !== other.status || (coding(one) === coding(other) && one.bodyOctets !== other.bodyOctets);
}

function candidateOf(relay: Relay, { exchange }: Attempt, given: ResponseMessage, earlier: ResponseMessage): Candidate {
  const client = { exchange: relay.clientSide, hop: 'client-side' } as const;
  const server = { exchange, hop: 'server-side' } as const;
  const { request } = relay.clientSide;
  const before = { exchange: exchange.previous ?? exchange, hop: 'server-side' } as const;
  return {
    severity: 'loss',
    confidence: least('strong', pairingCap(relay)),
    message: [
      `the proxy ${relay.clientSide.server.text} answered `,
      ...(request === undefined ? [] : say.requestText(request)),
      ' with ',
      ...say.statusText(given),
      `, ${given.bodyOctets} octets, which ${exchange.server.text} had sent before that request reached it`,
    ],
    hops: [say.hopOf(client), say.hopOf(server)],
    exchange: relay.clientSide,
    direction: 'response',
    evidence: say.inOrder([
      ...say.requestEvidence(client),
      ...say.responseEvidence(before),
      ...say.requestEvidence(server),
      ...say.responseEvidence(client),
      ...say.responseEvidence(server),
    ]),
    because: [
      [reasonOf(exchange.previous)],
      [`the answer that the client got equals the earlier one (${earlier.status}, ${earlier.bodyOctets} octets)`],
      [
        exchange.response === undefined
          ? 'the server had not answered this request when the client was answered'
          : `the server answered this request with ${exchange.response.status}, ${exchange.response.bodyOctets} octets`,
      ],
      ['every later answer on that connection goes to the wrong request, perhaps of another user'],
    ],
    wouldChangeOurMind: ['a cache in the proxy that had this answer for this request'],
  };
}

function reasonOf(previous: Exchange | undefined): string {
  if (previous !== undefined && previous.request === undefined)
    return 'the server had sent an answer that nobody had asked for on this connection';
  return 'something had come on the server-side connection that can make its two ends count differently: an interim response, unexpected octets, a framing in doubt';
}
