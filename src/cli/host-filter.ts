/**
 * --host: which segments belong to the hosts that were asked for. Hot: `keep` runs per segment; an IPv4 address is compared as
 * the number it is, an IPv6 address as text once and by its number from then on.
 */
import type { AddressBook, Segment } from '../model.ts';
import type { Host } from './narrow-options.ts';

export class HostFilter {
  /** Segments that were left out, by index of the capture. */
  readonly leftOut: number[] = [];
  readonly #ipv4: readonly number[];
  readonly #ipv6: ReadonlySet<string>;
  /** Per address book: 0 not known, 1 wanted, 2 not wanted, by number of the address. */
  readonly #answers = new Map<AddressBook, Uint8Array>();

  constructor(hosts: readonly Host[]) {
    const texts = (family: 4 | 6): string[] => hosts.filter((host) => host.family === family).map((host) => host.text);
    this.#ipv4 = texts(4).map((text) => text.split('.').reduce((number, part) => (number << 8) | Number(part), 0));
    this.#ipv6 = new Set(texts(6));
  }

  readonly keep = ({ family, source, destination, frame }: Segment, addresses: AddressBook): boolean => {
    const kept =
      family === 4
        ? this.#ipv4.includes(source) || this.#ipv4.includes(destination)
        : this.#ipv6.size > 0 && (this.#wanted(source, addresses) || this.#wanted(destination, addresses));
    if (!kept) this.leftOut[frame.capture] = (this.leftOut[frame.capture] ?? 0) + 1;
    return kept;
  };

  #wanted(address: number, addresses: AddressBook): boolean {
    let answers = this.#answers.get(addresses) ?? new Uint8Array(1024);
    if (address >= answers.length) {
      const wider = new Uint8Array(2 * address);
      wider.set(answers);
      answers = wider;
    }
    this.#answers.set(addresses, answers);
    if (answers[address] === 0) answers[address] = this.#ipv6.has(addresses.text(6, address)) ? 1 : 2;
    return answers[address] === 1;
  }
}
