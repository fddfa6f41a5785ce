/**
 * `hopcheck relays`: captures -> every client-side exchange and what continued it on the next hop, a line each.
 */
import { createAnalyzer } from '../analyze.ts';
import type { AttemptRole, Exchange, Relay } from '../model.ts';
import { jsonText } from '../view/json.ts';
import { type Secrecy, safeText } from '../view/safe.ts';
import type { CaptureName, ExitCode, Io } from './io.ts';
import { LineBatch } from './line-batch.ts';
import type { ListOptions } from './options.ts';
import { severalPoints } from './plan-points.ts';
import { type Ends, Session } from './session.ts';

export async function relays(inputs: readonly CaptureName[], options: ListOptions, io: Io): Promise<ExitCode> {
  const session = new Session(io, options);
  const lines = new LineBatch(io.stdout);
  const { view } = session;
  const analyzer = createAnalyzer({
    ...session.analyzerOptions,
    rules: [],
    joinPoints: severalPoints(inputs),
    onRelay(relay) {
      const ends = (exchange: Exchange): Ends => session.toldEnds(exchange);
      lines.add(options.format === 'ndjson' ? `${jsonText(relayJson(relay, ends))}\n` : relayText(relay, view, ends));
    },
  });
  const outcome = await session.read(inputs, analyzer, () => lines.flush());
  const report = analyzer.finish();
  if (options.format === 'text') lines.add(`${report.relays} relays in ${report.exchanges} exchanges\n`);
  lines.flush();
  return session.exitCode(outcome, report, 0);
}

type EndsOf = (exchange: Exchange) => Ends;

interface ExchangeName {
  readonly client: string;
  readonly server: string;
  readonly ordinal: number;
}

interface RelayJson {
  readonly client: ExchangeName;
  readonly attempts: readonly (ExchangeName & { readonly role: AttemptRole })[];
  readonly confidence: Relay['link']['confidence'];
  readonly why: readonly string[];
}

function relayJson(relay: Relay, ends: EndsOf): RelayJson {
  return {
    client: nameOf(relay.clientSide, ends),
    attempts: relay.attempts.map(({ exchange, role }) => ({ ...nameOf(exchange, ends), role })),
    confidence: relay.link.confidence,
    why: whyOf(relay),
  };
}

function nameOf(exchange: Exchange, ends: EndsOf): ExchangeName {
  const { client, server } = ends(exchange);
  return { client: client.text, server: server.text, ordinal: exchange.ordinal };
}

/** What links the hops; without attempts the checks that failed, or all that passed when the lookup is conclusive. */
function whyOf({ attempts, link, lookup }: Relay): readonly string[] {
  if (attempts.length > 0 || lookup.length === 0) return link.parts;
  const failed = lookup.filter((check) => !check.passed);
  return (failed.length > 0 ? failed : lookup).map((check) => check.text);
}

function relayText(relay: Relay, secrecy: Secrecy, ends: EndsOf): string {
  const first = `${title(relay.clientSide, secrecy, ends)}\n`;
  const why = whyOf(relay).join(', ');
  const rest = relay.attempts.map(({ exchange, role }) => `    ${role} ${title(exchange, secrecy, ends)}\n`);
  const link = safeText([`    ${relay.link.confidence}${why === '' ? '' : `: ${why}`}`], secrecy);
  return `${first}${rest.join('')}${link}\n`;
}

function title(exchange: Exchange, secrecy: Secrecy, ends: EndsOf): string {
  const { ordinal, request } = exchange;
  const { client, server } = ends(exchange);
  const place = `${client.text} > ${server.text} #${ordinal}`;
  if (request === undefined) return place;
  return `${place} ${safeText([{ octets: request.method, kind: 'method' }, ' ', { octets: request.target, kind: 'target' }], secrecy)}`;
}
