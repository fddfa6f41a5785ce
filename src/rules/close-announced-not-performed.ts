/**
 * The server has to close, because it or its client said so, and does not (RULES R23). Where the close is also the end of the body it is a hang, which
 * until-close-but-kept-open owns; behind a body that tells its own length nobody needs it, unless the client is an HTTP/1.0 one
 * that reads until the close whatever the length says.
 */
import type { Candidate, Connection, Exchange, Moment, RequestMessage, ResponseMessage, Rule, Wait } from '../model.ts';
import { captureCap, least, openCap } from './confidence.ts';
import { remediesFor } from './remedies.ts';
import { endEvidence, isInFlight, isStream, networkExplains, silenceText } from './stalls.ts';
import { COUPLING, lasted, OPEN } from './thresholds.ts';
import * as say from './words.ts';

export const closeAnnouncedNotPerformed: Rule = {
  id: 'close-announced-not-performed',
  on: 'exchange',
  onlyFor: ['wait'],
  title: 'A close that was announced did not come',
  basis: ['RFC 9112 section 9.6', 'RFC 9112 section 9.3'],
  remedies: remediesFor('close'),

  check(exchange, _context, found) {
    const { wait, response, request } = exchange;
    if (wait?.debt !== 'close' || response?.framing !== 'until-close' || wait.ended === 'answered' || request === undefined) return;
    const announced = response.options.includes('close') || exchange.serverBelief === 'close';
    if (!announced || isStream(response) || networkExplains(wait) || isInFlight(wait)) return;
    if (lasted(wait, OPEN)) found(candidateOf(exchange, response, wait));
  },

  ends(connection, { last }, found) {
    const { request, response } = last;
    // While the request is not complete the server may still read the rest of it.
    if (request?.complete !== true || response?.complete !== true || last.damaged) return;
    if (response.framing === 'until-close' || response.framing === 'tunnel' || isStream(response)) return;
    const why = reasonToClose(last, request, response);
    const late = why && lateClose(connection, response);
    if (why === undefined || late === undefined) return;
    const wait = clientWaited(connection, last, response, late);
    if (wait !== undefined || why !== 'never-asked') found(lateCandidate(connection, last, response, { ...late, why, wait }));
  },
};

/** A server that closes does so within this time (RULES R23). */
const PROMPT = 2e9;
const ROUND_TRIPS = 10;

/** Who said it; an HTTP/1.0 client says it by not asking for anything else, and may then be granted what it does not know. */
type Reason = 'response' | 'request' | 'http10' | 'never-asked';

const REASONS: Readonly<Record<Reason, string>> = {
  response: 'the response says Connection: close: its sender must close after it (RFC 9112 section 9.6)',
  request: 'the request says Connection: close: whoever answers it must close after the response (RFC 9112 section 9.6)',
  http10: 'a connection of HTTP/1.0 on which nobody said keep-alive does not persist (RFC 9112 section 9.3)',
  'never-asked': 'the client speaks HTTP/1.0 and did not ask for keep-alive: the server granted what it need not understand',
};

function reasonToClose(exchange: Exchange, request: RequestMessage, response: ResponseMessage): Reason | undefined {
  if (response.options.includes('close')) return 'response';
  if (request.options.includes('close')) return 'request';
  if (request.options.includes('keep-alive')) return undefined; // http10-keepalive-not-echoed looks at those
  // On a connection that was used before, both have persisted all the same.
  if (exchange.ordinal > 1 || !exchange.connection.synSeen) return undefined;
  if (exchange.clientBelief === 'close') return 'http10';
  const asked = say.fieldOf(request, 'proxy-connection') !== undefined;
  return request.version === 'HTTP/1.0' && !asked ? 'never-asked' : undefined;
}

interface Late {
  /** Since the last octet of the response, in nanoseconds. */
  readonly length: number;
  readonly close: Moment | undefined;
  /** The end until which nobody closed. */
  readonly end: Moment;
}

/** The server's close that came late or not at all, with the client's end open and all that was sent acknowledged. */
function lateClose(connection: Connection, { lastTime }: ResponseMessage): Late | undefined {
  const { clientEnd, serverEnd, handshake, last } = connection;
  const [client, server] = [say.closingOf(connection, 'client'), say.closingOf(connection, 'server')];
  const first = server !== undefined && (client === undefined || server.time <= client.time) ? server : client;
  const end = first ?? last;
  const length = end.time - lastTime;
  const prompt = Number.isNaN(handshake) ? PROMPT : Math.max(PROMPT, ROUND_TRIPS * handshake);
  if (length < prompt || clientEnd.zeroWindow !== undefined || clientEnd.ackedTo < serverEnd.octets) return undefined;
  return { length, close: first === server ? server : undefined, end };
}

