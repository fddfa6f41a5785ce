/**
 * Which requests on the next hop are whose, when several client-side exchanges claim them: equal requests of many clients.
 *
 * A request is given to the likeliest at once (`offer`), and settled when a client-side exchange is over (`settle`): what it
 * was answered with tells its own attempt from the others (RULES section 7.4, deferred assignment). What one gives up falls to
 * the next that claims it.
 */
import { emptyList } from '../lists.ts';
import type { Exchange } from '../model.ts';
import { explains, stillWaiting, UNLIKELY } from './answers.ts';
import { type Host, isSender } from './habits.ts';
import type { Claim, OpenAttempt, OpenRelay } from './open-relay.ts';
import { hasReason, UNUSED, unused } from './reasons.ts';
import type { Context } from './score.ts';

/** Least evidence, in bits, for a pair; and the lead over the next best that makes it sure or likely (RULES section 7.4). */
const ENOUGH = 8;
export const PROVEN_MARGIN = 12;
export const SURE_MARGIN = 6;
export const LIKELY_MARGIN = 3;
/** A request that has less in common with a client-side one cannot be its continuation. */
export const CONCEIVABLE = 4;
/** Claims to one attempt, and of one exchange, that are kept: the best, and the first. */
const MAX_CLAIMS = 16;
const MAX_CLAIMED = 64;
const MAX_CANDIDATES = 4;

/** The request may continue any of these: all that claim it so far, those that are new among them. */
export function offer(attempt: OpenAttempt, claims: Claim[]): void {
  const [only] = claims;
  if (only !== undefined && claims.length === 1) {
    attempt.claims = claims;
    const { relay } = only;
    if (relay.claims.length >= MAX_CLAIMED) dropLatest(relay);
    relay.claims = relay.claims.length === 0 ? claims : [...relay.claims, only];
    if (only.bits >= ENOUGH) give(attempt, only.relay);
    return;
  }
  const before = attempt.claims;
  claims.sort((a, b) => b.bits - a.bits || a.relay.since - b.relay.since);
  compareContents(claims);
  attempt.claims = claims.slice(0, MAX_CLAIMS);
  for (const claim of attempt.claims) {
    const { relay } = claim;
    if (!before.includes(claim) && relay.claims.length < MAX_CLAIMED) relay.claims = [...relay.claims, claim];
  }
  for (const claim of claims.slice(MAX_CLAIMS)) if (before.includes(claim)) withdraw(claim);
  const [best] = claims;
  if (best !== undefined && best.bits >= ENOUGH && attempt.owner !== best.relay) give(attempt, best.relay);
}

/** Of too many the first ones are kept, and the one that comes: it may be the one that is answered. */
function dropLatest(relay: OpenRelay): void {
  const latest = relay.claims.at(-1);
  if (latest === undefined) return;
  const { attempt } = latest;
  relay.claims = relay.claims.slice(0, -1);
  attempt.claims = attempt.claims.filter((other) => other !== latest);
  if (attempt.owner === relay) pass(attempt);
}

function compareContents(claims: readonly Claim[]): void {
  let [most, second] = [0, 0];
  for (const { content } of claims) {
    if (content > most) [most, second] = [content, most];
    else if (content > second) second = content;
  }
  for (const claim of claims) claim.contentLead = claim.content - (claim.content === most ? second : most);
}

/** The exchange is over: keeps what is its own, and leaves the rest to others. `now` is when that was seen. */
export function settle(relay: OpenRelay, context: Context, now: number): void {
  const { claims } = relay;
  relay.claims = NOTHING;
  relay.settled = true;
  const [only] = claims;
  if (only === undefined || (claims.length === 1 && settleAlone(relay, only))) return;
  const own = ownOf(relay, claims, context, now);
  for (const claim of claims) {
    const { attempt } = claim;
    attempt.claims = attempt.claims.filter((other) => other !== claim);
    if (own.has(attempt)) {
      if (attempt.owner !== relay) give(attempt, relay);
      for (const rival of attempt.claims) withdraw(rival);
      attempt.claims = NOTHING;
    } else if (attempt.owner === relay) pass(attempt);
  }
  const inferred = relay.doubtful || (own.size > 1 && (relay.redirects.length > 0 || someCoveted(own)));
  relay.margin = Math.min(marginOf(claims, own), inferred ? PROVEN_MARGIN - 1 : Number.POSITIVE_INFINITY);
  if (relay.margin < LIKELY_MARGIN) relay.candidates = candidatesOf(claims, own);
}

