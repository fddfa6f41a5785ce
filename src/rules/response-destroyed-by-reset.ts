/**
 * The server answered and then reset the connection while the client was still sending, or had not got all of it (RULES R46):
 * a reset lets the client's TCP throw away what has arrived and was not read.
 */
import type { Candidate, Confidence, Connection, Exchange, Moment, Relay, ResponseMessage, Rule, Text } from '../model.ts';
import { captureCap, least, pairingCap } from './confidence.ts';
import { refusedFor, toldText } from './gateway-error.ts';
import { remediesFor } from './remedies.ts';
import { requestOf } from './single-messages.ts';
import * as say from './words.ts';

/** A reset that comes so soon after what caused it; more on a line that is slow. */
const SOON = 50e6;
const ROUND_TRIPS = 2;
const CLIENT_ERROR = 400;
const SERVER_ERROR = 500;

export const responseDestroyedByReset: Rule = {
  id: 'response-destroyed-by-reset',
  on: 'exchange',
  onlyFor: ['wait', 'unfinished'],
  title: 'A response was followed by a reset, which may have destroyed it',
  basis: ['RFC 9112 section 9.6', 'RFC 9112 section 9.5'],
  remedies: remediesFor('lingering'),

  check(exchange, { relay }, found) {
    const { wait, ended, response } = exchange;
    const refused = ended && relay !== undefined ? refusedUpload(relay) : undefined;
    if (relay !== undefined && refused !== undefined) found(toldOtherwise(relay, refused));
    if (ended && response?.complete === false && wait?.by === 'RST' && wait.ended === 'server-close')
      look(wait.connection, exchange, found);
  },

  ends(connection, { last }, found) {
    if (last.response?.complete === true) look(connection, last, found);
  },
};

/** The origin refused the request before it was complete, and the proxy tells its client of no answer at all. */
function refusedUpload(relay: Relay): Exchange | undefined {
  const refused = refusedFor(relay);
  const status = refused?.response?.status ?? 0;
  return refused?.request?.complete === false && status >= CLIENT_ERROR && status < SERVER_ERROR ? refused : undefined;
}

function toldOtherwise(relay: Relay, refused: Exchange): Candidate {
  const { clientSide } = relay;
  const client = { exchange: clientSide, hop: 'client-side' } as const;
  const server = { exchange: refused, hop: 'server-side' } as const;
  const { request, response } = refused;
  return {
    severity: 'loss',
    confidence: least('strong', pairingCap(relay), clientSide.damaged || refused.damaged ? 'possible' : 'proven'),
    message: [
      `${refused.server.text} answered `,
      ...requestOf(refused),
      ' with ',
      ...(response === undefined ? [] : say.statusText(response)),
      ' while the proxy was still sending it',
      ...toldText(clientSide),
    ],
    hops: [say.hopOf(server), say.hopOf(client)],
    exchange: clientSide,
    direction: 'response',
    evidence: say.inOrder([
      ...say.requestEvidence(client),
      ...say.requestEvidence(server),
      ...say.responseEvidence(server),
      ...(request === undefined ? [] : [say.evidence(server, 'client', say.lastOf(request), ['last octets of the request'])]),
      ...say.responseEvidence(client),
    ]),
    because: [
      ['the answer was on the next hop, and the client did not get it: the proxy went on sending, and met a closed connection'],
      ['who sends a request should look for an answer meanwhile (RFC 9112 section 9.5); who closes early must go on reading (section 9.6)'],
    ],
    covers: [refused],
    wouldChangeOurMind: ['a log of the proxy that names another reason for its error'],
  };
}

function look(connection: Connection, exchange: Exchange, found: (candidate: Candidate) => void): void {
  const { response, request } = exchange;
  const reset = connection.serverEnd.reset;
  if (response === undefined || request === undefined || reset === undefined || response.framing === 'tunnel') return;
  const closed = say.closingOf(connection, 'client');
  // Whoever leaves first has read as much as it wanted.
  if (closed !== undefined && closed.frame < reset.frame) return;
  const { clientEnd, serverEnd, handshake } = connection;
  const cause = Math.max(response.lastTime, clientEnd.lastData?.time ?? response.lastTime);
  if (reset.time - cause > Math.max(SOON, ROUND_TRIPS * (Number.isNaN(handshake) ? 0 : handshake))) return;
  const sent = clientEnd.lastData?.time ?? Number.NEGATIVE_INFINITY;
  const unacked = clientEnd.ackedTo < serverEnd.octets;
  // Who ends its answer behind the end of the request, and has seen it arrive, has read all of that.
  const exchanged = request.complete && response.complete && sent <= response.lastTime && !unacked;
  // It may also have had no room to send into, since the server did not read: then the answer was still on its way.
  const stopped = unacked && !request.complete && request.bodyOctets > 0;
  const unread = stopped || (sent > response.firstTime && !exchanged);
  if (unread) found(candidateOf(exchange, response, connection, reset, unacked));
}

function candidateOf(exchange: Exchange, response: ResponseMessage, connection: Connection, reset: Moment, unacked: boolean): Candidate {
  const seen = { exchange, hop: 'only' } as const;
  const { request } = exchange;
  const sent = connection.clientEnd.lastData;
  const byEvidence: Confidence = unacked || !response.complete ? 'strong' : 'likely';
  const because: readonly Text[] = [
    [
      request?.complete === false && request.bodyOctets > 0
        ? `the client had sent ${request.bodyOctets} octets of its request, and more was to come: the server closed without having read them, and its TCP made a reset of that`
        : 'the client was still sending when the answer came: the server had closed, or not read, what then arrived, and its TCP answered with a reset',
    ],
    unacked
      ? ['the client had not acknowledged all of the answer']
      : ['the client had acknowledged the answer; what its program had not read by then is gone'],
  ];
  return {
    severity: 'loss',
    confidence: least(byEvidence, captureCap(connection), exchange.damaged ? 'possible' : 'proven'),
    message: [
      `${exchange.server.text} answered `,
      ...requestOf(exchange),
      ' with ',
      ...say.statusText(response),
      ' and reset the connection while the client was still sending: the client may see an error in place of the answer',
    ],
    hops: [say.hopOf(seen)],
    exchange,
    wait: exchange.wait?.by === 'RST' ? exchange.wait : undefined,
    direction: 'response',
    evidence: say.inOrder([
      ...say.requestEvidence(seen),
      ...say.responseEvidence(seen),
      ...(sent === undefined ? [] : [say.evidence(seen, 'client', sent, ['last octets of the client'])]),
      say.evidence(seen, 'server', reset, ['RST']),
    ]),
    because: [...because, ['a server that closes must go on reading for a while (RFC 9112 section 9.6)']],
    wouldChangeOurMind: ['a client whose own log shows the status of the answer: then it had read it in time'],
  };
}
