/** Runs a capture reader over octets and writes down what it said, as values that can be compared. */
import type { CaptureReaderFactory } from '../../src/capture/read-capture.ts';
import { newCaptureFacts } from '../../src/capture/read-capture.ts';
import { CaptureError } from '../../src/errors.ts';
import type { CaptureFacts, Frame } from '../../src/model.ts';

interface SeenFrame {
  readonly number: number;
  readonly time: number;
  readonly offset: number;
  readonly captured: number;
  readonly wireLength: number;
  readonly linkType: number;
  /** FNV-1a of its octets. */
  readonly hash: number;
}

export interface Reading {
  readonly frames: readonly SeenFrame[];
  readonly facts: CaptureFacts;
  readonly base: number;
  readonly error: CaptureError | undefined;
}

export interface HowToRead {
  /** Lengths of the chunks, repeated; everything at once when left out. */
  readonly chunks?: readonly number[];
  readonly firstFrame?: number;
  readonly base?: number;
}

/** Every chunk is handed over in the same memory, which is overwritten when `push` comes back. */
export function readFrames(factory: CaptureReaderFactory, bytes: Uint8Array, how: HowToRead = {}): Reading {
  const facts = newCaptureFacts(0, 'capture', 'p1', how.firstFrame ?? 0);
  const base = { seconds: how.base ?? Number.NaN };
  const frames: SeenFrame[] = [];
  const reader = factory(facts, base, (frame) => frames.push(see(frame)));
  const error = captureErrorOf(() => {
    for (const chunk of cut(bytes, how.chunks ?? [Math.max(1, bytes.length)])) reader.push(chunk);
    reader.end();
  });
  return { frames, facts, base: base.seconds, error };
}

function see({ number, time, offset, start, end, wireLength, linkType, bytes }: Frame): SeenFrame {
  let hash = 0x811c9dc5;
  for (let position = start; position < end; position++) hash = Math.imul(hash ^ (bytes[position] ?? 0), 0x01000193);
  return { number, time, offset, captured: end - start, wireLength, linkType, hash };
}

function* cut(bytes: Uint8Array, lengths: readonly number[]): Generator<Uint8Array> {
  const memory = new Uint8Array(Math.max(...lengths));
  let position = 0;
  for (let turn = 0; position < bytes.length; turn++) {
    const piece = bytes.subarray(position, position + (lengths[turn % lengths.length] ?? 1));
    memory.set(piece);
    yield memory.subarray(0, piece.length);
    memory.fill(0xee);
    position += piece.length;
  }
}

/** Anything but a CaptureError goes on. */
function captureErrorOf(action: () => void): CaptureError | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof CaptureError) return error;
    throw error;
  }
}
