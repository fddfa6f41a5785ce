/**
 * The npm package pcap-parser as a second reader of classic pcap: independent of src/capture in what it reads, guarded in
 * how it is fed. It takes chunks through an emitter that is no stream, so that an exception in a listener comes out of
 * `push`. On its own it would not see a cut tail, swallow the rest of the file behind a damaged length (in quadratic time),
 * accept any version and refuse nanoseconds. It does not look for the next record behind a damage: it stops there.
 */
import { EventEmitter } from 'node:events';
import { type GlobalHeader, type PacketHeader, parse } from 'pcap-parser';
import { addDamage, addLinkType, countCutFrames, newFrame, noteCutFrame, noteTimeStep } from '../capture/facts.ts';
import { MAGIC, recogniseFormat, refuseShortInput } from '../capture/magic.ts';
import { PCAP_HEADER } from '../capture/pcap-header.ts';
import type { CaptureReader, CaptureReaderFactory } from '../capture/read-capture.ts';
import { FRAME_LIMIT, viewOf } from '../capture/walker.ts';
import { CaptureError } from '../errors.ts';
import type { CaptureFacts, Frame, Sink, TimeBase } from '../model.ts';

const RECORD_HEADER = 16;
const LINK_TYPE_MASK = 0x03ff_ffff;
const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;

/** Classic pcap of version 2.3 or 2.4 only; anything else is a CaptureError. Same facts and frames as `readCapture` up to the first damage. */
export const readWithPcapParser: CaptureReaderFactory = (facts, base, sink) => new PcapParserReader(facts, base, sink);

class NotAStream extends EventEmitter {
  pause(): void {}
  resume(): void {}
}

/** Thrown through the parser, to keep it from reading on. */
class Stop extends Error {}

class PcapParserReader implements CaptureReader {
  readonly #facts: CaptureFacts;
  readonly #base: TimeBase;
  readonly #sink: Sink<Frame>;
  readonly #frame: Frame;
  readonly #source = new NotAStream();
  readonly #header = new Uint8Array(PCAP_HEADER);
  #headerOctets = 0;
  /** Nanoseconds in a unit of the second time field. */
  #fraction = 1000;
  /** Lengths in the order of version 2.3: the smaller one is the captured one. */
  #smallerFirst = false;
  #stopped = false;
  /** File offset behind the last whole record, and octets that the next one needs. */
  #offset = 0;
  #needed = PCAP_HEADER;

