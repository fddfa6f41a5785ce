/** The proxy had the answer and kept it for a while, and no close made it let go (RULES X10): it buffers, or inspects. */
import type { Attempt, Relay, ResponseMessage, Rule, Text, Wait } from '../model.ts';
import { asked, clearedWait, isNoticed } from './clearing.ts';
import { least, pairingCap } from './confidence.ts';
import { COUPLING, lengthOf } from './thresholds.ts';
import * as say from './words.ts';

export const buffering: Rule = {
  id: 'buffering',
  on: 'relay',
  onlyFor: ['wait'],
  exonerates: true,
  title: 'The proxy collected the answer before it passed it on',
  basis: ['RFC 9110 section 7.7'],
  remedies: [],

  check(relay, found) {
    const { wait } = relay.clientSide;
    const attempt = relay.attempts.at(-1);
    const response = attempt?.exchange.response;
    if (wait?.ended !== 'answered' || attempt === undefined || response === undefined || !isNoticed(wait)) return;
    const held = wait.end.time - Math.max(wait.start.time, response.headTime, silentUntil(attempt.exchange.wait, wait));
    if (held < 0.5 * lengthOf(wait) || letGoByClose(attempt, wait)) return;
    found(
      clearedWait(relay.clientSide, wait, {
        confidence: least('likely', pairingCap(relay)),
        message: [
          `the proxy ${relay.clientSide.server.text} had the beginning of the answer to `,
          ...asked(relay.clientSide),
          ` for ${say.duration(held)} before it passed it on`,
        ],
        because: [reasonOf(relay, response, wait)],
        wouldChangeOurMind: ['the same proxy letting go of other answers exactly when the origin closes'],
        serverSide: attempt.exchange,
        covers: [attempt.exchange],
      }),
    );
  },
};

/** The origin was silent itself until then: what it had sent before, the client had. */
function silentUntil(origin: Wait | undefined, wait: Wait): number {
  return origin === undefined || origin.debt !== wait.debt || origin.end.time > wait.end.time ? Number.NEGATIVE_INFINITY : origin.end.time;
}

function letGoByClose({ connection }: Attempt, wait: Wait): boolean {
  const close = say.closingOf(connection, 'server');
  return close !== undefined && Math.abs(wait.end.time - close.time) <= COUPLING;
}

function reasonOf({ clientSide }: Relay, response: ResponseMessage, wait: Wait): Text {
  const after = wait.end.time - response.lastTime;
  const whole = response.complete && after >= 0 && after <= COUPLING;
  if (whole) return [`the answer went on ${say.duration(after)} after its last octet had come: the proxy wanted it whole`];
  return [`no close of the origin made ${clientSide.server.text} let go of it`];
}
