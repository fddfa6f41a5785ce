/**
 * `hopcheck relays`: captures -> every client-side exchange and what continued it on the next hop, a line each.
 */
import { createAnalyzer } from '../analyze.ts';
import type { AttemptRole, Exchange, Relay } from '../model.ts';
import { jsonText } from '../view/json.ts';
import { counted } from '../view/overview.ts';
import { pairingInWords } from '../view/pairing.ts';
import { safeText, type ViewOptions } from '../view/safe.ts';
import { widthOf, wrap } from '../view/wrap.ts';
import type { CaptureName, ExitCode, Io } from './io.ts';
import { LineBatch } from './line-batch.ts';
import type { ListOptions } from './options.ts';
import { type Ends, Session } from './session.ts';

export async function relays(inputs: readonly CaptureName[], options: ListOptions, io: Io): Promise<ExitCode> {
  const session = new Session(io, options);
  const lines = new LineBatch(io.stdout);
  const { view } = session;
  const joinPoints = await session.joinPoints(inputs);
  const analyzer = createAnalyzer({
    ...session.analyzerOptions,
    rules: [],
    joinPoints,
    onRelay(relay) {
      const onward = [...relay.attempts.map(({ exchange }) => exchange), ...relay.candidates];
      session.toldEnds(relay.clientSide, ['client', onward.length > 0 ? 'proxy' : 'server']); // what an address is called first it stays
      const ends = (exchange: Exchange): Ends => session.toldEnds(exchange, ['proxy', 'server']);
      lines.add(options.format === 'ndjson' ? `${jsonText(relayJson(relay, ends))}\n` : relayText(relay, view, ends));
    },
  });
  const outcome = await session.readPoints(inputs, analyzer, joinPoints, () => lines.flush());
  const report = analyzer.finish();
  if (options.format === 'text') {
    lines.add(`\n${counted(report.relays, 'relay')} in ${counted(report.exchanges, 'exchange')}\n`);
    for (const fact of pairingInWords(report.pairing)) lines.add(`${wrap(fact, view.width, '  ', '    ').join('\n')}\n`);
  }
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
  /** Others that fit as well, when it is ambiguous. */
  readonly candidates: readonly ExchangeName[];
  readonly confidence: Relay['link']['confidence'];
  /** Lead over the next explanation, in bits. */
  readonly margin: number;
  readonly why: readonly string[];
}

function relayJson(relay: Relay, ends: EndsOf): RelayJson {
  return {
    client: nameOf(relay.clientSide, ends),
    attempts: relay.attempts.map(({ exchange, role }) => ({ ...nameOf(exchange, ends), role })),
    candidates: relay.candidates.map((exchange) => nameOf(exchange, ends)),
    confidence: relay.link.confidence,
    margin: Math.round(relay.link.margin * 10) / 10,
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

function relayText(relay: Relay, view: ViewOptions, ends: EndsOf): string {
  const lines = [
    ...titled('', relay.clientSide, view, ends),
    ...relay.attempts.flatMap(({ exchange, role }) => titled(`  ${role} `, exchange, view, ends)),
    ...relay.candidates.flatMap((exchange) => titled('  or perhaps ', exchange, view, ends)),
    ...wrap(linkText(relay), view.width, '  ', '    '),
    ...relay.lookup.flatMap(({ passed, text }) => wrap(`${passed ? 'yes' : 'no'}: ${text}`, view.width, '    ', '      ')),
  ];
  return `${lines.join('\n')}\n`;
}

function linkText({ link, attempts }: Relay): string {
  if (attempts.length === 0) return 'not seen on a next hop';
  const why = link.parts.length === 0 ? '' : `: ${link.parts.join(', ')}`;
  return `${link.confidence}, ${Math.round(link.margin)} bits ahead${why}`;
}

function titled(before: string, exchange: Exchange, view: ViewOptions, ends: EndsOf): string[] {
  const { ordinal, request } = exchange;
  const { client, server } = ends(exchange);
  const place = `${before}${client.text} > ${server.text} #${ordinal}`;
  if (request === undefined) return [place];
  const asked = safeText([{ octets: request.method, kind: 'method' }, ' ', { octets: request.target, kind: 'target' }], view);
  if (place.length + 1 + widthOf(asked) <= view.width) return [`${place} ${asked}`];
  return [place, ...wrap(asked, view.width, '      ')];
}
