/**
 * Behind CONNECT or an upgrade the box only moves octets (RULES X12): what they owe each other is not HTTP's business. A box that
 * does so from the beginning is none of its hops, and what crosses it was not meant for it.
 */
import type { Connection, Exchange, Field, Message, Rule } from '../model.ts';
import { asked, cleared, IDLE } from './clearing.ts';
import { captureCap, least, pairingCap } from './confidence.ts';
import { isForwarder } from './forwarder.ts';
import * as say from './words.ts';

export const tunnelNode: Rule = {
  id: 'tunnel-node',
  on: 'relay',
  onlyFor: ['copied'],
  exonerates: true,
  title: 'The box only moves octets: its silence, and what crosses it, is not HTTP',
  basis: ['RFC 9110 section 9.3.6', 'RFC 9110 section 7.8'],
  remedies: [],

  check(relay, found) {
    const { clientSide, attempts } = relay;
    const serverSide = attempts[0]?.exchange;
    if (serverSide === undefined || clientSide.ordinal !== 1 || !clientSide.ended || !isForwarder(relay)) return;
    const field = hopFieldOf(clientSide.request) ?? hopFieldOf(clientSide.response);
    if (field === undefined) return;
    found(
      cleared(clientSide, {
        serverSide,
        confidence: least('likely', pairingCap(relay)),
        message: [
          `${clientSide.server.text} copies the connection to ${serverSide.server.text} octet for octet: "`,
          ...say.fieldText(field),
          '" crossed a forwarder of TCP, which is no proxy for HTTP',
        ],
        because: [
          ['the connection to the server was opened before the client had sent anything that could be read'],
          ['the heads are the same on both connections, and each request is on the one in its place on the other'],
        ],
        wouldChangeOurMind: ['a request or a response that is not the same on both', 'its configuration: a mode that reads HTTP'],
      }),
    );
  },

  ends(connection, { last }, found) {
    if (last.response?.framing !== 'tunnel') return;
    const silence = silenceOf(connection);
    if (silence < IDLE) return;
    const seen = { exchange: last, hop: 'only' } as const;
    found(
      cleared(last, {
        confidence: least('strong', captureCap(connection)),
        message: [
          `the connection of ${connection.client.text} to ${connection.server.text} has been ${wayOf(last)} since `,
          ...asked(last),
          `: the last ${say.duration(silence)} nobody sent anything, and nobody can say whether anything was owed`,
        ],
        because: [['the octets behind it are not HTTP, so no rule about requests and responses holds for them']],
        wouldChangeOurMind: ['octets of one side that the box received and did not pass on: upgrade-relayed tells those'],
        evidence: [...say.closeEvidence(seen, connection, 'server'), ...say.closeEvidence(seen, connection, 'client')],
      }),
    );
  },
};

/** What a proxy for HTTP would have kept to itself. */
function hopFieldOf(message: Message | undefined): Field | undefined {
  return message === undefined ? undefined : say.hopFields(message)[0];
}

/** From the last octet of either side to the first close, or to the end of the capture. */
function silenceOf(connection: Connection): number {
  const { clientEnd, serverEnd, until } = connection;
  const last = Math.max(clientEnd.lastData?.time ?? 0, serverEnd.lastData?.time ?? 0);
  const closes = [say.closingOf(connection, 'client'), say.closingOf(connection, 'server')].flatMap((close) =>
    close === undefined ? [] : [close.time],
  );
  return Math.min(until, ...closes) - last;
}

function wayOf({ request, response }: Exchange): string {
  return request?.method === 'CONNECT' ? 'a tunnel' : `another protocol (${response?.status ?? 101})`;
}
