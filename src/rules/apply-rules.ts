/**
 * Records to candidates: every rule looks at every record of its kind that has something of what it is about. What they find is
 * told per subject (one exchange, one connection), so that a later look at the same subject replaces the earlier one.
 */
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
import { subjectOf } from '../subjects.ts';
import { bitsOf, factsOf, factsOfRelay } from './facts.ts';
import { isForwarder, mayConcern } from './forwarder.ts';
import { timerText } from './lifetimes.ts';
import { checkRelay } from './pair-invariance.ts';
import { signaturesOf, signaturesOfRelay } from './signatures.ts';

/** Everything that the rules of one kind found at one subject, now. */
export type CandidateSink = (subject: string, kind: Rule['on'], found: readonly RuleCandidate[], final: boolean) => void;

export interface RuleStage {
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

/** A rule and its sink, which is made once: rules run for every exchange. */
interface Asked<R extends Rule> {
  readonly rule: R;
  readonly take: Sink<Candidate>;
}

/** The rules that look at records with these facts, in their order. */
type AskedFor<R extends Rule> = (facts: number) => readonly Asked<R>[];

function byFacts<R extends Rule>(asked: readonly Asked<R>[]): AskedFor<R> {
  const wanted = asked.map(({ rule: { onlyFor } }) => (onlyFor === undefined ? ALL_FACTS : bitsOf(onlyFor)));
  const known = new Map<number, readonly Asked<R>[]>();
  return (facts) => {
    let found = known.get(facts);
    if (found === undefined) {
      found = asked.filter((_, index) => wanted[index] === ALL_FACTS || ((wanted[index] ?? 0) & facts) !== 0);
      if (known.size < MAX_KNOWN) known.set(facts, found);
    }
    return found;
  };
}

const ALL_FACTS = -1;
/** Combinations of facts whose rules are remembered: hostile variety costs time only for itself. */
const MAX_KNOWN = 4096;

export function applyRules(rules: readonly Rule[], sink: CandidateSink): RuleStage {
  const lookedAt = new Map<string, number>(rules.map((rule) => [rule.id, 0]));
  const counts = { exchange: 0, relay: 0, connection: 0, hops: 0, profile: 0 };
  let found: RuleCandidate[] = [];
  /** The relay that was told last, and its facts: its exchange is told next. */
  let lastRelay: Relay | undefined;
  let lastFacts = 0;
  const withSink = <R extends Rule>(rule: R): Asked<R> => ({
    rule,
    take: (candidate) => found.push({ rule, candidate }),
  });
  const onExchange = byFacts(rules.filter((r) => r.on === 'exchange').map(withSink));
  const onRelay = byFacts(rules.filter((r) => r.on === 'relay').map(withSink));
  const onHops = rules.filter((r) => r.on === 'hops').map(withSink);
  const onProfile = rules.filter((r) => r.on === 'profile').map(withSink);
  const atEnd = rules.filter((rule) => rule.ends !== undefined).map(withSink);
  const atPeers = rules.filter((rule) => rule.checkPeer !== undefined).map(withSink);
  const atStuck = rules.filter((rule) => rule.checkStuck !== undefined).map(withSink);

  const sign = (signatures: readonly Signature[]): void => {
    if (signatures.length > 0) found = found.map(({ rule, candidate }) => ({ rule, candidate: { signatures, ...candidate } }));
  };

  const tell = (subject: () => string, kind: Rule['on'], final: boolean): void => {
    sink(subject(), kind, found, final);
    found = [];
  };

  const lookAt = (relay: Relay): void => {
    lastRelay = relay;
    lastFacts = factsOfRelay(relay);
    for (const { rule, take } of onRelay(lastFacts)) checkRelay(rule, relay, take);
    if (found.length > 0 && isForwarder(relay)) found = found.filter(mayConcern);
    if (found.length > 0) sign(signaturesOfRelay(relay));
  };

  return {
    exchange(exchange, context) {
      if (exchange.ended) counts.exchange++;
      const { relay } = context;
      const facts = relay === undefined ? factsOf(exchange) : relay === lastRelay ? lastFacts : factsOfRelay(relay);
      lastRelay = undefined;
      for (const { rule, take } of onExchange(facts)) rule.check(exchange, context, take);
      if (found.length > 0) found = found.map(({ rule, candidate }) => ({ rule, candidate: withTimer(candidate, context.server) }));
      if (found.length > 0) sign(signaturesOf(exchange, relay, context.parent));
      if (found.length > 0 || exchange.wait !== undefined) tell(() => subjectOf(exchange), 'exchange', exchange.ended);
    },
    relay(relay) {
      if (relay.clientSide.ended) counts.relay++;
      lookAt(relay);
      if (found.length > 0 || relay.clientSide.wait !== undefined) tell(() => subjectOf(relay.clientSide), 'relay', relay.clientSide.ended);
    },
    revised(relay) {
      lookAt(relay);
      tell(() => subjectOf(relay.clientSide), 'relay', true);
    },
    connection(connection, context) {
      counts.connection++;
      for (const { rule, take } of atEnd) rule.ends?.(connection, context, take);
      if (found.length > 0) sign(signaturesOf(context.last, context.relay, undefined));
      if (found.length > 0) tell(() => subjectOf(context.last), 'connection', true);
    },
    stuck(connection) {
      for (const { rule, take } of atStuck) rule.checkStuck?.(connection, take);
      if (found.length > 0) tell(() => connection.key, 'connection', true);
    },
    hops(hops) {
      counts.hops++;
      for (const { rule, take } of onHops) rule.check(hops, take);
      if (found.length > 0) sign(signaturesOfRelay(hops.relay));
      if (found.length > 0) tell(() => subjectOf(hops.relay.clientSide), 'hops', true);
    },
    profile(profile, final) {
      if (final) counts.profile++;
      for (const { rule, take } of onProfile) rule.check(profile, take);
      for (const { rule, take } of atPeers) rule.checkPeer?.(profile, take);
      tell(() => `${profile.client} > ${profile.server.text}`, 'profile', final);
    },
    get lookedAt() {
      for (const rule of rules) lookedAt.set(rule.id, counts[rule.on]);
      return lookedAt;
    },
  };
}

/** Says so when the waits of its kind at this server are so equal that a timer must end them (RULES section 5). */
function withTimer(candidate: Candidate, { stalls }: ServerProfile): Candidate {
  const { wait, because } = candidate;
  const timer = wait === undefined ? [] : timerText(stalls, wait);
  return timer.length === 0 ? candidate : { ...candidate, because: [...because, ...timer] };
}
