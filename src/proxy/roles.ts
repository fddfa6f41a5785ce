/** What each attempt on the next hop is to the client-side exchange that it continues (DESIGN section 1, relay). */
import type { AttemptRole } from '../model.ts';
import type { OpenAttempt, OpenRelay } from './open-relay.ts';
import { failedAt } from './reasons.ts';
import { asTraitValue, compareTrait, FIRST_ONLY, slotOf } from './traits.ts';

/** Requests that leave so soon after each other were not sent because the first one took long. */
const AT_ONCE = 5e6;
const AUTHORIZATION = slotOf('authorization');

export function roleOf(relay: OpenRelay, attempt: OpenAttempt): AttemptRole {
  const before = relay.attempts[0] === attempt ? undefined : relay.attempts[relay.attempts.indexOf(attempt) - 1];
  if (before === undefined) return 'forward';
  const { request } = attempt;
  const asked = relay.clientSide.request;
  if (asked?.fingerprint.target !== request.fingerprint.target && relay.redirects.includes(asTraitValue(request.fingerprint.target)))
    return 'redirect';
  const status = before.exchange.response?.status ?? 0;
  const presents = compareTrait(AUTHORIZATION, request.fingerprint.traits, before.request.fingerprint.traits) === FIRST_ONLY;
  if (status === 407 || (status === 401 && presents)) return 'auth';
  if (before.endedAt < attempt.startedAt || (failedAt(before) ?? Number.POSITIVE_INFINITY) <= request.firstTime) return 'retry';
  const apart = request.firstTime - before.request.firstTime;
  return apart < AT_ONCE && attempt.exchange.server.text !== before.exchange.server.text ? 'mirror' : 'hedge';
}
