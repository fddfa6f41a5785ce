/** The 24 octets at the start of a classic pcap file (draft-ietf-opsawg-pcap), in all the dialects that libpcap reads. */

export const PCAP_HEADER = 24;

export interface PcapHeader {
  readonly little: boolean;
  /** Nanoseconds in one unit of a record's second time field. */
  readonly fraction: 1 | 1000;
  /** Octets of a record header: 24 in the modified format of Alexey Kuznetsov's libpcap. */
  readonly recordHeader: 16 | 24;
  /** Before version 2.3 (and in DG/UX 543.0) the two lengths of a record stand in the other order; in 2.3 the smaller one is the captured one. */
  readonly lengths: 'usual' | 'swapped' | 'smaller-first';
  readonly linkType: number;
}

type Magic = Pick<PcapHeader, 'fraction' | 'recordHeader'>;

const MAGICS: ReadonlyMap<number, Magic> = new Map<number, Magic>([
  [0xa1b2c3d4, { fraction: 1000, recordHeader: 16 }],
  [0xa1b23c4d, { fraction: 1, recordHeader: 16 }],
  [0xa1b2cd34, { fraction: 1000, recordHeader: 24 }],
]);

/** The upper bits of the link type field say how long the frame check sequence is. */
const LINK_TYPE_MASK = 0x03ff_ffff;

/** The version at `position`, where a pcap file starts: "2.4". */
export function pcapVersion(view: DataView, position: number): string {
  const little = pcapByteOrder(view, position) === 'little';
  return `${view.getUint16(position + 4, little)}.${view.getUint16(position + 6, little)}`;
}

/** Do four octets start a pcap file, and in which byte order? */
export function pcapByteOrder(view: DataView, position: number): 'little' | 'big' | undefined {
  if (MAGICS.has(view.getUint32(position, true))) return 'little';
  if (MAGICS.has(view.getUint32(position, false))) return 'big';
  return undefined;
}

/** Reads the 24 octets at `position`; undefined when magic or version is unknown. */
export function readPcapHeader(view: DataView, position: number): PcapHeader | undefined {
  const little = pcapByteOrder(view, position) === 'little';
  const magic = MAGICS.get(view.getUint32(position, little));
  const major = view.getUint16(position + 4, little);
  const minor = view.getUint16(position + 6, little);
  if (magic === undefined || !knownVersion(major, minor)) return undefined;
  return { ...magic, little, lengths: lengthOrder(major, minor), linkType: view.getUint32(position + 20, little) & LINK_TYPE_MASK };
}

function knownVersion(major: number, minor: number): boolean {
  return (major === 2 && minor <= 4) || (major === 543 && minor === 0);
}

function lengthOrder(major: number, minor: number): PcapHeader['lengths'] {
  if (major === 543 || minor < 3) return 'swapped';
  return minor === 3 ? 'smaller-first' : 'usual';
}
