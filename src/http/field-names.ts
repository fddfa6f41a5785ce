/**
 * Hot: `hashName` and `nameIndex` run for every header field.
 *
 * The header fields that mean something to connection management or to the pairing of hops, and what each is good for.
 *
 * A field that is not listed is end-to-end: it counts in the fingerprint and is kept only when the analysis keeps all fields.
 */
import { TRAITS } from '../model.ts';
import { octetsOf } from '../octets.ts';

/** Kept on the message, so that rules and reports can speak of it. */
export const KEPT = 1;
/** Left out of the commutative sum of end-to-end fields: hop-by-hop, or added and rewritten by proxies as a matter of course. */
export const PER_HOP = 2;
/** Its value names one request (RULES section 7.2, u). */
export const UNIQUE = 4;
/** Its value names one user, page or cache entry. */
export const TRAIT = 8;

/** Field names in lower case; the index of a name is its number in the scanner. */
const NAMES = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'content-length',
  'transfer-encoding',
  'host',
  'expect',
  'upgrade',
  'te',
  'trailer',
  'http2-settings',
  'via',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-server',
  'x-forwarded-port',
  'x-real-ip',
  'server',
  'content-type',
  'content-encoding',
  'proxy-authorization',
  'proxy-authenticate',
  'age',
  'x-cache',
  'prefer',
  'cache-control',
  'accept-encoding',
  'x-varnish',
  'traceparent',
  'x-request-id',
  'x-correlation-id',
  'idempotency-key',
  'sec-websocket-key',
  'cookie',
  'authorization',
  'if-none-match',
  'if-modified-since',
  'range',
  'referer',
  'user-agent',
  'etag',
  'last-modified',
  'date',
  'location',
  'set-cookie',
  'retry-after',
] as const;

type KnownName = (typeof NAMES)[number];

const USES: Readonly<Partial<Record<KnownName, number>>> = {
  connection: KEPT | PER_HOP,
  'keep-alive': KEPT | PER_HOP,
  'proxy-connection': KEPT | PER_HOP,
  'content-length': KEPT | PER_HOP,
  'transfer-encoding': KEPT | PER_HOP,
  host: KEPT | PER_HOP,
  expect: KEPT,
  upgrade: KEPT | PER_HOP,
  te: KEPT | PER_HOP,
  trailer: KEPT | PER_HOP,
  'http2-settings': KEPT | PER_HOP,
  via: KEPT | PER_HOP,
  forwarded: KEPT | PER_HOP,
  'x-forwarded-for': KEPT | PER_HOP,
  'x-forwarded-host': KEPT | PER_HOP,
  'x-forwarded-proto': KEPT | PER_HOP,
  'x-forwarded-server': KEPT | PER_HOP,
  'x-forwarded-port': KEPT | PER_HOP,
  'x-real-ip': KEPT | PER_HOP,
  server: KEPT,
  'content-type': KEPT,
  'content-encoding': KEPT,
  'proxy-authorization': KEPT | PER_HOP,
  'proxy-authenticate': KEPT | PER_HOP,
  age: KEPT | PER_HOP,
  'x-cache': KEPT | PER_HOP,
  prefer: KEPT,
  'cache-control': PER_HOP,
  'accept-encoding': PER_HOP,
  'x-varnish': KEPT | PER_HOP,
  traceparent: UNIQUE | PER_HOP,
  'x-request-id': UNIQUE | PER_HOP,
  'x-correlation-id': UNIQUE,
  'idempotency-key': KEPT | UNIQUE,
  'sec-websocket-key': UNIQUE,
  cookie: TRAIT,
  authorization: TRAIT | PER_HOP,
  'if-none-match': TRAIT | PER_HOP,
  'if-modified-since': TRAIT | PER_HOP,
  range: TRAIT,
  referer: TRAIT,
  'user-agent': TRAIT,
  etag: TRAIT,
  'last-modified': TRAIT,
  date: TRAIT,
  location: TRAIT,
  'set-cookie': TRAIT,
  'retry-after': KEPT,
};

export const CONNECTION = NAMES.indexOf('connection');
export const CONTENT_LENGTH = NAMES.indexOf('content-length');
export const TRANSFER_ENCODING = NAMES.indexOf('transfer-encoding');
export const HOST = NAMES.indexOf('host');
export const TRACEPARENT = NAMES.indexOf('traceparent');
export const LOCATION = NAMES.indexOf('location');
export const ETAG = NAMES.indexOf('etag');

/** Uses by number of the name. */
export const USE: Uint8Array = Uint8Array.from(NAMES, (name) => USES[name] ?? 0);

const traits: readonly string[] = TRAITS;
/** The place of each trait in `TRAITS` by number of the name. */
export const TRAIT_SLOT: Uint8Array = Uint8Array.from(NAMES, (name) => Math.max(0, traits.indexOf(name)));

const SLOTS = 256;
const table = new Int16Array(SLOTS).fill(-1);
const spelled = NAMES.map(octetsOf);

/** Hash of a field name, letter case ignored: setting bit 5 maps upper case to lower case and "-" to itself. */
export function hashName(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at]! | 0x20), 0x01000193);
  return hash ^ (hash >>> 15);
}

for (const [index, name] of spelled.entries()) {
  let slot = hashName(name, 0, name.length) & (SLOTS - 1);
  while (table[slot] !== -1) slot = (slot + 1) & (SLOTS - 1);
  table[slot] = index;
}

/** The number of a known name, or -1. */
export function nameIndex(hash: number, bytes: Uint8Array, start: number, end: number): number {
  for (let slot = hash & (SLOTS - 1); ; slot = (slot + 1) & (SLOTS - 1)) {
    const index = table[slot]!;
    if (index === -1 || isName(spelled[index]!, bytes, start, end)) return index;
  }
}

function isName(name: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (name.length !== end - start) return false;
  for (let at = 0; at < name.length; at++) {
    const octet = bytes[start + at]!;
    if (octet !== name[at] && (octet < 0x41 || (octet | 0x20) !== name[at])) return false;
  }
  return true;
}
