/** Statistics across connections, as rules see them, and what a constant wait says. */
import { expect, test } from 'vitest';
import { createAnalyzer } from '../src/analyze.ts';
import type { PeerProfile, Report, Rule } from '../src/model.ts';
import { rules } from '../src/rules/index.ts';
import { plain, safeText } from '../src/view/index.ts';
import { GET, OK, Wire } from './support/wire.ts';

const SECOND = 1e9;

function analyzed(wire: Wire, chosen: readonly Rule[] = rules): Report {
  const analyzer = createAnalyzer({ rules: chosen });
  const input = analyzer.open({ name: 'story' });
  input.push(wire.pcap());
  input.end();
  return analyzer.finish();
}

/** The statistics of the only pair of hosts, as an own rule gets them at the end. */
function profileOf(wire: Wire): PeerProfile {
  const told: PeerProfile[] = [];
  const own: Rule = { id: 'own', on: 'profile', title: 'Own', basis: [], remedies: [], check: (profile) => told.push(profile) };
  analyzed(wire, [own]);
  const [profile] = new Set(told);
  if (profile === undefined) throw new Error('no profile was told');
  return profile;
}

/** A request that was answered, used again after a second, and closed by the server after 5 s. */
function kept(wire: Wire, name: string): Wire {
  wire.open(name, 'client', 'server', 80).say(name, 'client', GET('/a')).say(name, 'server', OK('hello')).wait(1);
  return wire.say(name, 'client', GET('/b')).say(name, 'server', OK('hello')).wait(5).close(name, 'server');
}

test('idle times, reuses and closes of a pair of hosts', () => {
  const wire = new Wire();
  for (const name of ['c1', 'c2', 'c3']) kept(wire, name);
  const { connections, requests, serverCloses, ownCloses, reuses, handshakes, single, closeExamples } = profileOf(wire);
  expect({ connections, requests, single, examples: closeExamples.length }).toEqual({
    connections: 3,
    requests: 6,
    single: 0,
    examples: 3,
  });
  expect([serverCloses.count, ownCloses.count, reuses.count, handshakes.count]).toEqual([3, 0, 3, 3]);
  expect(serverCloses.mean / SECOND).toBeCloseTo(5, 2);
  expect(reuses.most / SECOND).toBeCloseTo(1, 2);
});

test('closes of the client are its own', () => {
  const wire = new Wire().open('c1', 'client', 'server', 80).say('c1', 'client', GET('/a')).say('c1', 'server', OK('hello'));
  const { serverCloses, ownCloses } = profileOf(wire.wait(7).close('c1', 'client'));
  expect([serverCloses.count, ownCloses.count, Math.round(ownCloses.mean / SECOND)]).toEqual([0, 1, 7]);
});

test('a connection that is opened while another one is idle', () => {
  const wire = new Wire().open('c1', 'client', 'server', 80).say('c1', 'client', GET('/a')).say('c1', 'server', OK('hello')).wait(1);
  wire.open('c2', 'client', 'server', 80).say('c2', 'client', GET('/b')).say('c2', 'server', OK('hello')).wait(1);
  expect(profileOf(wire.close('c1', 'server').close('c2', 'server')).neglected).toBe(1);
});

test('waits that are always equally long are a timer, and it is named', () => {
  const wire = new Wire();
  for (const name of ['c1', 'c2', 'c3']) {
    wire.open(name, 'client', 'server', 80).say(name, 'client', GET('/a'));
    wire.say(name, 'server', 'HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nsome text').wait(60).close(name, 'server');
  }
  const stopped = analyzed(wire).findings.filter(({ rule }) => rule === 'content-length-overstated');
  const said = stopped.map(({ because }) => because.map((text) => safeText(text, { showSecrets: true, hash: plain })).join('\n'));
  expect(said).toHaveLength(3);
  expect(said[1]).not.toContain('constant');
  expect(said[2]).toMatch(/waits of this kind at this server: 3 times, 60\.0 s to 60\.0 s: constant, a timer \(near 60 s\)/);
});
