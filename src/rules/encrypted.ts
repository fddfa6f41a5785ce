/** The next hop is encrypted (RULES X11): whether the request went out there, and what came back, cannot be read. */
import type { Rule } from '../model.ts';
import { asked, clearedWait, isNoticed } from './clearing.ts';
import { lengthOf } from './thresholds.ts';
import * as say from './words.ts';

export const encrypted: Rule = {
  id: 'encrypted',
  on: 'relay',
  onlyFor: ['wait'],
  exonerates: true,
  title: 'The next hop is encrypted: nobody can see who is slow',
  basis: ['RFC 9110 section 4.2.2'],
  remedies: [],

  check({ clientSide, attempts, lookup }, found) {
    const { wait } = clientSide;
    if (attempts.length > 0 || wait?.debt !== 'response-head' || !isNoticed(wait)) return;
    const tls = lookup.find(({ id }) => id === 'no-tls');
    if (tls === undefined || tls.passed) return;
    found(
      clearedWait(clientSide, wait, {
        confidence: 'possible',
        message: [
          ...asked(clientSide),
          ` of ${clientSide.client.text} waited for ${say.duration(lengthOf(wait))}, and the proxy ${clientSide.server.text} speaks TLS on its other side: it may have sent it on there`,
        ],
        because: [['the proxy opened TLS connections, and what they carry is not in the capture']],
        wouldChangeOurMind: ['a capture behind the TLS, or the access log of the proxy with the time of its next hop'],
      }),
    );
  },
};
