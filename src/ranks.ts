/** The orders of severities and confidences, wherever something is sorted, chosen or counted by them. */
import type { Confidence, Severity } from './model.ts';

/** From worst to least. */
export const SEVERITIES: readonly Severity[] = ['hang', 'will-hang', 'loss', 'violation', 'hygiene', 'info'];
/** From surest to least sure. */
export const CONFIDENCES: readonly Confidence[] = ['proven', 'strong', 'likely', 'possible'];

/** Sure enough to be stated as a fact, and to fail a build. */
export function isSure({ confidence }: { readonly confidence: Confidence }): boolean {
  return confidence === 'proven' || confidence === 'strong';
}
