/** A proxy forwards without Via (RULES section 6.6): nobody behind it can tell what it speaks, or find a loop. Told once per route. */
import type { Message, Rule } from '../model.ts';
import { crossingCandidate, crossingsOf } from './crossings.ts';
import { remediesFor } from './remedies.ts';

export const viaMissing: Rule = {
  id: 'via-missing',
  on: 'relay',
  onlyFor: ['first-of-route'],
  title: 'A proxy does not say in Via that it forwarded a request',
  basis: ['RFC 9110 section 7.6.3'],
  remedies: remediesFor('via'),

  check(relay, found) {
    if (relay.route === undefined || relay.route.pairs > relay.attempts.length) return;
    const [crossing] = crossingsOf(relay, isRequest);
    if (crossing === undefined || hopsIn(crossing.sent) > hopsIn(crossing.received)) return;
    found(
      crossingCandidate(crossing, {
        severity: 'info',
        confidence: 'strong',
        message: [
          `the proxy ${relay.clientSide.server.text} forwarded a request to ${crossing.serverSide.server.text} and did not say so in Via`,
        ],
        fields: ['Via'],
        because: [['a proxy must add itself to Via in each request that it forwards (RFC 9110 section 7.6.3)']],
        wouldChangeOurMind: ['an interception box that is meant not to be seen'],
      }),
    );
  },
};

function isRequest({ kind }: Message): boolean {
  return kind === 'request';
}

/** Recipients that Via names. */
function hopsIn({ fields }: Message): number {
  let hops = 0;
  for (const { name, value } of fields) {
    if (name.length === 3 && name.toLowerCase() === 'via') hops += value.split(',', MAX_HOPS).filter((one) => one.trim() !== '').length;
  }
  return hops;
}

/** Elements of one Via that are looked at. */
const MAX_HOPS = 100;
