/**
 * Will the connection outlive this exchange? RFC 9112 section 9.3 as a table, and the two beliefs about it: what the sender
 * of a response goes by and what its receiver must conclude differ exactly where hangs begin (RULES section 1).
 */
import type { Field, Framing, Persistence, RequestMessage, ResponseMessage } from '../model.ts';

export interface PersistenceCase {
  readonly version: string;
  readonly options: readonly string[];
  readonly framing: Framing;
}

type Row = readonly [rule: string, applies: (message: PersistenceCase) => boolean, then: Persistence];

const ROWS: readonly Row[] = [
  ['close in Connection', (m) => m.options.includes('close'), 'close'],
  ['not self-delimited', (m) => m.framing === 'until-close', 'close'],
  ['HTTP/1.1 or later', (m) => m.version === 'HTTP/1.1' || /^HTTP\/(1\.[1-9]|[2-9]\.\d)$/i.test(m.version), 'keep'],
  ['HTTP/1.0 with keep-alive', (m) => /^HTTP\/1\.0$/i.test(m.version) && m.options.includes('keep-alive'), 'keep'],
  ['otherwise', () => true, 'close'],
];

export function persistenceOf(message: PersistenceCase): Persistence {
  // What nearly all say, by the second and third row.
  if (message.options.length === 0 && message.version === 'HTTP/1.1') return message.framing === 'until-close' ? 'close' : 'keep';
  for (const [, applies, then] of ROWS) if (applies(message)) return then;
  return 'close';
}

/**
 * What the response says of the connection. In HTTP/1.0 two that have both said "Proxy-Connection: keep-alive" have agreed by it: no
 * standard has that (RFC 9112 appendix C.2.2), but old proxies answer with that field alone, and clients go by it.
 */
function saidBy(request: RequestMessage | undefined, response: ResponseMessage): PersistenceCase {
  const { version, options, framing, fields } = response;
  if (version !== 'HTTP/1.0' || request === undefined || !asksProxy(request.fields) || !asksProxy(fields)) return response;
  return { version, options: [...options, 'keep-alive'], framing };
}

function asksProxy(fields: readonly Field[]): boolean {
  return fields.some(({ name, value }) => name.toLowerCase() === 'proxy-connection' && value.toLowerCase() === 'keep-alive');
}

/**
 * What the receiver of the response must conclude. A client that announced close does not wait for more, unless the response
 * grants persistence all the same.
 */
export function clientBelief(request: RequestMessage | undefined, response: ResponseMessage): Persistence {
  const said = saidBy(request, response);
  if (request !== undefined && persistenceOf(request) === 'close' && !said.options.includes('keep-alive')) return 'close';
  return persistenceOf(said);
}

/**
 * What the sender of the response goes by: its own options. A server that says keep-alive over a body without length keeps
 * the connection, though its receiver has to wait for the close.
 */
export function serverBelief(request: RequestMessage | undefined, response: ResponseMessage): Persistence {
  const said = saidBy(request, response);
  if (said.options.includes('close')) return 'close';
  if (request !== undefined && persistenceOf(request) === 'close' && !said.options.includes('keep-alive')) return 'close';
  if (said.framing === 'until-close') return said.options.includes('keep-alive') ? 'keep' : 'close';
  return persistenceOf(said);
}
