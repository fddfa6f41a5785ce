/**
 * Proxy-Connection crossed a dumb proxy and was honoured behind it (RULES R15): the deadlock of figure 4-15, drawn by the field
 * that was invented against it.
 */
import type { Candidate, Field, Relay, RequestMessage, Rule, Text } from '../model.ts';
import { remediesFor } from './remedies.ts';
import { type Cycle, cycleCandidate, cycleOf, silenceOf } from './wait-cycle.ts';
import * as say from './words.ts';

const KEEP = /(?:^|[\s,])keep-alive(?:$|[\s,])/i;

export const proxyConnectionCascade: Rule = {
  id: 'proxy-connection-cascade',
  on: 'relay',
  onlyFor: ['wait'],
  title: 'A dumb proxy passed on Proxy-Connection, and the next hop honoured it',
  basis: ['RFC 9112 appendix C.2.2', 'RFC 9110 section 7.6.1', 'HTTP: The Definitive Guide section 4.5'],
  remedies: remediesFor('proxy-connection'),

  check(relay, found) {
    const cycle = relay.clientSide.wait === undefined ? undefined : cycleOf(relay);
    if (cycle === undefined) return;
    const { request } = cycle.attempt.exchange;
    const field = say.fieldOf(request, 'proxy-connection');
    if (request === undefined || field === undefined || !KEEP.test(field.value) || persistsByItself(request)) return;
    if (say.fieldOf(cycle.clientSide.request, 'proxy-connection')?.value !== field.value) return;
    found(candidateOf(relay, cycle, request, field));
  },
};

/** Without Proxy-Connection, too, the next hop had to keep the connection (RFC 9112 section 9.3). */
function persistsByItself({ version, options }: RequestMessage): boolean {
  return version !== 'HTTP/1.0' || options.includes('keep-alive');
}

function candidateOf(relay: Relay, cycle: Cycle, request: RequestMessage, field: Field): Candidate {
  const { attempt } = cycle;
  const asked = relay.clientSide.request;
  const granted = say.fieldOf(attempt.exchange.response, 'proxy-connection') ?? say.fieldOf(attempt.exchange.response, 'connection');
  const deadlock = cycleCandidate(relay, cycle);
  const because: Text[] = [
    ['Proxy-Connection has the same value on both hops: the proxy does not know it'],
    [
      `the request on the next hop is HTTP/1.0 without "Connection: keep-alive": only Proxy-Connection can have made ${attempt.exchange.server.text} keep the connection`,
    ],
  ];
  if (granted !== undefined) because.push(['it agreed: "', ...say.fieldText(granted), '"']);
  return {
    ...deadlock,
    message: [
      `the proxy ${relay.clientSide.server.text} relayed "`,
      ...say.fieldText(field),
      `" to ${request.target.startsWith('/') ? '' : 'the proxy '}${attempt.exchange.server.text}, which kept the connection for it: the first proxy waits for a close that does not come, and request ${relay.clientSide.ordinal} (`,
      ...(asked === undefined ? [] : say.requestText(asked)),
      `) got no answer for ${say.duration(silenceOf(cycle))}`,
    ],
    fields: ['Proxy-Connection'],
    because: [...because, ...deadlock.because],
  };
}
