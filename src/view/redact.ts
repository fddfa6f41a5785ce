/**
 * Octets of the capture -> the same octets without secrets: a secret becomes `<redacted 12 octets #1f3a>`, its length and a
 * short keyed hash, so that equal values on two hops still show as equal.
 *
 * Field values are shown by an allow-list: what is not known to be harmless is redacted, whatever its name is. Targets are
 * shown but for userinfo, parameters that are named like a secret, and runs that look like one.
 */

/** Keyed short hash of latin-1 octets: equal octets give equal hashes within one report. */
export type ShortHash = (octets: string) => string;

/** What stands for a secret: equal for equal secrets. */
export type Hide = (secret: string) => string;

/** "<redacted 12 octets #1f3a>" */
export function marks(hash: ShortHash): Hide {
  return (secret) => `<redacted ${secret.length} ${secret.length === 1 ? 'octet' : 'octets'} #${hash(secret)}>`;
}

const HARMLESS = new Set(
  [
    'connection proxy-connection keep-alive te trailer transfer-encoding upgrade http2-settings content-length expect',
    'via max-forwards host server date age user-agent mime-version warning retry-after allow alt-svc',
    'accept accept-charset accept-encoding accept-language accept-ranges content-type content-encoding content-language',
    'content-range range vary cache-control pragma expires last-modified if-modified-since if-unmodified-since',
    'sec-websocket-version sec-websocket-extensions upgrade-insecure-requests x-cache x-accel-buffering',
  ].flatMap((line) => line.split(' ')),
);

/** Fields whose value is a reference, and shown as one. */
const REFERENCES = new Set(['location', 'content-location', 'destination']);

/** Fields whose value begins with an authentication scheme, which is not a secret (RFC 9110 section 11). */
const CREDENTIALS = new Set(['authorization', 'proxy-authorization', 'www-authenticate', 'proxy-authenticate']);
const SCHEME = /^(basic|bearer|digest|negotiate|ntlm|kerberos|hoba|mutual|scram-sha-1|scram-sha-256|aws4-hmac-sha256)(?=\s)/i;

const SECRET_NAME =
  /token|key|sig|code(?!c)|sess|pass|pwd|secret|auth|cred|jwt|ticket|saml|assertion|bearer|csrf|xsrf|hmac|nonce|(?:^|[-_.[])(?:sid|otp|pin|pw)\]?$|^j?sid$/i;

/** Chunk sizes and line ends: the only octets of a body that are shown. */
const FRAMING_OCTETS = /^[\r\n]{0,4}[0-9a-f]{0,8}[\r\n\t ]{0,4}$/i;

export function redactField(name: string | undefined, value: string, hide: Hide): string {
  const field = (name ?? '').toLowerCase();
  if (value === '') return value;
  if (field === 'host') return redactNamed(redactUserinfo(value, hide), hide);
  if (HARMLESS.has(field)) return redactNamed(value, hide);
  if (REFERENCES.has(field)) return redactTarget(value, hide);
  const scheme = CREDENTIALS.has(field) ? SCHEME.exec(value)?.[0] : undefined;
  if (scheme === undefined) return hide(value);
  return `${scheme} ${hide(value.slice(scheme.length).trimStart())}`;
}

export function redactOctets(octets: string, hide: Hide): string {
  return FRAMING_OCTETS.test(octets) ? octets : hide(octets);
}

const TOKEN = /\b(bearer|basic|negotiate|ntlm)(%20|[ +])([\w.~+/=-]{8,})|(?<![a-z])eyJ[\w-]{8,}(?:\.[\w-]*)*/gi;

/** Credentials that stand where none belong: behind the name of their scheme, or a JWT. */
export function redactCredentials(text: string, hide: Hide): string {
  return text.replaceAll(TOKEN, (all, scheme?: string, space?: string, token?: string) => {
    if (scheme === undefined || token === undefined) return all.startsWith('eyJ') ? hide(all) : all;
    const isWord = !/^bearer$/i.test(scheme) && !/\d|=|[a-z][A-Z]/.test(token);
    return isWord ? all : `${scheme}${space}${hide(token)}`;
  });
}

