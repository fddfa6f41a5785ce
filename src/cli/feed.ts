/**
 * Unpacked octets of one input -> the analyzer, with what must happen before the first of them is handed on: the redaction
 * key is taken from them.
 *
 * The first KEY_OCTETS are gathered before anything is handed on, however the input cuts them: so a file and a pipe give
 * the same key.
 */
import { addDamage } from '../capture/facts.ts';
import type { CaptureReaderFactory } from '../capture/read-capture.ts';
import type { CaptureError } from '../errors.ts';
import type { CaptureFacts } from '../model.ts';
import { Refusal } from './io.ts';
import { KEY_OCTETS, type RedactionKey } from './secrets.ts';

/** The part of CaptureInput that is needed here. */
interface Input {
  push(bytes: Uint8Array): void;
  end(): void;
  readonly facts: CaptureFacts;
}

/** The part of Analyzer that is needed here. */
export interface Opener {
  open(input: { name: string; point?: string; assumed?: string; reader?: CaptureReaderFactory }): Input;
}

export interface FeedOptions {
  readonly name: string;
  readonly point: string | undefined;
  readonly assumed?: string | undefined;
  readonly key: RedactionKey;
  readonly reader: CaptureReaderFactory | undefined;
}

export class Feed {
  /** Octets taken so far. */
  octets = 0;
  #gathered: Uint8Array | undefined = new Uint8Array();
  #input: Input | undefined;
  readonly #opener: Opener;
  readonly #options: FeedOptions;

  constructor(opener: Opener, options: FeedOptions) {
    this.#opener = opener;
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  get facts(): CaptureFacts | undefined {
    return this.#input?.facts;
  }

  /** `bytes` are valid during the call only. Throws Refusal or CaptureError. */
  push(bytes: Uint8Array): void {
    this.octets += bytes.length;
    if (this.#input !== undefined) this.#input.push(bytes);
    else this.#gather(bytes);
  }

  end(): void {
    if (this.octets === 0) throw new Refusal('is empty: nothing was captured, or tcpdump still holds it, which -U avoids');
    this.#startAtLast();
    this.#input?.end();
  }

  /** No more can be unpacked; what there is counts. Throws the reason when that is nothing. */
  endDamaged(reason: CaptureError): void {
    if (this.octets === 0) throw reason;
    this.#startAtLast();
    if (this.facts !== undefined) addDamage(this.facts, reason.code, reason.message, {});
    this.#input?.end();
  }

  #startAtLast(): void {
    if (this.#gathered !== undefined) this.#start(this.#gathered);
  }

  #gather(bytes: Uint8Array): void {
    const before = this.#gathered ?? new Uint8Array();
    let all = bytes;
    if (before.length > 0) {
      all = new Uint8Array(before.length + bytes.length);
      all.set(before);
      all.set(bytes, before.length);
    }
    if (all.length >= KEY_OCTETS) this.#start(all);
    else this.#gathered = all.slice();
  }

  #start(bytes: Uint8Array): void {
    this.#gathered = undefined;
    const { name, point, assumed, key, reader } = this.#options;
    key.offer(bytes);
    this.#input = this.#opener.open({
      name,
      ...(point === undefined ? {} : { point }),
      ...(assumed === undefined ? {} : { assumed }),
      ...(reader === undefined ? {} : { reader }),
    });
    this.#input.push(bytes);
  }
}
