/**
 * One side of a tunnel closed, and the proxy did not pass it on (RULES R50): the other side waits for somebody who is gone. And its
 * relative in plain HTTP: the server works on for a client that left long ago.
 */
import type { Candidate, Connection, EndedHops, Evidence, Moment, Rule } from '../model.ts';
import { captureCap, least, pairingCap } from './confidence.ts';
import { hopOf } from './lifetimes.ts';
import { remediesFor } from './remedies.ts';
import * as say from './words.ts';

const PATIENCE = 5e9;
const ROUND_TRIPS = 10;
/** The end of a file is blind. */
const BLIND_TAIL = 2e9;
/** So long may a server work for nobody. */
const FOR_NOBODY = 60e9;

export const halfCloseNotRelayed: Rule = {
  id: 'half-close-not-relayed',
  on: 'hops',
  title: 'The proxy did not pass on that one side had closed',
  basis: ['RFC 9110 section 9.3.6', 'RFC 9112 section 9.6'],
  remedies: remediesFor('half-close'),

  check(hops, found) {
    const { relay, clientSide, serverSide } = hops;
    const tunnel = relay.clientSide.response?.framing === 'tunnel';
    if (tunnel && relay.attempts.at(-1)?.exchange.response?.framing === 'tunnel') {
      const sides = [sideOf(clientSide, serverSide, 'client'), sideOf(serverSide, clientSide, 'server')];
      const left = sides.find((side) => side !== undefined && isLeft(side, hops.until));
      if (left !== undefined) found(tunnelCandidate(hops, left));
    } else if (!tunnel) {
      const gone = goneFor(hops);
      if (gone !== undefined) found(nobodyCandidate(hops, gone));
    }
  },
};

interface Side {
  /** Which party closed, on its own hop, and when. */
  readonly who: 'client' | 'server';
  readonly near: Connection;
  readonly closed: Moment;
  /** When the proxy closed the other hop, if it did. */
  readonly far: Connection;
  readonly passedOn: Moment | undefined;
  /** The last octets towards the side that closed. */
  readonly towards: Moment | undefined;
}

/** The close of that party, where it was the first one of its hop. */
function sideOf(near: Connection, far: Connection, who: Side['who']): Side | undefined {
  const closed = say.closingOf(near, who);
  const other = say.closingOf(near, who === 'client' ? 'server' : 'client');
  if (closed === undefined || (other !== undefined && other.frame < closed.frame)) return undefined;
  const party = who === 'client' ? far.serverEnd : far.clientEnd;
  const either = [say.closingOf(far, 'client'), say.closingOf(far, 'server')].filter((moment) => moment !== undefined);
  return { who, near, closed, far, passedOn: either.toSorted((a, b) => a.time - b.time)[0], towards: party.lastData };
}

function isLeft({ near, far, closed, passedOn, towards }: Side, until: number): boolean {
  const patience = Math.max(PATIENCE, ROUND_TRIPS * Math.max(near.handshake || 0, far.handshake || 0));
  if (towards !== undefined && towards.time > closed.time) return false;
  if (passedOn !== undefined) return passedOn.time - closed.time >= patience;
  return until - closed.time >= patience + BLIND_TAIL;
}

function tunnelCandidate({ relay, clientSide, serverSide, until }: EndedHops, side: Side): Candidate {
  const { who, near, far, closed, passedOn } = side;
  const [party, other] = who === 'client' ? [near.client, far.server] : [near.server, far.client];
  const proxy = relay.clientSide.server.text;
  const waited = (passedOn?.time ?? until) - closed.time;
  const nearHop = who === 'client' ? 'client-side' : 'server-side';
  const waiting = who === 'client' ? other.text : relay.clientSide.client.text;
  return {
    severity: 'hang',
    confidence: least('strong', pairingCap(relay), captureCap(clientSide), captureCap(serverSide)),
    message: [
      `${party.text} closed its side of a tunnel through the proxy ${proxy}, and ${waiting} was not told: its connection stayed open for ${say.duration(waited)}${
        passedOn === undefined ? ', and still is' : ''
      }`,
    ],
    hops: [hopOf(clientSide, 'client-side'), hopOf(serverSide, 'server-side')],
    exchange: relay.clientSide,
    evidence: say.inOrder([
      ...say.requestEvidence({ exchange: relay.clientSide, hop: 'client-side' }),
      ...say.responseEvidence({ exchange: relay.clientSide, hop: 'client-side' }),
      closeOf(near, nearHop, who, closed),
      ...(passedOn === undefined
        ? []
        : [closeOf(far, nearHop === 'client-side' ? 'server-side' : 'client-side', closerOf(far, passedOn), passedOn)]),
    ]),
    because: [
      ['both hops had become a tunnel: the close of one side is all that can tell the other one'],
      ['no octets went towards the side that had closed after that: nobody made use of the half that was open'],
    ],
    wouldChangeOurMind: ['octets towards the side that closed, later: then it was a half-close in order'],
  };
}

function closerOf(connection: Connection, moment: Moment): 'client' | 'server' {
  return say.closingOf(connection, 'client')?.frame === moment.frame ? 'client' : 'server';
}

function closeOf(connection: Connection, hop: Evidence['hop'], from: Evidence['from'], moment: Moment): Evidence {
  const end = from === 'client' ? connection.clientEnd : connection.serverEnd;
  return { moment, connection, hop, from, text: [end.fin?.frame === moment.frame ? 'FIN' : 'RST'] };
}

interface Gone {
  readonly closed: Moment;
  /** The last octets that came for it from the server. */
  readonly last: Moment;
}

/** The client gave up its request, and the server's answer went on coming for long. */
function goneFor({ relay, clientSide, serverSide }: EndedHops): Gone | undefined {
  const { wait } = relay.clientSide;
  const closed = say.closingOf(clientSide, 'client');
  const last = serverSide.serverEnd.lastData;
  if (wait?.ended !== 'client-abort' || closed === undefined || last === undefined) return undefined;
  const stillRead = (clientSide.serverEnd.lastData?.time ?? 0) > closed.time;
  return stillRead || serverSide.clientEnd.octets === 0 || last.time - closed.time <= FOR_NOBODY ? undefined : { closed, last };
}

function nobodyCandidate({ relay, clientSide, serverSide }: EndedHops, { closed, last }: Gone): Candidate {
  const { request } = relay.clientSide;
  return {
    severity: 'hygiene',
    confidence: least('strong', pairingCap(relay), captureCap(clientSide), captureCap(serverSide)),
    message: [
      `the client of `,
      ...(request === undefined ? [] : say.requestText(request)),
      ` had left, and ${serverSide.server.text} went on answering the proxy for ${say.duration(last.time - closed.time)}: work for nobody`,
    ],
    hops: [hopOf(clientSide, 'client-side'), hopOf(serverSide, 'server-side')],
    exchange: relay.clientSide,
    evidence: say.inOrder([
      ...say.requestEvidence({ exchange: relay.clientSide, hop: 'client-side' }),
      closeOf(clientSide, 'client-side', 'client', closed),
      { moment: last, connection: serverSide, hop: 'server-side', from: 'server', text: ['octets of the answer'] },
    ]),
    because: [['a proxy may finish what it began, for its cache; but nobody reads this any more']],
    wouldChangeOurMind: ['a cache that keeps the answer'],
  };
}
