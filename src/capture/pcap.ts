/**
 * Classic pcap: octets -> frames. Hot: `#records` runs per packet and allocates nothing; its speed is measured by bench/.
 *
 * A record is a header (seconds, fraction, captured length, wire length) and the captured octets. Nothing in it can be
 * checked but the captured length, so a length that no frame has is the sign that the place is wrong.
 */
import { CaptureError } from '../errors.ts';
import type { CaptureFacts, Frame, Sink, TimeBase } from '../model.ts';
import { addDamage, addLinkType, newFrame, noteCutFrame, noteJoined, noteTimeStep } from './facts.ts';
import { beginsSection, refuseShortInput } from './magic.ts';
import { PCAP_HEADER, type PcapHeader, pcapByteOrder, pcapVersion, readPcapHeader } from './pcap-header.ts';
import { NO, Recovery, YES } from './recovery.ts';
import { FRAME_LIMIT, viewOf, type Walker } from './walker.ts';

/** A frame behind a damage is that near in time to the one before it. */
const NEAR_SECONDS = 31 * 86_400;

export class PcapWalker implements Walker {
  needed = PCAP_HEADER;
  over = false;
  #header: PcapHeader | undefined;
  readonly #facts: CaptureFacts;
  readonly #base: TimeBase;
  readonly #sink: Sink<Frame>;
  readonly #frame: Frame;
  readonly #recovery: Recovery;

  constructor(facts: CaptureFacts, base: TimeBase, sink: Sink<Frame>) {
    this.#facts = facts;
    this.#base = base;
    this.#sink = sink;
    this.#frame = newFrame(facts.index);
    this.#recovery = new Recovery(facts, (view, position, end, ended) => this.#judge(view, position, end, ended));
  }

