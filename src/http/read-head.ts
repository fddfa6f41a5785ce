/**
 * Octets of a head to its facts, by the fast way where that reads them, else by the careful one.
 */

import { notableIn } from '../notable.ts';
import { codingOf, lengthOf, repeatsChunked } from './framing.ts';
import { fieldsOf, Texts, USUAL_OPTIONS } from './head.ts';
import { HeadFacts } from './head-facts.ts';
import { RegularHead } from './regular-head.ts';
import { HeadScanner } from './scan-head.ts';

export class HeadReader {
  /** Of the head that was read last. */
  readonly facts = new HeadFacts();
  private readonly texts = new Texts();
  private readonly scanner: HeadScanner;
  private readonly regular: RegularHead;

  constructor(keepFields: boolean) {
    const scanner = new HeadScanner(keepFields);
    this.scanner = scanner;
    this.regular = new RegularHead(this.facts, this.texts, (use, nameHash) => scanner.wants(use, nameHash));
  }

  /** The index behind the head that begins at `start`, when it is regular; -1 when it is not, or not complete. */
  readRegular(bytes: Uint8Array, start: number, end: number, request: boolean): number {
    return request ? this.regular.readRequest(bytes, start, end) : this.regular.readResponse(bytes, start, end);
  }

  /** The index behind the head that begins at `start`; -1 when its end is not in bytes[start, end). */
  read(bytes: Uint8Array, start: number, end: number): number {
    const next = this.scanner.scan(bytes, start, end);
    if (next >= 0) this.take(bytes, next);
    return next;
  }

  /** A head that is one line (HTTP/0.9); the index behind it. */
  readLine(bytes: Uint8Array, start: number, end: number): number {
    const next = this.scanner.scanLine(bytes, start, end);
    this.take(bytes, next);
    return next;
  }

  /** What there is of a head that was cut off. */
  readCut(bytes: Uint8Array, start: number, end: number): void {
    this.scanner.scanCut(bytes, start, end);
    this.take(bytes, end);
  }

  /** What lies in the scanner. Fields that Connection names here for the first time are kept from this head on. */
  private take(bytes: Uint8Array, end: number): void {
    const { scanner, texts } = this;
    let fields = fieldsOf(scanner, bytes, texts);
    const options = texts.options(fields);
    let news = false;
    for (const option of options) if (!USUAL_OPTIONS.has(option) && scanner.nominate(option)) news = true;
    if (news) {
      this.regular.forget();
      const { oddities } = scanner;
      scanner.scan(bytes, scanner.firstStart, end);
      scanner.oddities = oddities;
      fields = fieldsOf(scanner, bytes, texts);
    }
    this.fill(bytes);
    const { facts } = this;
    for (const field of fields) facts.keep(field);
    facts.notable = notableIn(fields);
    facts.options = options;
    facts.coding = codingOf(fields);
    facts.twiceChunked = facts.coding === 'chunked' && repeatsChunked(fields);
    facts.length = lengthOf(fields);
  }

  private fill(bytes: Uint8Array): void {
    const { scanner, texts, facts } = this;
    const [first, third] = [
      texts.text(bytes, scanner.firstStart, scanner.firstEnd),
      texts.text(bytes, scanner.thirdStart, scanner.thirdEnd),
    ];
    facts.clear(scanner.response, scanner.firstStart);
    facts.method = first;
    facts.version = scanner.response ? first : third;
    facts.reason = third;
    facts.status = scanner.response ? scanner.status : 0;
    facts.targetStart = scanner.secondStart;
    facts.targetEnd = scanner.secondEnd;
    facts.oddities = scanner.oddities;
    facts.sum = scanner.sum;
    facts.authority = scanner.authority;
    for (let index = 0; index < scanner.uniqueCount; index++) facts.addUnique(scanner.unique[index] ?? 0);
    for (let index = 0; index < scanner.traitCount; index++) facts.addTrait(scanner.traits[index] ?? 0);
  }
}
