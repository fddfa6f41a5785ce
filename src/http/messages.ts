/** A scanned head to an open message: what is known of it the moment its blank line arrives. */
import type { Field, Framing, Moment } from '../model.ts';
import type { OpenRequest, OpenResponse } from './conversation.ts';
import { codingOf, framingOddities, framingOf, lengthOf } from './framing.ts';
import { fieldsOf, fingerprintOf, odditiesOf, type Texts } from './head.ts';
import type { HeadScanner } from './scan-head.ts';

/** Where a head began. */
export interface HeadStart {
  readonly headFrame: number;
  readonly headTime: number;
}

/** `at` is where the head ends. */
export function newRequest(head: HeadScanner, bytes: Uint8Array, texts: Texts, start: HeadStart, at: Moment): OpenRequest {
  const method = texts.text(bytes, head.firstStart, head.firstEnd);
  const version = texts.text(bytes, head.thirdStart, head.thirdEnd);
  const fields = fieldsOf(head, bytes, texts);
  const { framing, contentLength, oddities } = bodyOf(head, fields, version, method, 0);
  return {
    kind: 'request',
    method,
    target: texts.text(bytes, head.secondStart, head.secondEnd),
    version,
    fields,
    options: texts.options(fields),
    framing,
    contentLength,
    oddities,
    fingerprint: fingerprintOf(head, bytes),
    firstFrame: start.headFrame,
    firstTime: start.headTime,
    headFrame: at.frame,
    headTime: at.time,
    lastFrame: at.frame,
    lastTime: at.time,
    bodyOctets: 0,
    complete: false,
    missingOctets: 0,
    chunk: undefined,
    endOffset: Number.NaN,
    acked: undefined,
  };
}

/** `method` is that of the request it answers: undefined where that was not seen. */
export function newResponse(
  head: HeadScanner,
  bytes: Uint8Array,
  texts: Texts,
  start: HeadStart,
  at: Moment,
  method: string | undefined,
): OpenResponse {
  const version = texts.text(bytes, head.firstStart, head.firstEnd);
  const fields = fieldsOf(head, bytes, texts);
  const { framing, contentLength, oddities } = bodyOf(head, fields, version, method, head.status);
  return {
    kind: 'response',
    status: head.status,
    reason: texts.text(bytes, head.thirdStart, head.thirdEnd),
    version,
    fields,
    options: texts.options(fields),
    framing,
    contentLength,
    oddities,
    fingerprint: fingerprintOf(head, bytes),
    firstFrame: start.headFrame,
    firstTime: start.headTime,
    headFrame: at.frame,
    headTime: at.time,
    lastFrame: at.frame,
    lastTime: at.time,
    bodyOctets: 0,
    complete: false,
    missingOctets: 0,
    chunk: undefined,
    endOffset: Number.NaN,
    acked: undefined,
  };
}

function bodyOf(
  head: HeadScanner,
  fields: readonly Field[],
  version: string,
  method: string | undefined,
  status: number,
): { framing: Framing; contentLength: number; oddities: readonly string[] } {
  const coding = codingOf(fields);
  const length = lengthOf(fields);
  const framing = framingOf({ response: head.response, method, status, coding, length });
  const wrong = framingOddities(coding, length, version);
  const oddities = odditiesOf(head.oddities);
  return {
    framing,
    contentLength: length.kind === 'octets' ? length.octets : Number.NaN,
    oddities: wrong.length === 0 ? oddities : [...oddities, ...wrong],
  };
}
