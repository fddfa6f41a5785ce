/** Captures that lost frames of a healthy network: no answer is anybody's by mistake, and what was not seen is no hang. */
import { expect, test } from 'vitest';
import { analyze } from '../src/index.ts';
import type { Finding } from '../src/model.ts';
import { GET, OK, Wire } from './support/wire.ts';

const HEAD = 'HEAD /h HTTP/1.1\r\nHost: s.test\r\n\r\n';
const INTERIM = 'HTTP/1.1 103 Early Hints\r\n\r\n';

async function findingsOf(wire: Wire): Promise<readonly Finding[]> {
  const { findings } = await analyze(wire.pcap(), {});
  return findings;
}

async function alarms(wire: Wire): Promise<readonly string[]> {
  const findings = await findingsOf(wire);
  return findings
    .filter(({ severity }) => severity !== 'hygiene' && severity !== 'info')
    .map(({ rule, confidence }) => `${rule} ${confidence}`);
}

test.each<[string, (wire: Wire) => Wire]>([
  ['the first request', (w) => w.lose().say('c', 'client', GET('/a'), { ack: false }).say('c', 'client', GET('/b'))],
  [
    'a later request, after a rest',
    (w) =>
      w
        .say('c', 'client', GET('/z'))
        .say('c', 'server', OK('z'))
        .wait(3)
        .lose()
        .say('c', 'client', GET('/a'), { ack: false })
        .say('c', 'client', GET('/b')),
  ],
])('%s of a pipeline is lost: the last answer was asked for', async (_name, asked) => {
  const wire = asked(new Wire().open('c', 'client', 'server', 80));
  expect(await alarms(wire.say('c', 'server', OK('a')).wait(0.1).say('c', 'server', OK('b')).wait(0.1).close('c', 'client'))).toEqual([]);
});

test('an answer of a pipeline is lost: the last one was asked for', async () => {
  const wire = new Wire().open('c', 'client', 'server', 80);
  for (const target of ['/a', '/b', '/c']) wire.say('c', 'client', GET(target), { ack: false });
  wire.ack('c', 'server').lose().say('c', 'server', OK('a')).wait(0.1).say('c', 'server', OK('b')).wait(0.1).say('c', 'server', OK('c'));
  expect(await alarms(wire.wait(0.1).close('c', 'client'))).toEqual([]);
});

test('an answer that nobody asked for is still told, long after a hole', async () => {
  const wire = new Wire().open('c', 'client', 'server', 80).lose().say('c', 'client', GET('/a')).say('c', 'server', OK('a')).wait(5);
  wire.say('c', 'client', GET('/b')).say('c', 'server', OK('b')).wait(5).say('c', 'client', GET('/c')).say('c', 'server', OK('c'));
  wire.wait(0.1).say('c', 'server', OK('stray')).wait(5).say('c', 'client', GET('/d')).say('c', 'server', OK('d')).close('c', 'client');
  expect(await alarms(wire)).toEqual(['bytes-after-complete-response likely']);
});

test('the request of an answer without body is lost: it was HEAD, and the next answer is whole', async () => {
  const wire = new Wire().open('c', 'client', 'server', 80).say('c', 'client', GET('/a')).say('c', 'server', OK('a')).wait(1);
  wire.lose().say('c', 'client', HEAD).say('c', 'server', OK('', 'Content-Length: 40')).wait(1);
  wire
    .say('c', 'client', GET('/b'))
    .say('c', 'server', OK('b'.repeat(90)))
    .wait(1)
    .close('c', 'client');
  expect(await alarms(wire)).toEqual([]);
});

/** The reset that answers it is lost, and the connection is not seen again; others are answered meanwhile. */
const silent = (lossElsewhere: boolean): Wire => {
  const wire = new Wire().open('c', 'client', 'server', 80).open('d', 'client', 'server', 80);
  wire.say('c', 'client', GET('/a')).say('c', 'server', OK('a')).say('d', 'client', GET('/b')).say('d', 'server', OK('b'));
  wire.wait(0.5).say('c', 'client', GET('/b')).wait(0.1).lose().reset('c', 'server');
  wire
    .say('d', 'client', GET('/b'))
    .lose(lossElsewhere ? 1 : 0)
    .say('d', 'server', OK('b'))
    .wait(1);
  wire.say('d', 'client', GET('/b')).say('d', 'server', OK('b')).wait(30).say('d', 'client', GET('/b'));
  return wire.say('d', 'server', OK('b')).wait(1).close('d', 'client');
};

test.each<[string, boolean, string]>([
  ['says so, where frames were lost', true, 'possible'],
  ['stands, where nothing was', false, 'likely'],
])('a request that is not answered before its connection is out of sight: %s', async (_name, lossElsewhere, confidence) => {
  const [hang] = await findingsOf(silent(lossElsewhere));
  expect(hang).toMatchObject({ rule: 'request-ignored-on-persistent-connection', confidence });
  expect(hang?.because.flat().some((text) => typeof text === 'string' && text.startsWith('but the capture lost frames'))).toBe(
    lossElsewhere,
  );
});

/** Two equal answers behind an interim one; `lost`: the second one on the next hop. */
const relayed = (lost: boolean): Wire => {
  const wire = new Wire().open('c', 'client', 'proxy', 80).open('s', 'proxy', 'origin', 80);
  const ask = (target: string): Wire => wire.say('c', 'client', GET(target)).wait(0.01).say('s', 'client', GET(target)).wait(0.01);
  ask('/a').say('s', 'server', INTERIM).say('c', 'server', INTERIM).say('s', 'server', OK('one')).say('c', 'server', OK('one')).wait(1);
  ask('/b')
    .lose(lost ? 1 : 0)
    .say('s', 'server', OK('one'))
    .say('c', 'server', OK('one'))
    .wait(1);
  return wire.close('c', 'client').close('s', 'client');
};

test.each([true, false])(
  'an answer like the one before it, of which the original is lost (%s), is given to nobody by mistake',
  async (lost) => {
    expect(await alarms(relayed(lost))).toEqual([]);
  },
);

test('the same, where the head that follows is not seen in one piece: what is over belongs to it, and it is not dropped', async () => {
  const wire = new Wire().open('c', 'client', 'server', 80).say('c', 'client', GET('/a')).say('c', 'server', OK('a')).wait(1);
  wire.lose().say('c', 'client', HEAD).say('c', 'server', OK('', 'Content-Length: 40')).wait(1).say('c', 'client', GET('/b'));
  wire.say('c', 'server', OK('b'.repeat(90)), { mss: 5 }).wait(5);
  expect(await alarms(wire.close('c', 'client'))).toEqual([]);
});
