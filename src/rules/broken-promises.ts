/**
 * Closes that come sooner than the Keep-Alive field of the last response had promised (RULES R14): whoever closed is not the one
 * who promised. A request that trusted the promise is lost.
 */
import type {
  Candidate,
  Confidence,
  Connection,
  ConnectionContext,
  Exchange,
  Field,
  Moment,
  Relay,
  ResponseMessage,
  Text,
} from '../model.ts';
import { captureCap, least, pairingCap } from './confidence.ts';
import { hopLimitText } from './foreign-reset.ts';
import { isLastAllowed } from './lifetimes.ts';
import { type Race, raceOf } from './races.ts';
import { isForProxy, wentThroughProxy } from './single-messages.ts';
import * as say from './words.ts';

const SECOND = 1e9;
/** Timers are not that exact. */
const TOLERANCE = 0.5;
/** Who closes sooner did not wait for an idle timer at all. */
const IDLE = 1e9;

interface BrokenPromise {
  readonly connection: Connection;
  readonly last: Exchange;
  /** The response that promises, its field, and for how many seconds. */
  readonly response: ResponseMessage;
  readonly field: Field;
  readonly promised: number;
  readonly close: Moment;
  readonly idle: number;
  /** The request that met the close. */
  readonly race: Race | undefined;
  /** The exchange that the response belongs to, on both hops. */
  readonly relay: Relay | undefined;
}

export function brokenPromise(connection: Connection, { last, relay, before }: ConnectionContext): BrokenPromise | undefined {
  const race = raceOf(last);
  if (race?.how === 'stale-reuse') return undefined; // the client knew
  const response = race?.before ?? last.response;
  const close = race?.close ?? idleClose(connection, last);
  const field = say.fieldOf(response, 'keep-alive');
  const promised = say.announcedTimeout(response);
  if (response === undefined || close === undefined || field === undefined || promised === undefined) return undefined;
  if (isLastAllowed(response)) return undefined;
  const idle = (race === undefined ? close.time : Math.min(close.time, race.request.firstTime)) - response.lastTime;
  if (idle < IDLE || idle >= (promised - TOLERANCE) * SECOND) return undefined;
  return { connection, last, response, field, promised, close, idle, race, relay: race === undefined ? relay : before };
}

/** The server closed, and nobody owed anything. */
function idleClose(connection: Connection, { response, clientBelief, wait }: Exchange): Moment | undefined {
  const { fin } = connection.serverEnd;
  if (fin === undefined || response?.complete !== true || clientBelief !== 'keep' || wait?.ended === 'server-close') return undefined;
  const client = say.closingOf(connection, 'client');
  return client !== undefined && client.frame < fin.frame ? undefined : fin;
}

export function brokenCandidate(broken: BrokenPromise): Candidate {
  const { connection, last, response, close, race, field } = broken;
  const origin = promiser(broken);
  const seen = { exchange: last, hop: origin === undefined ? 'only' : 'client-side' } as const;
  const server = origin && ({ exchange: origin, hop: 'server-side' } as const);
  return {
    severity: race === undefined ? 'hygiene' : 'loss',
    confidence: least(confidenceOf(broken, origin), captureCap(connection), last.damaged ? 'possible' : 'proven'),
    message: messageOf(broken),
    hops: [say.hopOf(seen), ...(server === undefined ? [] : [say.hopOf(server)])],
    exchange: last,
    fields: ['Keep-Alive'],
    direction: 'response',
    evidence: say.inOrder([
      ...(server === undefined ? [] : say.responseEvidence(server)),
      say.evidence(seen, 'server', say.headOf(response), say.fieldText(field)),
      ...(race === undefined ? [] : say.requestEvidence(seen)),
      say.evidence(seen, 'server', close, [race?.how === 'reset' ? 'RST' : 'FIN']),
    ]),
    because: becauseOf(broken, origin),
    wouldChangeOurMind: [
      'a server that was stopped, or short of connections, at that moment',
      ...(origin === undefined ? ['the response before it passed this place, without the field'] : []),
    ],
  };
}

/** The exchange on the next hop whose server made the same promise. */
function promiser({ relay, field }: BrokenPromise): Exchange | undefined {
  const exchange = relay?.attempts.at(-1)?.exchange;
  return say.fieldOf(exchange?.response, 'keep-alive')?.value === field.value ? exchange : undefined;
}

function confidenceOf({ race, relay, last, response }: BrokenPromise, origin: Exchange | undefined): Confidence {
  const met: Confidence = race?.how !== 'reset' ? 'proven' : race.foreign === undefined ? 'likely' : 'possible';
  if (relay !== undefined && origin !== undefined) return least(met, pairingCap(relay));
  const behind = wentThroughProxy(response) || (last.request !== undefined && isForProxy(last.request));
  return least(met, race !== undefined || behind ? 'likely' : 'possible');
}

function messageOf({ last, field, promised, idle, race }: BrokenPromise): Text {
  const sooner = `closed the connection after ${say.duration(idle)} without traffic, and "`;
  const promise: Text = [...say.fieldText(field), `" had promised ${promised} s`];
  if (race === undefined) return [`${last.server.text} ${sooner}`, ...promise];
  return [...say.requestText(race.request), ` of ${last.client.text} was lost: ${last.server.text} ${sooner}`, ...promise];
}

function becauseOf({ last, race }: BrokenPromise, origin: Exchange | undefined): readonly Text[] {
  return [
    origin === undefined
      ? ['who announces a time keeps it: this one is likely to be that of another hop, and to have been passed on']
      : [`${origin.server.text} announced the same on the next hop: it is the one that keeps this promise, on its own connection`],
    ...(race === undefined ? [] : [['the request was sent before the time was over: its client did as it was told'] as const]),
    ...(race?.foreign === undefined ? [] : [[...hopLimitText(race.foreign, last.server), ': somebody else may have sent it'] as const]),
  ];
}
