/**
 * What is sent after an idle time and answered with a reset that the other end did not send (RULES R45): the box that has forgotten
 * the connection is known by its hop limit. Candidates of idle-connection-blackholed.
 */
import type { Candidate, Confidence, Connection, Endpoint, Exchange, Relay, RequestMessage, ServerProfile, Text, Wait } from '../model.ts';
import { captureCap, least, pairingCap } from './confidence.ts';
import { type Forgotten, forgottenOn, hopLimitText } from './foreign-reset.ts';
import { ownWordText, refusedFor, toldText } from './gateway-error.ts';
import { hopOf, knownTimer, seenOn } from './lifetimes.ts';
import * as say from './words.ts';

/** When boxes forget idle connections that are as they were made, in seconds. */
const BOX_TIMERS = [60, 240, 300, 350, 600, 900, 1800, 3600];

/** A request that was lost so, and the client of a proxy that was told of it. */
export interface ForgottenRequest {
  readonly exchange: Exchange;
  readonly request: RequestMessage;
  readonly wait: Wait;
  readonly forgotten: Forgotten;
  readonly relay: Relay | undefined;
}

export function forgottenRequest(exchange: Exchange, relay: Relay | undefined): ForgottenRequest | undefined {
  const own = requestLost(exchange, undefined);
  const attempt = own === undefined && relay !== undefined ? refusedFor(relay) : undefined;
  return own ?? (attempt && requestLost(attempt, relay));
}

function requestLost(exchange: Exchange, relay: Relay | undefined): ForgottenRequest | undefined {
  const { wait, request, response, pipelined } = exchange;
  if (wait?.ended !== 'server-close' || wait.by !== 'RST' || request === undefined || response !== undefined || pipelined) return undefined;
  const forgotten = forgottenOn(wait.connection, 'client');
  const reached = forgotten === undefined || request.lastTime <= forgotten.sent.time - forgotten.idle;
  return reached ? undefined : { exchange, request, wait, forgotten, relay };
}

/** `profile`: of the server of the exchange that is looked at. */
export function forgottenRequestCandidate(
  { exchange, request, wait, forgotten, relay }: ForgottenRequest,
  profile: ServerProfile,
): Candidate {
  const { client, server, ordinal, connection } = exchange;
  const seen = { exchange, hop: relay === undefined ? 'only' : 'server-side' } as const;
  const before = relay && ({ exchange: relay.clientSide, hop: 'client-side' } as const);
  const alive = relay === undefined && profile.lastAnsweredStart > request.firstTime;
  const which = connection.synSeen ? `request ${ordinal} (` : 'a later request (';
  return {
    severity: 'loss',
    confidence: least(
      confidenceOf(forgotten),
      captureCap(wait.connection),
      exchange.damaged ? 'possible' : 'proven',
      relay === undefined ? 'proven' : pairingCap(relay),
    ),
    message: [
      which,
      ...say.requestText(request),
      `) of ${client.text} was lost: ${resetText(forgotten, server)}`,
      ...(relay === undefined ? [] : toldText(relay.clientSide)),
    ],
    hops: [say.hopOf(seen), ...(before === undefined ? [] : [say.hopOf(before)])],
    exchange, // without its wait: what ended that was not the server
    evidence: say.inOrder([
      say.evidence(seen, 'server', forgotten.before, [LAST_OCTETS]),
      ...say.requestEvidence(seen),
      say.evidence(seen, 'server', forgotten.reset, [foundText(forgotten)]),
      ...(before === undefined ? [] : [...say.requestEvidence(before), ...say.responseEvidence(before)]),
    ]),
    because: [
      ...becauseOf(forgotten, server),
      ...(alive ? [['the server answered a request that was sent later, on another connection'] as const] : []),
      ...(relay === undefined ? [] : [ownWordText(relay)]),
    ],
    ...(relay === undefined ? {} : { covers: [exchange] }),
    wouldChangeOurMind: doubts(forgotten),
  };
}

/** The same of what either end sent on a connection that is not read. */
export function forgottenOctetsCandidate(connection: Connection, from: 'client' | 'server'): Candidate | undefined {
  const forgotten = forgottenOn(connection, from);
  if (forgotten === undefined) return undefined;
  const { client, server, protocol } = connection;
  const [sender, peer, other] = from === 'client' ? ([client, server, 'server'] as const) : ([server, client, 'client'] as const);
  const what = protocol === 'unknown' ? '' : ` (${protocol.toUpperCase()})`;
  return {
    severity: 'loss',
    confidence: least(confidenceOf(forgotten), captureCap(connection)),
    message: [`octets of ${sender.text}${what} were lost: ${resetText(forgotten, peer)}`],
    hops: [hopOf(connection)],
    exchange: undefined,
    evidence: say.inOrder([
      seenOn(connection, other, forgotten.before, [LAST_OCTETS]),
      seenOn(connection, from, forgotten.sent, ['octets']),
      seenOn(connection, other, forgotten.reset, [foundText(forgotten)]),
    ]),
    because: becauseOf(forgotten, peer),
    wouldChangeOurMind: doubts(forgotten),
  };
}

const LAST_OCTETS = 'last octets of this end';

function resetText({ idle }: Forgotten, { text }: Endpoint): string {
  return `after ${say.duration(idle)} without traffic somebody else reset the connection in the name of ${text}`;
}

function foundText({ hopLimit }: Forgotten): string {
  return `RST, hop limit (TTL) ${hopLimit}`;
}

function confidenceOf({ far }: Forgotten): Confidence {
  return far ? 'strong' : 'likely';
}

function becauseOf(forgotten: Forgotten, end: Endpoint): readonly Text[] {
  return [
    [...hopLimitText(forgotten, end), ': it was sent from another place'],
    ['the reset came within a round trip of what was sent, and no FIN before it: who sent it does not know the connection'],
    idleText(forgotten.idle),
  ];
}

/** "... been idle for 350.0 s (near 350 s): longer than ...". */
export function idleText(idle: number): Text {
  return [
    `the connection had worked, and then been idle for ${say.duration(idle)}${knownTimer(idle, BOX_TIMERS)}: longer than the state of many a NAT, firewall or balancer`,
  ];
}

function doubts({ far }: Forgotten): readonly string[] {
  const other = 'a capture at the other end in which it sends this reset';
  return far
    ? [other]
    : [other, 'a route that changed in the idle time: then all that comes from there now has the hop limit of the reset'];
}
