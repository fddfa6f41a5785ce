/**
 * Linux cooked captures (`tcpdump -i any`): LINKTYPE_LINUX_SLL and LINKTYPE_LINUX_SLL2, to the EtherType.
 *
 * Hot: every frame of an SLL capture comes through here; plain SLL2 frames take the short path (bench: decode).
 */

import { llc } from './ethernet.ts';
import { ETHER_TYPE, has, type Next, skipTo, type Walk, word } from './walk.ts';

const SLL_HEADER = 16;
const SLL2_HEADER = 20;
/** Where an EtherType would be: an 802.2 header follows. */
const PROTOCOL_LLC = 4;

export function linuxCooked(walk: Walk): Next {
  return has(walk, SLL_HEADER) ? cooked(walk, SLL_HEADER, word(walk, 14)) : 'malformed';
}

export function linuxCooked2(walk: Walk): Next {
  return has(walk, SLL2_HEADER) ? cooked(walk, SLL2_HEADER, word(walk, 0)) : 'malformed';
}

function cooked(walk: Walk, header: number, protocol: number): Next {
  const next = skipTo(walk, header, ETHER_TYPE, protocol);
  return protocol === PROTOCOL_LLC ? llc(walk) : next;
}
