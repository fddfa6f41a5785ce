/** Connections by id: those that speak HTTP with what is remembered of them, and the others, which are given up. */
import type { ConnectionTable, Side } from '../model.ts';
import * as at from './conversation.ts';
import { Conversation } from './conversation.ts';
import { GivenUp } from './given-up.ts';
import { preambleLength } from './preamble.ts';
import * as is from './recognise.ts';
import { recognise, recogniseHttp } from './recognise.ts';
import { ANYWHERE, AT_FIRST, BY_CLIENT, skipEmptyLines, UNSURE_BY_CLIENT, UNSURE_BY_SERVER } from './start-lines.ts';

export class Conversations {
  readonly givenUp = new GivenUp();
  private readonly table: ConnectionTable;
  private readonly open: (Conversation | undefined)[] = [];

  private readonly httpPorts: ReadonlySet<number>;

  /** @param httpPorts ports of servers that are known to speak HTTP */
  constructor(table: ConnectionTable, httpPorts: ReadonlySet<number>) {
    this.table = table;
    this.httpPorts = httpPorts;
  }

  of(connection: number): Conversation | undefined {
    return this.open[connection];
  }

  /** The first octets that look like HTTP make a conversation. */
  begin(connection: number, side: Side, bytes: Uint8Array, start: number, end: number): Conversation | undefined {
    const first = this.table.position(connection, side) === 0;
    const givenUp = this.givenUp.has(connection);
    if (givenUp && !first) return undefined;
    const index = first ? skipEmptyLines(bytes, start, end) : start;
    const server = this.knownServer(connection);
    const kind = server === undefined ? recognise(bytes, index, end) : knownKind(recogniseHttp(bytes, index, end), side === server);
    if (givenUp) {
      if (kind !== is.RESPONSE) return undefined;
      this.givenUp.takeBack(connection);
    }
    if (first && preambleLength(bytes, start, end) !== 0) return this.converse(connection, side, at.PREAMBLE, side);
    if (index === end) return this.converse(connection, side, at.START, server === 0 ? 1 : 0);
    const unsure = server === undefined ? 0 : UNSURE_BY_SERVER;
    if ((kind & (unsure | (first ? AT_FIRST : ANYWHERE))) === 0) {
      if (kind === is.HTTP2) this.givenUp.asHttp2(connection);
      else if (kind === is.NO && is.isTls(bytes, start, end))
        this.givenUp.asTls(connection, this.table.identity(connection).ends[0].address, this.table.frame.time);
      return undefined;
    }
    const other: Side = side === 0 ? 1 : 0;
    const ambiguous = (kind & is.MAYBE_REQUEST) !== 0 && (kind & is.MAYBE_RESPONSE) !== 0;
    const fromClient = ambiguous ? side === 0 : (kind & BY_CLIENT) !== 0;
    return this.converse(connection, side, at.START, fromClient ? side : other);
  }

  /** It was no HTTP after all, and nothing was told of it. */
  abandon(conversation: Conversation): void {
    conversation.over = true;
    this.open[conversation.id] = undefined;
  }

  /** The side whose port is known to speak HTTP. */
  private knownServer(connection: number): Side | undefined {
    if (this.httpPorts.size === 0) return undefined;
    const [opener, accepter] = this.table.identity(connection).ends;
    if (this.httpPorts.has(accepter.port)) return 1;
    return this.httpPorts.has(opener.port) ? 0 : undefined;
  }

  private converse(connection: number, side: Side, state: number, clientSide: Side): Conversation {
    const known = this.knownServer(connection) !== undefined;
    const conversation = new Conversation(connection, this.table.identity(connection), clientSide, known);
    const [own, peer] = [conversation.direction(side), conversation.direction(side === 0 ? 1 : 0)];
    own.offset = this.table.position(connection, side);
    own.state = state;
    peer.offset = this.table.position(connection, side === 0 ? 1 : 0);
    if (peer.offset > 0) peer.state = at.LOST;
    this.open[connection] = conversation;
    return conversation;
  }
}

/** Of what may be a request or other text, each end says what is its own; what is sure stays so, whoever says it. */
function knownKind(kind: number, byServer: boolean): number {
  return kind & ~(byServer ? UNSURE_BY_CLIENT : UNSURE_BY_SERVER);
}
