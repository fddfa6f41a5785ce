/**
 * Resets that did not arrive as all else of their end (RULES R43, R45): each router on the way takes one off the hop limit, so a box
 * that stands elsewhere and resets in the name of an end seldom arrives with the same. Where the segments of an end come by several
 * ways already, nothing follows from it.
 */
import type { Connection, EndFacts, Endpoint, Moment, Text } from '../model.ts';
import { reachOf } from './lifetimes.ts';
import * as say from './words.ts';

/** A frame that is captured on both sides of the host that forwards it is there with two hop limits. */
const COPIES_APART = 1;
/** Ways differ by so few hops when a route changes, and where two hosts stand side by side. */
const FEW_HOPS = 2;
/** What hosts send with: Linux and BSD, Windows, most of what routes. */
const SENT_WITH = [64, 128, 255];
/** Boxes keep the state of idle connections for at least so long. */
const IDLE = 30e9;

export interface ForeignReset {
  readonly reset: Moment;
  readonly hopLimit: number;
  /** Of all else from that end. */
  readonly usual: { readonly least: number; readonly most: number };
  /** Whoever sent it stands at another distance, by more than what a change of the route explains. */
  readonly far: boolean;
}

export function foreignReset({ reset, resetTraits }: EndFacts): ForeignReset | undefined {
  const usual = resetTraits?.usual;
  if (reset === undefined || resetTraits === undefined || usual === undefined || usual.most - usual.least > COPIES_APART) return undefined;
  const { hopLimit } = resetTraits;
  if (hopLimit >= usual.least && hopLimit <= usual.most) return undefined;
  const apart = Math.min(...[usual.least, usual.most].map((one) => Math.abs(distanceOf(one) - distanceOf(hopLimit))));
  return { reset, hopLimit, usual, far: apart > FEW_HOPS };
}

/** Hops that it has passed: hosts begin with one of few numbers, and no way is long. */
function distanceOf(hopLimit: number): number {
  return (SENT_WITH.find((sent) => hopLimit <= sent) ?? hopLimit) - hopLimit;
}

/** What one end sent when nothing had come for long, answered at once by somebody else, who has forgotten the connection. */
export interface Forgotten extends ForeignReset {
  /** The last octets of the end that is said to have reset, and those that were answered so. */
  readonly before: Moment;
  readonly sent: Moment;
  /** From the last sign of life of that end until then. */
  readonly idle: number;
}

export function forgottenOn(connection: Connection, from: 'client' | 'server'): Forgotten | undefined {
  const { clientEnd, serverEnd } = connection;
  const [own, peer] = from === 'client' ? [clientEnd, serverEnd] : [serverEnd, clientEnd];
  const idle = peer.resetTraits?.silence ?? 0;
  const { lastData: before, fin } = peer;
  const { lastData: sent } = own;
  if (idle < IDLE || fin !== undefined || before === undefined || sent === undefined) return undefined;
  const foreign = foreignReset(peer);
  const left = say.closingOf(connection, from);
  if (foreign === undefined || (left !== undefined && left.frame < foreign.reset.frame)) return undefined;
  // A single octet looks like a probe when it is sent again.
  const times = [sent, own.lastRetransmission, own.lastProbe].map((moment) => moment?.time ?? sent.time);
  return foreign.reset.time - Math.max(...times) <= reachOf(connection) ? { ...foreign, before, sent, idle } : undefined;
}

/** "the reset arrived with a hop limit (TTL) of 61, and all else from 10.0.2.20:80 with 52". */
export function hopLimitText({ hopLimit, usual: { least, most } }: ForeignReset, { text }: Endpoint): Text {
  return [
    `the reset arrived with a hop limit (TTL) of ${hopLimit}, and all else from ${text} with ${least === most ? '' : `${least} or `}${most}`,
  ];
}