/** The usual case: one request on the next hop, which nobody else claims, and which fits whatever was answered. */
function settleAlone(relay: OpenRelay, claim: Claim): boolean {
  const { attempt, bits, contentLead } = claim;
  if (attempt.claims.length !== 1 || attempt.owner !== relay || bits + UNUSED < ENOUGH || attempt.doubt < bits) return false;
  attempt.claims = NOTHING;
  const sure = contentLead >= PROVEN_MARGIN && !relay.doubtful;
  relay.margin = Math.min(bits, sure ? bits : contentLead < LIKELY_MARGIN ? SURE_MARGIN - 1 : PROVEN_MARGIN - 1);
  return true;
}

/** The attempt is another's. */
function withdraw({ relay, attempt, contentLead }: Claim): void {
  relay.claims = relay.claims.filter((other) => other.attempt !== attempt);
  if (contentLead > -PROVEN_MARGIN) relay.doubtful = true;
}

/**
 * The least lead of its attempts. What only times and connections tell apart is never proven, and neither is an exchange that
 * could have one more attempt or one less.
 */
function marginOf(claims: readonly Claim[], own: ReadonlyMap<OpenAttempt, number>): number {
  let margin = Number.POSITIVE_INFINITY;
  for (const { attempt, contentLead } of claims) {
    const lead = own.get(attempt);
    if (lead !== undefined) margin = Math.min(margin, lead);
    if (lead !== undefined && contentLead < LIKELY_MARGIN) margin = Math.min(margin, SURE_MARGIN - 1);
    if (Math.abs(contentLead) < PROVEN_MARGIN) margin = Math.min(margin, PROVEN_MARGIN - 1);
  }
  return own.size === 0 ? 0 : margin;
}

/** How sure it is that the attempts of an exchange that is not over are its own. */
export function provisionalMargin(relay: OpenRelay): number {
  let margin = Number.POSITIVE_INFINITY;
  for (const claim of relay.claims) if (claim.attempt.owner === relay) margin = Math.min(margin, leadOf(claim));
  return margin === Number.POSITIVE_INFINITY ? 0 : margin;
}

export function candidatesOf(claims: readonly Claim[], own: ReadonlyMap<OpenAttempt, number>): readonly Exchange[] {
  const others = claims.filter(({ attempt, bits }) => !own.has(attempt) && bits >= ENOUGH && attempt.owner?.settled !== true);
  return others.slice(0, MAX_CANDIDATES).map(({ attempt }) => attempt.exchange);
}

/** An attempt that an exchange may keep, and all that speaks for it. */
interface Weighed {
  readonly claim: Claim;
  readonly bits: number;
  readonly lead: number;
}

/** The attempts of an exchange that is over, each with its lead over the next explanation. */
function ownOf(relay: OpenRelay, claims: readonly Claim[], context: Context, now: number): ReadonlyMap<OpenAttempt, number> {
  const own = new Map<OpenAttempt, number>();
  const undisputed: Weighed[] = [];
  const contested: Weighed[] = [];
  for (const claim of claims) {
    const lead = Math.min(leadOf(claim), claim.attempt.doubt);
    const answer = explains(claim.attempt.exchange, relay.clientSide, context);
    const bits = claim.bits + (answer >= UNLIKELY ? answer : unused(claim.attempt));
    if (bits < ENOUGH) continue;
    if (lead >= SURE_MARGIN) undisputed.push({ claim, bits, lead });
    else if (lead > -SURE_MARGIN && answer >= UNLIKELY) contested.push({ claim, bits, lead });
  }
  const { asked } = relay.hop;
  undisputed.sort(
    (a, b) => Number(isSender(b.claim.attempt.hop.asking, asked)) - Number(isSender(a.claim.attempt.hop.asking, asked)) || b.bits - a.bits,
  );
  const fits = ({ attempt }: Claim): boolean => hasReason(attempt, own) && isOneSender(attempt, own, asked);
  for (const { claim, bits, lead } of undisputed) if (fits(claim)) own.set(claim.attempt, Math.min(lead, bits));
  decide(
    contested.filter(({ claim }) => fits(claim)),
    own,
    context,
    now,
  );
  return own;
}

