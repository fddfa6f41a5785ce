/** A report -> text in one of the formats. A view is one file in this folder and one line here. */

import type { Report } from '../model.ts';
import { htmlPieces } from './html.ts';
import { jsonPieces } from './json.ts';
import { junitPieces } from './junit.ts';
import { renderMarkdown } from './markdown.ts';
import { ndjsonPieces } from './ndjson.ts';
import type { ViewOptions } from './safe.ts';
import { sarifPieces } from './sarif.ts';
import { renderText } from './text.ts';

export type { Context } from './contract.ts';
export { jsonText } from './json.ts';
export { captureLine, exonerationLine, findingLine, summaryLine } from './ndjson.ts';
export { escapeOctets, type Paint, plain, safeText, type ViewOptions } from './safe.ts';

export type Format = 'text' | 'json' | 'ndjson' | 'markdown' | 'html' | 'sarif' | 'junit';

export function render(report: Report, format: Format, options: ViewOptions): string {
  return [...renderPieces(report, format, options)].join('');
}

/** The same in pieces: a report with many findings need not be one string. */
export function renderPieces(report: Report, format: Format, options: ViewOptions): Iterable<string> {
  switch (format) {
    case 'text':
      return [renderText(report, options)];
    case 'json':
      return jsonPieces(report, options);
    case 'ndjson':
      return ndjsonPieces(report, options);
    case 'markdown':
      return [renderMarkdown(report, options)];
    case 'html':
      return htmlPieces(report, options);
    case 'sarif':
      return sarifPieces(report, options);
    case 'junit':
      return junitPieces(report, options);
  }
}
