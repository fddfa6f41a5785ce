/** The request went all the way, and whoever was to answer it took its time (RULES X1): nobody waited for a connection. */
import type { Attempt, Candidate, Exchange, ExchangeContext, Latencies, Rule, Text, Wait } from '../model.ts';
import { asked, clearedWait, isNoticed } from './clearing.ts';
import { least, pairingCap } from './confidence.ts';
import { lengthOf } from './thresholds.ts';
import * as say from './words.ts';

/** Answers of a server that it takes to say how long they usually take. */
const ENOUGH = 5;

export const slowOrigin: Rule = {
  id: 'slow-origin',
  on: 'exchange',
  onlyFor: ['wait'],
  exonerates: true,
  title: 'The request had arrived, and its answer took its time',
  basis: ['RFC 9110 section 15.6.5'],
  remedies: [],

  check(exchange, context, found) {
    const { wait } = exchange;
    if (wait === undefined || wait.debtor !== 'server' || !isNoticed(wait)) return;
    if (wait.debt !== 'response-head' && wait.debt !== 'response-body') return;
    const attempt = context.relay?.attempts.at(-1);
    if (attempt === undefined) {
      if (wait.ended === 'answered' && context.relay === undefined && !isElses(exchange)) found(alone(exchange, wait, context));
      return;
    }
    const { confidence } = context.relay?.link ?? {};
    if (confidence === 'ambiguous' || confidence === 'none' || !isOrigins(wait, attempt)) return;
    found(throughProxy(exchange, wait, attempt, context));
  },
};

/** Most of the time the proxy had asked, and the origin owed the same. */
function isOrigins(wait: Wait, attempt: Attempt): boolean {
  const { request } = attempt.exchange;
  if (request === undefined || !request.complete || request.acked === undefined) return false;
  if (request.acked.time - request.lastTime >= 0.5 * lengthOf(wait)) return false;
  return timeOfOrigin(wait, attempt) >= 0.5 * lengthOf(wait);
}

/** For so long of the wait it had the request and owed the answer, or the rest of it. */
function timeOfOrigin(wait: Wait, { exchange: { request, response } }: Attempt): number {
  const paid = wait.debt === 'response-head' || response === undefined ? response?.firstTime : response.lastTime;
  return Math.min(wait.end.time, paid ?? wait.end.time) - Math.max(wait.start.time, request?.lastTime ?? wait.start.time);
}

function throughProxy(exchange: Exchange, wait: Wait, attempt: Attempt, { relay, server }: ExchangeContext): Candidate {
  const { exchange: serverSide } = attempt;
  const without = wait.ended === 'answered' && serverSide.response === undefined;
  const time = say.duration(timeOfOrigin(wait, attempt));
  return clearedWait(exchange, wait, {
    confidence: relay === undefined ? 'likely' : least('strong', pairingCap(relay)),
    message: [
      `the origin ${serverSide.server.text} had `,
      ...asked(exchange),
      without
        ? ` for ${time} and did not answer: the proxy ${exchange.server.text} waited for it, and then answered without it`
        : wait.ended === 'answered'
          ? ` ${time} before it went on answering: the proxy ${exchange.server.text} had sent it on, and had nothing else to wait for`
          : ` for ${time} and still owed the answer: the proxy ${exchange.server.text} had sent it on, and waited like its client`,
    ],
    because: [
      [`the proxy sent the request on ${say.duration(sentOnAfter(exchange, serverSide))} after it came, and the origin acknowledged it`],
      ...usual(server.latencies),
    ],
    wouldChangeOurMind: ['an answer of the origin that the capture lost', 'the origin being a proxy, too: then capture behind it'],
    serverSide,
    covers: [serverSide],
  });
}

/** A gateway says that it was not itself who was slow, and not who was (RFC 9110 section 15.6); 408, that it was the client. */
function isElses({ response }: Exchange): boolean {
  return response !== undefined && ((response.status >= 502 && response.status <= 504) || response.status === 408);
}

function sentOnAfter({ request }: Exchange, serverSide: Exchange): number {
  return Math.max(0, (serverSide.request?.firstTime ?? Number.NaN) - (request?.firstTime ?? Number.NaN));
}

/** One hop alone: the answer came on the same connection, and no close had anything to do with it. */
function alone(exchange: Exchange, wait: Wait, { server }: ExchangeContext): Candidate {
  return clearedWait(exchange, wait, {
    confidence: 'possible',
    message: [
      `${exchange.server.text} took ${say.duration(lengthOf(wait))} to ${wait.debt === 'response-head' ? 'answer' : 'go on with its answer to'} `,
      ...asked(exchange),
      ', and then did so on the same connection',
    ],
    because: [['TCP had delivered the request, and what ended the silence was the answer, not a close'], ...usual(server.latencies)],
    wouldChangeOurMind: ['a capture behind this server, if it is a proxy: it may have held the answer back'],
  });
}

function usual({ count, median, p95 }: Latencies): readonly Text[] {
  if (count < ENOUGH) return [];
  return [[`of ${count} answers of this server half came within ${say.duration(median)}, and 95 of 100 within ${say.duration(p95)}`]];
}
