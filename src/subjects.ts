/** What a finding is about: rules tell what they found per subject, and a verdict joins what concerns the same one. */
import type { Exchange } from './model.ts';

export function subjectOf({ connection, ordinal }: Exchange): string {
  return `${connection.key} ${ordinal}`;
}
