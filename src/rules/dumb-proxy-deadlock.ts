/**
 * Figure 4-15: the proxy waits for a close that the origin will not send, and no longer reads the client (RULES R01).
 *
 * A cycle of three debts: the client waits for the proxy's response, the proxy for the origin's close, the origin for the
 * proxy's next request. Nobody can move until a timer ends it.
 */
import type { Rule } from '../model.ts';
import { remediesFor } from './remedies.ts';
import { cycleCandidate, cycleOf } from './wait-cycle.ts';

export const dumbProxyDeadlock: Rule = {
  id: 'dumb-proxy-deadlock',
  on: 'relay',
  onlyFor: ['wait'],
  title: 'The proxy waits for a close that never comes and ignores the next request',
  basis: ['RFC 9110 section 7.6.1', 'RFC 9112 appendix C.2.2', 'RFC 9112 section 9.3', 'HTTP: The Definitive Guide, figure 4-15'],
  remedies: remediesFor('relay'),

  check(relay, found) {
    const cycle = cycleOf(relay);
    if (cycle !== undefined) found(cycleCandidate(relay, cycle));
  },
};
