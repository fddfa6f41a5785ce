/**
 * IP fragments to datagrams (RFC 791 section 3.2, RFC 8200 section 4.5). Cold: a frame comes here only when its IP header says
 * that it is a fragment.
 *
 * The fragment that completes a datagram lets the walk go on, in a buffer of its own that begins with the addresses; so the
 * segment belongs to that frame, as in Wireshark. Where fragments overlap, the octets that came first count. What is kept is
 * bounded: the datagrams that began first go first, and each goes after 30 s of capture time.
 */

import { latin1 } from '../octets.ts';
import type { DecodeFacts } from './decode-facts.ts';
import { IP_PROTOCOL, type Next, type Walk } from './walk.ts';

/** Octets of all datagrams that wait, with what their bookkeeping takes. */
const ROOM = 4 << 20;
const DATAGRAM_COST = 512;
const PIECE_COST = 128;
/** Nanoseconds. */
const LONGEST_WAIT = 30e9;
/** An address takes this much at the beginning of a datagram's buffer, whatever its family. */
const ADDRESS = 16;

/** Where the octets of a fragment belong. */
export interface FragmentPlace {
  /** What the fragments of a datagram share, besides the addresses. */
  readonly identity: string;
  readonly offset: number;
  readonly last: boolean;
  /** The protocol of the datagram, as this fragment says. */
  readonly protocol: number;
}

interface Piece {
  readonly from: number;
  readonly to: number;
  readonly octets: Uint8Array;
}

/** Invariant: `pieces` are in order, none over another and none beyond `length`, and hold `kept` octets. */
interface Datagram {
  readonly began: number;
  readonly pieces: Piece[];
  kept: number;
  /** Fragments so far, those that brought nothing new too. */
  fragments: number;
  /** Octets of the whole, by the first fragment that calls itself the last one; until then -1. */
  length: number;
  /** As the fragment with the first octets says. */
  protocol: number;
}

export class Fragments {
  private readonly facts: DecodeFacts;
  /** In the order in which they began. */
  private readonly datagrams = new Map<string, Datagram>();
  private cost = 0;

  constructor(facts: DecodeFacts) {
    this.facts = facts;
  }

  /** The walk stands at the octets of a fragment, all of them captured; it goes on in the datagram when that is complete. */
  add(walk: Walk, { identity, offset, last, protocol }: FragmentPlace): Next {
    this.expire(walk.time);
    const { bytes, sourceAt, destinationAt, family } = walk;
    const size = family === 4 ? 4 : ADDRESS;
    const key = latin1(bytes, sourceAt, sourceAt + size) + latin1(bytes, destinationAt, destinationAt + size) + identity;
    const datagram = this.datagrams.get(key) ?? this.begin(key, walk.time);
    datagram.fragments++;
    if (offset === 0 && datagram.protocol < 0) datagram.protocol = protocol;
    const conflict = last && !this.endsAt(datagram, offset + walk.end - walk.at);
    const differs = this.keep(datagram, offset, bytes.subarray(walk.at, walk.end));
    if (conflict || differs) this.facts.fragmentConflicts++;
    if (datagram.kept === datagram.length) return this.complete(walk, key, datagram);
    while (this.cost > ROOM) this.forgetOldest();
    return 'fragment';
  }

  private begin(key: string, began: number): Datagram {
    const datagram = { began, pieces: [], kept: 0, fragments: 0, length: -1, protocol: -1 };
    this.datagrams.set(key, datagram);
    this.cost += DATAGRAM_COST;
    return datagram;
  }

  /** Returns false when something else is known already: another length, or octets beyond this one. */
  private endsAt(datagram: Datagram, length: number): boolean {
    if (datagram.length >= 0) return datagram.length === length;
    datagram.length = length;
    const { pieces } = datagram;
    const beyond = pieces.findIndex((piece) => piece.to > length);
    if (beyond < 0) return true;
    for (const piece of pieces.splice(beyond)) {
      if (piece.from < length) pieces.push({ ...piece, to: length });
      else this.cost -= costOf(piece);
    }
    datagram.kept = pieces.reduce((sum, { from, to }) => sum + to - from, 0);
    return false;
  }

  /** Keeps what is new of these octets. Returns true when others were there in the place of some of them. */
  private keep(datagram: Datagram, offset: number, octets: Uint8Array): boolean {
    const { pieces } = datagram;
    const end = datagram.length < 0 ? offset + octets.length : Math.min(offset + octets.length, datagram.length);
    const first = firstBehind(pieces, offset);
    const run: Piece[] = [];
    let known = 0;
    let at = offset;
    let differ = offset + octets.length > end;
    const add = (to: number): void => {
      if (at >= to) return;
      const piece = { from: at, to, octets: octets.slice(at - offset, to - offset) };
      run.push(piece);
      datagram.kept += to - at;
      this.cost += costOf(piece);
    };
    for (let piece = pieces[first]; piece !== undefined && piece.from < end; piece = pieces[first + known]) {
      add(piece.from);
      run.push(piece);
      differ ||= !agree(piece, offset, octets.subarray(0, end - offset));
      at = piece.to;
      known++;
    }
    add(end);
    pieces.splice(first, known, ...run);
    return differ;
  }

  private complete(walk: Walk, key: string, datagram: Datagram): Next {
    this.forget(key, datagram);
    this.facts.skipped.fragment -= datagram.fragments - 1;
    this.facts.skipped.reassembled += datagram.fragments - 1;
    const { bytes, sourceAt, destinationAt } = walk;
    const whole = new Uint8Array(2 * ADDRESS + datagram.length);
    whole.set(bytes.subarray(sourceAt, sourceAt + ADDRESS), 0);
    whole.set(bytes.subarray(destinationAt, destinationAt + ADDRESS), ADDRESS);
    for (const { from, to, octets } of datagram.pieces) whole.set(octets.subarray(0, to - from), 2 * ADDRESS + from);
    walk.bytes = whole;
    walk.sourceAt = 0;
    walk.destinationAt = ADDRESS;
    walk.at = 2 * ADDRESS;
    walk.end = whole.length;
    walk.wireEnd = whole.length;
    walk.key = datagram.protocol;
    return IP_PROTOCOL;
  }

  private expire(now: number): void {
    for (const [key, datagram] of this.datagrams) {
      if (now - datagram.began <= LONGEST_WAIT) break;
      this.forget(key, datagram);
    }
  }

  private forgetOldest(): void {
    for (const [key, datagram] of this.datagrams) {
      this.forget(key, datagram);
      return;
    }
  }

  private forget(key: string, datagram: Datagram): void {
    this.datagrams.delete(key);
    this.cost -= datagram.pieces.reduce((sum, piece) => sum + costOf(piece), DATAGRAM_COST);
  }
}

function costOf(piece: Piece): number {
  return PIECE_COST + piece.octets.length;
}

/** Index of the first piece that ends behind `offset`. */
function firstBehind(pieces: readonly Piece[], offset: number): number {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((pieces[middle]?.to ?? 0) > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Are the octets from `offset` on those of the piece, as far as they lie over each other? */
function agree(piece: Piece, offset: number, octets: Uint8Array): boolean {
  const from = Math.max(piece.from, offset);
  const to = Math.min(piece.to, offset + octets.length);
  for (let at = from; at < to; at++) if (octets[at - offset] !== piece.octets[at - piece.from]) return false;
  return true;
}
