/** The proxy passed the client's Connection field on to the next hop (RULES R10). */
import type { Rule } from '../model.ts';
import { checkRelayedConnection } from './relayed-connection.ts';
import { remediesFor } from './remedies.ts';

export const connectionRelayedRequest: Rule = {
  id: 'connection-relayed-request',
  on: 'relay',
  onlyFor: ['connection-twice', 'wait'],
  title: 'The proxy passed on a Connection field that was meant for the proxy itself',
  basis: ['RFC 9110 section 7.6.1', 'HTTP: The Definitive Guide section 4.5'],
  remedies: remediesFor('relay'),
  check: (relay, found) => checkRelayedConnection(relay, 'request', found),
};