/** A proxy asks from one address, unless it is known to have others. */
function isOneSender({ hop }: OpenAttempt, own: ReadonlyMap<OpenAttempt, number>, asked: Host): boolean {
  for (const { hop: other } of own.keys())
    if (other.asking !== hop.asking && !(isSender(hop.asking, asked) && isSender(other.asking, asked))) return false;
  return true;
}

/** Of several attempts that others claim as well, the one whose answer the client was given. */
function decide(contested: Weighed[], own: Map<OpenAttempt, number>, context: Context, now: number): void {
  contested.sort((a, b) => b.bits - a.bits);
  for (const [index, { claim, bits }] of contested.entries()) {
    const lead = bits - rivalBits(claim, context, now);
    if (lead <= -LIKELY_MARGIN) continue;
    const next = contested[index + 1];
    const ahead = next === undefined ? Number.POSITIVE_INFINITY : bits - next.bits;
    for (const other of contested) {
      const difference = Math.abs(bits - other.bits);
      if (other.claim !== claim && difference < SURE_MARGIN) other.claim.attempt.doubt = Math.min(other.claim.attempt.doubt, difference);
    }
    // Others may turn out to have been answered alike: never more than likely.
    own.set(claim.attempt, Math.min(ahead, lead, bits, claim.attempt.doubt, SURE_MARGIN - 1));
    return;
  }
}

/** What speaks for the likeliest of the others that claim an attempt and are not over. */
function rivalBits({ attempt, relay }: Claim, context: Context, now: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const rival of attempt.claims) {
    if (rival.relay === relay) continue;
    const answered = rival.relay.clientSide.response !== undefined;
    const answer = answered ? explains(attempt.exchange, rival.relay.clientSide, context) : stillWaiting(attempt.exchange, now);
    most = Math.max(most, rival.bits + answer);
  }
  return most;
}

/** By how much its request fits better than those of the others that are not over. */
function leadOf({ attempt, relay, bits }: Claim): number {
  let most = 0;
  for (const rival of attempt.claims) if (rival.relay !== relay) most = Math.max(most, rival.bits);
  return bits - most;
}

function someCoveted(own: ReadonlyMap<OpenAttempt, number>): boolean {
  for (const attempt of own.keys()) if (attempt.coveted) return true;
  return false;
}

function give(attempt: OpenAttempt, relay: OpenRelay): void {
  const { owner } = attempt;
  if (owner !== undefined) owner.attempts = owner.attempts.filter((other) => other !== attempt);
  attempt.owner = relay;
  attempt.hop.peer = relay.hop.identity;
  if (relay.attempts.length === 0) {
    relay.attempts = [attempt];
    return;
  }
  const later = relay.attempts.findIndex((other) => other.request.firstTime > attempt.request.firstTime);
  relay.attempts = later < 0 ? [...relay.attempts, attempt] : relay.attempts.toSpliced(later, 0, attempt);
}

/** To the next that claims it, if its claim is good enough. */
function pass(attempt: OpenAttempt): void {
  const { owner } = attempt;
  if (owner !== undefined) owner.attempts = owner.attempts.filter((other) => other !== attempt);
  attempt.owner = undefined;
  const [best] = attempt.claims;
  if (best !== undefined && best.bits >= ENOUGH) give(attempt, best.relay);
}

const NOTHING: readonly Claim[] = emptyList();
