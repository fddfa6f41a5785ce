/** The account that the pairing of hops gives of itself -> sentences for people (RULES section 7.7). */
import type { PairingQuality } from '../model.ts';
import { counted } from './overview.ts';

/** Kinds of evidence that are named. */
const MOST_NAMED = 4;

export function pairingInWords(pairing: PairingQuality): readonly string[] {
  const { pairs, unpaired, ambiguous, medianLatency, negativeLatency, nestingViolated, reliable, decidedBy } = pairing;
  if (pairs + unpaired + ambiguous === 0) return ['nothing was asked of a proxy'];
  const asked = decidedBy.reduce((sum, { count }) => sum + count, 0);
  const shares = decidedBy.slice(0, MOST_NAMED).map(({ evidence, count }) => `${evidence} ${Math.round((100 * count) / asked)} %`);
  return [
    `${counted(pairs, 'request')} of clients seen on a next hop, ${unpaired} not, ${ambiguous} ambiguous`,
    ...(Number.isNaN(medianLatency)
      ? []
      : [
          `passed on after ${latency(medianLatency)} (median); sent before it was received ${counted(negativeLatency, 'time')}, answered before it was answered ${counted(nestingViolated, 'time')}`,
        ]),
    ...(asked > 0 ? [`decided mostly by: ${shares.join(', ')}`] : []),
    ...(reliable ? [] : ['pairing unreliable: too many times contradict each other, so nothing that spans two hops is more than possible']),
  ];
}

function latency(nanoseconds: number): string {
  return nanoseconds < 1e6 ? `${Math.round(nanoseconds / 1e3)} us` : `${(nanoseconds / 1e6).toPrecision(2)} ms`;
}
