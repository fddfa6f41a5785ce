/**
 * A JSON report on disk -> what comparing and accepting need of it.
 *
 * The file may come from anybody: what is read is checked field by field, and what else is in it is left alone.
 */
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import type { Cause, Outline } from '../compare.ts';
import { CONFIDENCES, SEVERITIES } from '../ranks.ts';
import { routeOf } from '../route.ts';
import { SCHEMA } from '../view/json.ts';
import { Refusal } from './io.ts';
import { whyNotRead } from './system-error.ts';

/** Octets; a report of 10,000 groups has some 100 MiB. */
const LARGEST = 256 * 1024 * 1024;

/** Does it begin like JSON? No capture and no packed file does. */
export function isJson(path: string): boolean {
  const head = new Uint8Array(64);
  try {
    const fd = openSync(path, 'r');
    try {
      return /^\s*\{/.test(String.fromCharCode(...head.subarray(0, readSync(fd, head))));
    } finally {
      closeSync(fd);
    }
  } catch {
    return false;
  }
}

/** Throws Refusal, in one line, when it cannot be read or is no report. */
export function readReport(path: string): Outline {
  let text: string;
  try {
    if (statSync(path).size > LARGEST) throw new Refusal(`${path}: larger than ${LARGEST} octets, not read as a report`);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(`${path}: ${whyNotRead(error) ?? 'cannot be read'}`);
  }
  return outlineOf(path, text);
}

/** @param text a report as --format json writes it */
export function outlineOf(name: string, text: string): Outline {
  const wrong = (what: string): Refusal => new Refusal(`${name}: not a report of --format json (${what})`);
  let report: unknown;
  try {
    report = JSON.parse(text);
  } catch {
    throw wrong(text.includes('\n{') ? 'several JSON values: is it ndjson?' : 'no JSON');
  }
  if (!isObject(report) || report['schema'] !== SCHEMA) throw wrong(`its schema is not ${SCHEMA}`);
  const { summary, findings } = report;
  if (!isObject(summary) || !Array.isArray(summary['rules'])) throw wrong('summary.rules is missing');
  if (!Array.isArray(findings)) throw wrong('findings is missing');
  const causes = new Map<string, Cause>();
  for (const [index, finding] of findings.entries()) addCause(finding, false, causes, () => wrong(`findings[${index}]`));
  return {
    name,
    connections: numberIn(summary, 'connections'),
    exchanges: numberIn(summary, 'exchanges'),
    lookedAt: new Map(summary['rules'].filter(isObject).map((rule) => [textIn(rule, 'id'), numberIn(rule, 'lookedAt')])),
    causes: [...causes.values()],
  };
}

/** A finding and what it explains; the first instance of a cause tells it. */
function addCause(finding: unknown, explained: boolean, causes: Map<string, Cause>, wrong: () => Refusal): void {
  if (!isObject(finding)) throw wrong();
  const fingerprint = textIn(finding, 'fingerprint');
  const rule = textIn(finding, 'rule');
  const severity = SEVERITIES.find((each) => each === finding['severity']);
  const confidence = CONFIDENCES.find((each) => each === finding['confidence']);
  if (fingerprint === '' || rule === '' || severity === undefined || confidence === undefined) throw wrong();
  const { exchange, connections, children } = finding;
  const known = causes.get(fingerprint);
  causes.set(fingerprint, {
    ...(known ?? {
      fingerprint,
      rule,
      severity,
      confidence,
      title: textIn(finding, 'title'),
      route: isObject(exchange) ? `${textIn(exchange, 'method')} ${routeOf(textIn(exchange, 'target'))}`.trim() : '',
      direction: textIn(finding, 'direction'),
      servers: Array.isArray(connections) ? connections.filter(isObject).map((connection) => textIn(connection, 'server')) : [],
    }),
    explained: explained && known?.explained !== false,
    count: (known?.count ?? 0) + 1,
  });
  if (!Array.isArray(children)) return;
  for (const child of children) addCause(child, true, causes, wrong);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textIn(object: Readonly<Record<string, unknown>>, key: string): string {
  const value = object[key];
  return typeof value === 'string' ? value : '';
}

function numberIn(object: Readonly<Record<string, unknown>>, key: string): number {
  const value = object[key];
  return typeof value === 'number' ? value : 0;
}
