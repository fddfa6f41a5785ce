/**
 * Requests that a host sent again to the same server when the first one had been given up without an answer, though doing them
 * twice may do harm: an unsafe retry as the server alone can see it (RULES R47).
 *
 * A pair of hosts has this from its first such request on that was not answered; there are few.
 */
import type { Exchange, PeerProfile, Repeat, RequestMessage } from '../model.ts';

/** The latest requests without an answer that are remembered, and the repeats that are kept as examples. */
const MOST_UNANSWERED = 4;
const MOST_EXAMPLES = 3;
/** What comes later was decided by somebody. */
const SOON = 2e9;

/** Methods whose effect may add up (RFC 9110 section 9.2.2 has the others). */
export function mayAddUp(method: string): boolean {
  return method === 'POST' || method === 'PATCH';
}

export class Repeats {
  count = 0;
  readonly examples: Repeat[] = [];
  private readonly unanswered: Exchange[] = [];

  /** A request is over whose effect may add up. */
  ended(exchange: Exchange, request: RequestMessage): void {
    const first = this.unanswered.findIndex((one) => one.connection.key !== exchange.connection.key && isSame(one, request));
    const [repeated] = first < 0 ? [] : this.unanswered.splice(first, 1);
    if (repeated !== undefined) {
      this.count++;
      if (this.examples.length < MOST_EXAMPLES) this.examples.push({ first: repeated, again: exchange });
    }
    if (exchange.response !== undefined || exchange.damaged) return;
    if (this.unanswered.length >= MOST_UNANSWERED) this.unanswered.shift();
    this.unanswered.push(exchange);
  }
}

export const NO_REPEATS: PeerProfile['repeats'] = { count: 0, examples: [] };

function isSame({ request, wait }: Exchange, again: RequestMessage): boolean {
  const after = again.firstTime - (wait?.end.time ?? Number.NaN);
  if (request === undefined || !(after >= 0 && after <= SOON)) return false;
  const [one, other] = [request.fingerprint, again.fingerprint];
  return (
    request.method === again.method &&
    one.target === other.target &&
    one.fields === other.fields &&
    isEqual(one.traits, other.traits) &&
    isEqual(one.unique, other.unique) &&
    Object.is(request.contentLength, again.contentLength)
  );
}

function isEqual(some: readonly number[], others: readonly number[]): boolean {
  return some.length === others.length && some.every((one, index) => one === others[index]);
}
