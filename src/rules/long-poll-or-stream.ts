/** The request asks to be answered late, or the response is a stream of events (RULES X2): silence is what was ordered. */
import type { Exchange, Rule, ServerProfile, Text, Wait } from '../model.ts';
import { asked, clearedWait, IDLE, isNoticed } from './clearing.ts';
import { spreadText } from './lifetimes.ts';
import { isInFlight, isStream, isWithin, lateAnswers } from './stalls.ts';
import { lengthOf } from './thresholds.ts';
import * as say from './words.ts';

/** Parameters by which programs ask to wait: a hint only. */
const WAITING = /[?&](?:timeout|wait|wait_?for|since|poll|long_?poll|block|heartbeat)=/i;

export const longPollOrStream: Rule = {
  id: 'long-poll-or-stream',
  on: 'exchange',
  onlyFor: ['wait'],
  exonerates: true,
  title: 'The silence is asked for: a long poll, or a stream of events',
  basis: ['RFC 7240 section 4.3', 'RFC 6202'],
  remedies: [],

  check(exchange, { server }, found) {
    const { wait } = exchange;
    if (wait === undefined || wait.debtor !== 'server' || !isNoticed(wait)) return;
    const sign = streamSign(exchange, wait) ?? waitSign(exchange, wait, server);
    if (sign === undefined) return;
    found(
      clearedWait(exchange, wait, {
        confidence: sign.hint ? 'possible' : 'likely',
        message: [
          `${say.duration(lengthOf(wait))} of silence on `,
          ...asked(exchange),
          ` of ${exchange.client.text} are by design: `,
          ...sign.said,
        ],
        because: [sign.said],
        wouldChangeOurMind: ['the client giving up much earlier than others do on the same target'],
      }),
    );
  },
};

interface Sign {
  readonly said: Text;
  /** It says little by itself. */
  readonly hint: boolean;
}

function streamSign({ response }: Exchange, wait: Wait): Sign | undefined {
  const { debt } = wait;
  if (response === undefined || (debt !== 'response-body' && debt !== 'close')) return undefined;
  if (!isStream(response)) {
    const { resumedAfter = 0 } = wait;
    const said: Text = [`its body had paused for ${say.duration(resumedAfter)} before, and gone on`];
    return isInFlight(wait) && !response.complete ? { said, hint: false } : undefined;
  }
  const type = say.fieldOf(response, 'content-type');
  return { said: [...(type === undefined ? [] : say.fieldText(type)), ' goes on as events come'], hint: false };
}

function waitSign(exchange: Exchange, wait: Wait, server: ServerProfile): Sign | undefined {
  const { request, interim, previous } = exchange;
  if (request === undefined || wait.debt !== 'response-head' || wait.ended === 'server-close') return undefined;
  const prefer = say.fieldOf(request, 'prefer');
  if (prefer !== undefined && /(?:^|[,;\s])wait\s*=/i.test(prefer.value))
    return { said: ['the request asks for it by ', ...say.fieldText(prefer)], hint: false };
  const alive = interim.filter(({ status }) => status === 102).length;
  if (alive > 0) return { said: [`the server said ${alive} times that it was at work (102 Processing)`], hint: false };
  if (
    previous?.request?.target === request.target &&
    previous.wait?.ended === 'answered' &&
    Math.min(lengthOf(previous.wait), lengthOf(wait)) >= IDLE
  )
    return {
      said: [`the request before it had the same target, and its answer took ${say.duration(lengthOf(previous.wait))}`],
      hint: false,
    };
  const late = lateAnswers(exchange, server);
  if (late !== undefined && isWithin(wait, late))
    return { said: [`all answers of this server to the same path come late: ${spreadText(late)}`], hint: false };
  return WAITING.test(request.target) ? { said: ['its query asks to wait'], hint: true } : undefined;
}
