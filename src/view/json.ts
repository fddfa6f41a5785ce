/**
 * A report -> JSON in the form of contract.ts, indented.
 *
 * It is valid UTF-8 whatever was captured, and harmless where it is printed: no control, format or separator character
 * leaves unescaped, so that a terminal survives it.
 */

import type { Finding, Report } from '../model.ts';
import { captureJson, type FindingJson, findingJson, summaryJson } from './contract.ts';
import type { Secrecy } from './safe.ts';

export { captureJson } from './contract.ts';

export const SCHEMA = 'hopcheck-report/1';

/** Pieces of the indented document: one per finding, so that a large report is never one string. */
export function* jsonPieces(report: Report, secrecy: Secrecy): Generator<string> {
  yield `{\n  "schema": ${jsonText(SCHEMA)},\n`;
  yield `  "tool": ${nested({ name: report.tool.name, version: report.tool.version }, '  ')},\n`;
  yield* list(
    'captures',
    report.captures.map((capture) => captureJson(report, capture, secrecy)),
  );
  yield `,\n  "summary": ${nested(summaryJson(report, secrecy), '  ')},\n`;
  yield* list('findings', findings(report, report.findings, secrecy));
  yield ',\n';
  yield* list('exonerations', findings(report, report.exonerations, secrecy));
  yield '\n}\n';
}

function* findings(report: Report, all: readonly Finding[], secrecy: Secrecy): Generator<FindingJson> {
  for (const finding of all) yield findingJson(report, finding, secrecy);
}

function* list(name: string, values: Iterable<unknown>): Generator<string> {
  let before = `  "${name}": [\n    `;
  let after = `  "${name}": []`;
  for (const value of values) {
    yield before + nested(value, '    ');
    before = ',\n    ';
    after = '\n  ]';
  }
  yield after;
}

function nested(value: unknown, indent: string): string {
  return jsonText(value, 2).replaceAll('\n', `\n${indent}`);
}

/** Between the strings, JSON.stringify with an indent writes line ends; inside them it has escaped all of C0. */
const UNSAFE_IN_JSON = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

export function jsonText(value: unknown, indent = 0): string {
  return JSON.stringify(value, null, indent).replaceAll(UNSAFE_IN_JSON, (character) =>
    Array.from({ length: character.length }, (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );
}
