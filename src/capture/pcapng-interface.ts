/**
 * One interface description block: link type, snap length, and the clock of its time stamps.
 *
 * A stamp is a 64-bit count of ticks since 1970; in nanoseconds that is more than a double holds. So the clock keeps the
 * time base as a stamp of its own, split into two halves as in the file, and subtracts: what remains is small and exact.
 * BigInt appears only here, once per interface.
 */
import type { CaptureInterface } from '../model.ts';
import { findOption } from './pcapng-options.ts';

const IF_TSRESOL = 9;
const IF_TSOFFSET = 14;
const MICROSECONDS = 6;
const POWER_OF_TWO = 0x80;

export class Interface {
  readonly linkType: number;
  /** 0: no limit. */
  readonly snapLength: number;
  /** Time of its latest frame. */
  lastTime = Number.NaN;
  /** Frames that it says it lost, as of its last statistics block. */
  dropped = 0;
  /** Its place in the report, if it has one. */
  listed: CaptureInterface | undefined;
  /** Ticks in a second, and seconds that every stamp is off. */
  readonly #ticks: bigint;
  readonly #shift: bigint;
  /** The time base as a stamp; NaN until it is known. */
  #baseHigh = Number.NaN;
  #baseLow = Number.NaN;
  /** Nanoseconds = ticks * multiplier / divisor: one of them is 1, or it is a power of two, so that nothing is rounded early. */
  readonly #multiplier: number;
  readonly #divisor: number;

  /** The block's body is view[start, end): link type, two unused octets, snap length, options. */
  constructor(view: DataView, start: number, end: number, little: boolean) {
    this.linkType = view.getUint16(start, little);
    this.snapLength = view.getUint32(start + 4, little);
    const resolutionAt = findOption(view, start + 8, end, little, IF_TSRESOL, 1);
    const offsetAt = findOption(view, start + 8, end, little, IF_TSOFFSET, 8);
    const resolution = resolutionAt < 0 ? MICROSECONDS : view.getUint8(resolutionAt);
    const exponent = resolution & ~POWER_OF_TWO;
    const binary = (resolution & POWER_OF_TWO) !== 0;
    this.#shift = offsetAt < 0 ? 0n : view.getBigInt64(offsetAt, little);
    this.#ticks = (binary ? 2n : 10n) ** BigInt(exponent);
    const decimal = 9 - exponent;
    this.#multiplier = binary ? 1e9 / 2 ** exponent : 10 ** Math.max(0, decimal);
    this.#divisor = binary ? 1 : 10 ** Math.max(0, -decimal);
  }

  get clockSet(): boolean {
    return !Number.isNaN(this.#baseHigh);
  }

  /** The whole epoch second of a stamp. */
  second(high: number, low: number): number {
    return Number(((BigInt(high) << 32n) + BigInt(low)) / this.#ticks + this.#shift);
  }

  setClock(baseSeconds: number): void {
    const base = (BigInt(baseSeconds) - this.#shift) * this.#ticks;
    this.#baseHigh = Number(base >> 32n);
    this.#baseLow = Number(base & 0xffff_ffffn);
  }

  /** Nanoseconds since the time base, rounded down. */
  time(high: number, low: number): number {
    const ticks = (high - this.#baseHigh) * 0x1_0000_0000 + (low - this.#baseLow);
    return Math.floor((ticks * this.#multiplier) / this.#divisor);
  }
}
