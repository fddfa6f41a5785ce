/**
 * The client holds its body back until somebody says 100, and nobody does (RULES R33): a deadlock until a timer ends it, or,
 * where the client has a timer of its own, a delay of every upload.
 */
import type { Candidate, Confidence, Exchange, ExchangeContext, Moment, RequestMessage, Rule, Wait } from '../model.ts';
import { captureCap, least, openCap } from './confidence.ts';
import { remediesFor } from './remedies.ts';
import { expectsContinue } from './single-messages.ts';
import { arrived, endEvidence, silenceText } from './stalls.ts';
import { ENDED, lasted, lengthOf, OPEN } from './thresholds.ts';
import * as say from './words.ts';

const REQUEST_TIMEOUT = 408;

export const expectContinueUnanswered: Rule = {
  id: 'expect-continue-unanswered',
  on: 'exchange',
  onlyFor: ['wait'],
  title: 'Nobody answers Expect: 100-continue',
  basis: ['RFC 9110 section 10.1.1'],
  remedies: remediesFor('continue'),

  check(exchange, context, found) {
    const { request, wait } = exchange;
    if (request === undefined || request.framing === 'none' || wait === undefined || !expectsContinue(request)) return;
    const hang = unanswered(exchange, request, wait);
    if (hang !== undefined) found(hangOf(exchange, hang, passedOn(context)));
    else if (isDelayed(exchange, request, wait)) found(delayOf(exchange, request, wait));
  },
};

/** The proxy asked whether it may send the body, too, and was not answered either: then the next hop owes both answers. */
function passedOn({ relay }: ExchangeContext): Exchange | undefined {
  if (relay === undefined || relay.link.confidence === 'ambiguous' || relay.link.confidence === 'none') return undefined;
  const next = relay.attempts.at(-1)?.exchange;
  const { request, response, interim } = next ?? {};
  const waits = request?.bodyOctets === 0 && !request.complete && response === undefined && interim?.length === 0;
  return request !== undefined && waits && expectsContinue(request) ? next : undefined;
}

/** The wait for an answer that did not come before somebody gave up. */
function unanswered(exchange: Exchange, request: RequestMessage, wait: Wait): Wait | undefined {
  if (request.bodyOctets > 0 || request.complete) return undefined;
  const open = wait.debt === 'continue' && wait.ended !== 'answered' ? wait : givenUp(exchange, request, wait);
  if (open === undefined || !arrived({ ...open, debtor: 'server' })) return undefined;
  return lasted(open, open.ended === 'capture-end' ? OPEN : ENDED) ? open : undefined;
}

/** An answer after somebody has closed, or one that says that the server waited for the body, is none. */
function givenUp(exchange: Exchange, request: RequestMessage, wait: Wait): Wait | undefined {
  const { response, interim } = exchange;
  const [client, server] = [say.closingOf(wait.connection, 'client'), say.closingOf(wait.connection, 'server')];
  const answer = interim[0] ?? response;
  const answered: Moment | undefined = answer && { frame: answer.firstFrame, time: answer.firstTime };
  const isLast = (moment: Moment | undefined): moment is Moment =>
    moment !== undefined && [client, server, answered].every((other) => other === undefined || other.time >= moment.time);
  const since = { ...wait, debt: 'continue', debtor: 'server', start: say.headOf(request), final: true } as const;
  if (isLast(answered))
    return answer?.kind === 'response' && answer.status === REQUEST_TIMEOUT
      ? { ...since, end: answered, ended: 'answered', by: 'DATA' }
      : undefined;
  if (isLast(client)) return { ...since, end: client, ended: 'client-abort', by: byOf(wait, 'clientEnd', client) };
  if (isLast(server)) return { ...since, end: server, ended: 'server-close', by: byOf(wait, 'serverEnd', server) };
  return undefined;
}

function byOf({ connection }: Wait, end: 'clientEnd' | 'serverEnd', { frame }: Moment): Wait['by'] {
  return connection[end].fin?.frame === frame ? 'FIN' : 'RST';
}

/** The client sent the body in the end, without having been asked. */
function isDelayed({ interim, ended }: Exchange, request: RequestMessage, wait: Wait): boolean {
  return ended && request.bodyOctets > 0 && interim.length === 0 && wait.debt === 'continue' && wait.ended === 'answered';
}

function hangOf(exchange: Exchange, wait: Wait, next: Exchange | undefined): Candidate {
  const { request } = exchange;
  const { server } = next ?? exchange;
  const timeout = wait.ended === 'answered';
  const byEvidence: Confidence = timeout ? 'proven' : lengthOf(wait) >= OPEN ? 'strong' : 'likely';
  const ending = timeout ? `after ${say.duration(lengthOf(wait))} the server gave up with 408` : silenceText(wait, exchange);
  return {
    ...candidateOf(exchange, wait, next),
    severity: 'hang',
    confidence: least(byEvidence, captureCap(wait.connection), openCap(wait), exchange.damaged ? 'possible' : 'proven'),
    message: [
      `${server.text} neither asked for the body of `,
      ...(request === undefined ? [] : say.requestText(request)),
      ` nor refused it, and the client held it back: ${ending}`,
    ],
    because: [
      ['the request says Expect: 100-continue and announces a body, of which no octet was sent'],
      ['the server must answer 100 or a final status without waiting for the body (RFC 9110 section 10.1.1)'],
      ['the head of the request was acknowledged: it arrived'],
      ...(timeout ? [['408 says that the server waited for the body'] as const] : []),
      ...(next === undefined ? [] : [[`the proxy ${exchange.server.text} passed the expectation on, and waits like its client`] as const]),
    ],
    wouldChangeOurMind: ['a server that was still deciding whether to accept the body: then it is slow'],
  };
}

function delayOf(exchange: Exchange, request: RequestMessage, wait: Wait): Candidate {
  return {
    ...candidateOf(exchange, wait, undefined),
    severity: 'hygiene',
    confidence: least('strong', captureCap(wait.connection), exchange.damaged ? 'possible' : 'proven'),
    message: [
      `the client waited ${say.duration(lengthOf(wait))} for a 100 from ${exchange.server.text} before it sent the body of `,
      ...say.requestText(request),
      ' unasked',
    ],
    because: [
      ['the request says Expect: 100-continue, and no interim response came before the first octet of the body'],
      ['a server must answer it without waiting for the body (RFC 9110 section 10.1.1)'],
    ],
    wouldChangeOurMind: ['a client that had no body to send before'],
  };
}

type Shared = Pick<Candidate, 'hops' | 'exchange' | 'wait' | 'fields' | 'direction' | 'evidence' | 'covers'>;

function candidateOf(exchange: Exchange, wait: Wait, next: Exchange | undefined): Shared {
  const seen = { exchange, hop: next === undefined ? 'only' : 'client-side' } as const;
  const onward = next && ({ exchange: next, hop: 'server-side' } as const);
  return {
    hops: [say.hopOf(seen), ...(onward === undefined ? [] : [say.hopOf(onward)])],
    exchange,
    wait,
    fields: ['Expect'],
    direction: 'request',
    evidence: say.inOrder([
      ...say.requestEvidence(seen),
      ...(onward === undefined ? [] : say.requestEvidence(onward)),
      ...(wait.ended === 'answered' && wait.debt === 'continue' && exchange.response === undefined ? [] : say.responseEvidence(seen)),
      ...endEvidence(seen, wait),
    ]),
    covers: next === undefined ? [] : [next],
  };
}
