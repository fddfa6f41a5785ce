/**
 * pcapng (draft-ietf-opsawg-pcapng): octets -> frames. Hot: `#blocks`, `#packet` and `#emit` run per packet and allocate
 * nothing; their speed is measured by bench/.
 *
 * A file is a row of blocks: type, length, body, the length again. A section header starts over with byte order and
 * interfaces. Frames are numbered by packet blocks in file order, those that cannot be read included, as in Wireshark.
 */
import { CaptureError } from '../errors.ts';
import type { CaptureFacts, Frame, Sink, TimeBase } from '../model.ts';
import { addDamage, addIssue, newFrame, noteCutFrame, noteJoined, noteTimeStep } from './facts.ts';
import { refuseShortInput, SECTION_HEADER } from './magic.ts';
import { PCAP_HEADER, pcapByteOrder, readPcapHeader } from './pcap-header.ts';
import { readNames } from './pcapng-names.ts';
import { countOptions } from './pcapng-options.ts';
import { Section } from './pcapng-section.ts';
import { NO, Recovery, YES } from './recovery.ts';
import { FRAME_LIMIT, viewOf, type Walker } from './walker.ts';

const INTERFACE = 1;
const OBSOLETE_PACKET = 2;
const SIMPLE_PACKET = 3;
const NAMES = 4;
const STATISTICS = 5;
const ENHANCED_PACKET = 6;
const DECRYPTION_SECRETS = 10;
/** Types that the search behind a damage believes; all others are too rare. */
const LAST_COMMON_TYPE = ENHANCED_PACKET;

/** Type, length, length again. */
const BLOCK = 12;
/** Type, length, byte-order magic, version. */
const SECTION_START = 16;
const SECTION_BLOCK = 28;
const BLOCK_LIMIT = 16 * 1024 * 1024;
/** Octets of a block that the search looks over. */
const SEARCH_LIMIT = FRAME_LIMIT + 4096;
const BYTE_ORDER = 0x1a2b3c4d;

/** Octets between a packet block's start and its frame, with and without a time stamp. */
const PACKET_HEADER = 28;
const SIMPLE_HEADER = 12;

const COMMENT = 1;
const SECRETS = 'the capture carries TLS secrets; TLS is not decrypted by hopcheck';

/** Why packet blocks are skipped. */
const UNREADABLE = {
  'block-short': 'packet blocks are too short for their own fields',
  'interface-unknown': 'packet blocks name an interface that the section does not describe',
  'record-length': `packet blocks claim more captured bytes than they hold, or more than ${FRAME_LIMIT}`,
} as const;

export class PcapngWalker implements Walker {
  needed = BLOCK;
  over = false;
  #section: Section;
  /** Interfaces of the sections before this one. */
  #described = 0;
  readonly #facts: CaptureFacts;
  readonly #base: TimeBase;
  readonly #sink: Sink<Frame>;
  readonly #frame: Frame;
  readonly #recovery: Recovery;

  constructor(facts: CaptureFacts, base: TimeBase, sink: Sink<Frame>) {
    this.#facts = facts;
    this.#base = base;
    this.#sink = sink;
    this.#section = new Section(facts, true);
    this.#frame = newFrame(facts.index);
    this.#recovery = new Recovery(facts, (view, position, end, ended) => this.#judge(view, position, end, ended));
  }

  walk(bytes: Uint8Array, start: number, end: number, offset: number, ended: boolean): number {
    const view = viewOf(bytes);
    const recovery = this.#recovery;
    this.#frame.bytes = bytes;
    let position = start;
    do {
      const at = offset + (position - start);
      if (recovery.active) {
        position = recovery.walk(view, position, end, at, ended);
        this.needed = recovery.needed;
      } else position = this.#blocks(view, position, end, at);
    } while (this.needed === 0 && !this.over);
    return position;
  }

