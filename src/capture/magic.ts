/** Which format is it? By the first four octets, and if it is none that can be read, a message that names what it is. */
import { CaptureError } from '../errors.ts';
import type { CaptureFormat } from '../model.ts';
import { pcapByteOrder } from './pcap-header.ts';

export const MAGIC = 4;

/** A section header block: the same octets in both byte orders. */
export const SECTION_HEADER = 0x0a0d0d0a;
const BYTE_ORDER = 0x1a2b3c4d;

/** Does a pcapng section begin at `position`? Wants 12 octets. */
export function beginsSection(view: DataView, position: number): boolean {
  if (view.getUint32(position) !== SECTION_HEADER) return false;
  return view.getUint32(position + 8, true) === BYTE_ORDER || view.getUint32(position + 8, false) === BYTE_ORDER;
}

/** What people hand over instead of a capture, by the first octets in hexadecimal. */
const OTHERS: ReadonlyArray<readonly [prefix: string, name: string]> = [
  ['504b0304', 'a ZIP file: unpack it with unzip'],
  ['504b0506', 'an empty ZIP file'],
  ['1f8b', 'a gzip file: unpack it with gzip -d'],
  ['1f9d', 'a file packed by compress: unpack it with uncompress'],
  ['28b52ffd', 'a zstd file: unpack it with zstd -d'],
  ['fd377a58', 'an xz file: unpack it with xz -d'],
  ['425a68', 'a bzip2 file: unpack it with bzip2 -d'],
  ['04224d18', 'an lz4 file: unpack it with lz4 -d'],
  ['894c5a4f', 'an lzop file: unpack it with lzop -d'],
  ['377abcaf', 'a 7z file: unpack it with 7z x'],
  ['25504446', 'a PDF file'],
  ['7f454c46', 'an ELF program'],
  ['736e6f6f', 'a snoop capture: convert it with editcap -F pcap'],
  ['54525343', 'a NetMon capture: convert it with editcap -F pcap'],
  ['474d4255', 'a NetMon 2 capture: convert it with editcap -F pcap'],
  ['58435000', 'a NetXRay capture: convert it with editcap -F pcap'],
  ['a1b234cd', 'a pcap dialect of F. Mesquita that libpcap does not read'],
  ['cd34b2a1', 'a pcap dialect of F. Mesquita that libpcap does not read'],
  ['1c0001ab', 'an Ixia capture: convert it with editcap -F pcap'],
  ['ab01001c', 'an Ixia capture: convert it with editcap -F pcap'],
  ['1c0001ac', 'an Ixia capture: convert it with editcap -F pcap'],
  ['ac01001c', 'an Ixia capture: convert it with editcap -F pcap'],
  ['00000000', 'four zeros'],
];

/** @throws CaptureError when the four octets at `position` start neither format */
export function recogniseFormat(view: DataView, position: number): CaptureFormat {
  if (view.getUint32(position) === SECTION_HEADER) return 'pcapng';
  if (pcapByteOrder(view, position) !== undefined) return 'pcap';
  const magic = view.getUint32(position);
  const hex = magic.toString(16).padStart(8, '0');
  throw new CaptureError('format-unknown', `not a pcap or pcapng file: starts with 0x${hex}${describe(hex, magic)} (at byte 0)`, 0);
}

/** @throws CaptureError always: `octets` are fewer than any header */
export function refuseShortInput(octets: number): never {
  const hint = octets === 0 ? '; did the capturing program have time to write? try tcpdump -U' : '';
  const what = octets < MAGIC ? 'no capture header' : 'the capture header is cut off';
  throw new CaptureError('header-cut', `${octets} ${octets === 1 ? 'byte' : 'bytes'}: ${what}${hint}`, 0);
}

function describe(hex: string, magic: number): string {
  const other = OTHERS.find(([prefix]) => hex.startsWith(prefix));
  if (other !== undefined) return `, which is ${other[1]}`;
  const text = [24, 16, 8, 0].map((shift) => String.fromCharCode((magic >>> shift) & 0xff)).join('');
  return /^[ !#-~]{4}$/.test(text) ? `, which is the text "${text}"` : '';
}
