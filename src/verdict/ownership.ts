/**
 * Which finding explains which: the suppression graph of RULES section 5. A parent owns the debt, the others become its
 * evidence; findings about relayed fields stay on top and say what they are part of.
 */

/** At the same debt (exchange): the first rule of this list that fired owns it, the later ones are its children. */
const DEBT_OWNERS: readonly string[] = ['dumb-proxy-deadlock', 'until-close-but-kept-open', 'request-ignored-on-persistent-connection'];

/** Rules whose findings are part of a deadlock on the same client-side connection. */
const PARTS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['dumb-proxy-deadlock', new Set(['connection-relayed-request', 'connection-relayed-response', 'keep-alive-params-relayed'])],
]);

/** Rank of a rule at a debt, smaller owns; undefined for rules that are not about debts. */
export function debtRank(rule: string): number | undefined {
  const rank = DEBT_OWNERS.indexOf(rule);
  return rank < 0 ? undefined : rank;
}

export function isPartOf(rule: string, parent: string): boolean {
  return PARTS.get(parent)?.has(rule) === true;
}
