/** A report, or parts of it as they come -> NDJSON: one object a line, `type` first, the rest as in contract.ts. */

import type { CaptureReport, Finding, Report } from '../model.ts';
import { type Context, captureJson, findingJson, summaryJson } from './contract.ts';
import { jsonText, SCHEMA } from './json.ts';
import type { Secrecy } from './safe.ts';

export function captureLine(context: Context, capture: CaptureReport, secrecy: Secrecy): string {
  return line({ type: 'capture', ...captureJson(context, capture, secrecy) });
}

/** `revised`: the finding was told before and is told again with a better confidence or an ending. */
export function findingLine(context: Context, finding: Finding, revised: boolean, secrecy: Secrecy): string {
  return line({ type: revised ? 'revision' : 'finding', ...findingJson(context, finding, secrecy) });
}

export function exonerationLine(context: Context, exoneration: Finding, secrecy: Secrecy): string {
  return line({ type: 'exoneration', ...findingJson(context, exoneration, secrecy) });
}

export function summaryLine(report: Report, secrecy: Secrecy): string {
  return line({
    type: 'summary',
    schema: SCHEMA,
    tool: { name: report.tool.name, version: report.tool.version },
    ...summaryJson(report, secrecy),
  });
}

export function* ndjsonPieces(report: Report, secrecy: Secrecy): Generator<string> {
  for (const capture of report.captures) yield captureLine(report, capture, secrecy);
  for (const finding of report.findings) yield findingLine(report, finding, false, secrecy);
  for (const exoneration of report.exonerations) yield exonerationLine(report, exoneration, secrecy);
  yield summaryLine(report, secrecy);
}

function line(value: unknown): string {
  return `${jsonText(value)}\n`;
}
