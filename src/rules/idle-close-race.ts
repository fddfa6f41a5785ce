/**
 * A request was sent on a reused connection that the server was just closing, or had closed long before (RULES R43). Nobody reads
 * it: the client gets a reset or nothing, and behind a proxy a 502.
 */
import type { Candidate, Confidence, Connection, Evidence, Relay, Rule, Spread, Text } from '../model.ts';
import { captureCap, least, pairingCap } from './confidence.ts';
import { hopLimitText } from './foreign-reset.ts';
import { ownWordText, refusedFor, toldText } from './gateway-error.ts';
import { reachOf, spreadText } from './lifetimes.ts';
import { lastWordsOn, type Race, raceOf } from './races.ts';
import { remediesFor } from './remedies.ts';
import * as say from './words.ts';

/** After so long an idle time a reset without FIN is probably the end of the connection's life. */
const VERY_LONG_IDLE = 30e9;

export const idleCloseRace: Rule = {
  id: 'idle-close-race',
  on: 'exchange',
  onlyFor: ['wait', 'unanswered'],
  title: 'A request was sent on an idle connection that the server was closing',
  basis: ['RFC 9112 section 9.5', 'RFC 9112 section 9.3.1'],
  remedies: remediesFor('lifetime'),

  check(exchange, { server, relay }, found) {
    const race = raceOf(exchange);
    const lost = race === undefined ? relay && passedOn(relay) : { ...race, usual: server.idleCloses, relay: undefined };
    if (lost !== undefined) found(candidateOf(lost));
  },

  ends(connection, { last, server }, found) {
    const race = lastWordsOn(connection, last);
    if (race !== undefined) found(candidateOf({ ...race, usual: server.idleCloses, relay: undefined }));
  },
};

interface Lost extends Race {
  /** Idle closes of this server. */
  readonly usual: Spread | undefined;
  /** What the client of the proxy got instead of an answer. */
  readonly relay: Relay | undefined;
}

/** The proxy met such a close, asked nobody else, and told its client that there is no answer. */
function passedOn(relay: Relay): Lost | undefined {
  const attempt = refusedFor(relay);
  const race = attempt && raceOf(attempt);
  return race && { ...race, usual: undefined, relay };
}

function candidateOf(race: Lost): Candidate {
  const { exchange, connection, wait, relay } = race;
  const seen = { exchange, hop: relay === undefined ? 'only' : 'server-side' } as const;
  const client = relay && ({ exchange: relay.clientSide, hop: 'client-side' } as const);
  const probable = race.idle >= VERY_LONG_IDLE && race.foreign === undefined;
  const byEvidence: Confidence = race.how !== 'reset' ? 'proven' : probable ? 'likely' : 'possible';
  const caps = [
    captureCap(connection),
    exchange.damaged ? 'possible' : 'proven',
    relay === undefined ? 'proven' : pairingCap(relay),
  ] as const;
  return {
    severity: 'loss',
    confidence: least(byEvidence, ...caps),
    message: messageOf(race),
    hops: [say.hopOf(seen), ...(client === undefined ? [] : [say.hopOf(client)])],
    exchange,
    wait,
    evidence: say.inOrder([
      ...evidenceOf(race, seen),
      ...(client === undefined ? [] : [...say.requestEvidence(client), ...say.responseEvidence(client)]),
    ]),
    because: becauseOf(race),
    ...(relay === undefined ? {} : { covers: [exchange] }),
    wouldChangeOurMind: [
      'many connections that the server closed at the same instant: then it was stopped or reloaded',
      'a limit on requests per connection, which would show as closes at the same ordinal',
    ],
  };
}

function evidenceOf({ how, before, since, close, connection }: Lost, seen: say.Seen): readonly Evidence[] {
  const { fin, finAcked, reset } = connection.serverEnd;
  const closing = how === 'last-words' ? fin : how === 'reset' ? undefined : close;
  return [
    before === undefined
      ? say.evidence(seen, 'client', since, ['SYN'])
      : say.evidence(seen, 'server', since, ['last octet of the response before it']),
    ...(how === 'last-words' ? say.responseEvidence(seen) : []),
    ...(closing === undefined ? [] : [say.evidence(seen, 'server', closing, ['FIN'])]),
    ...(how === 'stale-reuse' && finAcked !== undefined ? [say.evidence(seen, 'client', finAcked, ['ACK of the FIN'])] : []),
    ...say.requestEvidence(seen),
    ...(reset === undefined ? [] : [say.evidence(seen, 'server', reset, ['RST'])]),
  ];
}

function messageOf({ exchange, request, before, how, close, foreign, idle, relay }: Lost): Text {
  const { ordinal, client, server, connection } = exchange;
  const which = connection.synSeen ? `request ${ordinal} (` : 'a later request (';
  const since =
    before === undefined
      ? `on a connection ${say.duration(idle)} old that had carried nothing`
      : `after ${say.duration(idle)} without traffic`;
  const lost: Text = [which, ...say.requestText(request), `) of ${client.text} was lost: ${since} `];
  const apart = request.firstTime - close.time;
  const given = relay === undefined ? [] : toldText(relay.clientSide);
  switch (how) {
    case 'race':
      return [
        ...lost,
        `${server.text} closed the connection ${say.duration(Math.abs(apart))} ${apart < 0 ? 'after' : 'before'} it was sent`,
        ...given,
      ];
    case 'stale-reuse':
      return [
        ...lost,
        `it was sent on a connection that ${server.text} had closed ${say.duration(apart)} before, as the client's own TCP had acknowledged`,
        ...given,
      ];
    case 'last-words':
      return [
        ...lost,
        `${server.text} was closing the connection and had said `,
        ...(exchange.response === undefined ? [] : say.statusText(exchange.response)),
        ' before it came',
      ];
    default:
      return [
        ...lost,
        foreign === undefined ? `${server.text} answered it with a reset` : `a reset in the name of ${server.text} answered it`,
        ...given,
      ];
  }
}

function becauseOf({ wait, connection, exchange, before, request, how, usual, close, foreign, relay }: Lost): readonly Text[] {
  const because: Text[] = [
    [
      before === undefined
        ? 'nothing had been asked on the connection before'
        : 'the response before it was complete and left the connection open to be used again',
    ],
  ];
  if (how === 'last-words')
    because.push([
      'the error does not acknowledge the request: it had not come yet, and what the server says is not about it, though the client must take it so',
    ]);
  if (how === 'race') because.push(raceText(Math.abs(request.firstTime - close.time), connection));
  if (how === 'stale-reuse')
    because.push([
      'the client could have known: it was no race, it took a connection out of its pool without looking whether it was still open',
    ]);
  if (how === 'reset') because.push(['the reset came within a round trip: nobody had read the request']);
  if (foreign !== undefined) because.push([...hopLimitText(foreign, exchange.server), ': somebody else may have sent it in its name']);
  if (usual !== undefined && usual.count > 0) because.push([`idle connections that this server closed: ${spreadText(usual)}`]);
  if (relay !== undefined) because.push(ownWordText(relay));
  else if (connection.serverEnd.reset === undefined && wait !== undefined && wait.ended !== 'server-close')
    because.push(['no reset followed: the client can only wait for its own timer']);
  return because;
}

function raceText(apart: number, connection: Connection): Text {
  const { handshake } = connection;
  if (apart > reachOf(connection))
    return [`the close had only just come: ${say.duration(apart)} are too short for the client's program to take notice of it`];
  return [
    `the close and the request crossed: they are ${say.duration(apart)} apart, and a round trip ${Number.isNaN(handshake) ? 'is not known' : `takes ${say.duration(handshake)}`}`,
  ];
}
