/**
 * A scanned head to texts and fields: the seam between octets and records.
 *
 * Hot: runs per message; the caches and the octet comparisons are what bench/ shows of it.
 * The same few values come again and again (methods, versions, reasons, "keep-alive"), so texts and fields go through caches
 * of fixed size: no string is made twice in a row, and hostile variety costs time only for itself.
 */
import type { Field } from '../model.ts';
import { hashOctets, latin1 } from '../octets.ts';
import type { HeadScanner } from './scan-head.ts';
import * as scan from './scan-head.ts';

const SLOTS = 4096;
/** Longer texts are not worth a place. */
const LONGEST = 200;

export class Texts {
  private readonly texts: (string | undefined)[] = new Array(SLOTS).fill(undefined);
  private readonly fields: (Field | undefined)[] = new Array(SLOTS).fill(undefined);
  private readonly optionLists = new Map<string, readonly string[]>();

  text(bytes: Uint8Array, start: number, end: number): string {
    if (start >= end) return '';
    if (end - start > LONGEST) return latin1(bytes, start, end);
    const slot = hashOctets(bytes, start, end) & (SLOTS - 1);
    const known = this.texts[slot];
    if (known !== undefined && isText(known, bytes, start, end)) return known;
    const text = latin1(bytes, start, end);
    this.texts[slot] = text;
    return text;
  }

  field(bytes: Uint8Array, nameStart: number, nameEnd: number, valueStart: number, valueEnd: number): Field {
    if (valueEnd - nameStart > LONGEST) return newField(bytes, nameStart, nameEnd, valueStart, valueEnd);
    const slot = hashOctets(bytes, nameStart, valueEnd) & (SLOTS - 1);
    const known = this.fields[slot];
    if (known !== undefined && isText(known.name, bytes, nameStart, nameEnd) && isText(known.value, bytes, valueStart, valueEnd))
      return known;
    const field = newField(bytes, nameStart, nameEnd, valueStart, valueEnd);
    this.fields[slot] = field;
    return field;
  }

  /** Connection options in lower case (RFC 9110 section 7.6.1). */
  options(fields: readonly Field[]): readonly string[] {
    let options: readonly string[] = NONE;
    for (const field of fields) {
      if (field.name.length !== 10 || field.name.toLowerCase() !== 'connection') continue;
      const more = this.tokens(field.value);
      options = options.length === 0 ? more : [...options, ...more];
    }
    return options;
  }

  private tokens(value: string): readonly string[] {
    const known = this.optionLists.get(value);
    if (known !== undefined) return known;
    const tokens = tokensOf(value);
    if (this.optionLists.size >= 256) this.optionLists.clear();
    if (value.length <= LONGEST) this.optionLists.set(value, tokens);
    return tokens;
  }
}

/** Options that name no field, or one that is kept anyway. */
export const USUAL_OPTIONS: ReadonlySet<string> = new Set(['close', 'keep-alive', 'upgrade', 'te', 'trailer', 'http2-settings']);

/** Tokens of one field that are looked at; a hostile list of a million is cut here. */
const MAX_TOKENS = 100;

/** A comma-separated list of tokens, in lower case; empty elements are skipped (RFC 9110 section 5.6.1). */
export function tokensOf(value: string): readonly string[] {
  const tokens = [];
  for (const part of value.split(',', MAX_TOKENS)) {
    const token = part.trim().toLowerCase();
    if (token !== '') tokens.push(token);
  }
  return tokens;
}

const NONE: readonly string[] = [];

function newField(bytes: Uint8Array, nameStart: number, nameEnd: number, valueStart: number, valueEnd: number): Field {
  return { name: latin1(bytes, nameStart, nameEnd), value: unfolded(latin1(bytes, valueStart, valueEnd)) };
}

/** A folded line counts as one space (RFC 9112 section 5.2). No regular expression: a value may be 256 KiB of spaces. */
function unfolded(value: string): string {
  if (!value.includes('\n')) return value;
  const lines = value.split('\n');
  const last = lines.length - 1;
  return trimmed(lines.map((line, index) => trimmed(index < last && line.endsWith('\r') ? line.slice(0, -1) : line)).join(' '));
}

/** Without the white space around it that HTTP knows: space and tab. */
function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && (text[start] === ' ' || text[start] === '\t')) start++;
  while (end > start && (text[end - 1] === ' ' || text[end - 1] === '\t')) end--;
  return text.slice(start, end);
}

function isText(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) !== bytes[start + at]) return false;
  return true;
}

export function fieldsOf(head: HeadScanner, bytes: Uint8Array, texts: Texts): readonly Field[] {
  const fields: Field[] = [];
  for (let index = 0; index < head.keptCount; index++) {
    const at = index * scan.PER_FIELD;
    fields.push(texts.field(bytes, head.kept[at + 1]!, head.kept[at + 2]!, head.kept[at + 3]!, head.kept[at + 4]!));
  }
  return fields;
}

const ODDITIES: readonly (readonly [number, string])[] = [
  [scan.BARE_LF, 'bare-lf'],
  [scan.OBS_FOLD, 'obs-fold'],
  [scan.SPACE_BEFORE_COLON, 'space-before-colon'],
  [scan.NO_COLON, 'no-colon'],
  [scan.NO_VERSION, 'no-version'],
  [scan.TOO_MANY_FIELDS, 'too-many-fields'],
  [scan.BARE_CR, 'bare-cr'],
  [scan.NUL, 'nul'],
  [scan.EXTRA_SPACE, 'extra-space'],
  [scan.BAD_VERSION, 'bad-version'],
  [scan.BAD_STATUS, 'bad-status'],
  [scan.REPEATED_HOST, 'repeated-host'],
  [scan.LEADING_SPACE, 'leading-space'],
  [scan.HEAD_CUT, 'head-cut'],
  [scan.EMPTY_LINE_BEFORE, 'empty-line-before'],
  [scan.OCTETS_BEFORE, 'octets-before'],
  [scan.BAD_FIELD_NAME, 'bad-field-name'],
];

export function odditiesOf(flags: number): readonly string[] {
  return flags === 0 ? NONE : ODDITIES.filter(([flag]) => (flags & flag) !== 0).map(([, name]) => name);
}
