/**
 * A line of an HTTP head -> a line of the same length in which nothing is to be read that a report would hide. For evidence:
 * lengths and offsets stay, so that what Wireshark shows agrees with the report.
 */
import type { Wire } from '../model.ts';
import type { ShortHash } from './redact.ts';
import { type Secrecy, wireOctets } from './safe.ts';

/** What stands for an octet of a body. */
const FILLER = 'x';

const REQUEST_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,40} )(\S+)( HTTP\/\d\.\d\r?\n)$/;
const STATUS_LINE = /^(HTTP\/\d\.\d \d{3})( ?)([^\r\n]*)(\r?\n)$/;
const FIELD_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,256})([ \t]*:[ \t]*)(.*?)([ \t]*\r?\n)$/s;

/** @param line latin-1, with its line end if it has one */
export function redactLine(line: string, secrecy: Secrecy): string {
  if (secrecy.showSecrets || line === '\r\n' || line === '\n') return line;
  const show = (kind: Wire['kind'], octets: string, name?: string): string =>
    sameLength(octets, (hide) => wireOctets(wire(kind, octets, name), secrecy, hide), secrecy.hash);
  const [, method, target, version] = REQUEST_LINE.exec(line) ?? [];
  if (method !== undefined && target !== undefined) return `${method}${show('target', target)}${version}`;
  const [, status, space, reason, end] = STATUS_LINE.exec(line) ?? [];
  if (status !== undefined) return `${status}${space}${show('reason', reason ?? '')}${end}`;
  const [, name, colon, value, rest] = FIELD_LINE.exec(line) ?? [];
  if (name !== undefined) return `${name}${colon}${show('field-value', value ?? '', name.toLowerCase())}${rest}`;
  return redactBody(line);
}

export function isStartLine(line: string): boolean {
  return REQUEST_LINE.test(line) || STATUS_LINE.test(line);
}

/** Line ends stay: they are framing, or no secret. */
function redactBody(octets: string): string {
  return octets.replaceAll(/[^\r\n]/g, FILLER);
}

/** The size of a chunk and the semicolon behind it stay, what an extension says does not (RFC 9112 section 7.1.1). */
export function redactChunkSize(line: string): string {
  const size = /^[0-9a-f]{1,16}[ \t]*;?/i.exec(line)?.[0] ?? '';
  return size + redactBody(line.slice(size.length));
}

function wire(kind: Wire['kind'], octets: string, name: string | undefined): Wire {
  return name === undefined ? { kind, octets } : { kind, octets, name };
}

/** Equal octets get equal filler, as long as they are. */
function sameLength(octets: string, redacted: (hide: (secret: string) => string) => string, hash: ShortHash): string {
  const text = redacted((secret) => {
    let filler = '';
    for (let part = 0; filler.length < Math.min(secret.length, 32); part++) filler += hash(`${part}${secret}`);
    return filler.repeat(Math.ceil(secret.length / Math.max(1, filler.length))).slice(0, secret.length);
  });
  return text.length === octets.length ? text : redactBody(octets);
}
