/**
 * How well a request on the next hop continues a client-side one: additive evidence in bits (RULES section 7.4).
 *
 * Equal parts count by their rarity; different ones by what is known of the proxy's manners.
 */
import type { AnnouncedEnds, Exchange, RequestMessage } from '../model.ts';
import { FORWARDED_FOR, VIA } from '../notable.ts';
import { type Claim, chainOf } from './claims.ts';
import type { Habits } from './habits.ts';
import * as manner from './manners.ts';
import type { Hop, OpenRelay } from './open-relay.ts';
import type { Rarity } from './rarity.ts';
import { alreadyContinued, failedAt } from './reasons.ts';
import { asTraitValue, compareTrait, DIFFERENT, EQUAL, FIRST_ONLY, slotOf, traitsIn } from './traits.ts';

export interface Context {
  readonly rarity: Rarity;
  readonly habits: Habits | undefined;
  /** Undefined where they must not count. */
  readonly manners: manner.KnownManners | undefined;
  /** See ConnectionLookup.doubt. */
  doubt(one: number, other: number): number;
}

/** Writes down what each piece of evidence weighed; most scores are never shown, so nobody writes them down. */
export type Parts = string[] | undefined;

/** A request that is looked at as the continuation of another one. */
export interface Sent {
  readonly exchange: Exchange;
  readonly request: RequestMessage;
  readonly hop: Hop;
  readonly claim: Claim | undefined;
}

/** Weight of a PROXY protocol header: more than equal requests can make up for. */
const ANNOUNCED = 40;

/** What speaks for a pair, in bits: filled again for each pair, and valid until the next one. Hot: one for all. */
class Score {
  /** What the messages themselves say, and the addresses. */
  content = Number.NaN;
  /** When it was sent, and on which connection: that tells equal requests apart, and may be chance. */
  circumstance = Number.NaN;
}

const score = new Score();

/** Undefined when the one cannot continue the other. */
export function scoreOf(relay: OpenRelay, sent: Sent, context: Context, parts: Parts): Readonly<Score> | undefined {
  const clientSide = relay.clientSide;
  const received = clientSide.request;
  if (received === undefined || !possible(clientSide, sent.exchange, received, sent.request, context)) return undefined;
  const manners = context.manners?.ofHop(relay.hop, clientSide) ?? manner.STRANGER;
  score.content =
    targets(relay, received, sent.request, context.rarity, manners, parts) +
    contents(received, sent.request, context.rarity, manners, parts) +
    note(context.habits === undefined ? 0 : addresses(relay, sent, context.habits), 'addresses', parts) +
    note(sent.exchange.announced === undefined ? 0 : announced(clientSide, sent.exchange.announced), 'PROXY protocol', parts) +
    claimed(clientSide, received, sent.request, sent.claim, manners, parts);
  score.circumstance =
    peers(relay, sent.hop, manners, parts) +
    note(relay.attempts.length === 0 ? 0 : alreadyContinued(relay), 'already continued', parts) +
    note(latency(sent.request.firstTime - dueSince(relay, received, sent.request)), 'time between the hops', parts);
  return score;
}

function note(weight: number, part: string, parts: Parts): number {
  if (parts !== undefined && weight !== 0) parts.push(`${part} ${weight > 0 ? '+' : ''}${Math.round(weight * 10) / 10}`);
  return weight;
}

function possible(clientSide: Exchange, serverSide: Exchange, received: RequestMessage, sent: RequestMessage, context: Context): boolean {
  if (clientSide.connection === serverSide.connection || isSameServer(clientSide, serverSide)) return false;
  if (received.method !== sent.method && !(received.method === 'HEAD' && sent.method === 'GET')) return false;
  const late = received.firstTime - sent.firstTime;
  if (late > 0 && late > context.doubt(clientSide.connection.point, serverSide.connection.point)) return false;
  const sameClient = clientSide.client.address === serverSide.client.address;
  return !sameClient || clientSide.server.address === serverSide.client.address;
}

/** Ports are quicker to tell apart than texts. */
function isSameServer({ server: one }: Exchange, { server: other }: Exchange): boolean {
  return one.port === other.port && one.text === other.text;
}

