/**
 * A server or proxy that says it will keep its connections and closes each one behind the first response (RULES R05): the next
 * request of whoever believes it is lost. One connection proves nothing, unless a request was lost on it; that it is never
 * otherwise does. What the server has done is looked at again when the input is over: one connection that it kept takes all back.
 */
import type { Candidate, Connection, Exchange, Moment, PeerProfile, RequestMessage, Rule, ServerProfile, Text } from '../model.ts';
import { captureCap, least } from './confidence.ts';
import { isLastAllowed, reachOf } from './lifetimes.ts';
import { remediesFor } from './remedies.ts';
import { HABIT } from './thresholds.ts';
import * as say from './words.ts';

/** A server that closes so soon after a response did not mean to keep the connection. */
const AT_ONCE = 100e6;

/** Closes that lie so near to each other may be one event. */
const ONE_STOP = 1e9;

export const oneShotProxyClaimsPersistence: Rule = {
  id: 'one-shot-proxy-claims-persistence',
  on: 'profile',
  title: 'Every connection is closed after one response that promised to keep it',
  basis: ['RFC 9112 section 9.3', 'RFC 9112 section 9.6'],
  remedies: remediesFor('one-shot'),

  check(profile, found) {
    const { serves, oneShots } = profile;
    if (serves === undefined || serves.closedAtOnce < HABIT || !isNeverOtherwise(serves)) return;
    const example = oneShots.find(({ exchange }) => !isLastAllowed(exchange.response));
    if (example !== undefined) found(habitOf(profile, serves, example));
  },

  ends(connection, { last, server }, found) {
    const { request, previous } = last;
    if (last.ordinal !== 2 || last.response !== undefined || request === undefined || previous === undefined) return;
    const close = closedAtOnce(connection, previous);
    if (
      close === undefined ||
      isLastAllowed(previous.response) ||
      !isNeverOtherwise(server) ||
      request.firstTime > close.time + reachOf(connection)
    )
      return;
    found(lossOf(connection, last, request, close));
  },
};

function isNeverOtherwise({ stayedOpen, laterAnswered }: ServerProfile): boolean {
  return stayedOpen === 0 && laterAnswered === 0;
}

/** It was stopped or reloaded, it may be, and had no other connections at that moment. */
function isOneStop({ closedAtOnceWithin }: ServerProfile): boolean {
  return closedAtOnceWithin < ONE_STOP;
}

function closedAtOnce(connection: Connection, { response, serverBelief, clientBelief }: Exchange): Moment | undefined {
  if (response?.complete !== true || serverBelief !== 'keep' || clientBelief !== 'keep') return undefined;
  const { fin } = connection.serverEnd;
  const client = say.closingOf(connection, 'client');
  if (fin === undefined || (client !== undefined && client.time <= fin.time)) return undefined;
  return fin.time - response.lastTime <= AT_ONCE ? fin : undefined;
}

function habitOf({ client }: PeerProfile, server: ServerProfile, { exchange, close }: PeerProfile['oneShots'][number]): Candidate {
  const seen = { exchange, hop: 'only' } as const;
  return {
    severity: 'violation',
    confidence: least(
      isOneStop(server) ? 'possible' : 'proven',
      exchange.connection.synSeen ? 'proven' : 'likely',
      exchange.damaged ? 'possible' : 'proven',
    ),
    message: [
      `${exchange.server.text} kept no connection of ${server.closedAtOnce} that it had left open by its answers: it closed one of ${client} ${say.duration(close.time - (exchange.response?.lastTime ?? close.time))} after the answer to `,
      ...(exchange.request === undefined ? [] : say.requestText(exchange.request)),
      ' without having said so',
    ],
    hops: [say.hopOf(seen)],
    exchange,
    direction: 'response',
    fields: ['Connection'],
    evidence: say.inOrder([...say.requestEvidence(seen), ...say.responseEvidence(seen), say.evidence(seen, 'server', close, ['FIN'])]),
    because: [
      KEPT,
      [
        `so did ${server.closedAtOnce} in all, and each time the server closed at once; none of its connections that ended had stayed open or carried a second answer`,
      ],
      DUTY,
    ],
    wouldChangeOurMind: [
      'a second request answered on any connection of this server',
      'a server that was shutting down while this was captured',
    ],
  };
}

/** The client believed it. */
function lossOf(connection: Connection, last: Exchange, request: RequestMessage, close: Moment): Candidate {
  const { previous } = last;
  const seen = { exchange: last, hop: 'only' } as const;
  const before = previous && ({ exchange: previous, hop: 'only' } as const);
  const { reset } = connection.serverEnd;
  return {
    severity: 'loss',
    confidence: least('strong', captureCap(connection), last.damaged ? 'possible' : 'proven'),
    message: [
      ...say.requestText(request),
      ` of ${last.client.text} was lost: ${last.server.text} closed the connection ${say.duration(close.time - (previous?.response?.lastTime ?? close.time))} after the answer to `,
      ...(previous?.request === undefined ? [] : say.requestText(previous.request)),
      ', which had left it open',
    ],
    hops: [say.hopOf(seen)],
    exchange: last,
    wait: last.wait,
    direction: 'response',
    fields: ['Connection'],
    evidence: say.inOrder([
      ...(before === undefined ? [] : [...say.requestEvidence(before), ...say.responseEvidence(before)]),
      say.evidence(seen, 'server', close, ['FIN']),
      ...say.requestEvidence(seen),
      ...(reset === undefined ? [] : [say.evidence(seen, 'server', reset, ['RST'])]),
    ]),
    because: [KEPT, ['the close and the request crossed: the client could not know'], DUTY],
    wouldChangeOurMind: ['a server that was stopped or reloaded at that moment'],
  };
}

const KEPT: Text = ['by its version and its fields the response kept the connection (RFC 9112 section 9.3)'];
const DUTY: Text = ['a server that does not persist must say close in its responses; a client that believes it loses its next request'];
