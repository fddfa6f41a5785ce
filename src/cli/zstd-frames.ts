/**
 * Walks over the frames of zstd data (RFC 8878 section 3) without unpacking them: refuses what would take too much memory,
 * and knows whether the data ends where a frame does, which the unpackers do not tell.
 */
import { CaptureError } from '../errors.ts';

const FRAME = 0xfd2fb528;
/** 0x184d2a50 to 0x184d2a5f. */
const SKIPPABLE = 0x184d2a50;
const MAGIC = 4;
const SKIPPABLE_HEADER = 8;
const BLOCK_HEADER = 3;
const CHECKSUM = 4;
const RLE = 1;
const RESERVED = 3;
const BLOCK_LIMIT = 128 * 1024;
/** What zstd itself unpacks without being asked. */
const WINDOW_LIMIT = 128 * 1024 * 1024;

/** By the two low bits and by the two high bits of the frame header descriptor (section 3.1.1.1.1). */
const DICTIONARY_OCTETS = [0, 1, 2, 4] as const;
const SIZE_OCTETS = [0, 2, 4, 8] as const;
const SINGLE_SEGMENT = 0x20;
const HAS_CHECKSUM = 0x04;

export class ZstdFrames {
  /** The octets of the header that is being read. */
  #header: number[] = [];
  #inFrame = false;
  #checksum = 0;
  /** Octets that are no header: content of blocks, checksums, skippable frames. */
  #skip = 0;
  /** Of the octets of the present push. */
  #offset = 0;

  /** Nothing of a frame is missing: what follows is another one, or the end. */
  get whole(): boolean {
    return !this.#inFrame && this.#skip === 0 && this.#header.length === 0;
  }

  /** Returns how many of the octets belong to the frame. @throws CaptureError when it is none, or wants too much memory */
  push(bytes: Uint8Array): number {
    let at = 0;
    do {
      const used = this.#skip > 0 ? Math.min(this.#skip, bytes.length - at) : 1;
      if (this.#skip > 0) this.#skip -= used;
      else this.#take(bytes[at] ?? 0);
      at += used;
    } while (at < bytes.length && !this.whole);
    this.#offset += at;
    return at;
  }

  #take(octet: number): void {
    this.#header.push(octet);
    if (this.#inFrame) this.#block();
    else this.#frame();
  }

  #frame(): void {
    const header = this.#header;
    if (header.length < MAGIC) return;
    const magic = number(header, 0, MAGIC);
    if (magic - (magic % 16) === SKIPPABLE) {
      if (header.length < SKIPPABLE_HEADER) return;
      this.#skip = number(header, MAGIC, SKIPPABLE_HEADER - MAGIC);
      this.#header = [];
    } else if (magic !== FRAME) this.#refuse('packing-damaged', 'the zstd data is damaged: no frame begins here');
    else if (header.length > MAGIC) this.#frameHeader(header, header[MAGIC] ?? 0);
  }

  /** Descriptor, window (not with a single segment), dictionary, size of the content. */
  #frameHeader(header: readonly number[], descriptor: number): void {
    const single = (descriptor & SINGLE_SEGMENT) !== 0;
    const windowAt = MAGIC + 1;
    const dictionaryAt = windowAt + (single ? 0 : 1);
    const sizeAt = dictionaryAt + (DICTIONARY_OCTETS[descriptor & 3] ?? 0);
    const sizeOctets = descriptor < 0x40 && single ? 1 : (SIZE_OCTETS[descriptor >> 6] ?? 0);
    if (header.length < sizeAt + sizeOctets) return;
    const window = single ? number(header, sizeAt, sizeOctets) : windowSize(header[windowAt] ?? 0);
    if (window > WINDOW_LIMIT) {
      const size = Math.ceil(window / 2 ** 20);
      this.#refuse('packing-limit', `the zstd data takes ${size} MiB of memory to unpack: zstd -dc --long=31 FILE | hopcheck -`);
    }
    if (number(header, dictionaryAt, sizeAt - dictionaryAt) !== 0) {
      this.#refuse('packing-unknown', 'the zstd data was packed with a dictionary: zstd -dc -D DICTIONARY FILE | hopcheck -');
    }
    this.#checksum = (descriptor & HAS_CHECKSUM) === 0 ? 0 : CHECKSUM;
    this.#inFrame = true;
    this.#header = [];
  }

  #block(): void {
    if (this.#header.length < BLOCK_HEADER) return;
    const block = number(this.#header, 0, BLOCK_HEADER);
    const [last, type, size] = [(block & 1) === 1, (block >> 1) & 3, block >> 3];
    if (type === RESERVED || size > BLOCK_LIMIT) this.#refuse('packing-damaged', 'the zstd data is damaged: no block begins here');
    this.#skip = type === RLE ? 1 : size;
    this.#header = [];
    if (!last) return;
    this.#skip += this.#checksum;
    this.#inFrame = false;
  }

  #refuse(code: string, message: string): never {
    const at = this.#offset;
    throw new CaptureError(code, `${message} (at byte ${at} of the packed file)`, at);
  }
}

/** Little-endian; a double, so eight octets are exact where it matters. */
function number(octets: readonly number[], at: number, length: number): number {
  return octets.slice(at, at + length).reduceRight((total, octet) => total * 256 + octet, 0);
}

/** Section 3.1.1.1.2. */
function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}
