/** The orders of severities and confidences, wherever something is sorted, chosen or counted by them. */
import type { Confidence, Severity } from './model.ts';

/** From worst to least. */
export const SEVERITIES: readonly Severity[] = ['hang', 'will-hang', 'loss', 'violation', 'hygiene', 'info'];
/** From surest to least sure. */
export const CONFIDENCES: readonly Confidence[] = ['proven', 'strong', 'likely', 'possible'];

/** Sure enough to be stated as a fact. */
export function isSure({ confidence }: { readonly confidence: Confidence }): boolean {
  return confidence === 'proven' || confidence === 'strong';
}

/** Bad enough and sure enough to fail a build. */
export function failsAt(failOn: Severity | 'never'): (found: { readonly severity: Severity; readonly confidence: Confidence }) => boolean {
  if (failOn === 'never') return () => false;
  const least = SEVERITIES.indexOf(failOn);
  return (found) => isSure(found) && SEVERITIES.indexOf(found.severity) <= least;
}
