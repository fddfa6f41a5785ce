/** A transfer coding where HTTP/1.0 is spoken, which knows none (RULES R31). */
import type { Exchange, Message, Rule, Text } from '../model.ts';
import { remediesFor } from './remedies.ts';
import { messageCandidate, requestOf } from './single-messages.ts';

const HTTP10 = 'HTTP/1.0';

export const transferEncodingWithHttp10: Rule = {
  id: 'transfer-encoding-with-http10',
  on: 'exchange',
  title: 'A transfer coding to or from an HTTP/1.0 end',
  basis: ['RFC 9112 section 6.1'],
  remedies: remediesFor('coding'),

  check(exchange, _context, found) {
    if (!exchange.ended) return;
    const { request, response } = exchange;
    if (request !== undefined && isCoded(request)) found(candidateOf(exchange, request));
    if (response === undefined) return;
    if (isCoded(response) || (request?.version === HTTP10 && response.framing === 'chunked')) found(candidateOf(exchange, response));
  },
};

function isCoded({ oddities }: Message): boolean {
  return oddities.length > 0 && oddities.includes('coding-in-http10');
}

function candidateOf(exchange: Exchange, message: Message): ReturnType<typeof messageCandidate> {
  const { server, client, request } = exchange;
  const own = message.version === HTTP10;
  const what: Text =
    message.kind === 'request'
      ? [`${client.text} sent `, ...requestOf(exchange), ' with a Transfer-Encoding in HTTP/1.0']
      : [
          `${server.text} sent a Transfer-Encoding ${own ? 'in HTTP/1.0' : 'to an HTTP/1.0 client'} in its answer to `,
          ...requestOf(exchange),
          ': the client may take the sizes of chunks for content, and wait for a close',
        ];
  return messageCandidate(exchange, message.kind, {
    severity: 'violation',
    confidence: 'proven',
    message: what,
    fields: ['Transfer-Encoding'],
    because: [
      [
        own
          ? 'HTTP/1.0 has no transfer codings: the framing of the message is faulty (RFC 9112 section 6.1)'
          : `the request says ${request?.version ?? HTTP10}: its sender need not understand a transfer coding (RFC 9112 section 6.1)`,
      ],
    ],
    wouldChangeOurMind: own ? [] : ['a client that says HTTP/1.0 and reads chunks all the same, as some load testers do'],
  });
}