  walk(bytes: Uint8Array, start: number, end: number, offset: number, ended: boolean): number {
    const view = viewOf(bytes);
    const recovery = this.#recovery;
    let position = start;
    do {
      const at = offset + (position - start);
      if (recovery.active) {
        position = recovery.walk(view, position, end, at, ended);
        this.needed = recovery.needed;
      } else if (this.#header === undefined) position = this.#fileHeader(view, position, end, at);
      else position = this.#records(bytes, view, position, end, at, this.#header);
    } while (this.needed === 0 && !this.over);
    return position;
  }

  finish(offset: number, rest: number): void {
    if (this.#facts.format === undefined) refuseShortInput(rest);
    if (this.#recovery.active) this.#recovery.finish(offset + rest);
    else if (rest > 0) this.#tellCut(offset, rest);
  }

  /** Sets `needed` to 0 where another state has to go on. */
  #records(bytes: Uint8Array, view: DataView, start: number, end: number, offset: number, header: PcapHeader): number {
    const { little, fraction, recordHeader, lengths, linkType } = header;
    const [facts, base, frame, sink] = [this.#facts, this.#base, this.#frame, this.#sink];
    const origin = offset - start;
    frame.bytes = bytes;
    frame.linkType = linkType;
    let position = start;
    while (end - position >= recordHeader) {
      let captured = view.getUint32(position + 8, little);
      let wire = view.getUint32(position + 12, little);
      if (lengths !== 'usual' && (lengths === 'swapped' || captured > wire)) [captured, wire] = [wire, captured];
      if (captured > FRAME_LIMIT || captured === 0) {
        if (this.#strange(view, position, end, origin, captured)) return position;
      }
      const body = position + recordHeader;
      if (captured > end - body) {
        this.needed = recordHeader + captured;
        return position;
      }
      const seconds = view.getUint32(position, little);
      if (facts.frames === 0 && Number.isNaN(base.seconds)) base.seconds = seconds;
      const time = (seconds - base.seconds) * 1e9 + view.getUint32(position + 4, little) * fraction;
      facts.frames++;
      frame.start = body;
      frame.end = body + captured;
      frame.wireLength = Math.max(wire, captured);
      frame.time = time;
      frame.number = facts.firstFrame + facts.frames;
      frame.offset = origin + position;
      frame.recordLength = recordHeader + captured;
      if (wire > captured) noteCutFrame(facts, origin + position, frame.number);
      if (facts.frames === 1) facts.firstTime = time;
      else if (time < facts.lastTime) noteTimeStep(facts, facts.lastTime, time, origin + position, frame.number);
      facts.lastTime = time;
      sink(frame);
      position = body + captured;
    }
    this.needed = recordHeader;
    return position;
  }

  #fileHeader(view: DataView, position: number, end: number, offset: number): number {
    if (end - position < PCAP_HEADER) {
      this.needed = PCAP_HEADER;
      return position;
    }
    this.#header = readPcapHeader(view, position);
    if (this.#header === undefined) {
      const message = `pcap version ${pcapVersion(view, position)}: only 2.0 to 2.4 can be read (at byte ${offset + 4})`;
      throw new CaptureError('version-unknown', message, offset + 4);
    }
    this.#facts.format ??= 'pcap';
    addLinkType(this.#facts, this.#header.linkType);
    this.needed = 0;
    return position + PCAP_HEADER;
  }

  /** A record of no octets or of too many. True when it is none; then `needed` and the state are set. */
  #strange(view: DataView, position: number, end: number, origin: number, captured: number): boolean {
    const offset = origin + position;
    // Read as a record, a section header has its byte-order magic for a length.
    if (beginsSection(view, position)) {
      noteJoined(this.#facts, offset);
      this.over = true;
      this.needed = 0;
      return true;
    }
    if (captured > FRAME_LIMIT) {
      this.#recovery.lose('record-length', `a record claims ${captured} captured bytes, ${FRAME_LIMIT} are possible`, offset);
      this.needed = 0;
      return true;
    }
    if (view.getUint32(position) === 0 && view.getUint32(position + 4) === 0 && view.getUint32(position + 12) === 0) {
      this.#recovery.pad(offset);
      this.needed = 0;
      return true;
    }
    // Read as a record, a file header has zero octets: its third word is the time zone, which is always 0.
    if (pcapByteOrder(view, position) === undefined) return false;
    this.needed = PCAP_HEADER;
    if (end - position < PCAP_HEADER) return true;
    if (readPcapHeader(view, position) === undefined) return false;
    noteJoined(this.#facts, offset);
    this.#header = undefined;
    this.needed = 0;
    return true;
  }

  #tellCut(offset: number, rest: number): void {
    const facts = this.#facts;
    const whole = this.needed;
    const what = whole > (this.#header?.recordHeader ?? PCAP_HEADER) ? 'of a frame with its header' : 'of a record header';
    addDamage(facts, 'capture-cut', `the capture ends after ${rest} of the ${whole} bytes ${what}`, {
      offset,
      frame: facts.firstFrame + facts.frames + 1,
    });
  }

  /** Two record headers in a row that could be real, or one before the end of the file. */
  #judge(view: DataView, position: number, end: number, ended: boolean): number {
    const header = this.#header;
    if (header === undefined) return NO;
    const size = header.recordHeader;
    if (end - position < size) return ended ? NO : size;
    if (!this.#plausible(view, position, header)) return NO;
    const next = position + size + view.getUint32(position + 8, header.little);
    if (end - next >= size) return this.#plausible(view, next, header) ? YES : NO;
    if (!ended) return next + size - position;
    return next <= end ? YES : NO;
  }

  #plausible(view: DataView, position: number, header: PcapHeader): boolean {
    const { little, fraction } = header;
    const captured = view.getUint32(position + 8, little);
    const wire = view.getUint32(position + 12, little);
    const before = this.#base.seconds + this.#facts.lastTime / 1e9;
    return (
      captured > 0 &&
      captured <= wire &&
      wire <= FRAME_LIMIT &&
      view.getUint32(position + 4, little) * fraction < 1e9 &&
      !(Math.abs(view.getUint32(position, little) - before) > NEAR_SECONDS) // NaN before the first frame: any time will do
    );
  }
}
