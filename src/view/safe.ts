/**
 * Octets of the capture -> characters that do nothing: the only place where a Wire is opened.
 *
 * Two steps, always in this order: redaction (redact.ts), then escaping. What comes out of a Wire is printable ASCII, with
 * `\r`, `\n`, `\t`, `\\` and `\xNN` for everything else, so that no octet is lost and none can move a cursor. Our own
 * text, file names and addresses keep their letters; controls, format characters and lone surrogates are escaped too.
 */

import type { Severity, Text, Wire } from '../model.ts';
import { anonymousWire } from './anonymous-octets.ts';
import { type Hide, marks, redactCredentials, redactField, redactNamed, redactOctets, redactTarget, type ShortHash } from './redact.ts';

/** Names of styles as `util.styleText` knows them, and a text without line ends. */
export type Paint = (style: string | readonly string[], text: string) => string;

export interface ViewOptions {
  /** Columns; views for a terminal write no longer line. */
  readonly width: number;
  readonly color: boolean;
  readonly showSecrets: boolean;
  /** Leave no more of the capture than framing and connection management; addresses are Anonymizer's. */
  readonly anonymous?: boolean;
  readonly hash: ShortHash;
  /** Identity when `color` is off. */
  readonly paint: Paint;
  /** The terminal understands OSC 8: link what a finding is based on. Never with captured text. */
  readonly hyperlinks?: boolean;
  /** From which severity up a test case of the JUnit view fails; by default violation, as for the exit code. */
  readonly failOn?: Severity | 'never' | undefined;
  /** Budget of the Markdown view in characters; 60,000 by default. */
  readonly maxChars?: number | undefined;
}

export type Secrecy = Pick<ViewOptions, 'showSecrets' | 'anonymous' | 'hash'>;

/** A part of a text: ours, or of the capture. */
export interface SafePiece {
  readonly text: string;
  readonly captured: boolean;
}

/** Octets of one Wire that are shown to people; the rest is counted. */
const LONGEST_SHOWN = 400;

export function safeText(text: Text, secrecy: Secrecy): string {
  return safePieces(text, secrecy)
    .map((piece) => piece.text)
    .join('');
}

/** Neighbours of one origin are joined, and Wires with only a space or colon between them: "GET /a" and "TE: trailers" are one piece each. */
export function safePieces(text: Text, secrecy: Secrecy): SafePiece[] {
  const pieces: SafePiece[] = [];
  for (const part of text) {
    const piece = typeof part === 'string' ? { text: plain(part), captured: false } : { text: safeWire(part, secrecy), captured: true };
    append(pieces, piece);
  }
  return pieces;
}

/** A head is told as "GET /a HTTP/1.1 | Connection: close": its lines, split at our bars and at none that was captured. */
export function safeLines(text: Text, secrecy: Secrecy): string[] {
  const lines = [''];
  for (const part of text) {
    const [first = '', ...others] = typeof part === 'string' ? plain(part).split(' | ') : [safeWire(part, secrecy)];
    lines.push(`${lines.pop() ?? ''}${first}`, ...others);
  }
  return lines;
}

function append(pieces: SafePiece[], piece: SafePiece): void {
  const last = pieces.at(-1);
  const beforeLast = pieces.at(-2);
  if (last?.captured === piece.captured) {
    pieces.splice(-1, 1, { captured: piece.captured, text: last.text + piece.text });
  } else if (piece.captured && (last?.text === ' ' || last?.text === ': ') && beforeLast !== undefined) {
    pieces.splice(-2, 2, { captured: true, text: beforeLast.text + last.text + piece.text });
  } else pieces.push(piece);
}

export function safeWire(wire: Wire, secrecy: Secrecy): string {
  const octets = wireOctets(wire, secrecy);
  const rest = octets.length - LONGEST_SHOWN;
  return rest > 0 ? `${escapeOctets(octets.slice(0, LONGEST_SHOWN))} [+${rest} octets]` : escapeOctets(octets);
}

/** For a machine: without secrets, not escaped; the format that carries them escapes them. */
export function wireOctets(wire: Wire, { showSecrets, anonymous, hash }: Secrecy, hide: Hide = marks(hash)): string {
  if (anonymous === true) return redactCredentials(anonymousWire(wire, hide), hide);
  return showSecrets ? wire.octets : redactWire(wire, hide);
}

function redactWire(wire: Wire, hide: Hide): string {
  return redactCredentials(redactByKind(wire, hide), hide);
}

function redactByKind(wire: Wire, hide: Hide): string {
  switch (wire.kind) {
    case 'target':
      return redactTarget(wire.octets, hide);
    case 'field-value':
      return redactField(wire.name, wire.octets, hide);
    case 'octets':
      return redactOctets(wire.octets, hide);
    case 'reason':
      return redactNamed(wire.octets, hide);
    case 'method':
    case 'field-name':
    case 'version':
    case 'host-name':
      return wire.octets;
  }
}

/** The field values of `text`, as comparable keys: equal keys, equal field and equal octets. */
export function fieldValues(text: Text): { readonly name: string; readonly key: string }[] {
  return text.flatMap((part) =>
    typeof part !== 'string' && part.kind === 'field-value' && part.name !== undefined
      ? [{ name: part.name, key: `${part.name}:${part.octets}` }]
      : [],
  );
}

/** A request-target with one of these octets. */
export function isTarget(part: string | Wire, targets: ReadonlySet<string>): boolean {
  return typeof part !== 'string' && part.kind === 'target' && targets.has(part.octets);
}

export function isEmptyVersion(part: string | Wire | undefined): boolean {
  return typeof part === 'object' && part.kind === 'version' && part.octets === '';
}

const NAMED: ReadonlyMap<string, string> = new Map([
  ['\r', '\\r'],
  ['\n', '\\n'],
  ['\t', '\\t'],
  ['\\', '\\\\'],
]);

/** Latin-1 octets as printable ASCII; reversible. */
export function escapeOctets(octets: string): string {
  return octets.replaceAll(/[^ -[\]-~]/g, (unit) => NAMED.get(unit) ?? escapeUnit(unit.charCodeAt(0)));
}

function escapeUnit(code: number): string {
  return code > 0xff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\x${code.toString(16).padStart(2, '0')}`;
}

/** Controls, format characters (bidi, zero width), line and paragraph separators, surrogates, private and unassigned ones. */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}\p{Variation_Selector}]/gu;

/** Text that is not from the wire: letters of all scripts stay. */
export function plain(text: string): string {
  return text.replaceAll(UNSAFE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\u{${code.toString(16)}}` : escapeUnit(code);
  });
}