  constructor(facts: CaptureFacts, base: TimeBase, sink: Sink<Frame>) {
    this.#facts = facts;
    this.#base = base;
    this.#sink = sink;
    this.#frame = newFrame(facts.index);
    const parser = parse(this.#source);
    parser.on('globalHeader', (header) => this.#globalHeader(header));
    parser.on('packetHeader', (header) => this.#packetHeader(header));
    parser.on('packet', ({ header, data }) => this.#packet(header, data));
    parser.on('error', (error) => this.#refuse('format-unknown', `pcap-parser: ${error.message} (at byte 0)`));
  }

  push(bytes: Uint8Array): void {
    this.#facts.bytes += bytes.length;
    if (this.#stopped) return;
    try {
      const rest = this.#headerOctets < PCAP_HEADER ? this.#fillHeader(bytes) : 0;
      if (rest < bytes.length) this.#feed(bytes.subarray(rest));
    } catch (error) {
      this.stop();
      this.#facts.complete = false;
      if (!(error instanceof Stop)) throw error;
    }
  }

  stop(): void {
    this.#stopped = true;
    countCutFrames(this.#facts);
  }

  end(): void {
    if (this.#stopped) return;
    this.stop();
    if (this.#headerOctets < PCAP_HEADER) {
      this.#facts.complete = false;
      refuseShortInput(this.#facts.bytes);
    }
    const rest = this.#facts.bytes - this.#offset;
    if (rest > 0) this.#damage('capture-cut', `the capture ends after ${rest} of the ${this.#needed} bytes of a frame with its header`);
  }

  /** The file header is held back until it is whole, because a nanosecond magic has to be rewritten. Returns the octets used. */
  #fillHeader(bytes: Uint8Array): number {
    const used = Math.min(PCAP_HEADER - this.#headerOctets, bytes.length);
    this.#header.set(bytes.subarray(0, used), this.#headerOctets);
    this.#headerOctets += used;
    const view = viewOf(this.#header);
    if (this.#headerOctets >= MAGIC && recogniseFormat(view, 0) === 'pcapng') {
      this.#refuse('format-unknown', 'pcap-parser cannot read pcapng: leave out --reader pcap-parser (at byte 0)');
    }
    if (this.#headerOctets < PCAP_HEADER) return used;
    for (const little of [true, false]) {
      if (view.getUint32(0, little) !== NANOSECONDS) continue;
      this.#fraction = 1;
      view.setUint32(0, MICROSECONDS, little);
    }
    this.#feed(this.#header);
    return used;
  }

  /** The parser copies what it keeps of every chunk but the first, which is our own copy of the file header. */
  #feed(bytes: Uint8Array): void {
    this.#source.emit('data', Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  #globalHeader({ majorVersion, minorVersion, linkLayerType }: GlobalHeader): void {
    if (majorVersion !== 2 || minorVersion < 3 || minorVersion > 4) {
      this.#refuse('version-unknown', `pcap version ${majorVersion}.${minorVersion}: pcap-parser reads 2.3 and 2.4 (at byte 4)`);
    }
    this.#facts.format = 'pcap';
    this.#smallerFirst = minorVersion === 3;
    this.#frame.linkType = linkLayerType & LINK_TYPE_MASK;
    addLinkType(this.#facts, this.#frame.linkType);
    this.#offset = PCAP_HEADER;
    this.#needed = RECORD_HEADER;
  }

  /** Comes before the parser waits for the octets: the place to refuse a length. */
  #packetHeader(header: PacketHeader): void {
    const { timestampSeconds, timestampMicroseconds, capturedLength, originalLength } = header;
    if (this.#smallerFirst && capturedLength > originalLength) this.#stop('record-length', 'a record has its lengths in the old order');
    if (capturedLength > FRAME_LIMIT) {
      this.#stop('record-length', `a record claims ${capturedLength} captured bytes, ${FRAME_LIMIT} are possible: the rest is not read`);
    }
    if (capturedLength === 0) {
      if (timestampSeconds === 0 && timestampMicroseconds === 0 && originalLength === 0)
        this.#stop('padding', 'zero bytes where a record should be');
      if (timestampSeconds === MICROSECONDS || timestampSeconds === NANOSECONDS) {
        this.#stop('file-header', 'another pcap file header between the records: the rest is not read');
      }
    }
    this.#needed = RECORD_HEADER + capturedLength;
  }

  #packet(header: PacketHeader, data: Uint8Array): void {
    const [facts, base, frame] = [this.#facts, this.#base, this.#frame];
    if (Number.isNaN(base.seconds)) base.seconds = header.timestampSeconds;
    facts.frames++;
    frame.bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    frame.end = data.byteLength;
    frame.wireLength = Math.max(header.originalLength, data.byteLength);
    frame.time = (header.timestampSeconds - base.seconds) * 1e9 + header.timestampMicroseconds * this.#fraction;
    frame.number = facts.firstFrame + facts.frames;
    frame.offset = this.#offset;
    frame.recordLength = this.#needed;
    if (frame.wireLength > frame.end) noteCutFrame(facts, frame.offset, frame.number);
    if (frame.time < facts.lastTime) noteTimeStep(facts, facts.lastTime, frame.time, frame.offset, frame.number);
    if (facts.frames === 1) facts.firstTime = frame.time;
    facts.lastTime = frame.time;
    this.#sink(frame);
    this.#offset += this.#needed;
    this.#needed = RECORD_HEADER;
  }

  #stop(code: string, message: string): never {
    this.#damage(code, message);
    throw new Stop();
  }

  #damage(code: string, message: string): void {
    const facts = this.#facts;
    addDamage(facts, code, message, { offset: this.#offset, frame: facts.firstFrame + facts.frames + 1 });
  }

  #refuse(code: string, message: string): never {
    throw new CaptureError(code, message, code === 'version-unknown' ? 4 : 0);
  }
}
