/**
 * The last octets of a body whose length nobody announced. They tell whether the content looks finished, which turns "perhaps
 * still streaming" into "done, and nobody said so" (RULES section 6, R21 and R25).
 *
 * Hot: `add` runs for each piece of such a body, and copies 64 octets at most.
 */
import { latin1, octetsOf } from '../octets.ts';
import { isSpace, Nesting } from './nesting.ts';

const LONGEST = 64;

export class Tail {
  private readonly bytes = new Uint8Array(LONGEST);
  private length = 0;
  private readonly nesting = new Nesting();

  clear(): void {
    this.length = 0;
    this.nesting.clear();
  }

  add(bytes: Uint8Array, start: number, end: number): void {
    const added = Math.min(end - start, LONGEST);
    const kept = Math.min(this.length, LONGEST - added);
    if (kept > 0 && kept < this.length) this.bytes.copyWithin(0, this.length - kept, this.length);
    for (let at = 0; at < added; at++) this.bytes[kept + at] = bytes[end - added + at]!;
    this.length = kept + added;
    this.nesting.add(bytes, start, end);
  }

  get text(): string {
    return latin1(this.bytes, 0, this.length);
  }

  /** Does the content end as a document does? */
  get seemsComplete(): boolean {
    if (this.nesting.whole) return true;
    let end = this.length;
    while (end > 0 && isSpace(this.bytes[end - 1]!)) end--;
    return ENDINGS.some((ending) => endsWith(this.bytes, end, ending)) || endsWith(this.bytes, this.length, PNG_END);
  }
}

/** HTML, SVG and other XML of the usual kinds. */
const ENDINGS = ['</html>', '</HTML>', '</svg>', '</rss>', '</feed>', '</soap:Envelope>'].map(octetsOf);
/** The last chunk of a PNG image, with its checksum. */
const PNG_END = octetsOf('IEND\xae\x42\x60\x82');

function endsWith(bytes: Uint8Array, end: number, ending: Uint8Array): boolean {
  if (end < ending.length) return false;
  for (let at = 0; at < ending.length; at++) if (bytes[end - ending.length + at] !== ending[at]) return false;
  return true;
}
