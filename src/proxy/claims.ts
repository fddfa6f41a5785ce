/**
 * The client that a request names in its fields: what a proxy says of who asked it (RULES section 7.2, x).
 */
import type { Message } from '../model.ts';
import { FORWARDED, FORWARDED_FOR } from '../notable.ts';

export interface Claim {
  readonly address: string;
  /** NaN when the field does not tell. */
  readonly port: number;
  /** The addresses before it in X-Forwarded-For: what the proxy was told itself. Undefined for the other fields. */
  readonly before: string | undefined;
}

/** The last element of X-Forwarded-For or of Forwarded, or X-Real-IP. */
export function claimOf({ fields, notable }: Message): Claim | undefined {
  if ((notable & (FORWARDED_FOR | FORWARDED)) === 0) return undefined;
  let found: Claim | undefined;
  for (const { name, value } of fields) {
    if (name.length === 15) {
      if (name.toLowerCase() === 'x-forwarded-for') return lastOf(value);
    } else if (name.length === 9) {
      const lower = name.toLowerCase();
      if (lower === 'x-real-ip') found ??= nodeOf(value.trim(), undefined);
      else if (lower === 'forwarded') found ??= forwardedFor(value);
    }
  }
  return found;
}

/** X-Forwarded-For as received; empty when there is none. */
export function chainOf({ fields, notable }: Message): string {
  if ((notable & FORWARDED_FOR) === 0) return '';
  for (const { name, value } of fields) if (name.length === 15 && name.toLowerCase() === 'x-forwarded-for') return value.trim();
  return '';
}

function lastOf(value: string): Claim | undefined {
  const comma = value.lastIndexOf(',');
  return nodeOf(value.slice(comma + 1).trim(), comma < 0 ? '' : value.slice(0, comma).trim());
}

/** for= of the last element (RFC 7239 section 4). */
function forwardedFor(value: string): Claim | undefined {
  const last = value.slice(value.lastIndexOf(',') + 1);
  for (const pair of last.split(';', 16)) {
    const equals = pair.indexOf('=');
    if (equals < 0 || pair.slice(0, equals).trim().toLowerCase() !== 'for') continue;
    const node = pair.slice(equals + 1).trim();
    return nodeOf(node.startsWith('"') ? node.slice(1, -1) : node, undefined);
  }
  return undefined;
}

/** An address, or address:port, or [address]:port; "unknown" and obfuscated names say nothing (RFC 7239 section 6). */
function nodeOf(node: string, before: string | undefined): Claim | undefined {
  if (node === '' || node === 'unknown' || node.startsWith('_')) return undefined;
  if (node.startsWith('[')) {
    const end = node.indexOf(']');
    return end < 0 ? undefined : { address: node.slice(1, end), port: portOf(node.slice(end + 2)), before };
  }
  const colon = node.indexOf(':');
  if (colon < 0 || colon !== node.lastIndexOf(':')) return { address: node, port: Number.NaN, before };
  return { address: node.slice(0, colon), port: portOf(node.slice(colon + 1)), before };
}

function portOf(text: string): number {
  return /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
}
