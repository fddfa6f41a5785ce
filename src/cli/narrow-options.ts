/**
 * --host, --from, --to, --max-bytes, --port and --proxy: the words on the command line -> what narrows or hints. Whatever is none of
 * theirs is refused with the forms that are.
 */
import { InvalidArgumentError } from 'commander';

/** A time: of the epoch, or since the first frame of the analysis. */
export interface TimeMark {
  readonly relative: boolean;
  readonly seconds: number;
  readonly nanoseconds: number;
  /** As it was given. */
  readonly text: string;
}

export interface Host {
  readonly family: 4 | 6;
  /** As an address book writes it. */
  readonly text: string;
}

const SECONDS = /^(\+?)(\d{1,15})(?:\.(\d{1,9})\d*)?$/;
const CALENDAR = /^(\d{4}-\d\d-\d\d)(?:(?:[T ]|T )(\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,9})\d*)?)?)? ?(Z|UTC|[+-]\d\d(?::?\d\d)?)?$/i;

/** Epoch seconds, +seconds from the first frame, or a calendar time as ISO 8601 and the report write it; UTC where it names no zone. */
export function parseTime(text: string): TimeMark {
  const seconds = SECONDS.exec(text);
  if (seconds !== null) {
    const [, sign, whole, fraction] = seconds;
    return { relative: sign === '+', seconds: Number(whole), nanoseconds: nanosecondsOf(fraction), text };
  }
  const calendar = CALENDAR.exec(text);
  const mark = calendar === null ? Number.NaN : minuteOf(calendar);
  if (calendar === null || Number.isNaN(mark)) {
    throw new InvalidArgumentError('Epoch seconds, +seconds from the first frame, or 2026-11-22T21:20:03Z.');
  }
  return { relative: false, seconds: mark / 1000, nanoseconds: nanosecondsOf(calendar[4]), text };
}

/** Epoch milliseconds of a calendar time without its fraction; NaN for one that no calendar has. */
function minuteOf([, day, minute = '00:00', second = '00', , zone = 'Z']: RegExpExecArray): number {
  const time = `${day}T${minute}:${second}`;
  const utc = Date.parse(`${time}Z`);
  if (Number.isNaN(utc) || !new Date(utc).toISOString().startsWith(time)) return Number.NaN; // the 30th of February
  const shift = /^([+-])(\d\d):?(\d\d)?$/.exec(zone);
  if (shift === null) return utc;
  const minutes = Number(shift[2]) * 60 + Number(shift[3] ?? 0);
  return utc - (shift[1] === '-' ? -1 : 1) * minutes * 60_000;
}

function nanosecondsOf(fraction = ''): number {
  return Number(fraction.padEnd(9, '0'));
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['k', 1e3],
  ['m', 1e6],
  ['g', 1e9],
  ['t', 1e12],
]);

/** 4096, 500k, 64M, 1.5G: powers of 1000. */
export function parseOctets(text: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([kmgt]?)b?$/i.exec(text) ?? [];
  const octets = Math.floor(Number(number) * (UNITS.get(unit.toLowerCase()) ?? Number.NaN));
  if (!Number.isSafeInteger(octets) || octets < 1) throw new InvalidArgumentError('A number of bytes, such as 500k, 64M or 1.5G.');
  return octets;
}

/** An address as it is usually written, IPv6 with or without brackets. */
export function parseHost(value: string, before: readonly Host[] = []): readonly Host[] {
  const host = hostOf(/^\[(.*)\]$/.exec(value)?.[1] ?? value);
  if (host === undefined) throw new InvalidArgumentError('An IPv4 or IPv6 address, no name and no network.');
  return [...before, host];
}

function hostOf(address: string): Host | undefined {
  const { isIPv4, isIPv6, SocketAddress } = process.getBuiltinModule('node:net'); // loaded here because it takes 2 ms of the start-up
  if (isIPv4(address)) return { family: 4, text: address };
  if (!isIPv6(address) || address.includes('%')) return undefined;
  return { family: 6, text: new SocketAddress({ address, family: 'ipv6' }).address };
}

const ENDPOINT = /^(?:\[(?<ipv6>.*)\]|(?<ipv4>[^:]*))(?::(?<port>[1-9]\d{0,4}))?$/;

/** An address, and perhaps a port: 10.0.0.1, 10.0.0.1:8080, 2001:db8::1, [2001:db8::1]:8080. */
export function proxyOf(value: string): { readonly address: string; readonly port: number | undefined } | undefined {
  const { ipv6, ipv4, port } = ENDPOINT.exec(value)?.groups ?? {};
  const host = hostOf(ipv6 ?? ipv4 ?? value);
  if (host === undefined || Number(port ?? 0) > 65_535) return undefined;
  return { address: host.text, port: port === undefined ? undefined : Number(port) };
}

export function parseProxy(value: string, before: readonly string[] = []): readonly string[] {
  if (proxyOf(value) === undefined)
    throw new InvalidArgumentError('An address, or one with a port, as 10.0.0.1:8080 or [2001:db8::1]:8080.');
  return [...before, value];
}

const HTTP_PORT = /^([1-9]\d{0,4})=http$/;

/** 8081=http: no other protocol is read, so none can be named. */
export function parsePort(value: string, before: readonly string[] = []): readonly string[] {
  if (!isHttpPort(value)) throw new InvalidArgumentError('A port and what is spoken on it, as 8081=http; nothing else but http is read.');
  return [...before, value];
}

export function isHttpPort(value: string): boolean {
  return Number(HTTP_PORT.exec(value)?.[1]) <= 65_535;
}

/** The ports of such values. */
export function portsOf(values: readonly string[]): ReadonlySet<number> {
  return new Set(values.map((value) => Number.parseInt(value, 10)));
}
