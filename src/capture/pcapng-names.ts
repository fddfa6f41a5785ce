/** Name resolution blocks of pcapng (draft-ietf-opsawg-pcapng section 4.4): names that the capturing program knew for addresses. */
import { ipv4Text, ipv6Text } from '../address-text.ts';
import type { CaptureFacts } from '../model.ts';
import { latin1 } from '../octets.ts';

const IPV4 = 1;
const IPV6 = 2;
/** Names that are kept, and octets of one: no resolver gives longer ones. */
const MOST_NAMES = 1024;
const LONGEST_NAME = 255;

/** The block's body is view[start, end): records of type, length, address and names, each name with a zero behind it. */
export function readNames(facts: CaptureFacts, view: DataView, start: number, end: number, little: boolean): void {
  let position = start;
  while (end - position >= 4 && facts.names.length < MOST_NAMES) {
    const [type, length] = [view.getUint16(position, little), view.getUint16(position + 2, little)];
    const value = position + 4;
    if (type === 0 || length > end - value) return;
    const octets = type === IPV4 ? 4 : type === IPV6 ? 16 : 0;
    if (octets > 0 && length > octets) {
      const address = octets === 4 ? ipv4Text(view.getUint32(value)) : ipv6Text([0, 4, 8, 12].map((at) => view.getUint32(value + at)));
      add(facts, address, view, value + octets, value + length);
    }
    position = value + ((length + 3) & ~3);
  }
}

/** The first name is the one that counts; the others are aliases. */
function add(facts: CaptureFacts, address: string, view: DataView, start: number, end: number): void {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  let last = start;
  while (last < end && last - start < LONGEST_NAME && bytes[last] !== 0) last++;
  const octets = latin1(bytes, start, last);
  if (octets === '' || facts.names.some((known) => known.address === address && known.name.octets === octets)) return;
  facts.names.push({ address, name: { kind: 'host-name', octets } });
}
