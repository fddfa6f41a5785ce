/**
 * UDP as far as it carries other packets, by port.
 *
 * Hot: every frame of an overlay network's capture comes through here (bench: decode).
 */

import { has, limitTo, type Next, skipTo, UDP_PORT, type Walk, word } from './walk.ts';

const UDP_HEADER = 8;

/** Tunnels that are known by the source port as well, because their answers come from it: GTP, Teredo, AYIYA, L2TP. */
const TWO_WAY: readonly number[] = [1701, 2152, 3544, 5072];

export function udp(walk: Walk): Next {
  if (!has(walk, UDP_HEADER)) return 'malformed';
  const source = word(walk, 0);
  const destination = word(walk, 2);
  const length = word(walk, 4);
  // Zero: segmentation was left to the network card.
  if (length !== 0) limitTo(walk, length);
  return skipTo(walk, UDP_HEADER, UDP_PORT, TWO_WAY.includes(source) ? source : destination);
}
