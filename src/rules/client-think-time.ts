/** Nothing was asked, so nothing was owed (RULES X3): a kept connection on which the client takes its time. */
import type { Candidate, Connection, Exchange, Moment, Rule, Text } from '../model.ts';
import { asked, cleared, IDLE } from './clearing.ts';
import { captureCap } from './confidence.ts';
import * as say from './words.ts';

/** Nobody leaves a connection idle for a week: the clock jumped. */
const JUMP = 7 * 86_400e9;

export const clientThinkTime: Rule = {
  id: 'client-think-time',
  on: 'exchange',
  onlyFor: ['pause'],
  exonerates: true,
  title: 'The connection was idle: nobody owed anything',
  basis: ['RFC 9112 section 9.3', 'RFC 9112 section 9.8'],
  remedies: [],

  check(exchange, _context, found) {
    const { previous, request } = exchange;
    const idleSince = previous && idleAfter(previous);
    if (request === undefined || idleSince === undefined) return;
    const idle = request.firstTime - idleSince.time;
    if (!isLong(idle)) return;
    found(candidateOf(exchange, previous, idleSince, idle, undefined));
  },

  ends(connection, { last }, found) {
    const idleSince = idleAfter(last);
    if (idleSince === undefined) return;
    const [client, server] = [say.closingOf(connection, 'client'), say.closingOf(connection, 'server')];
    const close = server !== undefined && (client === undefined || server.time < client.time) ? server : client;
    const idle = (close?.time ?? connection.until) - idleSince.time;
    if (!isLong(idle)) return;
    found(candidateOf(last, last, idleSince, idle, connection));
  },
};

function isLong(idle: number): boolean {
  return idle >= IDLE && idle < JUMP;
}

/** Since when nobody owes anything behind that exchange; undefined where the connection was not to be kept, or not all of it is known. */
function idleAfter({ request, response, clientBelief, serverBelief, damaged }: Exchange): Moment | undefined {
  if (request?.complete !== true || response?.complete !== true || damaged) return undefined;
  if (clientBelief !== 'keep' || serverBelief !== 'keep' || response.framing === 'tunnel') return undefined;
  return response.lastTime >= request.lastTime ? say.lastOf(response) : say.lastOf(request);
}

/** @param connection where it ended, rather than by another request */
function candidateOf(
  exchange: Exchange,
  before: Exchange | undefined,
  since: Moment,
  idle: number,
  connection: Connection | undefined,
): Candidate {
  const seen = { exchange, hop: 'only' } as const;
  const closes = [...say.closeEvidence(seen, connection, 'server'), ...say.closeEvidence(seen, connection, 'client')];
  return cleared(exchange, {
    confidence: connection === undefined ? 'strong' : captureCap(connection),
    message: [
      `for ${say.duration(idle)} the client ${exchange.client.text} asked ${exchange.server.text} for nothing, `,
      ...until(exchange, connection, closes.length),
    ],
    because: [
      ['the response before was complete, and both ends were to keep the connection: on an idle connection nobody owes a byte'],
      ...(before === undefined || before === exchange
        ? []
        : [['the request before it, ', ...asked(before), ', had been answered'] as const]),
    ],
    wouldChangeOurMind: ['a request in between that the capture lost'],
    evidence: [say.evidence(seen, 'server', since, ['last octet of the response before']), ...closes],
  });
}

function until(exchange: Exchange, connection: Connection | undefined, closes: number): Text {
  if (connection === undefined) return ['then for ', ...asked(exchange)];
  return [closes === 0 ? 'up to the end of the capture' : 'then the connection was closed'];
}
