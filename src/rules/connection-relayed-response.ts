/** The proxy passed the origin's Connection field on to the client (RULES R13). */
import type { Rule } from '../model.ts';
import { checkRelayedConnection } from './relayed-connection.ts';
import { remediesFor } from './remedies.ts';

export const connectionRelayedResponse: Rule = {
  id: 'connection-relayed-response',
  on: 'relay',
  onlyFor: ['connection-twice', 'wait'],
  title: "The proxy passed the origin's Connection field on to the client",
  basis: ['RFC 9110 section 7.6.1'],
  remedies: remediesFor('relay'),
  check: (relay, found) => checkRelayedConnection(relay, 'response', found),
};
