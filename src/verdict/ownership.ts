/**
 * Which finding explains which: the suppression graph of RULES section 5. A parent owns the debt, the others become its
 * evidence; findings about relayed fields stay on top and say what they are part of.
 */

/**
 * At the same debt (exchange): the first rule of this list that fired owns it, the later ones are its children. A connection that
 * was closed, or that the network had forgotten, explains every silence on it. A request that
 * was pipelined was dropped with what had been read, so it was not the wait for a close that kept it from being read.
 */
const DEBT_OWNERS: readonly string[] = [
  'request-after-close',
  'idle-close-race',
  'one-shot-proxy-claims-persistence',
  'idle-connection-blackholed',
  'upstream-connect-stall',
  'pipelined-request-dropped',
  'proxy-connection-cascade',
  'dumb-proxy-deadlock',
  'interim-response-mishandled',
  'bodyless-response-with-framing',
  'response-held-until-origin-close',
  'request-held-until-origin-close',
  'upgrade-lost',
  'expect-continue-unanswered',
  'conflicting-length',
  'early-response-deadlock',
  'request-body-short',
  'framing-changed-inconsistently',
  'proxy-cycle-on-one-hop',
  'until-close-but-kept-open',
  'http10-keepalive-without-length',
  'close-announced-not-performed',
  'transfer-encoding-with-http10',
  'http10-keepalive-not-echoed',
  'response-destroyed-by-reset',
  'content-length-overstated',
  'chunk-terminator-missing',
  'truncated-by-close',
  'closed-without-answer',
  'request-ignored-on-persistent-connection',
];

/** A pipelined request that the next hop never saw was dropped: whoever answered it slowly would have had to ask there. */
const CONFIRMED_BY: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['pipelined-request-dropped', new Set(['proxy-connection-cascade', 'dumb-proxy-deadlock'])],
]);

/** What explains a silence best, first: what cannot be seen, then what is seen to be somebody's, then that nothing was owed. */
const CLEARING: readonly string[] = [
  'one-sided',
  'loss-in-capture',
  'flow-control',
  'pool-queueing',
  'slow-proxy',
  'buffering',
  'long-poll-or-stream',
  'answered-by-intermediary',
  'slow-origin',
  'encrypted',
  'capture-ended',
  'tunnel-node',
  'client-bug',
  'client-think-time',
];

/** Rules whose findings are part of a deadlock on one of its connections. */
const DEADLOCK_PARTS: ReadonlySet<string> = new Set([
  'connection-relayed-request',
  'connection-relayed-response',
  'nominated-field-relayed',
  'keep-alive-params-relayed',
  'proxy-connection-relayed',
  'version-relayed',
  'orphan-connection-field',
]);
const PARTS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['proxy-connection-cascade', DEADLOCK_PARTS],
  ['dumb-proxy-deadlock', DEADLOCK_PARTS],
  ['idle-close-race', new Set(['unsafe-retry-by-proxy', 'keep-alive-params-relayed'])],
  ['idle-connection-blackholed', new Set(['unsafe-retry-by-proxy'])],
]);

/** What holds up a connection, and with it all who wait for the proxy to be done with that. */
const HOLDING: ReadonlySet<string> = new Set(['proxy-connection-cascade', 'dumb-proxy-deadlock', 'response-held-until-origin-close']);

/** Rank of a rule at a debt, smaller owns; undefined for rules that are not about debts. */
export function debtRank(rule: string): number | undefined {
  const place = DEBT_OWNERS.indexOf(rule);
  return place < 0 ? undefined : place;
}

export function holdsOthersUp(rule: string): boolean {
  return HOLDING.has(rule);
}

export function hasParts(rule: string): boolean {
  return PARTS.has(rule);
}

export function isPartOf(rule: string, parent: string): boolean {
  return PARTS.get(parent)?.has(rule) === true;
}

/** Does a finding of the rule `child` at the same debt make that of `owner` as sure as itself? */
export function confirms(child: string, owner: string): boolean {
  return CONFIRMED_BY.get(owner)?.has(child) === true;
}

/** The smaller one tells a silence that several rules clear; first those that somebody wrote for his own place. */
export function clearingRank(rule: string): number {
  return CLEARING.indexOf(rule);
}

/** What it clears is all that happened on the connection. */
export function standsForConnection(rule: string): boolean {
  return rule === 'one-sided';
}
