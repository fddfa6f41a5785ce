/** The proxy had read the request, and waited for one of its connections to the server (RULES X9): a pool that is too small. */
import type { Attempt, Rule } from '../model.ts';
import { asked, clearedWait, isNoticed } from './clearing.ts';
import { least, pairingCap } from './confidence.ts';
import { COUPLING, lengthOf } from './thresholds.ts';
import * as say from './words.ts';

export const poolQueueing: Rule = {
  id: 'pool-queueing',
  on: 'relay',
  onlyFor: ['wait'],
  exonerates: true,
  title: 'The proxy waited for a free connection to the server',
  basis: ['RFC 9112 section 9.4'],
  remedies: [],

  check(relay, found) {
    const { clientSide, attempts } = relay;
    const { wait, request } = clientSide;
    const [attempt] = attempts;
    if (wait === undefined || request === undefined || attempt === undefined || !isNoticed(wait)) return;
    const freed = freedAt(attempt, wait.start.time);
    const queued = (attempt.exchange.request?.firstTime ?? 0) - wait.start.time;
    if (freed === undefined || queued < 0.5 * lengthOf(wait)) return;
    const serverSide = attempt.exchange;
    found(
      clearedWait(clientSide, wait, {
        confidence: least('likely', pairingCap(relay)),
        message: [
          `the proxy ${clientSide.server.text} had `,
          ...asked(clientSide),
          ` for ${say.duration(queued)} before it could send it on: its connection to ${serverSide.server.text} was taken by another request`,
        ],
        because: [['the connection that carried it was busy when it came, and it went out as soon as that one was answered']],
        wouldChangeOurMind: ['another connection of the proxy to the same server that was free all the time'],
        serverSide,
        evidence: [
          say.evidence({ exchange: serverSide, hop: 'server-side' }, 'server', freed, [
            'last octet of the response before, on this connection',
          ]),
        ],
        covers: [serverSide],
      }),
    );
  },
};

/** When the connection became free: it was busy when the request came, and was used at once when it no longer was. */
function freedAt({ exchange: { request }, before }: Attempt, since: number): { readonly frame: number; readonly time: number } | undefined {
  if (before === undefined || request === undefined || before.start > since || before.end.time < since) return undefined;
  return request.firstTime - before.end.time <= COUPLING ? before.end : undefined;
}
