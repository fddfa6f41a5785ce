/**
 * Requests on the next hop that could continue several client-side ones: equal requests of several clients at the same time.
 *
 * They are given to the likeliest at once and settled when the responses come: a proxy can only answer a client with what it
 * has been answered itself, and soon afterwards (RULES section 7.4, deferred assignment).
 */
import type { Exchange, ResponseMessage } from '../model.ts';
import type { OpenAttempt, OpenRelay } from './open-relay.ts';

/** Doubt about the order of two frames of the same clock. */
const EPSILON = 2e6;
/** Lead, in bits, that makes two attempts change places. */
const CLEARLY = 3;
/** Most that responses alone can add to the margin of a pair: likely, and no more. */
const MOST_BY_RESPONSE = 5;
/** Attempts of others that one exchange may contest. */
const MAX_CONTESTED = 16;

/** The attempt was given to `owner`, and each of `rivals` could have been meant as well. */
export function contest(attempt: OpenAttempt, owner: OpenRelay, rivals: readonly OpenRelay[]): void {
  if (rivals.length === 0) return;
  owner.doubtful = true;
  for (const rival of rivals) if (rival.contested.length < MAX_CONTESTED) rival.contested = [...rival.contested, { attempt, owner }];
}

/** The response of a client-side exchange is here: takes the attempt that explains it best, and gives its own one in exchange. */
export function settle(relay: OpenRelay, response: ResponseMessage): void {
  const { contested } = relay;
  relay.contested = NOTHING;
  relay.settled = true;
  const [own] = relay.attempts;
  if (own !== undefined && !relay.doubtful) return;
  const ownBits = own === undefined ? 0 : explains(own.exchange, response);
  let [most, second] = [ownBits, Number.NEGATIVE_INFINITY];
  let best: Contested | undefined;
  for (const other of contested) {
    if (other.owner.settled || other.owner.attempts[0] !== other.attempt) continue;
    const bits = explains(other.attempt.exchange, response);
    if (bits > most) {
      [most, second] = [bits, most];
      best = other;
    } else if (bits > second) second = bits;
  }
  if (best === undefined) relay.margin = Math.max(relay.margin, Math.min(ownBits - second, ownBits, MOST_BY_RESPONSE));
  else if (most - ownBits >= CLEARLY) swap(relay, best, Math.min(most - Math.max(second, 0), MOST_BY_RESPONSE));
}

/** One attempt that an exchange could have been meant by, though another one has it. */
export interface Contested {
  readonly attempt: OpenAttempt;
  readonly owner: OpenRelay;
}

const NOTHING: readonly Contested[] = [];

function swap(relay: OpenRelay, { attempt, owner }: Contested, margin: number): void {
  const [own] = relay.attempts;
  relay.attempts = [attempt, ...relay.attempts.slice(1)];
  owner.attempts = own === undefined ? owner.attempts.slice(1) : [own, ...owner.attempts.slice(1)];
  owner.doubtful = true;
  if (own !== undefined) owner.contested = [...owner.contested, { attempt, owner: relay }];
  relay.margin = margin;
}

/** How well the answer on the next hop explains the one to the client, in bits. */
function explains({ response: answer }: Exchange, response: ResponseMessage): number {
  if (answer === undefined || answer.headTime > response.headTime + EPSILON) return Number.NEGATIVE_INFINITY;
  let bits = latency(response.firstTime - answer.firstTime);
  if (answer.status === response.status) bits += 1;
  if (answer.fingerprint.fields === response.fingerprint.fields) bits += 8;
  else for (const value of answer.fingerprint.traits) if (response.fingerprint.traits.includes(value)) bits += 3;
  if (answer.contentLength > 0 && response.contentLength > 0) bits += answer.contentLength === response.contentLength ? 4 : -4;
  return bits;
}

function latency(nanoseconds: number): number {
  if (nanoseconds < 5e6) return 4;
  if (nanoseconds < 50e6) return 3;
  return nanoseconds < 1e9 ? 1 : -2;
}
