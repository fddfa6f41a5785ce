/** Two hosts capture the same connections, by clocks that differ: every exchange counts once and is evidence in both files. */
import { describe, expect, test } from 'vitest';
import { type Analyzer, createAnalyzer, type Relay, type Report, render, type Survey, surveyPoints } from '../src/index.ts';
import { SYN } from '../src/model.ts';
import { fixtures } from './support/fixtures.ts';
import { type OtherHost, takenElsewhere } from './support/other-clock.ts';
import { GET, OK, pcapOf, Wire, type WireFrame } from './support/wire.ts';

const hang = fixtures.find(({ situation }) => situation === 'figure-4-15')?.bytes ?? new Uint8Array();

function analyzed(...captures: readonly Uint8Array[]): Report {
  const analyzer = createAnalyzer({ joinPoints: captures.length > 1 });
  for (const [index, bytes] of captures.entries()) {
    const input = analyzer.open({ name: `host${index + 1}.pcap` });
    input.push(bytes);
    input.end();
  }
  return analyzer.finish();
}

const clockOf = (report: Report): readonly string[] =>
  report.captures.flatMap(({ issues }) => issues.filter(({ code }) => code === 'clock-offset').map(({ message }) => message));

const alone = analyzed(hang);

describe.each<[string, OtherHost, RegExp]>([
  ['with the same clock', { ahead: 0 }, /^$/],
  [
    '3.217 s ahead',
    { ahead: 3.217 },
    /^times of p2 are told by the clock of p1 \(-3\.217000 s, give or take 0\.000001 s, from connections/,
  ],
  [
    '3.217 s ahead and 100 ppm too fast',
    { ahead: 3.217, drift: 100 },
    /\(-3\.217\d+ s, give or take 0\.00000\d s, drifting by (100\.\d|99\.9) ppm/,
  ],
  [
    'an hour behind and too slow',
    { ahead: -3600, drift: -50 },
    /\(\+3600\.000\d+ s, give or take 0\.00000\d s, drifting by -(50\.\d|49\.9) ppm/,
  ],
  [
    'behind a NAT',
    {
      ahead: 3.217,
      nat: [
        [10, 0, 2, 1],
        [198, 51, 100, 7],
      ],
    },
    /\(-3\.217000 s, give or take 0\.000001 s, from connections/,
  ],
])('the second host is %s', (_name, other, clock) => {
  const report = analyzed(hang, takenElsewhere(hang, other));

  test('its clock is known from the connections that both saw', () => {
    expect(clockOf(report).join('\n')).toMatch(clock);
  });

  test('the findings are those of one capture, and are seen in both', () => {
    expect(report.findings.map(({ rule, severity, confidence, exchange }) => [rule, severity, confidence, exchange?.ordinal])).toEqual(
      alone.findings.map(({ rule, severity, confidence, exchange }) => [rule, severity, confidence, exchange?.ordinal]),
    );
    expect(report.findings[0]?.hops.map(({ connection }) => connection.seenIn.map(({ capture }) => capture))).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });

  test('exchanges and relays are counted once', () => {
    expect([report.exchanges, report.relays]).toEqual([alone.exchanges, alone.relays]);
  });
});

test('what one host lost is taken from the other one', () => {
  const lossy = takenElsewhere(hang, { ahead: 0, keep: (frame) => frame % 5 !== 0 });
  const report = analyzed(lossy, takenElsewhere(hang, { ahead: 3.217 }));
  expect(report.findings.map(({ rule, severity }) => [rule, severity])).toEqual(
    alone.findings.map(({ rule, severity }) => [rule, severity]),
  );
});

describe('the parts of a ring', () => {
  const size = recordsOf(hang);
  const parts = [0, 1, 2].map((part) =>
    takenElsewhere(hang, { ahead: 0, keep: (frame) => Math.min(2, Math.floor((frame * 3) / (size + 1))) === part }),
  );
  const analyzer = createAnalyzer();
  for (const [index, bytes] of parts.entries()) {
    const input = analyzer.open({ name: `ring${index + 1}.pcap`, point: 'ring' });
    input.push(bytes);
    input.end();
  }
  const report = analyzer.finish();
  const healths = report.captures.map(({ health }) => health);
  const total = alone.captures[0]?.health;

  test('give the findings of the whole', () => {
    expect(report.findings.map(({ message }) => message)).toEqual(alone.findings.map(({ message }) => message));
  });

  test('have a health of their own, and all together that of the whole', () => {
    for (const name of ['connections', 'synSeen', 'bothDirections', 'duplicates', 'gaps', 'encrypted'] as const) {
      expect([name, healths.reduce((sum, health) => sum + health[name], 0)]).toEqual([name, total?.[name]]);
    }
    expect(healths.map(({ continued }) => continued > 0)).toEqual([false, true, true]);
  });

  test('only the last one is observed beyond its last frame', () => {
    expect(report.captures.map(({ lastTime, observedUntil }) => observedUntil === lastTime)).toEqual([true, true, true]);
  });
});

test('a file that begins before the end of the one that it continues is told', () => {
  const analyzer = createAnalyzer();
  for (const name of ['a.pcap', 'b.pcap']) {
    const input = analyzer.open({ name, point: 'ring', assumed: 'taken for parts of one ring' });
    input.push(hang);
    input.end();
  }
  const report = analyzer.finish();
  const issues = report.captures.map((capture) => capture.issues.map(({ code }) => code));
  expect(issues[0]).toEqual(['point-assumed']);
  expect(issues[1]).toContain('times-overlap');
  for (const format of ['text', 'markdown', 'html'] as const)
    expect(render(report, format).match(/(?:\\?\[\d\\?\] ?)+: taken for parts of one ring/g)).toHaveLength(1);
});

describe('points that are read side by side after a survey', () => {
  const third = Math.ceil(recordsOf(hang) / 3);
  const part = (from: number, to: number): Uint8Array => takenElsewhere(hang, { ahead: 0, keep: (frame) => frame > from && frame <= to });
  const behind = fixtures.filter(({ situation }) => situation.startsWith('book-lighttpd')).map(({ bytes }) => bytes);
  const nat = {
    ahead: -3600,
    drift: 80,
    nat: [
      [10, 0, 2, 1],
      [198, 51, 100, 7],
    ],
  } as const;
  const cases: readonly (readonly [name: string, points: Readonly<Record<string, readonly Uint8Array[]>>])[] = [
    ['two clocks', { a: [hang], b: [takenElsewhere(hang, { ahead: 3.217 })] }],
    ['a NAT between them, and an hour', { a: [hang], b: [takenElsewhere(hang, nat)] }],
    ['one loses frames', { a: [takenElsewhere(hang, { ahead: 9, keep: (frame) => frame % 4 !== 0 })], b: [hang] }],
    ['a ring and a file', { a: [part(0, third), part(third, 2 * third), part(2 * third, 999)], b: [takenElsewhere(hang, { ahead: 60 })] }],
    ['one ends early', { a: [part(0, third)], b: [hang] }],
    ['different connections', { a: behind.slice(0, 1), b: behind.slice(1, 2) }],
  ];

  test.each(cases)('%s: the report is that of points read one after the other', (_, points) => {
    const survey = surveyPoints();
    readInTurn(survey, points);
    const sideBySide = createAnalyzer({ joinPoints: survey.finish() });
    readSideBySide(sideBySide, points);
    const oneByOne = createAnalyzer({ joinPoints: true });
    readInTurn(oneByOne, points);
    expect(factsOf(sideBySide.finish())).toEqual(factsOf(oneByOne.finish()));
  });
});

describe.each([0, 3.217, -3600])('the two sides of a forwarder, each at its own host, the second clock %d s ahead', (ahead) => {
  const forwarder = fixtures.find(({ situation }) => situation === 'healthy-forwarder')?.bytes ?? new Uint8Array();
  const clientSide = framesOfPort(forwarder, 18_080);
  const report = analyzed(
    takenElsewhere(forwarder, { ahead: 0, keep: (frame) => clientSide.has(frame) }),
    takenElsewhere(forwarder, { ahead, keep: (frame) => !clientSide.has(frame) }),
  );

  test('every exchange is paired', () => {
    expect(report.pairing).toMatchObject({ pairs: 6, unpaired: 0, ambiguous: 0 });
  });

  test("what crosses it is nobody's fault, since it is no hop of HTTP", () => {
    expect(report.findings.map(({ rule, severity }) => `${severity} ${rule}`)).toEqual([]);
    expect(new Set(report.exonerations.map(({ rule }) => rule))).toEqual(new Set(['tunnel-node']));
  });
});

test.each([
  ['TLS', '\x16\x03\x01\x00\x05hello', 3],
  ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n', 3],
  ['nothing', '', 3],
])('a connection with %s that both points saw counts once', (_, text, connections) => {
  const wire = new Wire()
    .open('web', 'client', 'origin', 80, { isn: [7, 77] })
    .say('web', 'client', GET('/a'))
    .say('web', 'server', OK('a'));
  for (const [name, isn] of Object.entries({ one: [1, 11], other: [2, 22] } as const)) {
    wire.open(name, 'client', 'origin', 443, { isn }).say(name, 'client', text).close(name, 'client');
  }
  const seen = wire.close('web', 'client').pcap();
  expect(analyzed(seen).connections).toBe(connections);
  expect(analyzed(seen, takenElsewhere(seen, { ahead: 3.217 })).connections).toBe(connections);
});

describe('what the proxy does at the other point while its client waits', () => {
  const PROXY = 'proxy';
  const asked = (): Wire => {
    const wire = new Wire().host('client', '10.0.8.1').open('near', 'client', PROXY, 8080).open('far', PROXY, 'origin', 80);
    for (const target of ['/1', '/2', '/3', '/4', '/5', '/6', '/7', '/8', '/9', '/10'])
      wire
        .say('near', 'client', GET(target))
        .say('far', 'client', GET(target))
        .say('far', 'server', OK(target))
        .say('near', 'server', OK(target))
        .wait(1);
    return wire.say('near', 'client', GET('/b'));
  };
  const gone = (wire: Wire): Wire => wire.wait(2).reset('near', 'client').wait(1).close('far', 'server');
  const unanswered = (wire: Wire): Wire => {
    const opened = wire.open('late', PROXY, 'origin', 81, { handshake: false });
    const syn = { flags: SYN, seq: 7000, ack: 0 };
    return opened.segment('late', 'client', syn).wait(1).segment('late', 'client', syn);
  };
  const answered = (wire: Wire): Wire => wire.wait(1).open('late', PROXY, 'origin', 81);
  const encrypted = (wire: Wire): Wire => answered(wire).say('late', 'client', '\x16\x03\x01\x00\x05hello');

  test.each<[string, (wire: Wire) => Wire, readonly string[]]>([
    ['nothing', (wire) => gone(wire), []],
    ['it waits for a connection', (wire) => gone(unanswered(wire)), ['no-pending-connect']],
    [
      'it waited for one, which was refused later',
      (wire) => gone(unanswered(wire)).wait(1).reset('late', 'server'),
      ['no-pending-connect'],
    ],
    ['it was given one', (wire) => gone(answered(wire)), []],
    ['it waits for one when the client has gone', (wire) => unanswered(gone(wire)), []],
    ['it speaks TLS', (wire) => gone(encrypted(wire)), ['no-tls']],
    ['it speaks TLS when the client has gone', (wire) => encrypted(gone(wire)), []],
  ])('%s', (_, story, failing) => {
    const frames = story(asked()).frames();
    const near = pcapOf(frames.filter(isNear));
    const far = pcapOf(frames.filter((frame) => !isNear(frame)));
    const points = { near: [near], far: [takenElsewhere(far, { ahead: 3.217 })] };
    expect(failedChecks(points, true)).toEqual(failing);
    const survey = surveyPoints();
    readInTurn(survey, points);
    expect(failedChecks(points, survey.finish())).toEqual(failing);
  });
});

const isNear = ({ bytes }: WireFrame): boolean => [26, 30].some((at) => bytes.subarray(at, at + 4).join('.') === '10.0.8.1');

/** Of the negative lookup for the last request. */
function failedChecks(points: Files, joinPoints: true | Survey): readonly string[] | undefined {
  const relays: Relay[] = [];
  const analyzer = createAnalyzer({ joinPoints, onRelay: (relay) => relays.push(relay) });
  if (joinPoints === true) readInTurn(analyzer, points);
  else readSideBySide(analyzer, points);
  analyzer.finish();
  const last = relays.find(({ clientSide }) => clientSide.request?.target === '/b');
  return last?.lookup.filter(({ passed }) => !passed).map(({ id }) => id);
}

type Files = Readonly<Record<string, readonly Uint8Array[]>>;

function readInTurn(target: Pick<Analyzer, 'open'>, points: Files): void {
  for (const [point, files] of Object.entries(points)) {
    for (const [index, bytes] of files.entries()) {
      const input = target.open({ name: `${point}${index}.pcap`, point });
      input.push(bytes);
      input.end();
    }
  }
}

/** In pieces, of the point that is behind. */
function readSideBySide(analyzer: Analyzer, points: Files): void {
  const open = new Map(Object.entries(points).map(([point, files]) => [point, piecesOf(analyzer, point, files)]));
  while (open.size > 0) {
    const point = analyzer.furthestBehind([...open.keys()]) ?? '';
    if (open.get(point)?.next().done !== false) open.delete(point);
  }
}

function* piecesOf(analyzer: Analyzer, point: string, files: readonly Uint8Array[]): Generator<void> {
  for (const [index, bytes] of files.entries()) {
    const input = analyzer.open({ name: `${point}${index}.pcap`, point });
    for (let at = 0; at < bytes.length; at += 100) {
      input.push(bytes.subarray(at, at + 100));
      yield;
    }
    input.end();
  }
}

/** Everything in a report that is no function. */
function factsOf(report: Report): unknown {
  return JSON.parse(JSON.stringify(report, (_, value: unknown) => (Number.isNaN(value) ? 'NaN' : value)));
}

function recordsOf(capture: Uint8Array): number {
  let records = 0;
  takenElsewhere(capture, { ahead: 0, keep: () => ++records > 0 });
  return records;
}

/** Numbers of the frames from or to that port, of a classic capture of IPv4 on Ethernet. */
function framesOfPort(capture: Uint8Array, port: number): ReadonlySet<number> {
  const view = new DataView(capture.buffer, capture.byteOffset, capture.byteLength);
  const frames = new Set<number>();
  for (let at = 24, frame = 1; at < capture.length; at += 16 + view.getUint32(at + 8, true), frame++)
    if (view.getUint16(at + 50) === port || view.getUint16(at + 52) === port) frames.add(frame);
  return frames;
}
