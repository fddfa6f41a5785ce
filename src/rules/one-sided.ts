/** Only one direction was captured (RULES X5): the answers exist, the client acknowledged them, and they are not in the file. */
import type { Rule } from '../model.ts';
import { cleared } from './clearing.ts';

export const oneSided: Rule = {
  id: 'one-sided',
  on: 'connection',
  exonerates: true,
  title: 'Only one direction of the connection was captured',
  basis: ['RFC 9293 section 3.4'],
  remedies: [],

  ends(connection, { last }, found) {
    const { clientEnd, serverEnd, server, client } = connection;
    if (serverEnd.last !== undefined || clientEnd.ackedTo <= 0 || last.request === undefined) return;
    found(
      cleared(last, {
        confidence: 'strong',
        message: [
          `what ${server.text} sent to ${client.text} is not in the capture: ${clientEnd.ackedTo} octets, which the client acknowledged`,
        ],
        because: [['the acknowledgements of the client advance, so the answers arrived; no segment of the server was captured']],
        wouldChangeOurMind: ['a capture of both directions: on a mirrored port both must be mirrored, and routes may differ by direction'],
      }),
    );
  },
};
