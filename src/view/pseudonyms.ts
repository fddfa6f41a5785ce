/**
 * Addresses -> documentation addresses by role (RFC 5737, RFC 3849), the same one for the same address throughout a run:
 * 192.0.2.N is a client, 198.51.100.N a proxy, 203.0.113.N a server.
 *
 * What an address is called first it stays: the origin of one finding may be the client of another one.
 */
import type { Endpoint } from '../model.ts';

export type Role = 'client' | 'proxy' | 'server' | 'other';

/** Where the networks of three octets are full, those of 198.18.0.0/15 (RFC 2544) go on. */
const NETWORKS: Readonly<Record<Role, { readonly v4: string; readonly v6: string }>> = {
  client: { v4: '192.0.2', v6: '2001:db8:1::' },
  proxy: { v4: '198.51.100', v6: '2001:db8:2::' },
  server: { v4: '203.0.113', v6: '2001:db8:3::' },
  other: { v4: '', v6: '2001:db8:4::' },
};
const LAST = 254;

const V4 = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?!\d|\.\d)/g;
const V6 = /(?<![\w:])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,8}(?:\d{0,3}(?:\.\d{1,3}){3})?(?:%\w+)?(?![\w:])/gi;
const BRACKETED = /\[([0-9a-f:.]+:[0-9a-f:.]*(?:%\w+)?)\]/gi;

export class Pseudonyms {
  private readonly known = new Map<string, string>();
  private readonly used = new Map<string, number>();

  address(address: string, role: Role): string {
    const known = this.known.get(address);
    if (known !== undefined) return known;
    const { v4, v6 } = NETWORKS[role];
    const made = address.includes(':') ? `${v6}${this.next(v6).toString(16)}` : this.nextV4(v4);
    this.known.set(address, made);
    return made;
  }

  endpoint({ address, port }: Endpoint, role: Role): Endpoint {
    const made = this.address(address, role);
    return { address: made, port, text: made.includes(':') ? `[${made}]:${port}` : `${made}:${port}` };
  }

  /** Every address in a text of ours. What looks like IPv6 may be a time of day: it must be known, or stand in brackets. */
  text(text: string): string {
    return text
      .replaceAll(BRACKETED, (_, address: string) => `[${this.address(address, 'other')}]`)
      .replaceAll(V6, (address) => this.known.get(address) ?? address)
      .replaceAll(V4, (address) => this.address(address, 'other'));
  }

  private nextV4(network: string): string {
    const count = network === '' ? LAST + 1 : this.next(network);
    if (count <= LAST) return `${network}.${count}`;
    const more = this.next('') + 255;
    return `198.${18 + ((more >> 16) & 1)}.${(more >> 8) & 0xff}.${more & 0xff}`;
  }

  private next(network: string): number {
    const count = (this.used.get(network) ?? 0) + 1;
    this.used.set(network, count);
    return count;
  }
}
