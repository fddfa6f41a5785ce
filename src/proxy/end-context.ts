/** What is known around a connection that is over. */
import type { ConnectionContext, Exchange, Leak, Relay, ServerProfile } from '../model.ts';
import type { OpenRelay } from './open-relay.ts';
import type { RelayRecords } from './relay-records.ts';

export class EndContext implements ConnectionContext {
  readonly last: Exchange;
  readonly server: ServerProfile;
  readonly leak: Leak | undefined;
  private readonly lastRelay: OpenRelay | undefined;
  private readonly records: RelayRecords;

  constructor(last: Exchange, server: ServerProfile, leak: Leak | undefined, lastRelay: OpenRelay | undefined, records: RelayRecords) {
    this.last = last;
    this.server = server;
    this.leak = leak;
    this.lastRelay = lastRelay;
    this.records = records;
  }

  /** Made for those who ask: hardly anybody does, and it holds a record of the other connection. */
  get relay(): Relay | undefined {
    return this.lastRelay && this.records.withConnections(this.lastRelay, this.last);
  }
}
