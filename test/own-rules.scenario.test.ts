/** Rules of one's own, through the library alone: what README.md shows, and how they get on with those of hopcheck. */
import { expect, test } from 'vitest';
import { analyze, type Candidate, createAnalyzer, type Exchange, type Finding, type Rule, render, rules } from '../src/index.ts';
import { viewOptions } from './support/view-options.ts';
import { GET, OK, Wire } from './support/wire.ts';

function candidateOf(exchange: Exchange, more: Pick<Candidate, 'severity' | 'message'>): Candidate {
  const { connection, client, server, request } = exchange;
  const moment = { frame: request?.headFrame ?? 0, time: request?.headTime ?? 0 };
  return {
    confidence: 'proven',
    hops: [{ role: 'only', connection, client, server }],
    exchange,
    evidence: [{ moment, connection, hop: 'only', from: 'client', text: ['the request'] }],
    because: [],
    wouldChangeOurMind: [],
    ...more,
  };
}

/** Our gateway must name itself. */
const gatewayUnnamed: Rule = {
  id: 'gateway-unnamed',
  on: 'exchange',
  title: 'A request that did not pass the gateway',
  basis: ['our operations manual, section 7'],
  remedies: [{ product: 'our gateway', text: 'send the request there' }],

  check(exchange, _context, found) {
    const { request, ended, server } = exchange;
    if (!ended || request === undefined || request.fields.some(({ name }) => name.toLowerCase() === 'x-gateway')) return;
    const target = { kind: 'target', octets: request.target } as const;
    found(candidateOf(exchange, { severity: 'violation', message: [target, ` came to ${server.text} past the gateway`] }));
  },
};

/** Nobody is to look into our slow report. */
const nightlyReport: Rule = {
  ...gatewayUnnamed,
  id: 'nightly-report',
  exonerates: true,
  title: 'The nightly report takes its time',
  check(exchange, _context, found) {
    if (exchange.wait === undefined || exchange.request?.target !== '/report') return;
    found({ ...candidateOf(exchange, { severity: 'info', message: ['that is the nightly report'] }), wait: exchange.wait });
  },
};

const capture = new Wire()
  .open('c', 'client', 'server', 80)
  .say('c', 'client', GET('/a'))
  .say('c', 'server', OK('hi'))
  .say('c', 'client', GET('/report', 'X-Gateway: 7'))
  .wait(30)
  .say('c', 'server', OK('done'))
  .close('c', 'client')
  .pcap();

const said = ({ id, rule, severity }: Finding): string => `${id} ${rule} ${severity}`;

test("a rule of one's own alone, with all fields kept for it", async () => {
  const report = await analyze(capture, { rules: [gatewayUnnamed], keepFields: true });
  expect(report.findings.map(said)).toEqual(['V1 gateway-unnamed violation']);
  expect(report.rules).toEqual([{ id: 'gateway-unnamed', lookedAt: 2 }]);
  const text = render(report, 'text', viewOptions());
  expect(text).toContain('/a came to 10.0.9.2:80 past the gateway');
  expect(text).toContain('our operations manual, section 7');
});

test("beside those of hopcheck: told at once, and what is cleared by a rule of one's own is cleared by it", () => {
  const told: string[] = [];
  const analyzer = createAnalyzer({
    rules: [...rules, gatewayUnnamed, nightlyReport],
    keepFields: true,
    onFinding: (finding) => told.push(finding.rule),
  });
  const input = analyzer.open({ name: 'c' });
  input.push(capture);
  input.end();
  const { findings, exonerations } = analyzer.finish();
  expect([told, findings.map(said)]).toEqual([['gateway-unnamed'], ['V1 gateway-unnamed violation']]);
  expect(exonerations.map(said)).toEqual(['X1 nightly-report info']);
});

test('one that lacks a field is refused when the analyzer is made', () => {
  const { basis: _, ...unfounded } = gatewayUnnamed;
  const mine: Rule = Object.assign(Object.create(null), unfounded);
  expect(() => createAnalyzer({ rules: [mine] })).toThrow('rule gateway-unnamed: basis must be a list of texts');
});
