/**
 * A response without a length of its own on a connection that its sender keeps open (RULES R21): the receiver can only wait
 * for a close.
 */
import type { Candidate, Confidence, Exchange, ExchangeContext, ResponseMessage, Rule, Severity, Text, Wait } from '../model.ts';
import { type Blame, blameForClose } from './blame.ts';
import { captureCap, least, openCap } from './confidence.ts';
import { isConstant } from './lifetimes.ts';
import { remediesFor } from './remedies.ts';
import { isInFlight, isStream, networkExplains } from './stalls.ts';
import { looksWhole, tailText } from './stopped-bodies.ts';
import { lasted, lengthOf } from './thresholds.ts';
import * as say from './words.ts';

const SECOND = 1e9;
/** Silence behind the last octet that makes it a hang. */
const HANG = 5 * SECOND;
/** Silence that shows that a sender who claims keep-alive did not close at once. */
const KEPT = 1 * SECOND;

export const untilCloseButKeptOpen: Rule = {
  id: 'until-close-but-kept-open',
  on: 'exchange',
  onlyFor: ['wait'],
  title: 'A response without length on a connection that is kept open',
  basis: ['RFC 9112 section 6.3', 'RFC 9112 section 8', 'RFC 9112 section 9.3'],
  remedies: remediesFor('framing'),

  check(exchange, context, found) {
    const { response, wait } = exchange;
    if (response?.framing !== 'until-close' || wait?.debt !== 'close' || exchange.request === undefined) return;
    if (isStream(response) || wait.ended === 'answered' || lengthOf(wait) < KEPT || networkExplains(wait)) return;
    const claimsKeep = exchange.serverBelief === 'keep';
    const blame = blameForClose(exchange, context);
    const byEvidence = claimsKeep ? 'strong' : least(isOver(response, wait, context) ? 'strong' : 'likely', openCap(wait));
    if (lasted(wait, HANG) && (claimsKeep || !isInFlight(wait))) found(candidateOf(exchange, wait, blame, 'hang', byEvidence));
    else if (claimsKeep) found(candidateOf(exchange, wait, blame, 'will-hang', 'proven'));
  },
};

/** Nobody was still producing it: the content shows that, or the server's timer, which ends each such silence. */
function isOver(response: ResponseMessage, wait: Wait, { server }: ExchangeContext): boolean {
  if (looksWhole(response)) return true;
  const spread = server.stalls.get(`${wait.debt} ${wait.ended}`);
  return wait.ended === 'server-close' && spread !== undefined && isConstant(spread);
}

function candidateOf(exchange: Exchange, wait: Wait, blame: Blame, severity: Severity, byEvidence: Confidence): Candidate {
  const seen = { exchange, hop: blame.hops.length > 1 ? 'client-side' : 'only' } as const;
  const { response } = exchange;
  const ending = wait.ended === 'client-abort' ? 'client' : 'server';
  const claim = response?.options.includes('keep-alive') === true;
  return {
    severity,
    confidence: least(byEvidence, captureCap(wait.connection), exchange.damaged ? 'possible' : 'proven'),
    message: messageOf(exchange, wait, blame),
    hops: blame.hops,
    ...blame.behind,
    exchange,
    wait,
    fields: claim ? ['Connection', 'Content-Length', 'Transfer-Encoding'] : ['Content-Length', 'Transfer-Encoding'],
    direction: 'response',
    evidence: say.inOrder([
      ...say.requestEvidence(seen),
      ...say.responseEvidence(seen),
      say.evidence(seen, 'server', wait.start, ['last octet of the body']),
      ...blame.evidence,
      ...(wait.ended === 'capture-end' ? [] : [say.evidence(seen, ending, wait.end, [wait.by ?? 'close'])]),
    ]),
    because: [
      [
        distrusted(response) === undefined
          ? 'the response has a body, neither Content-Length nor a chunked coding: only a close can end it (RFC 9112 section 6.3, rule 8)'
          : `${distrusted(response)}: nobody can tell where its body ends, and its receiver must close (RFC 9112 section 6.3, rule 5)`,
      ],
      ...(claim ? [['its sender says keep-alive, so it does not mean to close'] as const] : []),
      [`${response?.bodyOctets ?? 0} octets of body arrived, then nothing for ${say.duration(wait.end.time - wait.start.time)}`],
      ...(response !== undefined && looksWhole(response) ? tailText(response, true) : []),
      ...blame.because,
    ],
    covers: blame.covers,
    wouldChangeOurMind: ['a sender that was still producing the body: then it is slow, and its framing right only if it closes in the end'],
  };
}

/** Why it has no length though it says one. */
function distrusted(response: ResponseMessage | undefined): string | undefined {
  if (response?.oddities.includes('conflicting-length') === true) return 'the response says several lengths that differ';
  return response?.oddities.includes('invalid-length') === true ? 'the length that the response says is no number' : undefined;
}

function messageOf({ request, response }: Exchange, wait: Wait, { culprit }: Blame): Text {
  if (request === undefined) return [];
  const status: Text = response === undefined ? [] : say.statusText(response);
  const silence = say.duration(wait.end.time - wait.start.time);
  return [
    `${culprit} answered `,
    ...say.requestText(request),
    ' with ',
    ...status,
    ` but neither a length${distrusted(response) === undefined ? '' : ' that can be trusted'} nor a close: the body ended without anybody being told, ${silence} of silence`,
  ];
}