interface Owed extends Late {
  readonly why: Reason;
  /** Of a client that needed the close. */
  readonly wait: Wait | undefined;
}

function lateCandidate(connection: Connection, exchange: Exchange, response: ResponseMessage, late: Owed): Candidate {
  const seen = { exchange, hop: 'only' } as const;
  const { request, server } = exchange;
  const { why, wait } = late;
  const ending =
    late.close === undefined
      ? `${say.duration(late.length)} later it had not done so`
      : `${say.duration(late.length)} passed before it did`;
  return {
    severity: wait === undefined ? 'hygiene' : 'hang',
    confidence: least(wait === undefined ? 'strong' : 'likely', captureCap(connection)),
    message: [
      `${server.text} ${why === 'response' ? 'announced' : 'owed'} a close behind its answer to `,
      ...(request === undefined ? [] : say.requestText(request)),
      `, and ${ending}`,
    ],
    hops: [say.hopOf(seen)],
    exchange,
    ...(wait === undefined ? {} : { wait }),
    fields: ['Connection'],
    direction: 'response',
    evidence: say.inOrder([
      ...say.requestEvidence(seen),
      ...say.responseEvidence(seen),
      say.evidence(seen, 'server', say.lastOf(response), ['last octet of the response']),
      ...say.closeEvidence(seen, connection, 'server'),
      ...say.closeEvidence(seen, connection, 'client'),
    ]),
    because: [
      [REASONS[why]],
      wait === undefined
        ? ['the body tells its own length, so the client needs no close; it may close itself']
        : ['the client asked for no persistence, and closed only when the server had closed: it read until the close'],
    ],
    wouldChangeOurMind: ['a close that the capture lost'],
  };
}

/** A client that wants no persistence, and closes as soon as the server does and not before, has waited for that. */
function clientWaited(
  connection: Connection,
  { request }: Exchange,
  { lastFrame, lastTime }: ResponseMessage,
  late: Late,
): Wait | undefined {
  const client = say.closingOf(connection, 'client');
  if (request === undefined || persists(request) || late.close === undefined) return undefined;
  if (client === undefined || client.time - late.close.time > COUPLING || late.length < OPEN) return undefined;
  const by = connection.serverEnd.fin?.frame === late.close.frame ? 'FIN' : 'RST';
  const start = { frame: lastFrame, time: lastTime };
  return { debt: 'close', debtor: 'server', start, end: late.close, ended: 'server-close', by, connection, final: true };
}

function persists({ version, options }: RequestMessage): boolean {
  return !options.includes('close') && (version !== 'HTTP/1.0' || options.includes('keep-alive'));
}

function candidateOf(exchange: Exchange, response: ResponseMessage, wait: Wait): Candidate {
  const seen = { exchange, hop: 'only' } as const;
  const { request, server } = exchange;
  const said = response.options.includes('close');
  return {
    severity: 'hang',
    confidence: least('likely', captureCap(wait.connection), openCap(wait), exchange.damaged ? 'possible' : 'proven'),
    message: [
      `${server.text} ${said ? 'announced' : 'owed'} a close behind its answer to `,
      ...(request === undefined ? [] : say.requestText(request)),
      ` and did not perform it: ${silenceText(wait, exchange)}`,
    ],
    hops: [say.hopOf(seen)],
    exchange,
    wait,
    ...(said ? { fields: ['Connection'] } : {}),
    direction: 'response',
    evidence: say.inOrder([
      ...say.requestEvidence(seen),
      ...say.responseEvidence(seen),
      say.evidence(seen, 'server', wait.start, ['last octet of the body']),
      ...endEvidence(seen, wait),
    ]),
    because: [
      [
        said
          ? 'the response says Connection: close: its sender must close after it (RFC 9112 section 9.6)'
          : 'without keep-alive and without a length the server must close after the response (RFC 9112 section 9.3)',
      ],
      ['the client needs that close: nothing else ends the body'],
    ],
    wouldChangeOurMind: ['a server that was still producing the body: then it is slow, and closes when it is done'],
  };
}
