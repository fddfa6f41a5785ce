/**
 * Connections that are not HTTP and that nobody looks at again: one octet each, by the connection's id.
 *
 * Hot: `has` is asked for each segment of a connection that is not HTTP.
 */
const TLS = 1;
const HTTP2 = 2;
/** Addresses that are remembered. */
const MAX_ADDRESSES = 65_536;

export class GivenUp {
  /** Connections that were given up as TLS, and as HTTP/2. */
  tls = 0;
  http2 = 0;
  /** Addresses that opened TLS connections -> when they did so for the first time. */
  private readonly encrypting = new Map<string, number>();
  private codes = new Uint8Array(1024);

  has(connection: number): boolean {
    return connection < this.codes.length && this.codes[connection] !== 0;
  }

  /** What it is instead. */
  protocolOf(connection: number): 'tls' | 'http2' | 'unknown' {
    const code = this.codes[connection];
    return code === TLS ? 'tls' : code === HTTP2 ? 'http2' : 'unknown';
  }

  asTls(connection: number, opener: string, time: number): void {
    this.tls++;
    if (this.encrypting.size < MAX_ADDRESSES && !this.encrypting.has(opener)) this.encrypting.set(opener, time);
    this.set(connection, TLS);
  }

  asHttp2(connection: number): void {
    this.http2++;
    this.set(connection, HTTP2);
  }

  /** Had one of these addresses opened a TLS connection by that time? */
  encryptedFrom(addresses: ReadonlySet<string>, time: number): boolean {
    for (const address of addresses) if ((this.encrypting.get(address) ?? Number.POSITIVE_INFINITY) <= time) return true;
    return false;
  }

  /** It is HTTP all the same: what looked like TLS was answered in plain text. */
  takeBack(connection: number): void {
    if (this.codes[connection] === TLS) this.tls--;
    else this.http2--;
    this.codes[connection] = 0;
  }

  /** The connection is over. */
  forget(connection: number): void {
    if (connection < this.codes.length) this.codes[connection] = 0;
  }

  private set(connection: number, code: number): void {
    if (connection >= this.codes.length) {
      const larger = new Uint8Array(Math.max(connection + 1, this.codes.length * 2));
      larger.set(this.codes);
      this.codes = larger;
    }
    this.codes[connection] = code;
  }
}
