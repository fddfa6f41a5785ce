/**
 * The names on the command line -> octets in the analyzer, one input after the other, and what became of each.
 *
 * An input that cannot be read costs one line on standard error and exit code 2; the others are still read. A capture that
 * breaks off after frames were read is damaged, which is a warning: only --strict makes it a failure.
 */
import { closeSync, constants, fstatSync, openSync, type Stats, statSync } from 'node:fs';
import type { CaptureReaderFactory } from '../capture/read-capture.ts';
import { CaptureError } from '../errors.ts';
import type { TimeBase } from '../model.ts';
import { Feed, type Opener } from './feed.ts';
import type { FrameRing } from './frame-ring.ts';
import { isReadOnce, newReadBuffer, readFile } from './input-file.ts';
import { type CaptureName, type Io, Refusal, say } from './io.ts';
import type { LiveClock } from './live-clock.ts';
import type { Narrowing } from './narrow.ts';
import type { Progress } from './progress.ts';
import type { RedactionKey } from './secrets.ts';
import { SmallHeap } from './small-heap.ts';
import { codeOf, whyNotRead } from './system-error.ts';
import { Turns } from './turns.ts';
import { Unpacker } from './unpack.ts';

export interface Target extends Opener {
  tick(epochSeconds: number): void;
  readonly base: TimeBase;
}

/** Takes the inputs of several points in any order. */
export interface SideBySideTarget extends Target {
  /** Of these points the one to read on. */
  furthestBehind(points: readonly string[]): string | undefined;
}

export interface ReadOptions {
  readonly io: Io;
  readonly key: RedactionKey;
  readonly reader: CaptureReaderFactory | undefined;
  readonly narrowing: Narrowing;
  readonly progress: Progress;
  readonly clock: LiveClock;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly debug: boolean;
  /** Called when what was read has been handed on, so that lines can be written in one go. */
  readonly flush: () => void;
  /** Holds the frames of what cannot be read again. */
  readonly ring?: FrameRing | undefined;
  /** Given where inputs are read side by side: room for the octets of this one, and a promise that is kept when it is its turn. */
  readonly side?: { readonly buffer: Uint8Array; readonly turn: () => Promise<void> };
}

export interface Outcome {
  /** Inputs of which something was analysed. */
  readonly analysed: number;
  /** Inputs of which nothing could be read. */
  readonly unreadable: number;
  /** Inputs that could not be read completely. */
  readonly damaged: number;
}

type Fate = 'analysed' | 'damaged' | 'unreadable';

/** One input after the other. */
export async function readInputs(inputs: readonly CaptureName[], target: Target, options: ReadOptions): Promise<Outcome> {
  return outcomeOf(await readEach(inputs, target, options));
}

/** The inputs of one point after each other, and the points side by side as their times go on. */
export async function readSideBySide(inputs: readonly CaptureName[], target: SideBySideTarget, options: ReadOptions): Promise<Outcome> {
  const points = new Map<string, CaptureName[]>();
  for (const input of inputs) points.set(input.point ?? '', [...(points.get(input.point ?? '') ?? []), input]);
  const turns = new Turns(points.size, (names) => target.furthestBehind(names));
  const readings = [...points].map(async ([point, files]) => {
    const buffer = newReadBuffer();
    try {
      return await readEach(files, target, { ...options, side: { buffer, turn: () => turns.next(point) } });
    } finally {
      turns.leave();
    }
  });
  return outcomeOf((await Promise.all(readings)).flat());
}

async function readEach(inputs: readonly CaptureName[], target: Target, options: ReadOptions): Promise<readonly Fate[]> {
  const fates: Fate[] = [];
  for (const [index, input] of inputs.entries()) {
    const reason = options.io.interrupt.raised ?? options.narrowing.over;
    if (reason !== undefined) {
      const rest = inputs.slice(index).map(({ name }) => name);
      if (!options.quiet && reason !== 'EPIPE') say(options.io, `not read because of ${reason}: ${rest.join(', ')}`);
      break;
    }
    fates.push(await readInput(input, target, options));
  }
  return fates;
}

function outcomeOf(fates: readonly Fate[]): Outcome {
  const count = (fate: Fate): number => fates.filter((each) => each === fate).length;
  return { analysed: fates.length - count('unreadable'), unreadable: count('unreadable'), damaged: count('damaged') };
}

async function readInput({ path, name, point, assumed }: CaptureName, target: Target, options: ReadOptions): Promise<Fate> {
  const narrowed = options.narrowing.reader(options.reader);
  const reader = options.ring !== undefined && isReadOnce(path) ? options.ring.holding(path, narrowed) : narrowed;
  const feed = new Feed(target, { name, point, assumed, key: options.key, reader });
  try {
    const damage = await readAll(path, feed, target, options);
    if (damage === undefined) feed.end();
    else feed.endDamaged(damage);
  } catch (error) {
    options.progress.clear();
    options.flush();
    say(options.io, `${name}: ${describe(error)}${commandHint(path, error)}`);
    if (options.debug && error instanceof Error) options.io.stderr.write(`${error.stack}\n`);
    return (feed.facts?.frames ?? 0) > 0 ? 'damaged' : 'unreadable';
  }
  options.progress.clear();
  options.flush();
  warn(name, feed, options);
  return feed.facts?.complete === false ? 'damaged' : 'analysed';
}

