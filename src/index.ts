/** The public library: captures in, reports out. */

import type { AnalyzerOptions } from './analyze.ts';
import { createAnalyzer } from './analyze.ts';
import type { Report } from './model.ts';
import { type Format, render as renderWith } from './view/index.ts';
import type { ViewOptions } from './view/safe.ts';
import { standardView } from './view/standard-view.ts';

export { type Analyzer, type AnalyzerOptions, createAnalyzer } from './analyze.ts';
export type { CaptureInput, CaptureSource } from './capture-points.ts';
export { CaptureError } from './errors.ts';
export type * from './model.ts';
export { rules } from './rules/index.ts';
export { type Survey, type Surveyor, surveyPoints } from './survey.ts';
export type { Format } from './view/index.ts';
export { plain, type ViewOptions } from './view/safe.ts';

/**
 * Analyzes one capture: all its octets, or its octets in pieces as they come.
 * @throws CaptureError when it is not a capture; damage inside a capture is told in the report instead
 */
export async function analyze(
  capture: Uint8Array | AsyncIterable<Uint8Array>,
  options: AnalyzerOptions & { readonly name?: string } = {},
): Promise<Report> {
  const analyzer = createAnalyzer(options);
  const input = analyzer.open({ name: options.name ?? 'capture' });
  if (capture instanceof Uint8Array) input.push(capture);
  else for await (const bytes of capture) input.push(bytes);
  input.end();
  return analyzer.finish();
}

/**
 * A report as text, safe to print or to publish: what is not said of the view is as for a file, 80 columns wide, without colour
 * and with values of the capture hidden behind numbers, equal ones behind equal ones.
 */
export function render(report: Report, format: Format, options: Partial<ViewOptions> = {}): string {
  return renderWith(report, format, { ...standardView(), ...options });
}
