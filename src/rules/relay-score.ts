/**
 * Relayed or regenerated? The evidence of RULES section 4.3 about the Connection field of one pair of messages, added up:
 * +3 and more says relayed, -3 and less says regenerated, between them nobody can tell. V4 and V8 are left out: they need
 * values and places of fields that are not kept.
 */
import type { Field, Message, Relay, RouteProfile, VaryTable } from '../model.ts';
import { HABIT } from './thresholds.ts';
import { fieldOf } from './words.ts';

export interface RelayScore {
  readonly direction: Message['kind'];
  readonly total: number;
  readonly answer: 'relayed' | 'regenerated' | 'undecided';
  /** "an unusual value, identical on both hops +3". */
  readonly parts: readonly string[];
  /** Did the field stand in the message, as the proxy received it or as it sent it? */
  readonly present: boolean;
  /** The vary-with test alone proves it. */
  readonly varies: boolean;
}

const RELAYED = 3;
const REGENERATED = -3;

/** Values that a correct proxy writes itself all the time. */
const COMMONPLACE = /^(keep-alive|close|upgrade)$/i;
/** Keep-Alive parameters that servers send by default (RULES section 4.3, V3). */
const DEFAULT_PARAMETERS: ReadonlySet<string> = new Set(['timeout=5, max=100', 'timeout=5', 'timeout=60', 'timeout=65', 'timeout=75']);
/** Most that likeness of the rest of the head can say about a commonplace value (RULES section 6.0, 6). */
const LIKENESS_CAP = 2;

/** How the proxy then ignored its client while the connection that it was to keep stayed open: until the other side closed that, or for good. */
export type Deadlock = 'coupled' | 'open';

const DEADLOCK: Readonly<Record<Deadlock, readonly [number, string]>> = {
  coupled: [2, 'it waited for the close of a connection that this field keeps'],
  open: [1, 'it neither used nor closed the connection that this field keeps, and read no further'],
};

/** `received` is the message as the proxy got it, `sent` as it passed it on. */
export function relayScore(relay: Relay, received: Message, sent: Message, deadlock?: Deadlock): RelayScore {
  const { route } = relay;
  const parts: string[] = [];
  let total = 0;
  const add = (weight: number, part: string): void => {
    if (weight !== 0) parts.push(`${part} ${weight > 0 ? '+' : ''}${weight}`);
    total += weight;
  };
  const commonplace = isCommonplace(received);
  const varies = varyWeight(route?.[received.kind]);
  add(varies, varies > 0 ? 'Connection varies with what the proxy received' : 'Connection stays the same whatever the proxy received');
  if (sameConnection(received, sent) && !commonplace) add(3, 'an unusual value, identical on both hops');
  add(parameterWeight(fieldOf(received, 'keep-alive'), fieldOf(sent, 'keep-alive')), 'Keep-Alive parameters');
  if (nominatedArrives(received, sent)) add(2, 'a field that Connection names was passed on');
  if (orphanArrives(received, sent)) add(2, 'another hop-by-hop field was passed on');
  const before = total;
  for (const [weight, part] of likenessWeights(received, sent, route)) add(weight, part);
  if (commonplace && total - before > LIKENESS_CAP) add(LIKENESS_CAP - (total - before), 'likeness says little about a common value');
  if (deadlock !== undefined) add(...DEADLOCK[deadlock]);
  add(habitWeight(route), 'the proxy closes on its client as soon as the origin closes, and never before');
  if ((route?.reused ?? 0) > 0) add(-3, 'the proxy reuses its connections');
  const consistent = otherDirection(relay, received);
  add(consistent, consistent > 0 ? 'relayed in the other direction, too' : 'written anew in the other direction');
  const present = [received, sent].some((message) => fieldOf(message, 'connection') !== undefined);
  return { direction: received.kind, total, answer: answerOf(total), parts, present, varies: varies > 0 };
}

function answerOf(total: number): RelayScore['answer'] {
  if (total >= RELAYED) return 'relayed';
  return total <= REGENERATED ? 'regenerated' : 'undecided';
}

/** "undecided: 2 points (the HTTP version +0.5, ...); 3 would say relayed, -3 written anew". */
export function scoreText({ total, answer, parts }: RelayScore): string {
  const sum = `${total} points${parts.length === 0 ? '' : ` (${parts.join(', ')})`}`;
  if (answer === 'relayed') return `relayed: ${sum}, and ${RELAYED} are enough`;
  if (answer === 'regenerated') return `written anew: ${sum}, and ${REGENERATED} are enough`;
  return `undecided: ${sum}; ${RELAYED} would say relayed, ${REGENERATED} written anew, and the same value on both hops is no proof`;
}

