/** A scanned head to an open message: what is known of it the moment its blank line arrives. */
import type { Field, Framing, Moment } from '../model.ts';
import type { OpenRequest, OpenResponse } from './conversation.ts';
import { codingOf, framingOddities, framingOf, lengthOf, repeatsChunked } from './framing.ts';
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
  const fields = allFieldsOf(head, bytes, texts);
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
    tail: '',
    seemsComplete: false,
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
  const fields = allFieldsOf(head, bytes, texts);
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
    tail: '',
    seemsComplete: false,
    endOffset: Number.NaN,
    acked: undefined,
  };
}

/** Options that name no field, or one that is kept anyway. */
const USUAL_OPTIONS: ReadonlySet<string> = new Set(['close', 'keep-alive', 'upgrade', 'te', 'trailer', 'http2-settings']);

/** The kept fields, with those that Connection names in this head for the first time. */
function allFieldsOf(head: HeadScanner, bytes: Uint8Array, texts: Texts): readonly Field[] {
  const fields = fieldsOf(head, bytes, texts);
  let news = false;
  for (const option of texts.options(fields)) if (!USUAL_OPTIONS.has(option) && head.nominate(option)) news = true;
  if (!news) return fields;
  const { oddities } = head;
  head.scan(bytes, head.firstStart, bytes.length);
  head.oddities = oddities;
  return fieldsOf(head, bytes, texts);
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
  const wrong = framingOddities(coding, length, version, coding === 'chunked' && repeatsChunked(fields));
  const oddities = odditiesOf(head.oddities);
  return {
    framing,
    contentLength: length.kind === 'octets' ? length.octets : Number.NaN,
    oddities: wrong.length === 0 ? oddities : [...oddities, ...wrong],
  };
}
