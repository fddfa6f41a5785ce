/** Which start lines count where: `recognise` says what octets look like, this says what they may be where a connection stands. */
import { latin1 } from '../octets.ts';
import type { Conversation, Direction } from './conversation.ts';
import * as at from './conversation.ts';
import * as is from './recognise.ts';

/** Start lines that make a conversation anywhere, and at the first octet of a direction. */
export const ANYWHERE = is.REQUEST | is.RESPONSE | is.LIKELY_REQUEST;
export const AT_FIRST = ANYWHERE | is.MAYBE_REQUEST | is.MAYBE_RESPONSE | is.SIMPLE_REQUEST;
/** Start lines that are complete. */
export const WHOLE = is.REQUEST | is.RESPONSE | is.SIMPLE_REQUEST | is.LOOSE_RESPONSE;
export const BY_CLIENT = is.REQUEST | is.LIKELY_REQUEST | is.MAYBE_REQUEST | is.SIMPLE_REQUEST;
/** A start line of which enough was captured to list its message. */
export const TOLD_BY_CLIENT = is.REQUEST | is.LIKELY_REQUEST;
export const TOLD_BY_SERVER = is.RESPONSE | is.LOOSE_RESPONSE;

/** What cannot be told from what the other end would send; where HTTP is known to be spoken, that end alone may say it. */
export const UNSURE_BY_CLIENT = is.MAYBE_REQUEST | is.SIMPLE_REQUEST;
export const UNSURE_BY_SERVER = is.MAYBE_RESPONSE | is.LOOSE_RESPONSE;

/** Octets of which nobody can tell that they begin a request. */
const TOO_FEW = 8;
const CR = 0x0d;
const LF = 0x0a;

/** Start lines that this direction takes where it stands, of which `length` octets are there. */
export function takenBy(conversation: Conversation, direction: Direction, length: number): number {
  const lost = direction.state === at.LOST;
  if (direction === conversation.requests) {
    // Text that nobody reads looks like the beginning of a request too often; only too few octets to tell wait for more.
    return lost ? is.REQUEST | is.LIKELY_REQUEST | (length < TOO_FEW ? is.MAYBE_REQUEST : 0) : BY_CLIENT;
  }
  const loose = conversation.known || (!lost && conversation.pending.unanswered !== undefined) ? is.LOOSE_RESPONSE : 0;
  return is.RESPONSE | is.MAYBE_RESPONSE | loose;
}

export function skipEmptyLines(bytes: Uint8Array, start: number, end: number): number {
  let index = start;
  while (index < end && (bytes[index] === CR || bytes[index] === LF)) index++;
  return index;
}

/** "HTTP/1.x 408": a server that has waited for a request too long (RFC 9110 section 15.5.9). */
export function beginsTimeout(bytes: Uint8Array, start: number, end: number): boolean {
  return TIMEOUT.test(latin1(bytes, start, Math.min(end, start + TIMEOUT_LENGTH)));
}

const TIMEOUT = /^HTTP\/1\.[01] 408/;
const TIMEOUT_LENGTH = 12;

export function isBlank(octet: number | undefined): boolean {
  return octet === 0x20 || octet === 0x09;
}
