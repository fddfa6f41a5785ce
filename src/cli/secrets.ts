/**
 * The keyed hash behind redaction: equal values show as equal, on two hops too, and the value itself stays out of the report.
 *
 * The key comes from the first octets of the first input, so that the same input gives the same report. One KiB holds the
 * first packets with their times, addresses and initial sequence numbers, which a reader of the report does not know. It is
 * no more than that because a pipe must have delivered all of it before the first finding may be printed.
 */

export const KEY_OCTETS = 1024;

export class RedactionKey {
  #octets: Uint8Array | undefined;
  #key: Uint8Array | undefined;

  /** The first octets of an input, valid during the call only; the first input counts. */
  offer(bytes: Uint8Array): void {
    this.#octets ??= bytes.slice(0, KEY_OCTETS);
  }

  /** Four hex digits for a latin-1 text. */
  readonly hash = (octets: string): string => {
    // loaded here because it takes 4 ms of the start-up, and many reports redact nothing
    const { createHash, createHmac } = process.getBuiltinModule('node:crypto');
    this.#key ??= createHash('sha256')
      .update(this.#octets ?? new Uint8Array())
      .digest();
    return createHmac('sha256', this.#key).update(octets, 'latin1').digest('hex').slice(0, 4);
  };
}
