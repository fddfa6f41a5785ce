/** A transfer coding where HTTP/1.0 is spoken, which knows none (RULES R31). */
import type { Candidate, Connection, Exchange, Message, Rule, Text, Wait } from '../model.ts';
import { captureCap, least } from './confidence.ts';
import { remediesFor } from './remedies.ts';
import { messageCandidate, requestOf } from './single-messages.ts';
import { COUPLING, lasted, OPEN } from './thresholds.ts';
import * as say from './words.ts';

const HTTP10 = 'HTTP/1.0';

export const transferEncodingWithHttp10: Rule = {
  id: 'transfer-encoding-with-http10',
  on: 'exchange',
  onlyFor: ['oddities', 'http10'],
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

  ends(connection, { last }, found) {
    const { request, response, previous } = last;
    if (request?.version !== HTTP10 || response?.framing !== 'chunked' || !response.complete || last.damaged) return;
    // Who asked again on the connection has found the end of the chunks.
    if (previous?.response?.framing === 'chunked') return;
    const wait = waitForClose(connection, last);
    if (wait !== undefined && lasted(wait, OPEN)) found(hangOf(last, wait));
  },
};

/** The chunks mean nothing to the client: it reads until the close, and closes when the server has. */
function waitForClose(connection: Connection, { response }: Exchange): Wait | undefined {
  const [client, server] = [say.closingOf(connection, 'client'), say.closingOf(connection, 'server')];
  if (response === undefined || server === undefined || client === undefined) return undefined;
  if (client.time < server.time || client.time - server.time > COUPLING) return undefined;
  const by = connection.serverEnd.fin?.frame === server.frame ? 'FIN' : 'RST';
  return { debt: 'close', debtor: 'server', start: say.lastOf(response), end: server, ended: 'server-close', by, connection, final: true };
}

function hangOf(exchange: Exchange, wait: Wait): Candidate {
  const seen = { exchange, hop: 'only' } as const;
  const { response } = exchange;
  return {
    severity: 'hang',
    // A client that understands chunks and keeps the connection for later looks the same.
    confidence: least('possible', captureCap(wait.connection)),
    message: [
      `${exchange.server.text} answered `,
      ...requestOf(exchange),
      ` with chunks, which an HTTP/1.0 client need not understand, and closed ${say.duration(wait.end.time - wait.start.time)} later; the client closed at once then, as if it had waited for that`,
    ],
    hops: [say.hopOf(seen)],
    exchange,
    wait,
    fields: ['Transfer-Encoding'],
    direction: 'response',
    evidence: say.inOrder([
      ...say.requestEvidence(seen),
      ...say.responseEvidence(seen),
      ...(response === undefined ? [] : [say.evidence(seen, 'server', say.lastOf(response), ['last octet of the body'])]),
      ...say.closeEvidence(seen, wait.connection, 'server'),
      ...say.closeEvidence(seen, wait.connection, 'client'),
    ]),
    because: [
      ['to a client that knows no transfer codings only the close ends the body (RFC 9112 section 6.1)'],
      ['it sent nothing more on the connection and did not close it by itself'],
    ],
    wouldChangeOurMind: ['the same client asking again behind a chunked response: then it has found its end'],
  };
}

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
