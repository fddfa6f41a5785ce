/** Captures of other people's traffic, in place, and what some rules find in them. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createAnalyzer } from '../../src/analyze.ts';
import { CaptureError } from '../../src/errors.ts';
import type { Finding } from '../../src/model.ts';
import { rules } from '../../src/rules/index.ts';

export const FOREIGN = fileURLToPath(new URL('../../../shared/captures/', import.meta.url));

/** Their paths below `FOREIGN`, sorted. */
export function foreignCaptures(): readonly string[] {
  return readdirSync(FOREIGN, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(?:json|md|py)$/.test(entry.name))
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(FOREIGN.length).replace(/^\//, ''))
    .sort();
}

/** Capture, rule, severity and confidence of each finding of the rules with these ids, those that others explain too. */
export function foreignFindings(path: string, ids: ReadonlySet<string>): readonly string[] {
  const analyzer = createAnalyzer({ rules: rules.filter(({ id }) => ids.has(id)) });
  const input = analyzer.open({ name: path });
  try {
    input.push(readFileSync(`${FOREIGN}${path}`));
    input.end();
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
  }
  const all = (findings: readonly Finding[]): readonly Finding[] => findings.flatMap((each) => [each, ...all(each.children)]);
  return all(analyzer.finish().findings).map(({ rule, severity, confidence }) => `${path} ${rule} ${severity} ${confidence}`);
}
