/**
 * UDP as far as it carries other packets, by port.
 *
 * Hot: every frame of an overlay network's capture comes through here (bench: decode).
 */

import { has, limitTo, type Next, skipTo, UDP_PORT, type Walk, word } from './walk.ts';

const UDP_HEADER = 8;

/** What is known by the source port as well, because its answers come from it: QUIC, L2TP, GTP, Teredo, AYIYA. */
const TWO_WAY: readonly number[] = [443, 1701, 2152, 3544, 5072];

export function udp(walk: Walk): Next {
  if (!has(walk, UDP_HEADER)) return 'malformed';
  const source = word(walk, 0);
  const destination = word(walk, 2);
  const length = word(walk, 4);
  // Zero: segmentation was left to the network card.
  if (length !== 0) limitTo(walk, length);
  return skipTo(walk, UDP_HEADER, UDP_PORT, TWO_WAY.includes(source) ? source : destination);
}