function connectionOf(message: Message): string {
  return fieldOf(message, 'connection')?.value ?? '';
}

function isCommonplace(message: Message): boolean {
  const value = connectionOf(message);
  return value === '' || COMMONPLACE.test(value);
}

function sameConnection(received: Message, sent: Message): boolean {
  return connectionOf(received) === connectionOf(sent);
}

/** V1: a value that follows what was received beats every disguise; it needs variety to say anything. */
function varyWeight(table: VaryTable | undefined): number {
  if (table === undefined || !isVaried(table)) return 0;
  if (follows(table)) return 4;
  return table.sentValues === 1 ? -5 : 0;
}

/** Pairs of messages that it takes to tell whether the one hop follows the other, and that vary. */
const ENOUGH_PAIRS = 4;

export function pairsOf({ equal, different, clientOnly, serverOnly, neither }: VaryTable): number {
  return equal + different + clientOnly + serverOnly + neither;
}

function isVaried(table: VaryTable): boolean {
  return table.receivedValues >= 2 && pairsOf(table) >= ENOUGH_PAIRS;
}

/** The next hop always has what the hop before has, whatever that is. */
export function follows(table: VaryTable): boolean {
  return isVaried(table) && table.different + table.clientOnly + table.serverOnly === 0;
}

function parameterWeight(received: Field | undefined, sent: Field | undefined): number {
  if (received === undefined || sent === undefined) return 0;
  if (received.value !== sent.value) return -4;
  return isDefault(received.value) ? 0.5 : 3;
}

/** Parameters that say nothing about where they come from. */
export function isDefault(parameters: string): boolean {
  return DEFAULT_PARAMETERS.has(parameters.toLowerCase());
}

function nominatedArrives(received: Message, sent: Message): boolean {
  return received.options.some((option) => {
    if (option === 'close' || option === 'keep-alive' || option === 'upgrade') return false;
    const field = fieldOf(received, option);
    return field !== undefined && fieldOf(sent, option)?.value === field.value;
  });
}

function orphanArrives(received: Message, sent: Message): boolean {
  const proxyConnection = fieldOf(received, 'proxy-connection');
  return proxyConnection !== undefined && fieldOf(sent, 'proxy-connection')?.value === proxyConnection.value;
}

function likenessWeights(received: Message, sent: Message, route: RouteProfile | undefined): readonly (readonly [number, string])[] {
  const added = ['via', 'x-forwarded-for', 'forwarded'].some(
    (name) => fieldOf(sent, name) !== undefined && fieldOf(received, name) === undefined,
  );
  const sameFields = received.fingerprint.fields === sent.fingerprint.fields;
  const versions = route?.versions[received.kind];
  const sameVersion = versions !== undefined && follows(versions) ? 2 : 0.5;
  return [
    [sameFields && !added ? 3 : 0, 'all other fields unchanged, none added'],
    [added ? -1 : 0, 'the proxy adds fields of its own'],
    [received.version === sent.version ? sameVersion : -1, 'the HTTP version'],
    [sameOddName(received, sent) ? 1 : 0, 'the name is spelled in the same unusual way'],
  ];
}

/** "cOnNeCtIoN" on both hops: nobody writes that by himself. */
function sameOddName(received: Message, sent: Message): boolean {
  const name = fieldOf(received, 'connection')?.name;
  return name !== undefined && !/^[Cc]onnection$/.test(name) && fieldOf(sent, 'connection')?.name === name;
}

/** V11: not for a proxy that was seen to do anything else with its connections. */
function habitWeight(route: RouteProfile | undefined): number {
  if (route === undefined || route.reused > 0 || route.closedByItself > 0) return 0;
  return route.closedWithServer >= HABIT ? 3 : 0;
}

/** V13: what became of a Connection field that the proxy received with the other message of the exchange. */
function otherDirection({ clientSide, attempts }: Relay, { kind }: Message): number {
  const serverSide = attempts.at(-1)?.exchange;
  const [received, sent] = kind === 'request' ? [serverSide?.response, clientSide.response] : [clientSide.request, serverSide?.request];
  if (received === undefined || sent === undefined || fieldOf(received, 'connection') === undefined) return 0;
  if (nominatedArrives(received, sent)) return 1;
  if (!sameConnection(received, sent)) return -1;
  return isCommonplace(received) ? 0 : 1;
}
