/**
 * What the rules share that exonerate (RULES section 6.8): when a silence is long enough that somebody would suspect the
 * connection, and the candidate that clears it.
 */
import { LONG_PAUSE } from '../facts.ts';
import type { Candidate, Confidence, Evidence, Exchange, Text, Wait } from '../model.ts';
import { captureCap, least } from './confidence.ts';
import { endEvidence } from './stalls.ts';
import { ENDED, lengthOf } from './thresholds.ts';
import * as say from './words.ts';

/** An answer that comes is suspicious only when somebody has looked at the clock; a connection on which nobody asks, later still. */
const LATE = 3e9;
export const IDLE = LONG_PAUSE;
/** Nobody watches one wait for a week: the clock jumped. */
const JUMP = 7 * 86_400e9;

/** Long enough to be suspected, however it ended. */
export function isNoticed(wait: Wait): boolean {
  const length = lengthOf(wait);
  return length >= (wait.ended === 'answered' ? LATE : ENDED) && length < JUMP;
}

export interface Clearing {
  readonly confidence: Confidence;
  readonly message: Text;
  readonly because: readonly Text[];
  readonly wouldChangeOurMind: readonly string[];
  /** What shows it, beside the request and the response of the exchange and the end of its wait. */
  readonly evidence?: readonly Evidence[];
  /** The same exchange on the next hop, where that explains it. */
  readonly serverSide?: Exchange | undefined;
  /** Exchanges of other hops that are cleared with it. */
  readonly covers?: readonly Exchange[];
}

/** Clears the wait of an exchange. */
export function clearedWait(exchange: Exchange, wait: Wait, clearing: Clearing): Candidate {
  const seen = { exchange, hop: clearing.serverSide === undefined ? 'only' : 'client-side' } as const;
  const confidence = least(clearing.confidence, captureCap(wait.connection));
  return { ...cleared(exchange, { ...clearing, confidence }, endEvidence(seen, wait)), wait };
}

/** Clears an exchange on which nobody waits, or where that is not known. */
export function cleared(exchange: Exchange, clearing: Clearing, ending: readonly Evidence[] = []): Candidate {
  const { serverSide, evidence = [], covers, ...rest } = clearing;
  const seen = { exchange, hop: serverSide === undefined ? 'only' : 'client-side' } as const;
  const server = serverSide && ({ exchange: serverSide, hop: 'server-side' } as const);
  const { confidence, message, because, wouldChangeOurMind } = rest;
  return {
    severity: 'info',
    confidence,
    message,
    hops: [say.hopOf(seen), ...(server === undefined ? [] : [say.hopOf(server)])],
    exchange,
    evidence: say.inOrder([
      ...say.requestEvidence(seen),
      ...(server === undefined ? [] : [...say.requestEvidence(server), ...say.responseEvidence(server)]),
      ...say.responseEvidence(seen),
      ...evidence,
      ...ending,
    ]),
    because,
    wouldChangeOurMind,
    ...(covers === undefined ? {} : { covers }),
  };
}

/** "GET /slow", or what can be said of a request that was not captured. */
export function asked({ request }: Exchange): Text {
  return request === undefined ? ['a request that was not captured'] : say.requestText(request);
}
