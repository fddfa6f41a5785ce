/**
 * Captures again, frame by frame, with the numbers that the first look gave them: what both halves of evidence are made with.
 */
import type { CaptureReaderFactory } from '../capture/read-capture.ts';
import { newCaptureFacts, readCapture } from '../capture/read-capture.ts';
import type { CaptureFacts, CaptureReport, Frame, TimeBase } from '../model.ts';
import type { FrameRing } from './frame-ring.ts';
import type { Target } from './inputs.ts';
import { Refusal } from './io.ts';

/** What is done with the frames of one point of capture. */
export interface PointReader {
  newCapture(index: number): void;
  push(frame: Frame): void;
  end(): void;
}

interface Point {
  readonly name: string;
  readonly reader: PointReader;
  readonly files: CaptureFacts[];
}

export class SecondLook implements Target {
  readonly base: TimeBase = { seconds: Number.NaN };
  private readonly points = new Map<string, Point>();
  private readonly captures: CaptureFacts[] = [];
  private readonly newReader: (point: number) => PointReader;

  constructor(newReader: (point: number) => PointReader) {
    this.newReader = newReader;
  }

  open({
    name,
    point: pointName,
    reader = readCapture,
  }: {
    name: string;
    point?: string;
    reader?: CaptureReaderFactory;
  }): ReturnType<Target['open']> {
    const point = this.pointOf(pointName ?? `p${this.points.size + 1}`);
    const before = point.files.reduce((frames, file) => Math.max(frames, file.firstFrame + file.frames), 0);
    const facts = newCaptureFacts(this.captures.length, name, point.name, before);
    const input = reader(facts, this.base, (frame) => point.reader.push(frame));
    this.captures.push(facts);
    point.files.push(facts);
    point.reader.newCapture(facts.index);
    return { facts, push: (bytes) => input.push(bytes), end: () => input.end() };
  }

  /** Instead of `open`: the frames of an input that cannot be read again, as far as they are held. */
  replay(ring: FrameRing, path: string, pointName: string | undefined): void {
    const held = ring.input(path);
    if (held === undefined) return;
    const point = this.pointOf(pointName ?? `p${this.points.size + 1}`);
    if (Number.isNaN(this.base.seconds)) this.base.seconds = held.base.seconds;
    this.captures.push(held.facts);
    point.files.push(held.facts);
    point.reader.newCapture(held.facts.index);
    ring.replay(held.facts.index, (frame) => point.reader.push(frame));
  }

  /** The wall clock proves nothing that is written here. */
  tick(): void {}

  /** Throws Refusal when the captures are not what they were at the first look. */
  finish(before: readonly CaptureReport[]): void {
    for (const { reader } of this.points.values()) reader.end();
    const changed = before.find(
      ({ index, frames, bytes }) => this.captures[index]?.frames !== frames || this.captures[index]?.bytes !== bytes,
    );
    if (changed !== undefined) throw new Refusal(`${changed.name}: changed since it was analyzed, so there is no evidence of it`);
  }

  private pointOf(name: string): Point {
    const known = this.points.get(name);
    if (known !== undefined) return known;
    const point = { name, reader: this.newReader(this.points.size), files: [] };
    this.points.set(name, point);
    return point;
  }
}
