/** Confidence is the least of its caps: what the capture allows, what the pairing allows, what the evidence allows (RULES section 5). */
import type { Candidate, Confidence, Connection, Relay, Wait } from '../model.ts';
import { CONFIDENCES } from '../ranks.ts';

export function least(...confidences: readonly Confidence[]): Confidence {
  let least: Confidence = 'proven';
  for (const confidence of confidences) if (CONFIDENCES.indexOf(confidence) > CONFIDENCES.indexOf(least)) least = confidence;
  return least;
}

/** What the capture allows: a gap or a missing direction leaves `possible`, a start in mid-connection `likely`. */
export function captureCap(connection: Connection | undefined): Confidence {
  if (connection === undefined) return 'likely';
  const { clientEnd, serverEnd } = connection;
  if (clientEnd.gaps + serverEnd.gaps > 0 || clientEnd.last === undefined || serverEnd.last === undefined) return 'possible';
  return connection.synSeen ? 'proven' : 'likely';
}

/** How long after the wait began the connection must be seen again. */
const STILL_THERE = 1e9;

/**
 * What the end of a capture allows. A silence that nothing ends, on a connection of which nothing more was captured, may be the
 * capture's: captures are cut to the first packets of each connection, or filtered.
 */
export function openCap(wait: Wait): Confidence {
  return isOutOfSight(wait) ? 'possible' : 'proven';
}

function isOutOfSight({ ended, start, connection }: Wait): boolean {
  return ended === 'capture-end' && connection.last.time - start.time < STILL_THERE;
}

/** What the capture lost around there may have been the answer, the reset, or all that followed: nothing later shows that it was not. */
export function doubtedByLoss(candidate: Candidate): Candidate {
  const { wait, confidence, because } = candidate;
  if (wait?.lossAround !== true || !isOutOfSight(wait)) return candidate;
  return {
    ...candidate,
    confidence: least(confidence, 'possible'),
    because: [...because, ['but the capture lost frames at that time, and shows nothing more of the connection: it may have gone on']],
  };
}

export function pairingCap(relay: Relay): Confidence {
  const { confidence } = relay.link;
  return confidence === 'ambiguous' || confidence === 'none' ? 'possible' : confidence;
}
