/** A proxy answers by itself (RULES X8): from its cache, or to say no. Nothing is missing on its next hop. */
import type { Relay, ResponseMessage, Rule, Text } from '../model.ts';
import { asked, clearedWait, isNoticed } from './clearing.ts';
import { lengthOf } from './thresholds.ts';
import * as say from './words.ts';

/** What gateways and proxies say on their own behalf (RFC 9110 sections 15.5.8, 15.6.3, 15.6.4 and 15.6.5). */
const OWN: ReadonlyMap<number, string> = new Map([
  [407, 'it wants the client to authenticate itself first'],
  [502, 'it did not get a valid answer from its next hop'],
  [503, 'it has no server for the request at the moment'],
  [504, 'its next hop did not answer it in time'],
]);

export const answeredByIntermediary: Rule = {
  id: 'answered-by-intermediary',
  on: 'relay',
  onlyFor: ['wait'],
  exonerates: true,
  title: 'The proxy answered the request itself',
  basis: ['RFC 9111 section 4', 'RFC 9110 section 15.6.5'],
  remedies: [],

  check(relay, found) {
    const { clientSide, attempts, lookup } = relay;
    const { wait, response } = clientSide;
    if (attempts.length > 0 || wait === undefined || response === undefined || !isNoticed(wait)) return;
    if (wait.ended !== 'answered' || lookup.some(({ id, passed }) => id === 'no-candidate' && !passed)) return;
    const sign = signOf(response);
    if (sign === undefined) return;
    found(
      clearedWait(clientSide, wait, {
        confidence: 'likely',
        message: [
          `the proxy ${clientSide.server.text} answered `,
          ...asked(clientSide),
          ` itself after ${say.duration(lengthOf(wait))}: `,
          ...sign,
        ],
        because: [['no request on the next hop belongs to it'], ...checksOf(relay)],
        wouldChangeOurMind: ['the same request on a next hop that this capture does not show'],
      }),
    );
  },
};

function signOf(response: ResponseMessage): Text | undefined {
  const age = say.fieldOf(response, 'age');
  const cache = say.fieldOf(response, 'x-cache');
  if (cache !== undefined && /\bhit\b/i.test(cache.value)) return ['out of its cache (', ...say.fieldText(cache), ')'];
  if (age !== undefined && Number(age.value) > 0) return ['out of its cache (', ...say.fieldText(age), ')'];
  if (response.status === 304) return ['what the client has is still good (304)'];
  const own = OWN.get(response.status);
  return own === undefined ? undefined : [`${response.status}, ${own}`];
}

function checksOf({ lookup }: Relay): readonly Text[] {
  return lookup.filter(({ passed }) => passed).map(({ text }): Text => [text]);
}
