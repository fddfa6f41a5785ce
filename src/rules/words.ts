/** What rules say things with: captured octets typed as Wire, evidence, and the hops of a candidate. */
import type {
  Connection,
  ConnectionIdentity,
  Evidence,
  Exchange,
  Field,
  HopRole,
  Message,
  Moment,
  RequestMessage,
  ResponseMessage,
  Text,
  Wire,
} from '../model.ts';

const SECOND = 1e9;

export function wire(kind: Wire['kind'], octets: string, name?: string): Wire {
  return name === undefined ? { kind, octets } : { kind, octets, name: name.toLowerCase() };
}

/** "Connection: keep-alive". */
export function fieldText(field: Field): Text {
  return [wire('field-name', field.name), ': ', wire('field-value', field.value, field.name)];
}

/** "GET /logo.gif". */
export function requestText(request: RequestMessage): Text {
  return [wire('method', request.method), ' ', wire('target', request.target)];
}

/** "200 OK". */
export function statusText(response: ResponseMessage): Text {
  return [String(response.status), ...(response.reason === '' ? [] : [' ', wire('reason', response.reason)])];
}

/** "7.96 s", "540 ms", "0.4 ms". */
export function duration(nanoseconds: number): string {
  if (nanoseconds >= 9.995 * SECOND) return `${(nanoseconds / SECOND).toFixed(1)} s`;
  if (nanoseconds >= SECOND) return `${(nanoseconds / SECOND).toFixed(2)} s`;
  return nanoseconds >= 10e6 ? `${Math.round(nanoseconds / 1e6)} ms` : `${(nanoseconds / 1e6).toFixed(1)} ms`;
}

/** The first field of that name (in lower case), or undefined. */
export function fieldOf(message: Message | undefined, name: string): Field | undefined {
  if (message === undefined) return undefined;
  for (const field of message.fields) if (field.name.length === name.length && field.name.toLowerCase() === name) return field;
  return undefined;
}

/** The fields of a head that concern one connection only: what a reader wants to see of it. */
export function hopFields(message: Message): readonly Field[] {
  return message.fields.filter((field) => HOP_FIELDS.has(field.name.toLowerCase()));
}

/** Those that say where the message ends, and who may go on when. */
const LENGTH_FIELDS: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'expect']);

const HOP_FIELDS: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'upgrade', 'http2-settings']);

export function headOf(message: Message): Moment {
  return { frame: message.headFrame, time: message.headTime };
}

export function lastOf(message: Message): Moment {
  return { frame: message.lastFrame, time: message.lastTime };
}

export interface Seen {
  readonly exchange: Exchange;
  readonly hop: HopRole;
}

export function evidence(seen: Seen, from: Evidence['from'], moment: Moment, text: Text): Evidence {
  return { moment, connection: seen.exchange.connection, hop: seen.hop, from, text };
}

/** The request line with its hop-by-hop fields and those of its length, where its head was complete. */
export function requestEvidence(seen: Seen): readonly Evidence[] {
  const { request } = seen.exchange;
  if (request === undefined) return [];
  return [evidence(seen, 'client', headOf(request), headText([...requestText(request), ' ', wire('version', request.version)], request))];
}

export function responseEvidence(seen: Seen): readonly Evidence[] {
  const { response } = seen.exchange;
  if (response === undefined) return [];
  return [
    evidence(seen, 'server', headOf(response), headText([wire('version', response.version), ' ', ...statusText(response)], response)),
  ];
}

function headText(line: Text, message: Message): Text {
  const shown = message.fields.filter(({ name }) => HOP_FIELDS.has(name.toLowerCase()) || LENGTH_FIELDS.has(name.toLowerCase()));
  return [...line, ...shown.flatMap((field): Text => [' | ', ...fieldText(field)])];
}

/** How a side closed, as evidence. */
export function closeEvidence(seen: Seen, connection: Connection | undefined, from: Evidence['from']): readonly Evidence[] {
  const end = from === 'client' ? connection?.clientEnd : connection?.serverEnd;
  const [fin, reset] = [end?.fin, end?.reset];
  if (reset !== undefined && (fin === undefined || reset.time < fin.time)) return [evidence(seen, from, reset, ['RST'])];
  return fin === undefined ? [] : [evidence(seen, from, fin, ['FIN'])];
}

/** First FIN or RST of that side. */
export function closingOf(connection: Connection | undefined, from: Evidence['from']): Moment | undefined {
  const end = from === 'client' ? connection?.clientEnd : connection?.serverEnd;
  const [fin, reset] = [end?.fin, end?.reset];
  if (fin === undefined || reset === undefined) return fin ?? reset;
  return fin.time <= reset.time ? fin : reset;
}

/** Seconds that a message promises to keep its connection, by its Keep-Alive field. */
export function announcedTimeout(message: Message | undefined): number | undefined {
  const match = /(?:^|[\s,;])timeout=(\d{1,6})/i.exec(fieldOf(message, 'keep-alive')?.value ?? '');
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

export function inOrder(evidences: readonly Evidence[]): readonly Evidence[] {
  return evidences.toSorted((a, b) => a.moment.time - b.moment.time || a.moment.frame - b.moment.frame);
}

/** One hop of a candidate. */
export function hopOf({ exchange, hop }: Seen): {
  readonly role: HopRole;
  readonly connection: ConnectionIdentity;
  readonly client: Exchange['client'];
  readonly server: Exchange['server'];
} {
  return { role: hop, connection: exchange.connection, client: exchange.client, server: exchange.server };
}
