/** What the rules about silences share: who else may explain one, and the words for how it ended (RULES sections 5 and 6.8). */
import type { EndFacts, Evidence, Exchange, Message, ServerProfile, Spread, Text, Wait } from '../model.ts';
import { routeOf } from '../route.ts';
import { lengthOf, OPEN } from './thresholds.ts';
import * as say from './words.ts';

/** Bodies that go on as events come: their silence means nothing (RULES R21, traps; X2). */
const STREAMS =
  /^(?:text\/event-stream|multipart\/x-mixed-replace|application\/(?:x-ndjson|ndjson|json-seq|stream\+json|grpc|x-json-stream))/i;

/** Answers that make a habit, and by how much a wait may be longer than the longest of them before it is overdue. */
const ENOUGH = 2;
const OVERDUE = 1.5;

export function isStream(message: Message): boolean {
  return STREAMS.test(say.fieldOf(message, 'content-type')?.value ?? '');
}

/** The debtor could not send: the other end reads no more, or octets are lost on the line again and again (X6, X7). */
export function networkExplains(wait: Wait): boolean {
  const { clientEnd, serverEnd } = wait.connection;
  const [debtor, creditor] = wait.debtor === 'server' ? [serverEnd, clientEnd] : [clientEnd, serverEnd];
  const again = debtor.lastRetransmission?.time ?? Number.NEGATIVE_INFINITY;
  if (isJustOpened(wait, creditor)) return true;
  return creditor.zeroWindow !== undefined || creditor.ackedTo < debtor.octets || (again > wait.start.time && again <= wait.end.time);
}

/** It read no more, and does so again; what it is owed may be on its way when the capture ends. */
function isJustOpened({ start, end, ended }: Wait, { lastZeroWindow, last }: EndFacts): boolean {
  if (ended !== 'capture-end' || lastZeroWindow === undefined || last === undefined) return false;
  return lastZeroWindow.time >= start.time && end.time - last.time < OPEN;
}

/** The body paused before as long and went on (RULES R24, traps). Where its sender closes in the end, nothing more was to come. */
export function isInFlight(wait: Wait): boolean {
  const { debtor, ended, resumedAfter = 0 } = wait;
  const givenUp = ended === (debtor === 'server' ? 'server-close' : 'client-abort');
  return !givenUp && lengthOf(wait) <= OVERDUE * resumedAfter;
}

/** The debtor's TCP acknowledged all that the creditor had sent: it knows what it owes. */
export function arrived({ connection, debtor }: Wait): boolean {
  const { clientEnd, serverEnd } = connection;
  return debtor === 'server' ? serverEnd.ackedTo >= clientEnd.octets : clientEnd.ackedTo >= serverEnd.octets;
}

/** The other answers of this server to the same route, where all came late: it waits by design (X2). */
export function lateAnswers({ request, wait, ended }: Exchange, { slowRoutes }: ServerProfile): Spread | undefined {
  if (slowRoutes.size === 0 || request === undefined) return undefined;
  const route = slowRoutes.get(routeOf(request.target));
  const own = ended && wait?.ended === 'answered' ? 1 : 0;
  return route === undefined || route.soon > 0 || route.late.count - own < ENOUGH ? undefined : route.late;
}

/** The same target was answered at once elsewhere: it is not slow by design (RULES R02, traps). */
export function isAnsweredSoon({ request }: Exchange, { soonTargets }: ServerProfile): boolean {
  const target = request?.fingerprint.target ?? 0;
  return target !== 0 && soonTargets[target & (soonTargets.length - 1)] === target;
}

/** Others have waited as long and were answered. */
export function isWithin(wait: Wait, late: Spread): boolean {
  return lengthOf(wait) <= OVERDUE * late.most;
}

/** "7.00 s of silence, then the client gave up". */
export function silenceText(wait: Wait, { server }: Exchange): string {
  const endings = {
    'server-close': `then ${server.text} hung up`,
    'client-abort': 'then the client gave up',
    'capture-end': 'and the capture ends there',
    answered: 'then it went on',
  };
  return `${say.duration(lengthOf(wait))} of silence, ${endings[wait.ended]}`;
}

/** What ended the wait, as evidence. */
export function endEvidence(seen: say.Seen, wait: Wait): readonly Evidence[] {
  if (wait.ended === 'capture-end') return [];
  const text: Text = [wait.by === 'DATA' || wait.by === undefined ? 'the next octets' : wait.by];
  return [say.evidence(seen, wait.ended === 'client-abort' ? 'client' : 'server', wait.end, text)];
}
