/**
 * A file -> what its two ends tell: link type, time of the first and last frame, and where its connections stand.
 *
 * The end is read by the usual reader, which finds the first record in it as it does behind a damage: what it is given is the
 * header of the file, something that is no record, and the last octets.
 */
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { newCaptureFacts, readCapture } from '../capture/read-capture.ts';
import { newAddresses } from '../decode/addresses.ts';
import { newDecodeFacts } from '../decode/decode-facts.ts';
import { decodeFrames } from '../decode/decode-frames.ts';
import { CaptureError } from '../errors.ts';
import { ACK, type Frame, type Segment, SYN } from '../model.ts';
import type { FileEnds } from './points.ts';
import { Unpacker } from './unpack.ts';

/** Octets that hold the first frame of any capture that is not strange, and the last one. */
const BEGINNING = 1 << 16;
const ENDING = 1 << 18;
/** Where a record should be: as a length it is more than any reader believes. */
const NO_RECORD = new Uint8Array(32).fill(0xff);
/** Directions of connections that are looked at. */
const MOST_DIRECTIONS = 4096;

/** Nothing is known of whatever is not a file that can be read: what is wrong with it is told when it is read in earnest. */
export async function peekAt(path: string): Promise<FileEnds> {
  const begin = new Peek('begin');
  const end = new Peek('end');
  try {
    if (path !== '-' && statSync(path).isFile()) await readEnds(path, begin, end);
  } catch (error) {
    if (!(error instanceof CaptureError) && !(error instanceof Error && 'syscall' in error)) throw error;
  }
  return {
    path,
    linkType: begin.linkType ?? path,
    begins: begin.first,
    ends: end.last,
    opens: begin.places,
    closes: end.places,
    accepts: begin.accepts,
  };
}

/** The end of a packed file stays unknown: it takes unpacking all of it. */
async function readEnds(path: string, begin: Peek, end: Peek): Promise<void> {
  const fd = openSync(path, 'r');
  try {
    const first = readAt(fd, 0, BEGINNING);
    let packed = true;
    const unpacker = new Unpacker((bytes) => {
      packed = bytes !== first;
      begin.push(bytes);
    });
    await unpacker.push(first);
    unpacker.close();
    if (packed) return;
    end.push(first.subarray(0, begin.header));
    end.push(NO_RECORD);
    end.push(readAt(fd, Math.max(begin.header, fstatSync(fd).size - ENDING), ENDING));
    end.end();
  } finally {
    closeSync(fd);
  }
}

function readAt(fd: number, position: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  return bytes.subarray(0, readSync(fd, bytes, 0, length, position));
}

/** One end of a file. */
class Peek {
  /** Octets in front of the first frame. */
  header = Number.POSITIVE_INFINITY;
  readonly accepts = new Set<string>();
  private readonly facts = newCaptureFacts(0, '', '', 0);
  private readonly base = { seconds: Number.NaN };
  private readonly addresses = newAddresses();
  /** By direction: the sequence number of its first segment, or the one that is expected behind its last. */
  private readonly directions = new Map<string, number>();
  private readonly reader = readCapture(this.facts, this.base, (frame) => this.frame(frame));
  private readonly decode = decodeFrames(this.addresses, newDecodeFacts(), (segment) => this.segment(segment));
  private readonly which: 'begin' | 'end';

  constructor(which: 'begin' | 'end') {
    this.which = which;
  }

  push(bytes: Uint8Array): void {
    this.reader.push(bytes);
  }

  end(): void {
    this.reader.end();
  }

  get linkType(): string | undefined {
    return this.facts.linkTypes[0];
  }

  /** Epoch seconds; NaN where there is no frame. */
  get first(): number {
    return this.base.seconds + this.facts.firstTime / 1e9;
  }

  get last(): number {
    return this.base.seconds + this.facts.lastTime / 1e9;
  }

  get places(): ReadonlySet<string> {
    return new Set([...this.directions].map(([direction, seq]) => `${direction} ${seq}`));
  }

  private frame(frame: Frame): void {
    if (frame.offset < this.header) this.header = frame.offset;
    this.decode.push(frame);
  }

  private segment({ family, source, destination, sourcePort, destinationPort, seq, length, flags }: Segment): void {
    const from = `${this.addresses.text(family, source)} ${sourcePort}`;
    const direction = `${from} ${this.addresses.text(family, destination)} ${destinationPort}`;
    if ((flags & SYN) !== 0 && (flags & ACK) !== 0 && this.accepts.size < MOST_DIRECTIONS) this.accepts.add(`${direction} ${seq >>> 0}`);
    const known = this.directions.has(direction);
    if (!known && this.directions.size >= MOST_DIRECTIONS) return;
    if (this.which === 'end') this.directions.set(direction, (seq + length + ((flags & SYN) === 0 ? 0 : 1)) >>> 0);
    else if (!known && (flags & SYN) === 0) this.directions.set(direction, seq >>> 0);
  }
}
