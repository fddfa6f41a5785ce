/**
 * A server or proxy that says it will keep its connections and closes each one behind the first response (RULES R05): the next
 * request of whoever believes it is lost. One connection proves nothing; that it is never otherwise does.
 */
import type { Connection, ConnectionContext, Exchange, Moment, Rule } from '../model.ts';
import { captureCap, least } from './confidence.ts';
import { remediesFor } from './remedies.ts';
import { HABIT } from './thresholds.ts';
import * as say from './words.ts';

/** A server that closes so soon after a response did not mean to keep the connection. */
const AT_ONCE = 100e6;

export const oneShotProxyClaimsPersistence: Rule = {
  id: 'one-shot-proxy-claims-persistence',
  on: 'connection',
  title: 'Every connection is closed after one response that promised to keep it',
  basis: ['RFC 9112 section 9.3', 'RFC 9112 section 9.6'],
  remedies: remediesFor('one-shot'),

  ends(connection, { last, server }, found) {
    if (server.closedAtOnce < HABIT || server.stayedOpen > 0 || server.laterAnswered > 0) return;
    const close = closedAtOnce(connection, last);
    if (close === undefined || isLastAllowed(last)) return;
    const seen = { exchange: last, hop: 'only' } as const;
    found({
      severity: 'violation',
      confidence: least('proven', captureCap(connection), last.damaged ? 'possible' : 'proven'),
      message: [
        `${last.server.text} kept no connection of ${server.closedAtOnce} that it had left open by its answers: it closed this one ${say.duration(close.time - (last.response?.lastTime ?? close.time))} after the answer to `,
        ...(last.request === undefined ? [] : say.requestText(last.request)),
        ' without having said so',
      ],
      hops: [say.hopOf(seen)],
      exchange: last,
      direction: 'response',
      fields: ['Connection'],
      evidence: say.inOrder([
        ...say.requestEvidence(seen),
        ...say.responseEvidence(seen),
        ...say.closeEvidence(seen, connection, 'server'),
      ]),
      because: [
        ['by its version and its fields the response kept the connection (RFC 9112 section 9.3)'],
        [
          `so did ${server.closedAtOnce} in all, and each time the server closed at once; none of its connections that ended had stayed open or carried a second answer`,
        ],
        ['a server that does not persist must say close in its responses; a client that believes it loses its next request'],
      ],
      wouldChangeOurMind: [
        'a second request answered on any connection of this server',
        'a server that was shutting down while this was captured',
      ],
    });
  },
};

function closedAtOnce(
  connection: Connection,
  { response, ordinal, serverBelief, clientBelief }: ConnectionContext['last'],
): Moment | undefined {
  if (ordinal !== 1 || response?.complete !== true || serverBelief !== 'keep' || clientBelief !== 'keep') return undefined;
  const [client, server] = [say.closingOf(connection, 'client'), say.closingOf(connection, 'server')];
  if (server === undefined || (client !== undefined && client.time <= server.time)) return undefined;
  return server.time - response.lastTime <= AT_ONCE ? server : undefined;
}

/** "Keep-Alive: max=1" announces it, too. */
function isLastAllowed({ response }: Exchange): boolean {
  return /(?:^|[\s,;])max=[01]\b/i.test(say.fieldOf(response, 'keep-alive')?.value ?? '');
}
