/** The silence behind the latest exchange of a connection: what only the end of the connection can tell. */
import type { Connection, Moment, Wait } from '../model.ts';
import * as say from './words.ts';

/** From `start` to the first close; where there is none, to the end of the capture. Undefined when it began with the close. */
export function silenceBehind(connection: Connection, start: Moment, owed: Pick<Wait, 'debt' | 'debtor'>): Wait | undefined {
  const [client, server] = [say.closingOf(connection, 'client'), say.closingOf(connection, 'server')];
  const serverFirst = server !== undefined && (client === undefined || server.frame < client.frame);
  const close = serverFirst ? server : client;
  const silence = { ...owed, start, connection, final: true } as const;
  if (close === undefined) {
    const end = { frame: connection.last.frame, time: connection.until };
    return { ...silence, end, ended: 'capture-end', by: undefined };
  }
  if (close.frame <= start.frame) return undefined;
  const { reset } = serverFirst ? connection.serverEnd : connection.clientEnd;
  const by = reset?.frame === close.frame ? 'RST' : 'FIN';
  return { ...silence, end: close, ended: serverFirst ? 'server-close' : 'client-abort', by };
}
