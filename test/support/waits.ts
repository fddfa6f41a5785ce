/** Waits by hand: a connection on which everything arrived, and a debt that stayed unpaid on it. */
import type { Connection, EndFacts, Wait } from '../../src/model.ts';
import { identity } from './records.ts';

const SECOND = 1e9;

function endFacts(more: Partial<EndFacts> = {}): EndFacts {
  return {
    octets: 100,
    gaps: 0,
    gapOctets: 0,
    lastData: { frame: 4, time: 0 },
    last: { frame: 4, time: 0 },
    fin: undefined,
    finAcked: undefined,
    reset: undefined,
    resetTraits: undefined,
    retransmissions: 0,
    lastRetransmission: undefined,
    unacked: undefined,
    probes: 0,
    lastProbe: undefined,
    zeroWindow: undefined,
    lastZeroWindow: undefined,
    firstSeq: 1,
    ackedTo: 100,
    ...more,
  };
}

export function connection(
  clientEnd: Partial<EndFacts> = {},
  serverEnd: Partial<EndFacts> = {},
  more: Partial<Connection> = {},
): Connection {
  const which = identity('10.0.0.1:1000', '10.0.0.2:80');
  return {
    ...which,
    clientSide: 0,
    client: which.ends[0],
    server: which.ends[1],
    first: { frame: 1, time: 0 },
    last: { frame: 4, time: 0 },
    until: 0,
    established: true,
    handshake: 1e6,
    clientEnd: endFacts(clientEnd),
    serverEnd: endFacts(serverEnd),
    duplicates: 0,
    protocol: 'http',
    state: 'await-response',
    announced: undefined,
    ...more,
  };
}

/** It begins at 0 and lasts so many seconds. */
export function wait(seconds: number, more: Partial<Wait> = {}): Wait {
  return {
    debt: 'response-body',
    debtor: 'server',
    start: { frame: 4, time: 0 },
    end: { frame: 9, time: seconds * SECOND },
    ended: 'server-close',
    by: 'FIN',
    connection: connection(),
    final: true,
    ...more,
  };
}
