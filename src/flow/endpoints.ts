/**
 * Address and port to the endpoint as people read it. The same few servers and hosts come with every connection: their records
 * and texts are made once and shared, so that whoever looks one up by its text compares references and not characters.
 *
 * Bounded: a place for each remainder of a hash, taken over by whoever comes next.
 */
import type { AddressBook, Endpoint } from '../model.ts';

const SLOTS = 4096;

/** Its numbers, to tell it from others of the same slot. */
interface Kept<T> {
  readonly family: number;
  readonly address: number;
  readonly port: number;
  readonly value: T;
}

export class Endpoints {
  private readonly addresses: AddressBook;
  private readonly texts: (Kept<string> | undefined)[] = new Array<Kept<string> | undefined>(SLOTS).fill(undefined);
  private readonly endpoints: (Kept<Endpoint> | undefined)[] = new Array<Kept<Endpoint> | undefined>(SLOTS).fill(undefined);

  constructor(addresses: AddressBook) {
    this.addresses = addresses;
  }

  of(family: number, address: number, port: number): Endpoint {
    const slot = slotOf(address, port);
    const known = this.endpoints[slot];
    if (known !== undefined && known.address === address && known.port === port && known.family === family) return known.value;
    const text = this.address(family, address);
    const value = { address: text, port, text: family === 4 ? `${text}:${port}` : `[${text}]:${port}` };
    this.endpoints[slot] = { family, address, port, value };
    return value;
  }

  private address(family: number, address: number): string {
    const slot = slotOf(address, 0);
    const known = this.texts[slot];
    if (known !== undefined && known.address === address && known.family === family) return known.value;
    const value = this.addresses.text(family, address);
    this.texts[slot] = { family, address, port: 0, value };
    return value;
  }
}

function slotOf(address: number, port: number): number {
  const mixed = Math.imul(address ^ Math.imul(port, 0x9e3779b1), 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) & (SLOTS - 1);
}