function targets(
  relay: OpenRelay,
  received: RequestMessage,
  sent: RequestMessage,
  rarity: Rarity,
  manners: manner.Manners,
  parts: Parts,
): number {
  const [a, b] = [received.fingerprint, sent.fingerprint];
  const method = note(received.method === sent.method ? 1 : -1, 'method', parts);
  if (a.target === b.target) return method + note(within(2, rarity.bits(a.target), 12), 'target', parts);
  if (relay.redirects.includes(asTraitValue(b.target))) return method + note(10, 'target of a redirect', parts);
  const rewritten = a.leaf === b.leaf ? manners.rewrites(received.target, sent.target) : undefined;
  if (rewritten === true) return method + note(within(2, rarity.bits(a.target), 12), 'target behind another prefix', parts);
  const end = a.tail === b.tail ? 5 : a.leaf === b.leaf ? 3 : 0;
  return method + note(end, 'end of the target', parts) + note(rewritten === false ? -6 : 0, 'another prefix than usual', parts);
}

const COOKIE = slotOf('cookie');
const AGENT = slotOf('user-agent');
const AUTHORIZATION = slotOf('authorization');
const OTHERS: readonly number[] = [slotOf('range'), slotOf('referer'), slotOf('if-none-match'), slotOf('if-modified-since')];

function contents(received: RequestMessage, sent: RequestMessage, rarity: Rarity, manners: manner.Manners, parts: Parts): number {
  const [a, b] = [received.fingerprint, sent.fingerprint];
  let bits = 0;
  if (a.unique.length > 0 && b.unique.length > 0) {
    bits += shared(a.unique, b.unique) ? note(20, 'request id', parts) : note(manners.against(manner.ID), 'another request id', parts);
  }
  if (a.fields === b.fields) bits += note(a.fields === 0 ? 0 : within(3, rarity.bits(a.fields), 20), 'all end-to-end fields', parts);
  else bits += note(manners.against(manner.FIELDS), 'other fields', parts) + differing(a.traits, b.traits, manners, parts);
  if (a.traits.length > 0) bits += added(a.traits, b.traits, manners, parts);
  if (a.authority !== 0 && b.authority !== 0) {
    if (a.authority === b.authority) bits += note(2, 'authority', parts);
    else bits += note(manners.against(manner.AUTHORITY), 'another authority', parts);
  }
  if (received.contentLength > 0 && sent.contentLength > 0) {
    bits += note(received.contentLength === sent.contentLength ? 4 : -8, 'body length', parts);
  }
  return bits;
}

/** Those of them that a proxy adds itself, as bits. */
const ADDED = [AUTHORIZATION, ...OTHERS].reduce((bits, slot) => bits | (1 << slot), 0);

/** Traits that count among the end-to-end fields, which are known to differ. */
function differing(a: readonly number[], b: readonly number[], manners: manner.Manners, parts: Parts): number {
  return (
    note(weigh(compareTrait(AGENT, a, b), 1, manners.against(manner.AGENT)), 'User-Agent', parts) +
    note(weigh(compareTrait(COOKIE, a, b), 6, manners.against(manner.COOKIE)), 'Cookie', parts)
  );
}

/** Traits that proxies add themselves: what the client sent is there on the next hop, or else it is another request. */
function added(a: readonly number[], b: readonly number[], manners: manner.Manners, parts: Parts): number {
  if ((traitsIn(a) & ADDED) === 0) return 0;
  let bits = note(weigh(compareTrait(AUTHORIZATION, a, b), 6, manners.against(manner.OTHER_TRAIT)), 'Authorization', parts);
  for (const slot of OTHERS) bits += note(weigh(compareTrait(slot, a, b), 3, manners.against(manner.OTHER_TRAIT)), 'a field value', parts);
  return bits;
}

function weigh(compared: number, equal: number, against: number): number {
  if (compared === EQUAL) return equal;
  return compared === DIFFERENT || compared === FIRST_ONLY ? against : 0;
}

function shared(some: readonly number[], others: readonly number[]): boolean {
  for (const value of some) if (others.includes(value)) return true;
  return false;
}

