/** The proxy sent a request again that must not be done twice (RULES R47): the only fault of this catalogue that charges a card twice. */
import type { Attempt, Candidate, Confidence, Exchange, PeerProfile, Relay, Repeat, Rule, Text } from '../model.ts';
import { captureCap, least, pairingCap } from './confidence.ts';
import { forgottenOn } from './foreign-reset.ts';
import { remediesFor } from './remedies.ts';
import { wentThroughProxy } from './single-messages.ts';
import * as say from './words.ts';

/** Methods whose effect may add up (RFC 9110 section 9.2.2 has the others). */
const NOT_IDEMPOTENT: ReadonlySet<string> = new Set(['POST', 'PATCH']);
/** Later ones are somebody's decision. */
const WITHIN = 30e9;
/** A program that repeats by itself does so at once; a client behind the proxy hears of the failure first, and takes its time. */
const AT_ONCE = 200e6;

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

  checkPeer(profile, found) {
    const repeat = profile.repeats.examples.find(({ again: { request } }) => request !== undefined && wentThroughProxy(request));
    if (repeat !== undefined) found(seenByServer(profile, repeat));
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

/** Nobody can have done it: not all of it was sent, TCP never acknowledged it, the server had closed before, or a box reset it on the way. */
function cannotBeDone({ request, wait }: Exchange): boolean {
  const closed = wait?.connection.serverEnd.fin;
  if (request?.complete !== true || request.acked === undefined || (closed !== undefined && closed.frame < request.firstFrame)) return true;
  return wait !== undefined && forgottenOn(wait.connection, 'client')?.far === true;
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
    because: [
      ['one request came in, two went out on connections of their own, equal in method, target and length'],
      ...becauseOf(first.exchange, harmless),
      ...keyText(first.exchange),
    ],
    wouldChangeOurMind: ['a second request of the client that the capture does not show'],
  };
}

/** Only the server's side was captured: who of those in front of it repeated the request is not seen. */
function seenByServer({ client, server, repeats }: PeerProfile, { first, again }: Repeat): Candidate {
  const [one, other] = [
    { exchange: first, hop: 'only' },
    { exchange: again, hop: 'only' },
  ] as const;
  const connection = first.wait?.connection;
  const [given, taken] = [first.wait?.end.time ?? Number.NaN, again.request?.firstTime ?? Number.NaN];
  const harmless = cannotBeDone(first);
  const times = repeats.count === 1 ? '' : ` (${repeats.count} such requests in all)`;
  return {
    severity: harmless ? 'violation' : 'loss',
    confidence: least(confidenceOf(first, again, taken - given), captureCap(connection)),
    message: [
      `${client}, a proxy, sent `,
      ...(again.request === undefined ? [] : say.requestText(again.request)),
      ` to ${server.text} again ${say.duration(taken - given)} after the first one had ended without an answer: ${
        harmless ? 'the first one cannot have been done' : 'it may have been done twice'
      }${times}`,
    ],
    hops: [say.hopOf(one), say.hopOf(other)],
    exchange: undefined,
    direction: 'request',
    evidence: say.inOrder([
      ...say.requestEvidence(one),
      ...say.closeEvidence(one, connection, 'server'),
      ...say.closeEvidence(one, connection, 'client'),
      ...say.requestEvidence(other),
      ...say.responseEvidence(other),
    ]),
    because: [
      ['two requests on connections of their own, equal in method, target, length and every field that is meant for the server'],
      ...(isNamed(again) ? [['both carry the same id: it is one request of one client'] as const] : []),
      ...becauseOf(first, harmless),
      ...keyText(first),
    ],
    covers: [first],
    wouldChangeOurMind: ["the proxy's client side, if it shows that its client asked twice"],
  };
}

function confidenceOf(first: Exchange, again: Exchange, apart: number): Confidence {
  if (keyText(first).length === 0 && isNamed(again)) return 'strong';
  return apart <= AT_ONCE ? 'likely' : 'possible';
}

/** It has an id: a client that asks again gives another one. */
function isNamed({ request }: Exchange): boolean {
  return request !== undefined && request.fingerprint.unique.length > 0;
}

function becauseOf({ server }: Exchange, harmless: boolean): readonly Text[] {
  return [
    [
      harmless
        ? 'the first one did not reach the server whole, was reset on the way to it, or came after it had closed'
        : `TCP acknowledged the whole first one at ${server.text}, and no answer followed: nobody knows whether it was done`,
    ],
    ['a proxy must not repeat a request by itself whose method is not idempotent (RFC 9110 section 9.2.2)'],
  ];
}

function keyText({ request }: Exchange): readonly Text[] {
  const key = say.fieldOf(request, 'idempotency-key');
  return key === undefined ? [] : [['it carries an Idempotency-Key: an application that honours it does it once']];
}
