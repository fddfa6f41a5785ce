/**
 * Records to candidates: every rule looks at every record of its kind that has something of what it is about. What they find is
 * told per subject (one exchange, one connection), so that a later look at the same subject replaces the earlier one.
 */

import { factsOf, factsOfRelay } from '../facts.ts';
import type {
  Candidate,
  Connection,
  ConnectionContext,
  EndedHops,
  Exchange,
  ExchangeContext,
  PeerProfile,
  Relay,
  Rule,
  RuleCandidate,
  ServerProfile,
  Signature,
  Sink,
} from '../model.ts';
import { ALL_FACTS, bitsOf } from '../notable.ts';
import { subjectOf } from '../subjects.ts';
import { doubtedByLoss } from './confidence.ts';
import { isForwarder, mayConcern } from './forwarder.ts';
import { timerText } from './lifetimes.ts';
import { checkAmbiguous, isAmbiguous } from './pair-invariance.ts';
import { signaturesOf, signaturesOfRelay } from './signatures.ts';

/** Everything that the rules of one kind found at one subject, now. */
export type CandidateSink = (subject: string, kind: Rule['on'], found: readonly RuleCandidate[], final: boolean) => void;

export interface RuleStage {
  /** Facts of which an exchange, or a relay, must have one to be worth telling; ALL_FACTS when all are. */
  readonly asks: { readonly exchange: number; readonly relay: number };
  /** One is over that has none of them and for which nobody waited: it only counts. */
  spared(kind: 'exchange' | 'relay'): void;
  exchange(exchange: Exchange, context: ExchangeContext): void;
  relay(relay: Relay): void;
  /** Another look at one that is over. */
  revised(relay: Relay): void;
  connection(connection: Connection, context: ConnectionContext): void;
  /** A connection without HTTP that was left stuck. */
  stuck(connection: Connection): void;
  hops(hops: EndedHops): void;
  /** Statistics as they stand now; `final` when the input is over. */
  profile(profile: PeerProfile, final: boolean): void;
  /** Records that each rule looked at. */
  readonly lookedAt: ReadonlyMap<string, number>;
}

/**
 * A rule and its sink, which is made once: rules run for every exchange. All have one layout, which rules have not: what stands
 * here is read without asking whose it is.
 */
interface Asked<R extends Rule, Check> {
  readonly rule: R;
  readonly check: Check;
  readonly take: Sink<Candidate>;
}

/** The rules that look at records with these facts, in their order. */
type AskedFor<A> = (facts: number) => readonly A[];

function byFacts<A extends Asked<Rule, unknown>>(asked: readonly A[]): AskedFor<A> {
  const wanted = asked.map(({ rule: { onlyFor } }) => (onlyFor === undefined ? ALL_FACTS : bitsOf(onlyFor)));
  const known = new Map<number, readonly A[]>();
  return (facts) => {
    let found = known.get(facts);
    if (found === undefined) {
      found = asked.filter((_, index) => wanted[index] === ALL_FACTS || ((wanted[index] ?? 0) & facts) !== 0);
      if (known.size < MAX_KNOWN) known.set(facts, found);
    }
    return found;
  };
}

/** Combinations of facts whose rules are remembered: hostile variety costs time only for itself. */
const MAX_KNOWN = 4096;

function askedFor(rules: readonly Rule[], kind: Rule['on']): number {
  return rules
    .filter(({ on }) => on === kind)
    .reduce((facts, { onlyFor }) => facts | (onlyFor === undefined ? ALL_FACTS : bitsOf(onlyFor)), 0);
}

