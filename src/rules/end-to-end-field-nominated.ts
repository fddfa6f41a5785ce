/** Connection names a field that is meant for everybody on the way: a proxy that obeys takes it out (RULES R35). */
import type { Candidate, Exchange, ExchangeContext, Message, Rule, Text } from '../model.ts';
import { least, pairingCap } from './confidence.ts';
import { remediesFor } from './remedies.ts';
import { messageCandidate, requestOf } from './single-messages.ts';
import * as say from './words.ts';

/** Fields of RFC 9110 and 9111 and of forwarding that are for all recipients; names of one's own may be for one hop. */
const END_TO_END: ReadonlySet<string> = new Set([
  ...['accept', 'accept-encoding', 'accept-language', 'age', 'allow', 'authorization', 'cache-control', 'content-encoding'],
  ...['content-language', 'content-length', 'content-location', 'content-range', 'content-type', 'cookie', 'date', 'etag', 'expires'],
  ...['forwarded', 'from', 'host', 'if-match', 'if-modified-since', 'if-none-match', 'if-range', 'if-unmodified-since'],
  ...['last-modified', 'location', 'origin', 'pragma', 'range', 'referer', 'retry-after', 'server', 'set-cookie', 'traceparent'],
  ...['user-agent', 'vary', 'via', 'www-authenticate', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-port'],
  ...['x-forwarded-proto', 'x-forwarded-server', 'x-real-ip', 'x-request-id'],
]);

export const endToEndFieldNominated: Rule = {
  id: 'end-to-end-field-nominated',
  on: 'exchange',
  onlyFor: ['options'],
  title: 'Connection names a field that is meant for all recipients',
  basis: ['RFC 9110 section 7.6.1'],
  remedies: remediesFor('nominated-end-to-end'),

  check(exchange, context, found) {
    if (!exchange.ended) return;
    const { request, response } = exchange;
    const asked = request && namedBy(request);
    if (request !== undefined && asked !== undefined && context.parent?.request?.options.includes(asked) !== true)
      found(candidateOf(exchange, context, request, asked));
    const answered = response && namedBy(response);
    const origin = context.relay?.attempts.at(-1)?.exchange.response;
    if (response !== undefined && answered !== undefined && origin?.options.includes(answered) !== true)
      found(candidateOf(exchange, context, response, answered));
  },
};

function namedBy({ options }: Message): string | undefined {
  return options.find((option) => END_TO_END.has(option));
}

function candidateOf(exchange: Exchange, { relay }: ExchangeContext, message: Message, name: string): Candidate {
  const { client, server } = exchange;
  const field = say.fieldOf(message, 'connection');
  const named = message.options.filter((option) => END_TO_END.has(option));
  const value: Text = field === undefined ? [] : say.fieldText(field);
  const own = messageCandidate(exchange, message.kind, {
    severity: 'violation',
    confidence: 'proven',
    message: [
      `${message.kind === 'request' ? client.text : server.text} sent "`,
      ...value,
      message.kind === 'request' ? '" with ' : '" in answer to ',
      ...requestOf(exchange),
      ': a proxy that obeys takes ',
      say.wire('field-name', name),
      ' out, though it is meant for all recipients',
    ],
    fields: ['Connection', ...named.map((option) => say.fieldOf(message, option)?.name ?? option)],
    because: [['a sender must not list a field that is intended for all recipients of the content (RFC 9110 section 7.6.1)']],
    wouldChangeOurMind: [],
  });
  const serverSide = relay?.attempts.at(-1)?.exchange;
  if (relay === undefined || message.kind !== 'request' || serverSide?.request === undefined) return own;
  if (named.some((option) => say.fieldOf(serverSide.request, option) !== undefined)) return own;
  return strippedOf(own, exchange, serverSide, least('proven', pairingCap(relay)));
}

/** The next hop is in sight, and the field did not arrive there. */
function strippedOf(own: Candidate, clientSide: Exchange, serverSide: Exchange, confidence: Candidate['confidence']): Candidate {
  const client = { exchange: clientSide, hop: 'client-side' } as const;
  const server = { exchange: serverSide, hop: 'server-side' } as const;
  return {
    ...own,
    confidence,
    hops: [say.hopOf(client), say.hopOf(server)],
    evidence: say.inOrder([...say.requestEvidence(client), ...say.requestEvidence(server)]),
    because: [
      ...own.because,
      [
        `the request reached ${serverSide.server.text} without it: what the client wished, or what the proxy ${clientSide.server.text} had added itself, is gone (as in CVE-2021-33197)`,
      ],
    ],
  };
}