function warn(name: string, feed: Feed, { io, quiet, verbose }: ReadOptions): void {
  const { facts } = feed;
  const { raised } = io.interrupt;
  if (quiet || facts === undefined) return;
  if (raised !== undefined) {
    if (raised !== 'EPIPE') say(io, `${name}: ${raised} after ${feed.octets} bytes, ${facts.frames} frames`);
    return;
  }
  if (!verbose && facts.complete) return;
  for (const issue of facts.issues) say(io, `${name}: ${withOffset(issue.message, issue.offset)}`);
}

/** Returns the reason why the octets could not be unpacked to their end. */
async function readAll(path: string, feed: Feed, target: Target, options: ReadOptions): Promise<CaptureError | undefined> {
  const { fd, stats } = path === '-' ? { fd: 0, stats: fstatSync(0) } : open(path);
  refuseKind(stats, path);
  const unpacker = new Unpacker((bytes) => feed.push(bytes));
  const source: Source = { fd, total: stats.isFile() ? stats.size : undefined, octets: 0, feed, unpacker, heap: new SmallHeap() };
  try {
    if (stats.isFile()) await readRegular(source, options);
    else await readStream(source, target, options);
    if (options.narrowing.enough === undefined && options.io.interrupt.raised === undefined) await unpacker.end();
    return undefined;
  } catch (error) {
    if (error instanceof CaptureError && error.code.startsWith('packing-')) return error;
    throw error;
  } finally {
    unpacker.close();
  }
}

/** One input while it is read. */
interface Source {
  readonly fd: number;
  /** Size of a file. */
  readonly total: number | undefined;
  /** Read so far, packed as they are. */
  octets: number;
  readonly feed: Feed;
  readonly unpacker: Unpacker;
  readonly heap: SmallHeap;
}

function count(source: Source, octets: number): void {
  source.octets += octets;
  source.heap.read(octets);
}

function show({ feed, octets, total }: Source, { flush, progress }: ReadOptions): void {
  flush();
  progress.show({ name: feed.name, octets, total, frames: feed.facts?.frames ?? 0 });
}

async function readRegular(source: Source, options: ReadOptions): Promise<void> {
  const { io, narrowing, side } = options;
  const take = (bytes: Uint8Array): Promise<void> | undefined => {
    count(source, bytes.length);
    const working = source.unpacker.push(bytes);
    show(source, options);
    return working;
  };
  try {
    await readFile(source.fd, {
      stopped: () => io.interrupt.raised !== undefined || narrowing.enough !== undefined,
      chunk: side === undefined ? take : (bytes) => side.turn().then(() => take(bytes)),
      ...(side === undefined ? {} : { target: side.buffer }),
    });
  } finally {
    if (source.fd !== 0) closeSync(source.fd);
  }
}

async function readStream(source: Source, target: Target, options: ReadOptions): Promise<void> {
  const { io, clock, narrowing } = options;
  const { feed, unpacker } = source;
  const { readPipe } = await import('./input-pipe.ts');
  const arrived = (): void => {
    const time = target.base.seconds + (feed.facts?.lastTime ?? Number.NaN) / 1e9;
    clock.arrived(time, io.now(), source.octets);
    if (clock.live) target.tick(time);
    show(source, options);
  };
  await readPipe(source.fd, {
    interrupt: io.interrupt,
    stopped: () => narrowing.enough !== undefined,
    chunk(bytes) {
      count(source, bytes.length);
      const working = unpacker.push(bytes);
      if (working !== undefined) return working.then(arrived);
      arrived();
      return undefined;
    },
    silence() {
      const proven = clock.silentUntil(io.now());
      if (proven !== undefined) target.tick(proven);
      show(source, options);
    },
  });
}

/** FIFOs are opened without waiting for their writer, so that signals work meanwhile. */
function open(path: string): { readonly fd: number; readonly stats: Stats } {
  const before = statSync(path);
  refuseKind(before, path);
  const fd = openSync(path, constants.O_RDONLY | (before.isFIFO() ? constants.O_NONBLOCK : 0));
  return { fd, stats: fstatSync(fd) };
}

function refuseKind(stats: Stats, path: string): void {
  if (stats.isFile() || stats.isFIFO()) return;
  if (stats.isDirectory()) throw new Refusal('is a directory, name the captures in it');
  if (path !== '-') throw new Refusal(stats.isSocket() ? 'is a socket, not a capture' : 'is a device, not a capture');
  if (stats.isSocket()) return;
  throw new Refusal('is a terminal or a device, not a pipe: tcpdump -U -w - | hopcheck -');
}

function describe(error: unknown): string {
  if (error instanceof CaptureError) return withOffset(error.message, error.offset);
  if (error instanceof Refusal) return error.message;
  const why = whyNotRead(error);
  if (why === undefined) throw error;
  return why;
}

/** Who mistypes a command has named a file. */
function commandHint(path: string, error: unknown): string {
  return codeOf(error) === 'ENOENT' && /^[a-z]+$/.test(path) ? '; hopcheck help lists the commands' : '';
}

function withOffset(message: string, offset: number | undefined): string {
  return offset === undefined || message.includes('(at byte ') ? message : `${message} (at byte ${offset})`;
}
