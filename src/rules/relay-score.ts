/**
 * Relayed or regenerated? The evidence of RULES section 4.3 about the Connection field of one pair of messages, added up:
 * +3 and more says relayed, -3 and less says regenerated, between them nobody can tell.
 */
import type { Field, Message, Relay, VaryTable } from '../model.ts';
import { fieldOf } from './words.ts';

export interface RelayScore {
  readonly total: number;
  /** "V2 unusual value identical on both hops +3". */
  readonly parts: readonly string[];
  /** The vary-with test alone proves it. */
  readonly varies: boolean;
}

export const RELAYED = 3;

/** Values that a correct proxy writes itself all the time. */
const COMMONPLACE = /^(keep-alive|close|upgrade)$/i;
/** Keep-Alive parameters that servers send by default (RULES section 4.3, V3). */
const DEFAULT_PARAMETERS: ReadonlySet<string> = new Set(['timeout=5, max=100', 'timeout=5', 'timeout=60', 'timeout=65', 'timeout=75']);
/** Most that likeness of the rest of the head can say about a commonplace value (RULES section 6.0, 6). */
const LIKENESS_CAP = 2;

/** `received` is the message as the proxy got it, `sent` as it passed it on. */
export function relayScore(relay: Relay, received: Message, sent: Message): RelayScore {
  const parts: string[] = [];
  let total = 0;
  const add = (weight: number, part: string): number => {
    if (weight !== 0) parts.push(`${part} ${weight > 0 ? '+' : ''}${weight}`);
    total += weight;
    return weight;
  };
  const value = fieldOf(received, 'connection')?.value ?? '';
  const same = value === (fieldOf(sent, 'connection')?.value ?? '');
  const commonplace = value === '' || COMMONPLACE.test(value);
  const varies = varyWeight(relay.route === undefined ? undefined : relay.route[received.kind]);
  add(
    varies,
    varies > 0 ? 'V1 Connection varies with what the proxy received' : 'V1 Connection stays the same whatever the proxy received',
  );
  if (same && !commonplace) add(3, 'V2 unusual value identical on both hops');
  add(parameterWeight(fieldOf(received, 'keep-alive'), fieldOf(sent, 'keep-alive')), 'V3 Keep-Alive parameters');
  if (nominatedArrives(received, sent)) add(2, 'V5 a field that Connection names was passed on');
  if (orphanArrives(received, sent)) add(2, 'V6 another hop-by-hop field was passed on');
  const before = total;
  const likeness = likenessWeights(received, sent);
  for (const [weight, part] of likeness) add(weight, part);
  if (commonplace && total - before > LIKENESS_CAP) add(LIKENESS_CAP - (total - before), 'V7 to V9 count little for a commonplace value');
  if ((relay.route?.reused ?? 0) > 0) add(-3, 'V10 the proxy reuses its connections');
  return { total, parts, varies: varies > 0 };
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

function likenessWeights(received: Message, sent: Message): readonly (readonly [number, string])[] {
  const added = ['via', 'x-forwarded-for', 'forwarded'].some(
    (name) => fieldOf(sent, name) !== undefined && fieldOf(received, name) === undefined,
  );
  const sameFields = received.fingerprint.fields === sent.fingerprint.fields;
  return [
    [sameFields && !added ? 3 : 0, 'V7 all other fields unchanged, none added'],
    [added ? -1 : 0, 'V7 the proxy adds fields of its own'],
    [received.version === sent.version ? 0.5 : -1, 'V9 HTTP-version'],
  ];
}
