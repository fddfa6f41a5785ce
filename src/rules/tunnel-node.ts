/** Behind CONNECT or an upgrade the box only moves octets (RULES X12): what they owe each other is not HTTP's business. */
import type { Connection, Exchange, Rule } from '../model.ts';
import { asked, cleared, IDLE } from './clearing.ts';
import { captureCap, least } from './confidence.ts';
import * as say from './words.ts';

export const tunnelNode: Rule = {
  id: 'tunnel-node',
  on: 'connection',
  exonerates: true,
  title: 'The connection is a tunnel: its silence is not HTTP',
  basis: ['RFC 9110 section 9.3.6', 'RFC 9110 section 7.8'],
  remedies: [],

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
