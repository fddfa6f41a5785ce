/** What the rules about the life of connections share: how long they idle, timers that show in a spread, and evidence without exchange. */
import type { Connection, Endpoint, Evidence, HopRole, Message, Moment, PeerProfile, Spread, Text, Wait } from '../model.ts';
import * as say from './words.ts';

/** Standard deviation, as a share of the mean, below which durations are a timer's; and how many it takes (RULES section 5). */
const CONSTANT = 0.02;
const ENOUGH = 3;
/** Timers that are set by default, in seconds. */
const WELL_KNOWN = [5, 10, 15, 20, 30, 60, 65, 75, 100, 120, 300, 350, 900];
const NEAR = 0.05;
const SECOND = 1e9;
/** A round trip, where the handshake was not captured; and what a host may take on top of it. */
const USUAL_ROUND_TRIP = 50e6;
const SLACK = 5e6;

/** For so long neither end can know what the other one did; and what its TCP answers by itself has come by then. */
export function reachOf({ handshake }: Connection): number {
  return (Number.isNaN(handshake) ? USUAL_ROUND_TRIP : handshake) + SLACK;
}

/** The share by which they differ is below `share`, over three or more. */
export function isConstant({ count, mean, deviation }: Spread, share = CONSTANT): boolean {
  return count >= ENOUGH && deviation < share * mean;
}

/** "3 times between 4.98 s and 5.02 s: constant, a timer (5 s)". */
export function spreadText(spread: Spread): string {
  const times = spread.count === 1 ? 'once' : `${spread.count} times`;
  const range = `${say.duration(spread.least)}${spread.count === 1 ? '' : ` to ${say.duration(spread.most)}`}`;
  return `${times}, ${range}${isConstant(spread) ? `: constant, a timer${knownTimer(spread.mean)}` : ''}`;
}

/** " (near 60 s)", where there is such a timer. */
export function knownTimer(mean: number, timers: readonly number[] = WELL_KNOWN): string {
  const known = timers.find((seconds) => Math.abs(mean / SECOND - seconds) <= NEAR * seconds);
  return known === undefined ? '' : ` (near ${known} s)`;
}

/** "Keep-Alive: max=1" announces that the server will close behind it. */
export function isLastAllowed(response: Message | undefined): boolean {
  return /(?:^|[\s,;])max=[01]\b/i.test(say.fieldOf(response, 'keep-alive')?.value ?? '');
}

/** What the waits of this kind at the same server have in common, where that is a timer. */
export function timerText(stalls: ReadonlyMap<string, Spread>, { debt, ended }: Wait): readonly Text[] {
  const spread = stalls.get(`${debt} ${ended}`);
  return spread === undefined || !isConstant(spread) ? [] : [[`waits of this kind at this server: ${spreadText(spread)}`]];
}

/** The connection of a candidate that is about no exchange. */
export function hopOf(
  connection: Connection,
  role: HopRole = 'only',
): {
  readonly role: HopRole;
  readonly connection: Connection;
  readonly client: Endpoint;
  readonly server: Endpoint;
} {
  return { role, connection, client: connection.client, server: connection.server };
}

export function seenOn(connection: Evidence['connection'], from: Evidence['from'], moment: Moment, text: Text): Evidence {
  return { moment, connection, hop: 'only', from, text };
}

/** The hop of a candidate about a pair of hosts: the connection on which it shows. */
export function hopOfPeer(
  { server }: PeerProfile,
  example: PeerProfile['closeExamples'][number] | undefined,
): readonly ReturnType<typeof peerHop>[] {
  return example === undefined ? [] : [peerHop(server, example.connection)];
}

function peerHop(
  server: Endpoint,
  connection: Evidence['connection'],
): {
  readonly role: 'only';
  readonly connection: Evidence['connection'];
  readonly client: Endpoint;
  readonly server: Endpoint;
} {
  const [one, other] = connection.ends;
  return { role: 'only', connection, client: one.text === server.text ? other : one, server };
}
