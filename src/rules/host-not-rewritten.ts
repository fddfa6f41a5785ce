/**
 * The target names one host and the Host field another, and the proxy passed on the latter (RULES section 6.6): it must write Host
 * anew from the target, or the next hop answers for another site.
 */
import type { RequestMessage, Rule } from '../model.ts';
import { crossingCandidate, crossingsOf } from './crossings.ts';
import { remediesFor } from './remedies.ts';
import * as say from './words.ts';

export const hostNotRewritten: Rule = {
  id: 'host-not-rewritten',
  on: 'relay',
  onlyFor: ['another-host', 'oddities'],
  title: 'The proxy passed on a Host that contradicts the target',
  basis: ['RFC 9112 section 3.2.2'],
  remedies: remediesFor('host'),

  check(relay, found) {
    const [crossing] = crossingsOf(relay, (received) => received.kind === 'request' && contradicts(received));
    if (crossing === undefined || crossing.received.kind !== 'request' || crossing.sent.kind !== 'request') return;
    const [received, sent] = [say.fieldOf(crossing.received, 'host'), say.fieldOf(crossing.sent, 'host')];
    // In absolute form the target speaks for itself on the next hop, too.
    if (received === undefined || sent === undefined || !crossing.sent.target.startsWith('/')) return;
    if (hostOf(sent.value) !== hostOf(received.value)) return;
    found(
      crossingCandidate(crossing, {
        severity: 'violation',
        confidence: 'proven',
        message: [
          `the proxy ${relay.clientSide.server.text} was asked for `,
          say.wire('target', crossing.received.target),
          ' and told ',
          `${crossing.serverSide.server.text} "`,
          ...say.fieldText(sent),
          '"',
        ],
        fields: ['Host'],
        because: [
          [
            'a proxy must ignore the Host that it receives with a target in absolute form, and write its own from the target (RFC 9112 section 3.2.2)',
          ],
        ],
        wouldChangeOurMind: ['a proxy that is told by its configuration to ask for that host'],
      }),
    );
  },
};

/** Its target has an authority, and Host another one. */
function contradicts(request: RequestMessage): boolean {
  const host = say.fieldOf(request, 'host');
  // What nearly all say, told without taking the target apart.
  if (host === undefined || request.target.startsWith('/') || request.target.startsWith(`${host.value}/`, 'http://'.length)) return false;
  const authority = /^https?:\/\/(?:[^/?#@]*@)?([^/?#]+)/i.exec(request.target)?.[1];
  return authority !== undefined && hostOf(authority) !== hostOf(host.value);
}

/** Without the usual port, in lower case. */
function hostOf(authority: string): string {
  return authority
    .trim()
    .toLowerCase()
    .replace(/:(?:80|443)?$/, '')
    .replace(/\.$/, '');
}
