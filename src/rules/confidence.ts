/** Confidence is the least of its caps: what the capture allows, what the pairing allows, what the evidence allows (RULES section 5). */
import type { Confidence, Connection, Relay } from '../model.ts';

const ORDER: readonly Confidence[] = ['possible', 'likely', 'strong', 'proven'];

export function least(...confidences: readonly Confidence[]): Confidence {
  let least: Confidence = 'proven';
  for (const confidence of confidences) if (ORDER.indexOf(confidence) < ORDER.indexOf(least)) least = confidence;
  return least;
}

/** What the capture allows: a gap or a missing direction leaves `possible`, a start in mid-connection `likely`. */
export function captureCap(connection: Connection | undefined): Confidence {
  if (connection === undefined) return 'likely';
  const { clientEnd, serverEnd } = connection;
  if (clientEnd.gaps + serverEnd.gaps > 0 || clientEnd.last === undefined || serverEnd.last === undefined) return 'possible';
  return connection.synSeen ? 'proven' : 'likely';
}

export function pairingCap(relay: Relay): Confidence {
  const { confidence } = relay.link;
  return confidence === 'ambiguous' || confidence === 'none' ? 'possible' : confidence;
}
