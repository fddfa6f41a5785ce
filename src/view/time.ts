/**
 * Times of the report -> text: exact decimal epoch seconds for machines, short durations and UTC for people.
 *
 * Inside, a time is nanoseconds since `TimeBase.seconds`; epoch nanoseconds do not fit a double, so sums are made as BigInt.
 */

import type { TimeBase } from '../model.ts';

const NANOSECONDS = 1_000_000_000n;

/** Epoch seconds with nine decimals; null where there is no time. */
export function epochSeconds(base: TimeBase, nanoseconds: number): string | null {
  const total = epochNanoseconds(base, nanoseconds);
  if (total === undefined) return null;
  const size = total < 0n ? -total : total;
  return `${total < 0n ? '-' : ''}${size / NANOSECONDS}.${String(size % NANOSECONDS).padStart(9, '0')}`;
}

function epochNanoseconds(base: TimeBase, nanoseconds: number): bigint | undefined {
  if (!Number.isFinite(base.seconds) || !Number.isFinite(nanoseconds)) return undefined;
  return BigInt(Math.trunc(base.seconds)) * NANOSECONDS + BigInt(Math.round(nanoseconds));
}

/** Seconds between two times, to the microsecond. */
export function secondsBetween(start: number, end: number): number {
  return Math.round((end - start) / 1000) / 1e6;
}

/** "7.96 s", "10.1 s", "48 ms", "60 us"; minutes from two of them up. */
export function duration(nanoseconds: number): string {
  const size = Math.abs(nanoseconds);
  const sign = nanoseconds < 0 ? '-' : '';
  if (size >= 120e9) return `${sign}${Math.floor(size / 60e9)} min ${Math.floor((size % 60e9) / 1e9)} s`;
  if (size >= 9.995e9) return `${sign}${(size / 1e9).toFixed(1)} s`;
  if (size >= 1e9) return `${sign}${(size / 1e9).toFixed(2)} s`;
  if (size >= 1e6) return `${sign}${Math.round(size / 1e6)} ms`;
  return `${sign}${Math.round(size / 1e3)} us`;
}

/** Seconds since `start` with six decimals. */
export function offset(start: number, time: number): string {
  return ((time - start) / 1e9).toFixed(6);
}

/** "2026-11-22 21:20:03.158885 UTC"; epoch seconds where the calendar ends. */
export function calendar(base: TimeBase, nanoseconds: number): string {
  const total = epochNanoseconds(base, nanoseconds);
  if (total === undefined) return 'no time';
  const date = new Date(Number(total / 1_000_000n));
  if (total < 0n || Number.isNaN(date.getTime())) return `${epochSeconds(base, nanoseconds)} s of the epoch`;
  const microseconds = String((total / 1000n) % 1_000_000n).padStart(6, '0');
  return `${date.toISOString().slice(0, 19).replace('T', ' ')}.${microseconds} UTC`;
}
