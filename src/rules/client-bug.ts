/** Everything was delivered, and the client does nothing with it (RULES X13): neither the connection nor the server is at fault. */
import type { Connection, Exchange, Moment, ResponseMessage, Rule, Text } from '../model.ts';
import { asked, cleared, IDLE } from './clearing.ts';
import { captureCap, least } from './confidence.ts';
import { ENDED } from './thresholds.ts';
import * as say from './words.ts';

const JUMP = 7 * 86_400e9;

export const clientBug: Rule = {
  id: 'client-bug',
  on: 'connection',
  exonerates: true,
  title: 'The client had all of the response: the rest is its own doing',
  basis: ['RFC 9112 section 6.3', 'RFC 9112 section 9.6'],
  remedies: [],

  ends(connection, { last }, found) {
    const { response, damaged, request } = last;
    if (request === undefined || response?.complete !== true || damaged || response.framing === 'tunnel') return;
    if (connection.clientEnd.ackedTo < connection.serverEnd.octets) return;
    const bug = resetAfterAll(connection, response) ?? heldAfterClose(connection, response);
    if (bug === undefined) return;
    const seen = { exchange: last, hop: 'only' } as const;
    found(
      cleared(last, {
        confidence: least('possible', captureCap(connection)),
        message: [`the client ${last.client.text} had the whole answer to `, ...asked(last), ', and ', ...bug.said],
        because: [[endOf(last, response)], ['its TCP acknowledged every octet'], bug.why],
        wouldChangeOurMind: ['a client that keeps idle connections, and drops them like that'],
        evidence: [
          say.evidence(seen, 'server', say.lastOf(response), ['last octet of the response']),
          say.evidence(seen, bug.from, bug.moment, [bug.what]),
        ],
      }),
    );
  },
};

interface Bug {
  readonly said: Text;
  readonly why: Text;
  readonly from: 'client' | 'server';
  readonly moment: Moment;
  readonly what: string;
}

/** A kernel resets, rather than closes, when the program leaves octets unread. */
function resetAfterAll({ clientEnd, serverEnd }: Connection, { lastTime }: ResponseMessage): Bug | undefined {
  const { reset, fin } = clientEnd;
  if (reset === undefined || fin !== undefined || serverEnd.fin !== undefined || serverEnd.reset !== undefined) return undefined;
  const silence = reset.time - lastTime;
  if (silence < ENDED || silence >= JUMP) return undefined;
  return {
    said: [`reset the connection ${say.duration(silence)} later`],
    why: ['a reset in place of a close says that octets were left unread, or that the program gave up'],
    from: 'client',
    moment: reset,
    what: 'RST',
  };
}

/** The server closed behind its response, as both were to expect, and the client does not move. */
function heldAfterClose(connection: Connection, { lastTime }: ResponseMessage): Bug | undefined {
  const { clientEnd, serverEnd, until } = connection;
  const { fin } = serverEnd;
  if (fin === undefined || fin.time - lastTime > ENDED || serverEnd.finAcked === undefined) return undefined;
  const close = say.closingOf(connection, 'client');
  const silence = (close?.time ?? until) - fin.time;
  if (silence < IDLE || silence >= JUMP || (clientEnd.lastData?.time ?? 0) > fin.time) return undefined;
  return {
    said: [`${close === undefined ? 'has done nothing' : 'did nothing'} for ${say.duration(silence)} after the server had closed`],
    why: ['the server had closed, and the client acknowledged that: nothing was left to wait for'],
    from: 'server',
    moment: fin,
    what: 'FIN',
  };
}

function endOf({ server }: Exchange, { framing, bodyOctets }: ResponseMessage): string {
  const ends = {
    length: `all ${bodyOctets} octets of its length`,
    chunked: 'its last chunk',
    'until-close': 'up to the close',
    none: 'no body',
    tunnel: '',
  };
  return `the response of ${server.text} was complete: ${ends[framing]}`;
}
