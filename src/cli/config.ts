/**
 * hopcheck.config.json: what a project has agreed on, as defaults of the options. config.schema.json describes it.
 *
 * The command line beats it. It can hush a rule only with a reason, and for a time; it cannot name an output or show secrets,
 * because it is read from the folder that hopcheck happens to be started in.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { CONFIDENCES, SEVERITIES } from '../ranks.ts';
import { refuseUnknownRules } from './explain.ts';
import { type Io, Refusal, say } from './io.ts';
import { isHttpPort, proxyOf } from './narrow-options.ts';
import { COLORS, FORMATS } from './options.ts';
import { whyNotRead } from './system-error.ts';

const NAME = 'hopcheck.config.json';
const LARGEST = 1024 * 1024;

type Check = (value: unknown) => string | undefined;

const oneOf =
  (words: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && words.includes(value) ? undefined : `one of ${words.join(', ')}`;
const text: Check = (value) => (typeof value === 'string' && value !== '' ? undefined : 'a text');
const texts: Check = (value) => (Array.isArray(value) && value.every((each) => text(each) === undefined) ? undefined : 'a list of texts');
const ports: Check = (value) =>
  Array.isArray(value) && value.every((each) => typeof each === 'string' && isHttpPort(each)) ? undefined : 'a list of ports, as 8081=http';
const proxies: Check = (value) =>
  Array.isArray(value) && value.every((each) => typeof each === 'string' && proxyOf(each) !== undefined)
    ? undefined
    : 'a list of addresses, as 10.0.0.1 or 10.0.0.1:8080';
const yesOrNo: Check = (value) => (typeof value === 'boolean' ? undefined : 'true or false');
const columns: Check = (value) => (Number.isInteger(value) && Number(value) >= 20 && Number(value) <= 10_000 ? undefined : '20 to 10000');
const hushed: Check = (value) => (Array.isArray(value) && value.every(isHushed) ? undefined : 'a list of {rule, reason, until}');

/** Keys are the names of the options in camelCase. */
const KEYS: ReadonlyMap<string, Check> = new Map([
  ['$schema', text],
  ['failOn', oneOf([...SEVERITIES, 'never'])],
  ['minConfidence', oneOf(CONFIDENCES)],
  ['rule', texts],
  ['ignore', hushed],
  ['baseline', text],
  ['port', ports],
  ['proxy', proxies],
  ['format', oneOf(FORMATS)],
  ['color', oneOf(COLORS)],
  ['width', columns],
  ['strict', yesOrNo],
  ['quiet', yesOrNo],
]);

/** A rule that is not to be told of, why, and the last day of that, as 2027-01-31. */
interface Hushed {
  readonly rule: string;
  readonly reason: string;
  readonly until?: string;
}

/** Of a configuration file that has been checked. */
type Settings = Readonly<Record<string, unknown>> & { readonly rule?: readonly string[]; readonly ignore?: readonly Hushed[] };

function isHushed(value: unknown): value is Hushed {
  if (!isObject(value)) return false;
  const { rule, reason, until, ...others } = value;
  const days = until === undefined || (typeof until === 'string' && isDay(until));
  return text(rule) === undefined && text(reason) === undefined && days && Object.keys(others).length === 0;
}

function isDay(value: string): boolean {
  const time = Date.parse(`${value}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}

/**
 * The settings become options of `command` where the command line has none; `ignore` is added to what it has.
 * @param given a path, false for none at all, or undefined for the file in this folder if there is one
 * @throws Refusal when the file cannot be read or says what it cannot say
 */
export function applyConfig(command: Command, given: string | boolean | undefined, io: Io): void {
  if (given === false) return;
  const path = typeof given === 'string' ? given : NAME;
  if (typeof given !== 'string' && !existsSync(path)) return;
  const { ignore = [], ...settings } = readConfig(path);
  const configured: string[] = [];
  for (const [key, value] of Object.entries(settings)) {
    const option = command.options.find((each) => each.attributeName() === key);
    if (option === undefined || command.getOptionValueSource(key) === 'cli') continue;
    if (option.argChoices?.includes(String(value)) === false) continue; // a format that this command does not have
    // The ending of -o says more than a usual format.
    const name = key === 'format' && command.options.some(({ long }) => long === '--output') ? 'usualFormat' : key;
    command.setOptionValueWithSource(name, key === 'baseline' ? resolve(dirname(path), String(value)) : value, 'config');
    configured.push(key);
  }
  command.setOptionValue('configured', { name: basename(path), keys: configured, ignored: 0 });
  if (!command.options.some((option) => option.attributeName() === 'ignore')) return;
  const today = new Date(io.now() * 1000).toISOString().slice(0, 10);
  for (const { rule, until } of ignore) {
    if (until !== undefined && until < today) say(io, `${path}: the time to ignore ${rule} ended on ${until}, so it is told again`);
  }
  const now = ignore.filter(({ until }) => until === undefined || until >= today).map(({ rule }) => rule);
  const before: unknown = command.getOptionValue('ignore');
  command.setOptionValue('ignore', [...(Array.isArray(before) ? before : []), ...now]);
  command.setOptionValue('configured', { name: basename(path), keys: configured, ignored: now.length });
}

/** Throws Refusal in one line. */
export function readConfig(path: string): Settings {
  const settings = parsed(path);
  if (!isObject(settings)) throw new Refusal(`${path}: not an object`);
  for (const [key, value] of Object.entries(settings)) {
    const check = KEYS.get(key);
    if (check === undefined) throw new Refusal(`${path}: there is no setting ${key}; there are ${[...KEYS.keys()].join(', ')}`);
    const wanted = check(value);
    if (wanted !== undefined) throw new Refusal(`${path}: ${key} must be ${wanted}`);
  }
  const { rule, ignore = [] }: Settings = settings;
  refuseUnknownRules([...(rule ?? []), ...ignore.map((hushed) => hushed.rule)], `${path}: `);
  return settings;
}

function parsed(path: string): unknown {
  try {
    if (statSync(path).size > LARGEST) throw new Refusal(`${path}: larger than ${LARGEST} octets`);
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(`${path}: ${error instanceof SyntaxError ? `not JSON (${error.message})` : (whyNotRead(error) ?? 'cannot be read')}`);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
