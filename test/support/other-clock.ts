/** A capture as another host would have taken it: its clock goes wrong, and a NAT may stand in between. */

export interface OtherHost {
  /** Seconds that its clock is ahead, and parts per million that it gains. */
  readonly ahead: number;
  readonly drift?: number;
  /** IPv4 addresses as octets: what the one becomes. */
  readonly nat?: readonly [from: readonly number[], to: readonly number[]];
  /** Frames that are kept, by number; all when left out. */
  readonly keep?: (frame: number) => boolean;
}

const HEADER = 24;
const RECORD = 16;
/** Of the addresses of IPv4 behind SLL2. */
const ADDRESSES = [32, 36] as const;

/** @param capture classic, little endian, microseconds, SLL2 */
export function takenElsewhere(capture: Uint8Array, { ahead, drift = 0, nat, keep = () => true }: OtherHost): Uint8Array {
  const bytes = capture.slice();
  const view = new DataView(bytes.buffer);
  const parts = [bytes.subarray(0, HEADER)];
  let first = Number.NaN;
  for (let at = HEADER, frame = 1; at < bytes.length; frame++) {
    const time = view.getUint32(at, true) * 1e6 + view.getUint32(at + 4, true);
    if (Number.isNaN(first)) first = time;
    const told = Math.round(time + ahead * 1e6 + ((time - first) * drift) / 1e6);
    view.setUint32(at, Math.floor(told / 1e6), true);
    view.setUint32(at + 4, told % 1e6, true);
    const end = at + RECORD + view.getUint32(at + 8, true);
    if (nat !== undefined)
      for (const address of ADDRESSES) translate(bytes.subarray(at + RECORD + address, at + RECORD + address + 4), nat);
    if (keep(frame)) parts.push(bytes.subarray(at, end));
    at = end;
  }
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

function translate(address: Uint8Array, [from, to]: readonly [readonly number[], readonly number[]]): void {
  if (from.every((octet, index) => address[index] === octet)) address.set(to);
}