export function applyRules(rules: readonly Rule[], sink: CandidateSink): RuleStage {
  const lookedAt = new Map<string, number>(rules.map((rule) => [rule.id, 0]));
  const counts = { exchange: 0, relay: 0, connection: 0, hops: 0, profile: 0 };
  let found: RuleCandidate[] = [];
  const withSink = <R extends Rule, Check>(rule: R, check: Check): Asked<R, Check> => ({
    rule,
    check,
    take: (candidate) => found.push({ rule, candidate }),
  });
  const onExchange = byFacts(rules.flatMap((rule) => (rule.on === 'exchange' ? [withSink(rule, rule.check)] : [])));
  const onRelay = byFacts(rules.flatMap((rule) => (rule.on === 'relay' ? [withSink(rule, rule.check)] : [])));
  const onHops = rules.flatMap((rule) => (rule.on === 'hops' ? [withSink(rule, rule.check)] : []));
  const onProfile = rules.flatMap((rule) => (rule.on === 'profile' ? [withSink(rule, rule.check)] : []));
  const atEnd = rules.flatMap((rule) => (rule.ends === undefined ? [] : [withSink(rule, rule.ends)]));
  const atPeers = rules.flatMap((rule) => (rule.checkPeer === undefined ? [] : [withSink(rule, rule.checkPeer)]));
  const atStuck = rules.flatMap((rule) => (rule.checkStuck === undefined ? [] : [withSink(rule, rule.checkStuck)]));

  const sign = (signatures: readonly Signature[]): void => {
    if (signatures.length > 0) found = found.map(({ rule, candidate }) => ({ rule, candidate: { signatures, ...candidate } }));
  };

  const tell = (subject: string, kind: Rule['on'], final: boolean): void => {
    sink(
      subject,
      kind,
      found.map(({ rule, candidate }) => ({ rule, candidate: doubtedByLoss(candidate) })),
      final,
    );
    found = [];
  };

  const lookAt = (relay: Relay): void => {
    const ambiguous = isAmbiguous(relay);
    for (const { rule, check, take } of onRelay(factsOfRelay(relay))) {
      if (ambiguous) checkAmbiguous(rule, relay, take);
      else check.call(rule, relay, take);
    }
    if (found.length > 0 && isForwarder(relay)) found = found.filter(mayConcern);
    if (found.length > 0) sign(signaturesOfRelay(relay));
  };

  return {
    asks: { exchange: askedFor(rules, 'exchange'), relay: askedFor(rules, 'relay') },
    spared(kind) {
      if (kind === 'relay')
        counts.relay++; // no counts[kind]: hot, and slow where the name varies
      else counts.exchange++;
    },
    exchange(exchange, context) {
      if (exchange.ended) counts.exchange++;
      const { relay } = context;
      const facts = relay === undefined ? factsOf(exchange) : factsOfRelay(relay);
      for (const { rule, check, take } of onExchange(facts)) check.call(rule, exchange, context, take);
      if (found.length > 0) found = withTimers(found, context.server);
      if (found.length > 0) sign(signaturesOf(exchange, relay, context.parent));
      if (found.length > 0 || exchange.wait !== undefined) tell(subjectOf(exchange), 'exchange', exchange.ended);
    },
    relay(relay) {
      if (relay.clientSide.ended) counts.relay++;
      lookAt(relay);
      if (found.length > 0 || relay.clientSide.wait !== undefined) tell(subjectOf(relay.clientSide), 'relay', relay.clientSide.ended);
    },
    revised(relay) {
      lookAt(relay);
      tell(subjectOf(relay.clientSide), 'relay', true);
    },
    connection(connection, context) {
      counts.connection++;
      for (const { rule, check, take } of atEnd) check.call(rule, connection, context, take);
      if (found.length > 0) sign(signaturesOf(context.last, context.relay, undefined));
      if (found.length > 0) tell(subjectOf(context.last), 'connection', true);
    },
    stuck(connection) {
      for (const { rule, check, take } of atStuck) check.call(rule, connection, take);
      if (found.length > 0) tell(connection.key, 'connection', true);
    },
    hops(hops) {
      counts.hops++;
      for (const { rule, check, take } of onHops) check.call(rule, hops, take);
      if (found.length > 0) sign(signaturesOfRelay(hops.relay));
      if (found.length > 0) tell(subjectOf(hops.relay.clientSide), 'hops', true);
    },
    profile(profile, final) {
      if (final) counts.profile++;
      for (const { rule, check, take } of onProfile) check.call(rule, profile, take);
      for (const { rule, check, take } of atPeers) check.call(rule, profile, take);
      tell(`${profile.client} > ${profile.server.text}`, 'profile', final);
    },
    get lookedAt() {
      for (const rule of rules) lookedAt.set(rule.id, counts[rule.on]);
      return lookedAt;
    },
  };
}

function withTimers(found: readonly RuleCandidate[], server: ServerProfile): RuleCandidate[] {
  return found.map(({ rule, candidate }) => ({ rule, candidate: withTimer(candidate, server) }));
}

/** Says so when the waits of its kind at this server are so equal that a timer must end them (RULES section 5). */
function withTimer(candidate: Candidate, { stalls }: ServerProfile): Candidate {
  const { wait, because } = candidate;
  const timer = wait === undefined ? [] : timerText(stalls, wait);
  return timer.length === 0 ? candidate : { ...candidate, because: [...because, ...timer] };
}
