/** What the rules about messages that stop too soon share (RULES R24, R25, R27, R30). */
import type { Candidate, Confidence, DebtKind, Exchange, Framing, Message, Severity, Text, Wait } from '../model.ts';
import type { Blame } from './blame.ts';
import { captureCap, least, openCap } from './confidence.ts';
import { endEvidence, isInFlight, isStream, networkExplains } from './stalls.ts';
import { lasted, OPEN } from './thresholds.ts';
import * as say from './words.ts';

/** Octets of content that are shown. */
const SHOWN = 32;

/** A body that stops, and the silence behind it. */
export interface StoppedBody {
  readonly exchange: Exchange;
  readonly body: Message;
  readonly wait: Wait;
}

/** A body whose sender falls silent before its framing says that it is complete, with nothing but the sender to explain it. */
export function stoppedBody(exchange: Exchange, debt: DebtKind, framing: Framing): StoppedBody | undefined {
  const { wait, request } = exchange;
  if (wait?.debt !== debt || wait.ended === 'answered' || request === undefined) return undefined;
  const body = debt === 'request-body' ? request : exchange.response;
  if (body === undefined || body.framing !== framing || body.complete || isStream(body)) return undefined;
  return lasted(wait, OPEN) && !networkExplains(wait) && !isInFlight(wait) ? { exchange, body, wait } : undefined;
}

/**
 * Its content ends as a document does: nobody is still producing it. Not so of JSON with an end of line behind it, of which more may
 * come: watches of changes are written so.
 */
export function looksWhole({ seemsComplete, tail }: Message): boolean {
  return seemsComplete && !/[}\]]\s+$/.test(tail);
}

/** The last octets of its content, which show a reader where it stops; and that it is whole, where they do. */
export function tailText({ tail }: Message, whole: boolean): readonly Text[] {
  if (tail === '') return [];
  return [
    [whole ? 'its content looks whole, by its last octets: ' : 'the last octets of its content: ', say.wire('octets', tail.slice(-SHOWN))],
  ];
}

/** The same of a request whose head has no end: it is all there is of it. */
export function stoppedHead(exchange: Exchange): StoppedBody | undefined {
  const { wait, request } = exchange;
  if (wait?.debt !== 'request-head' || wait.ended === 'answered' || request === undefined) return undefined;
  return lasted(wait, OPEN) && !networkExplains(wait) ? { exchange, body: request, wait } : undefined;
}

/** "12 of 20 octets". */
export function shareText({ bodyOctets, contentLength }: Message): string {
  return `${bodyOctets} of ${contentLength} octets`;
}

export interface Judgement {
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly message: Text;
  readonly because: readonly Text[];
  readonly wouldChangeOurMind: readonly string[];
}

export function stoppedCandidate({ exchange, body, wait }: StoppedBody, blame: Blame, judgement: Judgement): Candidate {
  const seen = { exchange, hop: blame.hops.length > 1 ? 'client-side' : 'only' } as const;
  const from = body.kind === 'request' ? 'client' : 'server';
  const inHead = wait.debt === 'request-head';
  return {
    ...judgement,
    confidence: least(
      judgement.confidence,
      blame.pairing,
      captureCap(wait.connection),
      openCap(wait),
      exchange.damaged ? 'possible' : 'proven',
    ),
    hops: blame.hops,
    ...blame.behind,
    exchange,
    wait,
    fields: inHead ? [] : [body.framing === 'chunked' ? 'Transfer-Encoding' : 'Content-Length'],
    direction: body.kind,
    evidence: say.inOrder([
      ...say.requestEvidence(seen),
      ...say.responseEvidence(seen),
      say.evidence(seen, from, say.lastOf(body), [`last octet of the ${inHead ? 'head' : 'body'}`]),
      ...blame.evidence,
      ...endEvidence(seen, wait),
    ]),
    because: [...judgement.because, ...blame.because],
    covers: blame.covers,
  };
}
