/** TCP held the sender back (RULES X6): its peer read no more, or the octets were lost on the line and sent again. */
import type { Connection, Evidence, Exchange, Moment, Rule, Text, Wait } from '../model.ts';
import { asked, type Clearing, clearedWait, isNoticed } from './clearing.ts';
import { arrived } from './stalls.ts';
import { lengthOf } from './thresholds.ts';
import * as say from './words.ts';

export const flowControl: Rule = {
  id: 'flow-control',
  on: 'exchange',
  onlyFor: ['wait'],
  exonerates: true,
  title: 'TCP held the octets back: a full window, or losses on the line',
  basis: ['RFC 9293 section 3.8.6', 'RFC 6298'],
  remedies: [],

  check(exchange, { relay }, found) {
    const { wait } = exchange;
    if (wait === undefined || !isNoticed(wait)) return;
    const own = heldBack(exchange, wait);
    if (own !== undefined) {
      found(clearedWait(exchange, wait, clearingOf(exchange, wait, own, exchange)));
      return;
    }
    const attempt = relay?.attempts.at(-1)?.exchange;
    const held = attempt?.wait && lengthOf(attempt.wait) >= 0.5 * lengthOf(wait) ? heldBack(attempt, attempt.wait) : undefined;
    if (attempt === undefined || held === undefined) return;
    found(clearedWait(exchange, wait, { ...clearingOf(exchange, wait, held, attempt), serverSide: attempt, covers: [attempt] }));
  },
};

/** @param where the exchange on whose hop it happened */
function clearingOf(exchange: Exchange, wait: Wait, { said, why, doubt, by, moment, what, sure }: Held, where: Exchange): Clearing {
  const seen = { exchange: where, hop: where === exchange ? 'only' : 'server-side' } as const;
  return {
    confidence: sure ? 'strong' : 'likely',
    message: [`${say.duration(lengthOf(wait))} of silence on `, ...asked(exchange), ` of ${exchange.client.text}: `, ...said(where)],
    because: [why],
    wouldChangeOurMind: [doubt],
    evidence: [say.evidence(seen, by, moment, [what])],
  };
}

interface Held {
  readonly by: Evidence['from'];
  readonly moment: Moment;
  readonly what: string;
  readonly why: Text;
  readonly doubt: string;
  readonly sure: boolean;
  said(exchange: Exchange): Text;
}

function heldBack(exchange: Exchange, wait: Wait): Held | undefined {
  const creditor = wait.debtor === 'server' ? 'client' : 'server';
  return (
    fullWindow(wait, creditor) ??
    lostOnTheLine(wait, wait.debtor) ??
    (arrivedLate(exchange, wait) ? lostOnTheLine(wait, creditor) : undefined)
  );
}

/** For most of the silence the debtor's TCP had not even acknowledged what it was to answer. */
function arrivedLate({ request }: Exchange, wait: Wait): boolean {
  if (wait.debt !== 'response-head' || request === undefined) return !arrived(wait);
  return (request.acked?.time ?? wait.end.time) - request.lastTime >= 0.5 * lengthOf(wait);
}

/** The creditor's window was zero for a part of the silence. */
function fullWindow({ connection, start, end }: Wait, by: Evidence['from']): Held | undefined {
  const { zeroWindow, lastZeroWindow } = endOf(connection, by);
  const moment = zeroWindow ?? (lastZeroWindow !== undefined && lastZeroWindow.time >= start.time ? lastZeroWindow : undefined);
  if (moment === undefined || moment.time > end.time) return undefined;
  return {
    by,
    moment,
    what: 'window 0: no more, please',
    sure: true,
    said: ({ client, server }) => [`${(by === 'client' ? client : server).text} had stopped reading, so nothing could be sent to it`],
    why: ['its receive window was zero: whatever the other end owed, TCP did not let it pay'],
    doubt: 'the window having been open again for most of the silence',
  };
}

/** The sender sent the same octets again while it was silent otherwise: they did not arrive, or their acknowledgement did not. */
function lostOnTheLine({ connection, start, end }: Wait, by: Evidence['from']): Held | undefined {
  const [sender, receiver] = [endOf(connection, by), endOf(connection, by === 'client' ? 'server' : 'client')];
  const inFlight = receiver.ackedTo < sender.octets;
  // What is in flight is asked for by probes, too.
  const again = sender.lastRetransmission ?? (inFlight ? sender.lastProbe : undefined);
  if (again === undefined || again.time < start.time || again.time > end.time) return undefined;
  return {
    by,
    moment: again,
    what: 'the same octets again',
    sure: inFlight,
    said: ({ client, server }) => [
      `octets of ${(by === 'client' ? client : server).text} were sent ${sender.retransmissions + sender.probes + 1} times: ` +
        (inFlight ? 'they were never acknowledged' : 'the line lost them at first'),
    ],
    why: [
      inFlight
        ? 'the peer has not acknowledged them: they are lost on the way, not ignored'
        : 'they were sent again during the silence, and then it went on',
    ],
    doubt: 'a capture at the other end that shows them arriving',
  };
}

function endOf({ clientEnd, serverEnd }: Connection, of: Evidence['from']): Connection['clientEnd'] {
  return of === 'client' ? clientEnd : serverEnd;
}