/** A name, and the value behind it: `key=`, `key="`; and `key: `, `"key":"`. */
const NAMED = [
  /(?<![\w.[\]-])([\w.[\]-]+)(\s*(?:=+|%3D)\s*)("[^"]*"?|[^\s,;&"]+)/gi,
  /(?<![\w.[\]-])([\w.[\]-]+)(["']?\s*:(?!\/\/)\s*)("[^"]*"?|[^\s,;&"]+)/g,
];
/** A host may be named like a secret, and have a port behind it. */
const PORT = /^\d{1,5}\)?$/;

/** Words of a sentence: what stands behind a name like a secret's, and userinfo in a reference. */
export function redactNamed(text: string, hide: Hide): string {
  const hidden = (all: string, name: string, sign: string, value: string): string =>
    SECRET_NAME.test(name) && !(sign === ':' && PORT.test(value)) ? name + sign + hide(value) : all;
  return NAMED.reduce((result, pattern) => result.replaceAll(pattern, hidden), text.replaceAll(/(?<=\/\/)[^\s/@]+(?=@)/g, hide));
}

/** A request-target (RFC 9112 section 3.2) or a URI reference. */
export function redactTarget(target: string, hide: Hide): string {
  const queryStart = target.search(/[?#]/);
  const beforeQuery = queryStart < 0 ? target : target.slice(0, queryStart);
  const query = queryStart < 0 ? '' : target.slice(queryStart);
  const [authority, path] = splitAuthority(beforeQuery);
  return redactUserinfo(authority, hide) + redactParts(path, /([/;])/, hide) + redactParts(query, /([?#&;])/, hide);
}

/** "http://user@host" and "/path"; a target in authority form is all authority. */
function splitAuthority(text: string): readonly [string, string] {
  const start = /^(?:[a-z][a-z0-9+.-]*:)?\/\//i.exec(text)?.[0].length ?? (text.startsWith('/') ? -1 : 0);
  if (start < 0) return ['', text];
  const slash = text.indexOf('/', start);
  return slash < 0 ? [text, ''] : [text.slice(0, slash), text.slice(slash)];
}

function redactUserinfo(authority: string, hide: Hide): string {
  const end = authority.lastIndexOf('@');
  if (end < 0) return authority;
  const start = authority.indexOf('//') + 1 === 0 ? 0 : authority.indexOf('//') + 2;
  return authority.slice(0, start) + hide(authority.slice(start, end)) + authority.slice(end);
}

/** `parts` separated by one of the characters of `separator`, each a value or name=value. */
function redactParts(parts: string, separator: RegExp, hide: Hide): string {
  return parts
    .split(separator)
    .map((part) => redactPart(part, hide))
    .join('');
}

function redactPart(part: string, hide: Hide): string {
  const equals = part.indexOf('=');
  const [name, value] = equals < 0 ? ['', part] : [part.slice(0, equals + 1), part.slice(equals + 1)];
  if (value === '') return part;
  const secret = SECRET_NAME.test(decode(name).replaceAll(/[^-\w.[\]]/g, '')) || holdsSecret(decode(value));
  return secret ? name + hide(value) : part;
}

/** Inside a value the name of one in a reference or a list (`?next=https%3A%2F%2Fe%2F%3Ftoken%3D...`), and in JSON. */
const INNER = /(?:^|[?&;#,|\s])([^=&;?#,|\s]+)=.|["']([^"']+)["']\s*:/g;

/** A reference inside a value, or a run that looks random. */
function holdsSecret(value: string): boolean {
  for (const [, listed, quoted] of value.matchAll(INNER)) if (SECRET_NAME.test(listed ?? quoted ?? '')) return true;
  if (/\/\/[^/\s]+@/.test(value)) return true;
  if (isHexadecimalSecret(value)) return true;
  return (value.match(/[\w-]{20,}/g) ?? []).some(looksRandom);
}

/** As in a link that resets a password. What names a content is none: the digest of a file, or one that says how it was made. */
function isHexadecimalSecret(value: string): boolean {
  const runs = value.match(/(?<![0-9a-z:])[0-9a-f]{32,}(?![0-9a-z])/gi) ?? [];
  return runs.some((run) => /\d/.test(run) && /[a-f]/i.test(run)) && !/\.[a-z]\w{0,5}$/i.test(value);
}

/** A JWT, or letters of both cases and digits that change their class at half of the places or more. */
function looksRandom(run: string): boolean {
  if (run.startsWith('eyJ')) return true;
  let changes = 0;
  let last = '';
  const seen = new Set<string>();
  for (const character of run) {
    const kind = /\d/.test(character) ? 'digit' : /[a-z]/.test(character) ? 'lower' : 'upper';
    seen.add(kind);
    if (kind !== last) changes++;
    last = kind;
  }
  return seen.size === 3 && changes * 2 > run.length;
}

/** Percent-decoded, also where it was encoded more than once. */
function decode(text: string): string {
  let decoded = text;
  for (let round = 0; round < 3 && decoded.includes('%'); round++) {
    decoded = decoded.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
  return decoded;
}
