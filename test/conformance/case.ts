/**
 * One case of the conformance suite: what the two ends say, and what hopcheck must make of it. Written in our own words and
 * octets; the classes are those of ../shared/CONFORMANCE.md, so that a reader can hold a table against its origin.
 *
 *     C: GET / HTTP/1.1 | Host: a ||       the client sends this; " | " or "|" is CRLF, spaces around it do not count
 *     S: 200                               the server sends this
 *     C. S. C! S!                          FIN and RST
 *
 * A message in one line, as test/support/http-log.ts writes it: `> GET / HTTP/1.1 none 0, cut, bare-lf`.
 */
import { type End, Wire } from '../support/wire.ts';

export interface Case {
  /** What it is about. */
  readonly what: string;
  readonly said: readonly string[];
  /** The messages, in the order of their ends. */
  readonly messages: readonly string[];
  /** The same, when the last one that spoke says `TRAILING` more; by default they are the same. */
  readonly trailing?: readonly string[];
  /** Will the connection persist, by exchange: as the server believes, and after a slash as the client must, where that differs. */
  readonly persistence?: readonly string[];
  /** Fields by name in lower case, of all messages in that order. */
  readonly fields?: Readonly<Record<string, readonly string[]>>;
}

export interface Class {
  /** As ../shared/CONFORMANCE.md calls it. */
  readonly name: string;
  readonly tests: string;
  readonly cases: readonly Case[];
}

/** Octets that begin no message. */
const TRAILING = '\x01\x02 more';

/** Tells the case: every turn one segment, or segments of `mss` octets. */
export function tell(said: readonly string[], mss = 65_000): Wire {
  const wire = new Wire().open('c', 'client', 'server', 80);
  for (const turn of said) {
    const end: End = turn.startsWith('C') ? 'client' : 'server';
    if (turn[1] === '.') wire.fin('c', end);
    else if (turn[1] === '!') wire.reset('c', end);
    else wire.say('c', end, octetsOf(turn), { mss });
  }
  return wire;
}

/** With `TRAILING` behind the last octets that were said, in the same segment. */
export function withTrailing(said: readonly string[]): readonly string[] {
  const last = said.findLastIndex((turn) => turn[1] === ':');
  return said.map((turn, index) => (index === last ? `${turn}${TRAILING}` : turn));
}

function octetsOf(turn: string): string {
  return turn.slice(3).replace(/ ?\| ?/g, '\r\n');
}