  finish(offset: number, rest: number): void {
    if (this.#facts.format === undefined) refuseShortInput(rest);
    if (this.#recovery.active) this.#recovery.finish(offset + rest);
    else if (rest > 0) {
      const of = this.needed > SECTION_START ? 'of a block' : 'of a block header';
      addDamage(this.#facts, 'capture-cut', `the capture ends after ${rest} of the ${this.needed} bytes ${of}`, { offset });
    }
  }

  /** Sets `needed` to 0 where the recovery has to go on. */
  #blocks(view: DataView, start: number, end: number, offset: number): number {
    const origin = offset - start;
    let position = start;
    while (end - position >= BLOCK) {
      const type = view.getUint32(position, this.#section.little);
      if (type === SECTION_HEADER) {
        if (end - position < SECTION_START) {
          this.needed = SECTION_START;
          return position;
        }
        if (!this.#open(view, position, origin + position)) return position;
      }
      const little = this.#section.little;
      const claimed = view.getUint32(position + 4, little);
      const length = (claimed + 3) & ~3;
      if (claimed < BLOCK || claimed > BLOCK_LIMIT) {
        return this.#lose(type, `a block claims a length of ${claimed} bytes`, view, position, end, origin + position);
      }
      if (length > end - position) {
        if (!this.#isPcap(view, position, end, origin + position)) this.needed = length;
        return position;
      }
      if (view.getUint32(position + length - 4, little) !== claimed) {
        return this.#lose(type, `a block of ${claimed} bytes does not end with its length`, view, position, end, origin + position);
      }
      const bodyEnd = position + length - 4;
      if (type === ENHANCED_PACKET) this.#packet(view.getUint32(position + 8, little), view, position, bodyEnd, origin + position);
      else this.#other(type, view, position, bodyEnd, origin + position);
      position += length;
    }
    this.needed = BLOCK;
    return position;
  }

  #other(type: number, view: DataView, position: number, bodyEnd: number, offset: number): void {
    const section = this.#section;
    if (type === SIMPLE_PACKET) this.#simple(view, position, bodyEnd, offset);
    else if (type === OBSOLETE_PACKET) this.#packet(view.getUint16(position + 8, section.little), view, position, bodyEnd, offset);
    else if (type === INTERFACE) section.describe(view, position + 8, bodyEnd, offset);
    else if (type === STATISTICS) section.statistics(view, position + 8, bodyEnd);
    else if (type === NAMES) readNames(this.#facts, view, position + 8, bodyEnd, section.little);
    else if (type === DECRYPTION_SECRETS) addIssue(this.#facts, 'secrets-embedded', SECRETS, { offset });
    else if (type === SECTION_HEADER) this.#facts.format ??= 'pcapng';
  }

  /** An enhanced or an obsolete packet block: they differ in where the interface id stands. */
  #packet(id: number, view: DataView, position: number, bodyEnd: number, offset: number): void {
    const { little, interfaces } = this.#section;
    const start = position + PACKET_HEADER;
    if (start > bodyEnd) {
      this.#skip('block-short', offset);
      return;
    }
    const source = id < interfaces.length ? interfaces[id] : undefined;
    if (source === undefined) {
      this.#skip('interface-unknown', offset);
      return;
    }
    const captured = view.getUint32(position + 20, little);
    if (captured > bodyEnd - start || captured > FRAME_LIMIT) {
      this.#skip('record-length', offset);
      return;
    }
    const high = view.getUint32(position + 12, little);
    const low = view.getUint32(position + 16, little);
    if (!source.clockSet) {
      if (Number.isNaN(this.#base.seconds)) this.#base.seconds = source.second(high, low);
      source.setClock(this.#base.seconds);
    }
    const time = source.time(high, low);
    const facts = this.#facts;
    // Each interface has a row of its own; where there is one alone, that of the section before it goes on.
    const several = interfaces.length > 1;
    const before = several ? source.lastTime : facts.lastTime;
    if (time < before && noteTimeStep(facts, before, time, offset, facts.firstFrame + facts.frames + 1) && several) facts.lastTime = time;
    source.lastTime = time;
    const options = start + ((captured + 3) & ~3);
    if (bodyEnd - options > 4) facts.comments += countOptions(view, options, bodyEnd, little, COMMENT);
    this.#frame.recordLength = bodyEnd + 4 - position;
    this.#frame.interfaceId = this.#described + id;
    this.#emit(source.linkType, time, start, captured, view.getUint32(position + 24, little), offset);
  }

  /** Length and octets alone: it belongs to the first interface and has the time of the frame before it. */
  #simple(view: DataView, position: number, bodyEnd: number, offset: number): void {
    const [facts, base] = [this.#facts, this.#base];
    const start = position + SIMPLE_HEADER;
    const source = this.#section.interfaces[0];
    if (start > bodyEnd) {
      this.#skip('block-short', offset);
      return;
    }
    if (source === undefined) {
      this.#skip('interface-unknown', offset);
      return;
    }
    const wire = view.getUint32(position + 8, this.#section.little);
    const captured = Math.min(wire, source.snapLength === 0 ? wire : source.snapLength, bodyEnd - start);
    if (captured > FRAME_LIMIT) {
      this.#skip('record-length', offset);
      return;
    }
    if (Number.isNaN(base.seconds)) base.seconds = 0;
    const time = Number.isNaN(facts.lastTime) ? 0 : facts.lastTime;
    this.#frame.recordLength = bodyEnd + 4 - position;
    this.#frame.interfaceId = this.#described;
    this.#emit(source.linkType, time, start, captured, wire, offset);
    const frame = facts.firstFrame + facts.frames;
    addIssue(facts, 'time-missing', 'simple packet blocks have no time: each is given the time of the frame before it', { offset, frame });
  }

  #emit(linkType: number, time: number, start: number, captured: number, wire: number, offset: number): void {
    const [facts, frame] = [this.#facts, this.#frame];
    facts.frames++;
    frame.start = start;
    frame.end = start + captured;
    frame.wireLength = Math.max(wire, captured);
    frame.time = time;
    frame.number = facts.firstFrame + facts.frames;
    frame.offset = offset;
    frame.linkType = linkType;
    if (wire > captured) noteCutFrame(facts, offset, frame.number);
    const several = this.#section.interfaces.length > 1;
    if (!(several ? facts.firstTime <= time : !Number.isNaN(facts.firstTime))) facts.firstTime = time;
    if (!(several && time < facts.lastTime)) facts.lastTime = time;
    this.#sink(frame);
  }

  /** A packet block that cannot be read: it keeps its number. */
  #skip(code: keyof typeof UNREADABLE, offset: number): void {
    const facts = this.#facts;
    facts.frames++;
    addDamage(facts, code, UNREADABLE[code], { offset, frame: facts.firstFrame + facts.frames });
  }

  /** Begins a section. False when there is none; then the recovery has the floor. */
  #open(view: DataView, position: number, offset: number): boolean {
    const little = view.getUint32(position + 8, true) === BYTE_ORDER;
    const [major, length] = [view.getUint16(position + 12, little), view.getUint32(position + 4, little)];
    if (!little && view.getUint32(position + 8, false) !== BYTE_ORDER) {
      this.#refuse('section-header', 'a section header without byte-order magic', offset);
    } else if (major !== 1) this.#refuse('version-unknown', `pcapng version ${major}: only 1 can be read`, offset);
    else if (length < SECTION_BLOCK || length > BLOCK_LIMIT) this.#refuse('block-length', `a section header of ${length} bytes`, offset);
    else {
      this.#described += this.#section.interfaces.length;
      this.#section = new Section(this.#facts, little);
      return true;
    }
    return false;
  }

  /** @throws CaptureError when it is the first section header */
  #refuse(code: string, message: string, offset: number): void {
    if (this.#facts.format === undefined) throw new CaptureError(code, `${message} (at byte ${offset})`, offset);
    this.#recovery.lose(code, message, offset);
    this.needed = 0;
  }

  /** Hands over to the recovery; returns where it begins. */
  #lose(type: number, message: string, view: DataView, position: number, end: number, offset: number): number {
    if (this.#isPcap(view, position, end, offset)) return position;
    const zeros = type === 0 && view.getUint32(position + 4) === 0 && view.getUint32(position + 8) === 0;
    if (zeros) this.#recovery.pad(offset);
    else if (type === SECTION_HEADER) this.#refuse('block-length', message, offset);
    else this.#recovery.lose('block-length', message, offset);
    this.needed = 0;
    return position;
  }

  /** A classic file was joined to this one: read as a block, its version is a length that cannot be right. */
  #isPcap(view: DataView, position: number, end: number, offset: number): boolean {
    if (pcapByteOrder(view, position) === undefined) return false;
    if (end - position < PCAP_HEADER) {
      this.needed = PCAP_HEADER;
      return true;
    }
    if (readPcapHeader(view, position) === undefined) return false;
    noteJoined(this.#facts, offset);
    this.over = true;
    this.needed = 0;
    return true;
  }

  /** A block of a common type whose two lengths agree. */
  #judge(view: DataView, position: number, end: number, ended: boolean): number {
    if (end - position < SECTION_START) return ended ? NO : SECTION_START;
    const type = view.getUint32(position, this.#section.little);
    const little = type === SECTION_HEADER ? view.getUint32(position + 8, true) === BYTE_ORDER : this.#section.little;
    if ((type === 0 || type > LAST_COMMON_TYPE) && type !== SECTION_HEADER) return NO;
    const length = view.getUint32(position + 4, little);
    if (length < SECTION_START || length > SEARCH_LIMIT || (length & 3) !== 0) return NO;
    if (length > end - position) return ended ? NO : length;
    return view.getUint32(position + length - 4, little) === length ? YES : NO;
  }
}
