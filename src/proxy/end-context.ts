/** What is known around a connection that is over. */
import type { ConnectionContext, Exchange, Leak, Relay, ServerProfile } from '../model.ts';
import type { Hop } from './open-relay.ts';
import type { RelayRecords } from './relay-records.ts';

export class EndContext implements ConnectionContext {
  readonly last: Exchange;
  readonly server: ServerProfile;
  readonly leak: Leak | undefined;
  private readonly hop: Pick<Hop, 'lastRelay' | 'lastForwarded'>;
  private readonly records: RelayRecords;

  constructor(last: Exchange, server: ServerProfile, leak: Leak | undefined, hop: EndContext['hop'], records: RelayRecords) {
    this.last = last;
    this.server = server;
    this.leak = leak;
    this.hop = hop;
    this.records = records;
  }

  /** Made for those who ask: hardly anybody does, and it holds a record of the other connection. */
  get relay(): Relay | undefined {
    const { lastRelay } = this.hop;
    return lastRelay?.clientSide === this.last ? this.records.withConnections(lastRelay, this.last) : undefined;
  }

  get before(): Relay | undefined {
    const { lastForwarded } = this.hop;
    if (lastForwarded === undefined || lastForwarded.clientSide !== this.last.previous) return undefined;
    return this.records.brief(lastForwarded, lastForwarded.clientSide);
  }
}
