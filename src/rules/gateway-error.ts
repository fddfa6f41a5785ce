/** What a proxy tells its client when the server behind it did not answer. */
import type { Exchange, Relay, Text } from '../model.ts';
import * as say from './words.ts';

const GATEWAY_ERRORS: ReadonlySet<number> = new Set([502, 503, 504]);

/** The last exchange on the next hop of a request to which the proxy gave such an error. */
export function refusedFor({ attempts, clientSide }: Relay): Exchange | undefined {
  return GATEWAY_ERRORS.has(clientSide.response?.status ?? 0) ? attempts.at(-1)?.exchange : undefined;
}

/** ", and 10.0.9.1:40001 was told 502 Bad Gateway for it". */
export function toldText({ client, response }: Exchange): Text {
  return response === undefined ? [] : [`, and ${client.text} was told `, ...say.statusText(response), ' for it'];
}

export function ownWordText({ attempts }: Relay): Text {
  return [`the error is the proxy's own word: it got no answer from ${attempts.at(-1)?.exchange.server.text} and asked nobody else`];
}
