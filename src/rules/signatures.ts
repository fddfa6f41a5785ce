/**
 * Exchanges -> what the boxes around them say of themselves: a proxy in its part of Via, or in a Server field that it wrote anew;
 * whoever answers it in the same fields. A Server field that comes out of a proxy as it went in is not the proxy's.
 */
import type { Exchange, Message, Relay, Signature } from '../model.ts';

type Told = Omit<Signature, 'box'>;

/** One exchange on the two hops of a box. */
interface Pair {
  readonly near: Exchange | undefined;
  readonly far: Exchange | undefined;
}

export function signaturesOfRelay(relay: Relay): readonly Signature[] {
  return ofPairs([pairOf(relay), ...(relay.previous === undefined ? [] : [pairOf(relay.previous)])], 'proxy');
}

/** @param parent the exchange of the hop before, where that was seen */
export function signaturesOf(exchange: Exchange, relay: Relay | undefined, parent: Exchange | undefined): readonly Signature[] {
  if (relay !== undefined && relay.attempts.length > 0) return signaturesOfRelay(relay);
  if (parent !== undefined) return ofPairs([{ near: parent, far: exchange }], 'origin');
  const alone = answererOf(exchange.response === undefined ? exchange.previous : exchange);
  return alone === undefined ? [] : [{ box: 'server', ...alone }];
}

function pairOf({ clientSide, attempts }: Relay): Pair {
  return { near: clientSide, far: attempts.at(-1)?.exchange };
}

/** @param server which of the two boxes is the server of the hop that is looked at */
function ofPairs(pairs: readonly Pair[], server: 'proxy' | 'origin'): readonly Signature[] {
  const proxy = firstOf(pairs, proxyOf);
  const origin = firstOf(pairs, ({ far }) => answererOf(far));
  const alone = server === 'proxy' ? proxy : origin;
  return [
    ...(proxy === undefined ? [] : [{ box: 'proxy' as const, ...proxy }]),
    ...(origin === undefined ? [] : [{ box: 'origin' as const, ...origin }]),
    ...(alone === undefined ? [] : [{ box: 'server' as const, ...alone }]),
  ];
}

function firstOf(pairs: readonly Pair[], look: (pair: Pair) => Told | undefined): Told | undefined {
  for (const pair of pairs) {
    const told = look(pair);
    if (told !== undefined) return told;
  }
  return undefined;
}

function proxyOf({ near, far }: Pair): Told | undefined {
  const via = addedVia(near?.request, far?.request) ?? addedVia(far?.response, near?.response);
  if (via !== undefined || far?.response === undefined) return via;
  const own = valuesOf(near?.response, 'server')[0];
  return own === undefined || own === valuesOf(far.response, 'server')[0] ? undefined : { field: 'Server', value: own };
}

/** The end of Via that the box in between has added. */
function addedVia(received: Message | undefined, sent: Message | undefined): Told | undefined {
  const [before, after] = [elementsOfVia(received), elementsOfVia(sent)];
  const value = after.length > before.length ? after.at(-1) : undefined;
  return value === undefined ? undefined : { field: 'Via', value };
}

/** Who sent the response: the last box in Via, else the one that Server names, unless only a proxy is asked so. */
function answererOf(exchange: Exchange | undefined): Told | undefined {
  const via = elementsOfVia(exchange?.response).at(-1);
  if (via !== undefined) return { field: 'Via', value: via };
  const value = exchange?.request?.absoluteForm === true ? undefined : valuesOf(exchange?.response, 'server')[0];
  return value === undefined ? undefined : { field: 'Server', value };
}

/** Its elements, in whose comments commas may stand (RFC 9110 section 7.6.3). */
function elementsOfVia(message: Message | undefined): readonly string[] {
  return valuesOf(message, 'via').flatMap((value) => (value.match(/(?:\([^()]*\)?|[^,(])+/g) ?? []).map((element) => element.trim()));
}

function valuesOf(message: Message | undefined, name: string): readonly string[] {
  if (message === undefined) return [];
  return message.fields.flatMap((field) => (field.name.toLowerCase() === name && field.value !== '' ? [field.value] : []));
}
