/**
 * For tests: an Io that remembers what was written, a target that reads captures and nothing more, and small captures.
 */
import { newCaptureFacts, readCapture } from '../capture/read-capture.ts';
import type { CaptureFacts, TimeBase } from '../model.ts';
import type { Target } from './inputs.ts';
import type { Io, Output } from './io.ts';
import { Interrupt } from './signals.ts';

export class FakeOutput implements Output {
  text = '';
  readonly isTerminal: boolean;
  readonly columns: number | undefined;

  constructor(columns?: number) {
    this.isTerminal = columns !== undefined;
    this.columns = columns;
  }

  write(text: string): void {
    this.text += text;
  }

  get lines(): string[] {
    return this.text.split('\n').slice(0, -1);
  }
}

export interface FakeIo extends Io {
  readonly stdout: FakeOutput;
  readonly stderr: FakeOutput;
}

/** @param columns of a terminal; without them the outputs are none */
export function fakeIo(settings: { columns?: number; stdinPiped?: boolean; env?: Io['env'] } = {}): FakeIo {
  return {
    stdout: new FakeOutput(settings.columns),
    stderr: new FakeOutput(settings.columns),
    env: settings.env ?? {},
    stdinPiped: settings.stdinPiped ?? false,
    interrupt: new Interrupt(),
    now: () => Date.now() / 1000,
  };
}

export interface FakeTarget extends Target {
  readonly captures: CaptureFacts[];
  readonly ticks: number[];
  /** How many inputs were ended. */
  ended: number;
}

/** Reads frames and forgets them. */
export function fakeTarget(): FakeTarget {
  const base: TimeBase = { seconds: Number.NaN };
  const target: FakeTarget = {
    captures: [],
    ticks: [],
    ended: 0,
    base,
    tick(epochSeconds) {
      target.ticks.push(epochSeconds);
    },
    open({ name, reader = readCapture }) {
      const facts = newCaptureFacts(target.captures.length, name, 'p1', 0);
      target.captures.push(facts);
      const stage = reader(facts, base, () => undefined);
      return {
        facts,
        push: (bytes) => stage.push(bytes),
        end() {
          target.ended++;
          stage.end();
        },
      };
    },
  };
  return target;
}

/** A classic pcap of empty 60-octet frames at these epoch seconds. */
export function pcapOf(times: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(24 + times.length * 76);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0xa1b2c3d4);
  view.setUint16(4, 2);
  view.setUint16(6, 4);
  view.setUint32(16, 65_535);
  view.setUint32(20, 1);
  for (const [index, time] of times.entries()) {
    const at = 24 + index * 76;
    view.setUint32(at, Math.floor(time));
    view.setUint32(at + 4, Math.floor((time % 1) * 1e6));
    view.setUint32(at + 8, 60);
    view.setUint32(at + 12, 60);
  }
  return bytes;
}
