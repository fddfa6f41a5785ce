/** The proxy sent a request again that must not be done twice (RULES R47): the only fault of this catalogue that charges a card twice. */
import type { Attempt, Candidate, Exchange, Relay, Rule, Text } from '../model.ts';
import { least, pairingCap } from './confidence.ts';
import { remediesFor } from './remedies.ts';
import * as say from './words.ts';

/** Methods whose effect may add up (RFC 9110 section 9.2.2 has the others). */
const NOT_IDEMPOTENT: ReadonlySet<string> = new Set(['POST', 'PATCH']);
/** Later ones are somebody's decision. */
const WITHIN = 30e9;

export const unsafeRetryByProxy: Rule = {
  id: 'unsafe-retry-by-proxy',
  on: 'relay',
  onlyFor: ['repeated'],
  title: 'The proxy sent a request again that may have been done already',
  basis: ['RFC 9110 section 9.2.2', 'RFC 9112 section 9.3.1'],
  remedies: remediesFor('retry'),

  check(relay, found) {
    const { attempts, clientSide } = relay;
    if (attempts.length < 2 || !clientSide.ended || !NOT_IDEMPOTENT.has(clientSide.request?.method ?? '')) return;
    const [first, again] = repeated(attempts);
    if (first !== undefined && again !== undefined) found(candidateOf(relay, first, again));
  },
};

/** The last attempt that repeats one which was never answered. */
function repeated(attempts: readonly Attempt[]): readonly [Attempt | undefined, Attempt | undefined] {
  for (let index = attempts.length - 1; index > 0; index--) {
    const [first, again] = [attempts[index - 1], attempts[index]];
    if (first !== undefined && again !== undefined && isRepeated(first, again)) return [first, again];
  }
  return [undefined, undefined];
}

function isRepeated({ exchange: first }: Attempt, { role, exchange: again }: Attempt): boolean {
  if (role !== 'retry' && role !== 'hedge') return false;
  const [one, other] = [first.request, again.request];
  if (one === undefined || other === undefined || first.response !== undefined || first.damaged) return false;
  if (first.connection.key === again.connection.key || first.client.address !== again.client.address) return false;
  const same = one.method === other.method && one.fingerprint.target === other.fingerprint.target;
  const [length, otherLength] = [one.contentLength, other.contentLength];
  return (
    same && (length === otherLength || (Number.isNaN(length) && Number.isNaN(otherLength))) && other.firstTime - one.firstTime <= WITHIN
  );
}

/** Nobody can have done it: not all of it was sent, TCP never acknowledged it, or the server had closed before. */
function cannotBeDone({ request, wait }: Exchange): boolean {
  const closed = wait?.connection.serverEnd.fin;
  return request?.complete !== true || request.acked === undefined || (closed !== undefined && closed.frame < request.firstFrame);
}

function candidateOf(relay: Relay, first: Attempt, again: Attempt): Candidate {
  const client = { exchange: relay.clientSide, hop: 'client-side' } as const;
  const [one, other] = [
    { exchange: first.exchange, hop: 'server-side' },
    { exchange: again.exchange, hop: 'server-side' },
  ] as const;
  const { request } = relay.clientSide;
  const harmless = cannotBeDone(first.exchange);
  const apart = (again.exchange.request?.firstTime ?? 0) - (first.exchange.request?.firstTime ?? 0);
  const key = say.fieldOf(request, 'idempotency-key');
  const close = first.exchange.wait?.connection;
  return {
    severity: harmless ? 'violation' : 'loss',
    confidence: least('proven', pairingCap(relay)),
    message: [
      `the proxy ${relay.clientSide.server.text} sent `,
      ...(request === undefined ? [] : say.requestText(request)),
      ` twice, ${say.duration(apart)} apart, though its client asked once: ${
        harmless ? 'the first one cannot have been done' : 'it may have been done twice'
      }`,
    ],
    hops: [say.hopOf(client), say.hopOf(one), say.hopOf(other)],
    exchange: relay.clientSide,
    direction: 'request',
    evidence: say.inOrder([
      ...say.requestEvidence(client),
      ...say.requestEvidence(one),
      ...say.closeEvidence(one, close, 'server'),
      ...say.requestEvidence(other),
      ...say.responseEvidence(other),
    ]),
    because: becauseOf(first, harmless, key !== undefined),
    wouldChangeOurMind: ['a second request of the client that the capture does not show'],
  };
}

function becauseOf({ exchange }: Attempt, harmless: boolean, keyed: boolean): readonly Text[] {
  const because: Text[] = [['one request came in, two went out on connections of their own, equal in method, target and length']];
  because.push([
    harmless
      ? 'the first one did not reach the server whole, or came after the server had closed'
      : `TCP acknowledged the whole first one at ${exchange.server.text}, and no answer followed: nobody knows whether it was done`,
  ]);
  because.push(['a proxy must not repeat a request by itself whose method is not idempotent (RFC 9110 section 9.2.2)']);
  if (keyed) because.push(['it carries an Idempotency-Key: an application that honours it does it once']);
  return because;
}
