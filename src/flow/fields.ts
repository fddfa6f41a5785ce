/**
 * Where the facts of a connection stand in its rows.
 *
 * A connection is a row of three cache lines: what both ends share, then a line for each side. What few connections have (a gap, a
 * probe, a reset) stands in a row of its own, which a side gets when it first needs one. Frame numbers are unsigned, 0 for none.
 */

// Integers of the shared line.
export const ADDRESS_0 = 0;
export const ADDRESS_1 = 1;
/** Port of side 0 in the upper half, of side 1 in the lower. */
export const PORTS = 2;
export const STATE = 3;
/** Number in the file that CAPTURE names. */
export const STREAM = 4;
export const CAPTURE = 5;
/** Number in the point; never recycled. */
export const ORDINAL = 6;
export const FIRST_FRAME = 7;
/** Place in the ring of closed connections, plus one; 0 while it is not there. */
export const LINGER = 12;
/** Of side 0, and behind it of side 1: the hop limit of its reset, and above it how long it had been silent, in tenths of a second. */
export const RESET_TRAITS = 13;
// Doubles of the shared line.
export const FIRST_TIME = 4;
/** Time of the SYN until HANDSHAKE_DONE, then the length of the handshake. */
export const HANDSHAKE = 5;

// Bits of STATE.
export const IPV6 = 0x01;
export const SYN_SEEN = 0x02;
export const SYN_ACK_SEEN = 0x04;
export const HANDSHAKE_DONE = 0x08;
/** When of these bits the two are set, only the acknowledgement of the SYN-ACK is missing. */
export const HANDSHAKE_STATES = SYN_SEEN | SYN_ACK_SEEN | HANDSHAKE_DONE;
export const HANDSHAKE_READY = SYN_SEEN | SYN_ACK_SEEN;
/** New data came after it was closed. */
export const TOUCHED = 0x10;
/** Distinguishes a row in use from a free one. */
export const OPEN = 0x20;
/** It shook hands by the same numbers as another one, and has carried no data yet: they may be the same. */
export const MET = 0x40;
/** Another connection is the same one under other ends: what comes here is counted and left out. */
export const COPY = 0x80;

/** Integers of a side's line, of which the first is at `sideOf`. */
export const SIDE_INTS = 16;
/** Sequence number that is expected next. */
export const NEXT = 10;
/** Wireshark's base sequence number: the initial one, or what it takes for it. */
export const BASE = 11;
export const LAST_FRAME = 12;
export const DATA_FRAME = 13;
export const SIDE_STATE = 14;
/** Id of its row in the extras, plus one. */
export const EXTRA = 15;
// Doubles of a side's line.
export const POSITION = 0;
/** Offset up to which the peer acknowledged; beyond POSITION when it has data that the capture lacks. */
export const ACKED_TO = 1;
export const WATCH = 2;
export const LAST_TIME = 3;
export const DATA_TIME = 4;

export const ROW_INTS = 48;

// Bits of SIDE_STATE.
/** NEXT is set. */
export const KNOWN = 0x01;
/** This side has sent a segment; while it has not, NEXT stems from the peer's acknowledgement. */
export const SENT = 0x02;
/** Segments wait behind a hole. */
export const QUEUED = 0x04;
/** The FIN was seen, and waits behind a hole. */
export const FIN_PENDING = 0x08;
export const FIN_DONE = 0x10;
export const FIN_ACKED = 0x20;
export const WATCHED = 0x40;
export const ZERO_WINDOW = 0x80;
export const RESET = 0x100;
export const SYN_SENT = 0x200;
/** A deadline for what the peer acknowledged, or for a hole without a peer, is running. */
export const ACK_DUE = 0x400;
export const HOLE_DUE = 0x800;
/** BASE is set. */
export const BASED = 0x1000;
/** All of them. In the upper half is the least and the most hop limit of what this side sent, resets aside: the places of their bits. */
export const STATE_BITS = 0xffff;
export const LEAST_HOPS = 16;
export const MOST_HOPS = 24;

// Integers of an extra row.
export const GAPS = 0;
export const RETRANSMISSIONS = 1;
export const PROBES = 2;
export const DUPLICATES = 3;
export const FIN_SEQ = 4;
/** A moment: its frame is this integer, its time the double with this number plus MOMENT_TIME. */
export const FIN_MOMENT = 5;
export const FIN_ACKED_MOMENT = 6;
export const RESET_MOMENT = 7;
export const RETRANSMISSION_MOMENT = 8;
export const PROBE_MOMENT = 9;
export const ZERO_WINDOW_MOMENT = 10;
/** Where a segment ended that was too far ahead to be believed alone. */
export const FAR_SEQ = 11;
/** Of data or a SYN that was sent again without an acknowledgement: when it was new, and how often it was sent again. */
export const STUCK_MOMENT = 12;
export const STUCK = 13;
// Doubles of an extra row.
export const GAP_OCTETS = 7;
/** What the peer had acknowledged then; -1 for a SYN. */
export const STUCK_AT = 14;
export const MOMENT_TIME = 3;

export const EXTRA_INTS = 32;

/** Where the line of a side begins, in integers, from the beginning of its row. */
export function sideOf(side: number): number {
  return SIDE_INTS * (1 + side);
}
