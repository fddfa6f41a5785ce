/** The proxy forwards an Upgrade that it cannot carry: the origin switches protocols, and the client never learns it (RULES R20). */
import type { Candidate, Confidence, Connection, Exchange, Field, Relay, Rule, Severity, Text, Wait } from '../model.ts';
import { captureCap, least, openCap, pairingCap } from './confidence.ts';
import { remediesFor } from './remedies.ts';
import { ENDED, lasted, OPEN } from './thresholds.ts';
import * as say from './words.ts';

const SWITCHING = 101;

export const upgradeRelayed: Rule = {
  id: 'upgrade-relayed',
  on: 'relay',
  onlyFor: ['upgrade'],
  title: 'The proxy forwarded an Upgrade that it cannot carry',
  basis: ['RFC 9110 section 7.8', 'RFC 9110 section 7.6.1', 'RFC 9113 section 3.1'],
  remedies: remediesFor('upgrade'),

  check(relay, found) {
    const serverSide = relay.attempts.at(-1)?.exchange;
    if (serverSide === undefined || !relay.clientSide.ended) return;
    const [upgrade, passedOn] = [say.fieldOf(relay.clientSide.request, 'upgrade'), say.fieldOf(serverSide.request, 'upgrade')];
    if (upgrade === undefined || passedOn?.value !== upgrade.value) return;
    const failure = failureOf(relay.clientSide, serverSide, upgrade);
    if (failure !== undefined) found(candidateOf(relay, serverSide, upgrade, failure));
  },

  ends(connection, context, found) {
    const { last } = context;
    if (last.response?.status !== SWITCHING) return;
    const upgrade = say.fieldOf(last.request, 'upgrade');
    const { relay } = context;
    const attempt = relay?.attempts.at(-1);
    if (relay === undefined || attempt?.connection === undefined || upgrade === undefined) return;
    if (attempt.exchange.response?.status !== SWITCHING) return;
    const failure = neverCarriedOn(connection, last, attempt.connection, attempt.exchange);
    if (failure !== undefined) found(candidateOf(relay, attempt.exchange, upgrade, failure));
  },
};

/** What the client sent behind the 101 arrived at the proxy, and nothing of it left the proxy (RULES section 6.0, 1). */
function neverCarriedOn(near: Connection, clientSide: Exchange, far: Connection, serverSide: Exchange): Failure | undefined {
  const start = near.tunnelled?.client;
  const [received, sent] = [clientSide.request?.endOffset, serverSide.request?.endOffset];
  if (start === undefined || received === undefined || sent === undefined) return undefined;
  const octets = near.clientEnd.octets - received;
  if (octets <= 0 || far.clientEnd.octets > sent || near.serverEnd.ackedTo < near.clientEnd.octets) return undefined;
  // The other end of the tunnel may have been gone before.
  const gone = [say.closingOf(far, 'client'), say.closingOf(far, 'server')].some(
    (close) => close !== undefined && close.time <= start.time,
  );
  const wait = waitSince(start, near);
  if (gone || !lasted(wait, OPEN)) return undefined;
  return {
    severity: 'hang',
    confidence: least('strong', captureCap(near), captureCap(far)),
    words: `both hops switched protocols, and ${octets} octets of the client behind that never left the proxy`,
    because: [
      'the octets were acknowledged on the one hop and not sent on the other: the proxy passed on the 101 and does not carry what it announces',
    ],
    wait,
  };
}

/** Nobody but the two ends knows what is owed behind an upgrade; the client waits for what its octets would have brought. */
function waitSince(start: Wait['start'], connection: Connection): Wait {
  const [client, server] = [say.closingOf(connection, 'client'), say.closingOf(connection, 'server')];
  const common = { debt: 'response-body', debtor: 'server', start, connection, final: true } as const;
  if (client !== undefined && (server === undefined || client.time <= server.time)) {
    return { ...common, end: client, ended: 'client-abort', by: connection.clientEnd.fin?.frame === client.frame ? 'FIN' : 'RST' };
  }
  if (server === undefined) return { ...common, end: connection.last, ended: 'capture-end', by: undefined };
  return { ...common, end: server, ended: 'server-close', by: connection.serverEnd.fin?.frame === server.frame ? 'FIN' : 'RST' };
}

interface Failure {
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly words: string;
  readonly because: Text;
  readonly wait?: Wait | undefined;
}

function failureOf(clientSide: Exchange, serverSide: Exchange, { value }: Field): Failure | undefined {
  const [to, from] = [clientSide.response, serverSide.response];
  if (from?.status === SWITCHING && to?.status !== SWITCHING) {
    const wait = to === undefined ? clientSide.wait : undefined;
    const open = wait?.ended === 'capture-end';
    const waited = wait !== undefined && lasted(wait, open ? OPEN : ENDED);
    if (open && !waited) return undefined; // it may be on its way
    return {
      severity: waited ? 'hang' : 'loss',
      wait,
      confidence: least(
        clientSide.damaged ? 'possible' : 'strong',
        ...(wait === undefined ? [] : [captureCap(wait.connection), openCap(wait)]),
      ),
      words: `the origin switched protocols, and the client was told ${to === undefined ? 'nothing' : to.status}`,
      because: ['101 on the one hop and not on the other: the two ends speak different protocols from here on'],
    };
  }
  if (to?.status === SWITCHING && from !== undefined && from.status !== SWITCHING) {
    return {
      severity: 'loss',
      confidence: clientSide.damaged || serverSide.damaged ? 'possible' : 'strong',
      words: `the client was told 101, and the origin had answered ${from.status}`,
      because: ['101 on the one hop and not on the other: the two ends speak different protocols from here on'],
    };
  }
  if (to?.status === SWITCHING && (!to.options.includes('upgrade') || say.fieldOf(to, 'upgrade') === undefined)) {
    return {
      severity: 'violation',
      confidence: 'strong',
      words: 'the 101 reached the client without "Connection: upgrade" or without Upgrade',
      because: ['a 101 must say to which protocol it switches, with the connection option that belongs to it'],
    };
  }
  if (!/(?:^|[\s,])h2c(?:$|[\s,])/i.test(value)) return undefined;
  return {
    severity: 'violation',
    confidence: 'strong',
    words: 'an intermediary must not forward it: what follows would pass the proxy unread',
    because: ['h2c is a property of one hop (RFC 9113 section 3.1), and a way to smuggle requests past the proxy'],
  };
}

function candidateOf(relay: Relay, serverSide: Exchange, upgrade: Field, failure: Failure): Candidate {
  const client = { exchange: relay.clientSide, hop: 'client-side' } as const;
  const server = { exchange: serverSide, hop: 'server-side' } as const;
  return {
    severity: failure.severity,
    confidence: least(failure.confidence, pairingCap(relay)),
    message: [
      `the proxy ${relay.clientSide.server.text} relayed "`,
      ...say.fieldText(upgrade),
      `" to ${serverSide.server.text}: ${failure.words}`,
    ],
    hops: [say.hopOf(client), say.hopOf(server)],
    exchange: relay.clientSide,
    wait: failure.wait,
    fields: ['Upgrade'],
    direction: 'request',
    evidence: say.inOrder([
      ...say.requestEvidence(client),
      ...say.requestEvidence(server),
      ...say.responseEvidence(server),
      ...say.responseEvidence(client),
    ]),
    because: [failure.because],
    wouldChangeOurMind: ['octets of the next protocol that cross the proxy in both directions'],
  };
}
