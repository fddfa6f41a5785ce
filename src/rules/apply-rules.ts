/**
 * Records to candidates: every rule looks at every record of its kind. What they find is told per subject (one exchange,
 * one connection), so that a later look at the same subject replaces the earlier one.
 */
import type { Connection, ConnectionContext, Exchange, ExchangeContext, Relay, Rule, RuleCandidate } from '../model.ts';
import { subjectOf } from '../subjects.ts';
import { checkRelay } from './pair-invariance.ts';

/** Everything that the rules of one kind found at one subject, now. */
export type CandidateSink = (subject: string, kind: Rule['on'], found: readonly RuleCandidate[], final: boolean) => void;

export interface RuleStage {
  exchange(exchange: Exchange, context: ExchangeContext): void;
  relay(relay: Relay): void;
  connection(connection: Connection, context: ConnectionContext): void;
  /** Records that each rule looked at. */
  readonly lookedAt: ReadonlyMap<string, number>;
}

export function applyRules(rules: readonly Rule[], sink: CandidateSink): RuleStage {
  const lookedAt = new Map<string, number>(rules.map((rule) => [rule.id, 0]));
  const counts = { exchange: 0, relay: 0, connection: 0 };
  const byKind = {
    exchange: rules.filter((r) => r.on === 'exchange'),
    relay: rules.filter((r) => r.on === 'relay'),
  };
  const atEnd = rules.flatMap((rule) => (rule.ends === undefined ? [] : [{ rule, ends: rule.ends }]));
  let found: RuleCandidate[] = [];

  const tell = (subject: () => string, kind: Rule['on'], final: boolean): void => {
    sink(subject(), kind, found, final);
    found = [];
  };

  return {
    exchange(exchange, context) {
      if (exchange.ended) counts.exchange++;
      for (const rule of byKind.exchange) rule.check(exchange, context, (candidate) => found.push({ rule, candidate }));
      if (found.length > 0 || exchange.wait !== undefined) tell(() => subjectOf(exchange), 'exchange', exchange.ended);
    },
    relay(relay) {
      if (relay.clientSide.ended) counts.relay++;
      for (const rule of byKind.relay) checkRelay(rule, relay, (candidate) => found.push({ rule, candidate }));
      if (found.length > 0 || relay.clientSide.wait !== undefined) tell(() => subjectOf(relay.clientSide), 'relay', relay.clientSide.ended);
    },
    connection(connection, context) {
      counts.connection++;
      for (const { rule, ends } of atEnd) ends(connection, context, (candidate) => found.push({ rule, candidate }));
      if (found.length > 0) tell(() => subjectOf(context.last), 'connection', true);
    },
    get lookedAt() {
      for (const rule of rules) lookedAt.set(rule.id, counts[rule.on]);
      return lookedAt;
    },
  };
}