function within(least: number, value: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

/** Bits against requests that go from the servers towards the clients. */
const AGAINST_THE_STREAM = 12;

function addresses({ hop, clientSide }: OpenRelay, sent: Sent, habits: Habits): number {
  const { asked } = sent.hop;
  const back = hop.asked.address === asked.address ? 0 : habits.weighReturn(clientSide.client.address, asked);
  const [here, there] = [hop.identity.point, sent.hop.identity.point];
  const upstream = here !== there && habits.leads(there, here) ? -AGAINST_THE_STREAM : 0;
  return habits.weigh(hop.asked, sent.hop.asking) + back + upstream;
}

/** The PROXY protocol names the connection of the hop before, or the one that was named to the proxy itself: that decides. */
function announced(clientSide: Exchange, { client }: AnnouncedEnds): number {
  const named = client.text === clientSide.client.text || client.text === clientSide.announced?.client.text;
  return named ? ANNOUNCED : -ANNOUNCED;
}

/** The client that the request names, and the clients that were named to the proxy itself. */
function claimed(
  clientSide: Exchange,
  received: RequestMessage,
  sent: RequestMessage,
  claim: Claim | undefined,
  manners: manner.Manners,
  parts: Parts,
): number {
  if (claim === undefined) {
    const gone = isForwarded(received) && !isForwarded(sent);
    const weight = gone ? manners.against(manner.CHAIN) * 1.5 : manners.against(manner.NAMES);
    return note(weight, gone ? 'fields of earlier proxies are gone' : 'no client named', parts);
  }
  const agrees = claimAgrees(clientSide, received, claim);
  if (agrees) return note(Number.isNaN(claim.port) ? 8 : 20, 'client named by the proxy', parts);
  return note(manners.against(manner.CLAIM) * 1.5, 'another client named by the proxy', parts);
}

/** A proxy before this one has left its name or its client's address in the request. */
function isForwarded({ notable }: RequestMessage): boolean {
  return (notable & (VIA | FORWARDED_FOR)) !== 0;
}

/** The addresses that the proxy was told itself are a claim of their own; behind a NAT the last one is not what we see. */
function claimAgrees({ client }: Exchange, received: RequestMessage, { address, port, before }: Claim): boolean {
  const chain = before === undefined ? '' : chainOf(received);
  if (chain !== '' && (before === chain || chain === (before === '' ? address : `${before}, ${address}`))) return true;
  return address === client.address && (Number.isNaN(port) || port === client.port) && (before === undefined || before === '');
}

/** Connections of a proxy that belong together one to one: so they do with tunnels and with most simple proxies. */
function peers(relay: OpenRelay, hop: Hop, manners: manner.Manners, parts: Parts): number {
  if (hop.peer === undefined) return 0;
  const same = hop.peer === relay.hop.identity;
  return note(same ? Math.min(8, manners.inFavour(manner.PEER, 0.2)) : manners.against(manner.PEER), 'pair of connections', parts);
}

/** A proxy forwards within milliseconds; seconds later it may still do so, from a queue. */
/** A proxy sends on what it has received, and asks again when that has failed. */
function dueSince(relay: OpenRelay, received: RequestMessage, sent: RequestMessage): number {
  const last = relay.attempts.at(-1);
  const failed = last === undefined || last.request === sent ? undefined : failedAt(last);
  return failed !== undefined && failed <= sent.firstTime ? failed : received.firstTime;
}

function latency(nanoseconds: number): number {
  if (nanoseconds < 0) return -3; // within the doubt about the order
  if (nanoseconds < 50e6) return 3;
  if (nanoseconds < 1e9) return 1;
  return nanoseconds < 5e9 ? -1 : -3;
}

/** Teaches the manners of a proxy by a pair that is beyond doubt. */
export function learnRequests(clientSide: Exchange, sent: Sent, relay: OpenRelay, manners: manner.Manners): void {
  const received = clientSide.request;
  if (received === undefined) return;
  const [a, b] = [received.fingerprint, sent.request.fingerprint];
  manners.learn(manner.FIELDS, a.fields === b.fields);
  if (a.authority !== 0 && b.authority !== 0) manners.learn(manner.AUTHORITY, a.authority === b.authority);
  learnTrait(manners, manner.AGENT, compareTrait(AGENT, a.traits, b.traits));
  learnTrait(manners, manner.COOKIE, compareTrait(COOKIE, a.traits, b.traits));
  learnTrait(manners, manner.OTHER_TRAIT, compareTrait(AUTHORIZATION, a.traits, b.traits));
  for (const slot of OTHERS) learnTrait(manners, manner.OTHER_TRAIT, compareTrait(slot, a.traits, b.traits));
  if (a.unique.length > 0 && b.unique.length > 0) manners.learn(manner.ID, shared(a.unique, b.unique));
  if (isForwarded(received)) manners.learn(manner.CHAIN, sent.claim !== undefined || isForwarded(sent.request));
  manners.learn(manner.NAMES, sent.claim !== undefined);
  if (sent.claim !== undefined) manners.learn(manner.CLAIM, claimAgrees(clientSide, received, sent.claim));
  if (sent.hop.peer !== undefined) manners.learn(manner.PEER, sent.hop.peer === relay.hop.identity);
  if (a.target !== b.target && a.leaf === b.leaf) manners.learnPrefix(received.target, sent.request.target);
}

export function learnTrait(manners: manner.Manners, part: number, compared: number): void {
  if (compared === EQUAL) manners.learn(part, true);
  else if (compared === DIFFERENT || compared === FIRST_ONLY) manners.learn(part, false);
}
